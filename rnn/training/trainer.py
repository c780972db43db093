"""Trainer: advances a training in bursts and makes snapshots of it on request."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.config import RunConfig, live_keys
from rnn.data.batches import Batches
from rnn.data.tasks import Data
from rnn.errors import ConfigError, Divergence
from rnn.observing.observer import Observer
from rnn.observing.snapshot import Instant, RunInfo, Snapshot, SnapshotRequest
from rnn.training.build import assembled, refuse_missing_files, refuse_unfit
from rnn.training.claims import Difference, difference
from rnn.training.divergence import first_nonfinite, first_nonfinite_weight
from rnn.training.engines import Burst, Choice, Engine, Failure, choose, named
from rnn.training.epochs import Epochs
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.state import TrainerState
from rnn.training.validation import HeldOut

ENOUGH = 0.8  # of the time that an advance is given; what is left then is not worth another burst


class Trainer:
    """One training from a config, deterministic: the same config gives the same bits.

    Attributes:
        config: as it was given, but with the live settings of now and what its files decide.
        data: the sequences.
        batches: how they are cut into updates.
        network: with the weights of now.
        names: what its arrays are called in the file that it came from.
        difference: where it answers otherwise than the data say that the model of this file does; or None.
        keep_epochs: the weights at the end of these epochs are kept, however fast they pass.
        kept: flat parameter vectors by label, ``epoch 6``.
        target_epochs: where the run stops by itself.
        divergence: what ended the run, or None.
        choice: which engine makes its updates, which is decided at the first one; None before.

    Raises:
        DataError: a file that the config names cannot be used.
        ConfigError: the config does not fit that file, or the sequences.
    """

    def __init__(self, config: RunConfig, keep_epochs: frozenset[int] = frozenset()) -> None:
        refuse_missing_files(config)
        data_seed, weights_seed, order_seed = np.random.SeedSequence(config.seed).spawn(3)
        self.data: Data = config.task.generate(np.random.default_rng(data_seed))
        refuse_unfit(config, self.data)
        config = config.with_values(self.data.settled)
        self.batches = Batches(self.data.train.count, config.training.batch, config.task.carry_state)
        self.network, config, self.names = assembled(config, self.data, np.random.default_rng(weights_seed))
        self.config = config
        self.difference: Difference | None = None
        if config.model.weights is not None:
            self.difference = difference(self.network, self.data.train, config.files().get("task.file"))
        self.keep_epochs = keep_epochs
        self._references = config.task.references(self.data)
        self._held_out: HeldOut | None = None
        if self.data.validation is not None:
            self._held_out = HeldOut(self.data.validation, config.task.carry_state, config.task.tolerance)
        rng = np.random.default_rng(order_seed) if config.training.shuffle else None
        self._epochs = Epochs(self.batches, self.data.train, rng)
        self.choice: Choice | None = None
        self._engine: Engine | None = None
        self.target_epochs = config.training.epochs
        self.divergence: Divergence | None = None
        self.kept: dict[str, Array] = {}
        self._first = self.state()
        self.reset()

    def reset(self) -> None:
        """Back to the first weights and to update 0; live settings stay as they are."""
        self.restore(replace(self._first, live=self._live()))
        self._changed = False

    @property
    def update(self) -> int:
        """The updates that were made."""
        return self._epochs.update

    @property
    def epoch(self) -> int:
        """The epochs that are complete."""
        return self._epochs.complete

    @property
    def validating(self) -> bool:
        """Whether an epoch's updates are done and its validation is still to be measured."""
        return self._epochs.validating

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do: all epochs are done, or the training diverged."""
        return self.divergence is not None or self.epoch >= self.target_epochs

    @property
    def updates_an_epoch(self) -> int:
        """How many updates see every sequence once."""
        return self.batches.updates

    @property
    def releases_gil(self) -> bool:
        """Whether other threads run Python while it trains."""
        return self._engine is not None and self._engine.releases_gil

    def advance(self, updates: float = math.inf, seconds: float = math.inf) -> Scalars:
        """Train for at most ``updates`` updates or until ``seconds`` have passed, whichever comes first.

        It also ends at the end of the run. The update that is under way is always completed, and with the
        last update of an epoch its validation, over as many calls as the time limit asks for. Before the
        first update it may take some calls until an engine that was asked for is ready.
        """
        begun = time.perf_counter()
        first, last = self.update + 1, self.update + updates
        bursts: list[Burst] = []
        results: list[EpochResult] = []
        with np.errstate(all="ignore"):
            while not self.finished and (self.validating or self.update < last):
                engine = self._engine_of_now(begun + seconds)
                if engine is None:
                    break
                bursts.append(burst := self._burst(engine, last - self.update, begun + seconds))
                results += self._epochs.take(burst.loss, burst.ended)
                if burst.ended and self.epoch in self.keep_epochs:
                    self.keep_now()
                if burst.failed is not None:
                    self.divergence = self._divergence(engine, burst.failed)
                elif burst.ended and self._epochs.order is not None:
                    engine.begin_epoch(self._epochs.order)
                if time.perf_counter() - begun >= ENOUGH * seconds:
                    break
        return self._scalars(first, bursts, results)

    def _engine_of_now(self, deadline: float) -> Engine | None:
        """The engine of this run, chosen at its first update; None where that is open at the deadline."""
        if self._engine is None:
            optimizer = self.config.training.optimizer
            choice = choose(self.config.engine, self.network, self.data, optimizer, deadline)
            if choice is not None:
                self.use(choice)
        return self._engine

    def _burst(self, engine: Engine, updates: float, deadline: float) -> Burst:
        """The next updates, as many as were made; they end where the Trainer has something to do."""
        ends = [self.target_epochs, *(epoch for epoch in self.keep_epochs if epoch > self.epoch)]
        epochs = min(ends) - self.epoch if self._epochs.order is None else 1
        position = self._epochs.position
        return engine.train(
            self.config.training, position, self._learning_rates, updates, epochs, deadline=deadline
        )

    def _learning_rates(self, position: int, count: int) -> Array:
        """(count,) those of the updates from this position of the epoch on."""
        first, an_epoch = self.epoch * self.updates_an_epoch + position, self.updates_an_epoch
        return self.config.training.learning_rates(np.arange(first, first + count), an_epoch)

    def _scalars(self, first: int, bursts: list[Burst], results: list[EpochResult]) -> Scalars:
        """What the bursts from the update ``first`` on have measured."""
        training = self.config.training
        loss = np.concatenate([np.empty(0), *(burst.loss for burst in bursts)])
        grad_norm = np.concatenate([np.empty(0), *(burst.grad_norm for burst in bursts)])
        limits = np.full(len(loss), math.inf if training.clip_norm is None else training.clip_norm)
        return Scalars(
            first, frozen(loss), frozen(grad_norm), frozen(limits), tuple(results), training.clip_value
        )

    def _divergence(self, engine: Engine, failed: Failure) -> Divergence:
        """Where it came apart; the weights become those before the update that failed."""
        if failed == "validation":
            assert self._held_out is not None
            return Divergence(self.epoch + 1, self.update, *self._held_out.first_nonfinite(self.network))
        if failed == "weights":
            place: tuple[int | None, str] = None, f"weight {first_nonfinite_weight(self.network)}"
            self.network.parameters.vector[:] = engine.before
        else:
            position = self._epochs.position
            batch = self.data.train.batch(self.batches.numbers(position, self._epochs.order))
            start, truncation = engine.states(position), self.config.training.truncation
            place = first_nonfinite(self.network, batch, start, truncation)
        engine.before[:] = math.nan  # the step before the one that failed is known no longer
        return Divergence(self.epoch + 1, self.update + 1, *place)

    def set_live(self, key: str, value: Any) -> None:
        """Change a live setting; it is read at the next update.

        Raises:
            ConfigError: the setting is not live, or cannot have this value.
        """
        if key not in live_keys():
            raise ConfigError(key, "cannot change while training")
        self._changed |= self.update > 0
        self.config = self.config.with_values({key: value})

    def extend(self, epochs: int) -> None:
        """Ask for so many epochs more."""
        self.target_epochs += epochs

    def keep_now(self) -> str:
        """Keep the weights of now under a label that says when it was, and return it."""
        epochs, left = divmod(self.update, self.updates_an_epoch)
        label = f"update {self.update}" if left else f"epoch {epochs}"
        self.kept[label] = frozen(self.network.parameters.vector)
        return label

    def forget(self, label: str) -> None:
        """Let go of weights that were kept."""
        self.kept.pop(label, None)

    def state(self) -> TrainerState:
        """Everything that the next update depends on."""
        return TrainerState(
            update=self.update,
            parameters=frozen(self.network.parameters.vector),
            epochs=self._epochs.state(),
            live=self._live(),
            target_epochs=self.target_epochs,
            kept=dict(self.kept),
            divergence=self.divergence,
            engine=None if self._engine is None else self._engine.state(self._epochs.position),
        )

    def restore(self, state: TrainerState) -> None:
        """Go on from where a training of the same config was, with the engine that it had.

        Raises:
            ScopeError: that engine cannot be had here.
        """
        engine = state.engine
        if engine is None:
            self.choice = self._engine = None
        elif self._engine is None or self._engine.name != engine.name:
            self.use_named(engine.name)
        self._changed = state.update > 0  # with which settings its updates were made is not known
        self.config = self.config.with_values(state.live)
        self.network.parameters.vector[:] = state.parameters
        self._epochs.restore(state.epochs)
        self.target_epochs, self.kept = state.target_epochs, dict(state.kept)
        self.divergence = state.divergence
        if self._engine is not None and engine is not None:
            self._engine.restore(engine, self._epochs.order)
        self._observer = Observer(self.network, self.data, self.batches, self.config.task.tolerance)

    def twin(self) -> Trainer:
        """Another training of the same run, at its first update: what one of them trains changes no other."""
        twin = copy.copy(self)
        twin.network, twin._epochs = self.network.twin(), copy.deepcopy(self._epochs)
        twin.choice = twin._engine = None
        twin.restore(self._first)
        return twin

    def again(self) -> Trainer | None:
        """A twin that makes the updates again that this one has made; None where it is not known how."""
        if self._changed or self.choice is None:
            return None
        twin = self.twin()
        twin.restore(replace(self._first, live=self._live()))
        twin.use_named(self.choice.engine.name)
        return twin

    def use(self, choice: Choice) -> None:
        """Make the updates with this engine, before the first one of them."""
        optimizer = self.config.training.optimizer
        self.choice = choice
        self._engine = choice.engine(self.network, self.data.train, self.batches, optimizer, self._held_out)
        self._engine.begin_epoch(self._epochs.order)

    def use_named(self, engine: str) -> None:
        """Make the updates with the engine of this name and no other, and wait until it is ready.

        Raises:
            ScopeError: it cannot be had here.
        """
        self.use(named(engine, self.network, self.data, self.config.training.optimizer))

    def _live(self) -> dict[str, Any]:
        values = self.config.values()
        return {key: values[key] for key in sorted(live_keys())}

    @property
    def before(self) -> Array:
        """(P,) the weights before the last update; those of now before the first, NaN where it failed."""
        return self._first.parameters if self._engine is None else self._engine.before

    @property
    def instant(self) -> Instant:
        """What a probe may look at; its weights change with the next update."""
        vector, training = self.network.parameters.vector, self.config.training
        return Instant(self.update, self.epoch, vector, self.before, dict(self.kept), training)

    def snapshot(self, request: SnapshotRequest, at_rest: bool = True) -> Snapshot:
        """What this moment shows; the training is left exactly as it was."""
        return self._observer.snapshot(request, self.instant, at_rest=at_rest)

    def info(self) -> RunInfo:
        """What is known of the run before its first update."""
        return RunInfo(
            config=self.config,
            references=self._references,
            batches=self.batches,
            steps=self.data.train.steps,
            inputs=self.network.inputs,
            outputs=self.network.outputs,
            input_names=self.data.input_names,
            class_names=self.data.class_names,
            cell=self.network.cell,
            readout=self.network.readout,
            notes=self.notes,
            difference="" if self.difference is None else str(self.difference),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed in reading its files, and what is in them and not used, in whole sentences."""
        notes = (*self.names.assumed, *self.data.train.notes, *self.names.not_used)
        return tuple(f"{note}." for note in notes)

"""Trainer: advances a training in bursts and makes snapshots of it on request."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.assembly import assembled, refuse_unfit
from rnn.batch import Classes
from rnn.batches import Batches
from rnn.config import RunConfig, live_keys
from rnn.divergence import first_nonfinite, first_nonfinite_weight
from rnn.errors import ConfigError, Divergence
from rnn.network import States
from rnn.observer import Observer
from rnn.optimizers import OPTIMIZERS, clip_norm, clip_value, norm
from rnn.scalars import EpochResult, Scalars
from rnn.schedules import SCHEDULES
from rnn.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.tasks import Data
from rnn.validation import Validation


class Trainer:
    """One training from a config, deterministic: the same config gives the same bits.

    Attributes:
        config: as it was given, but with the live settings of now and what ``model.weights`` decides.
        data: the sequences.
        batches: how they are cut into updates.
        network: with the weights of now.
        keep_epochs: the weights at the end of these epochs are kept, however fast they pass.
        kept: flat parameter vectors by label, ``epoch 6``.
        target_epochs: where the run stops by itself.
        divergence: what ended the run, or None.

    Raises:
        DataError: a file that the config names cannot be used.
        ConfigError: the config does not fit that file, or the sequences.
    """

    def __init__(self, config: RunConfig, keep_epochs: frozenset[int] = frozenset()) -> None:
        data_seed, weights_seed, self._order_seed = np.random.SeedSequence(config.seed).spawn(3)
        self.data: Data = config.task.generate(np.random.default_rng(data_seed))
        refuse_unfit(config, self.data)
        self.batches = Batches(self.data.train.count, config.training.batch, config.task.carry_state)
        self._scores = self.data.train.scores
        self.network, config = assembled(config, self.data, np.random.default_rng(weights_seed))
        self.config = config
        self.keep_epochs = keep_epochs
        self._references = config.task.references(self.data)
        self._initial = self.network.parameters.vector.copy()
        self._last_finite = self._initial.copy()
        self.reset()

    def reset(self) -> None:
        """Back to the first weights and to update 0; live settings stay as they are."""
        self.network.parameters.vector[:] = self._initial
        self._last_finite[:] = self._initial
        self._optimizer = OPTIMIZERS[self.config.training.optimizer](self._initial.size)
        self._schedule = SCHEDULES[self.config.training.schedule]
        self._order_rng = np.random.default_rng(self._order_seed)
        self.update = 0
        self.epoch = 0
        self.target_epochs = self.config.training.epochs
        self.divergence: Divergence | None = None
        self.kept: dict[str, Array] = {}
        self._observer = Observer(self.network, self.data, self.batches, self.config.task.tolerance)
        self._validation: Validation | None = None
        self._carried: States = []
        self._order: Classes | None = None
        self._begin_epoch()

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do: all epochs are done, or the training diverged."""
        return self.divergence is not None or self.epoch >= self.target_epochs

    @property
    def validating(self) -> bool:
        """Whether an epoch's updates are done and its validation is still to be measured."""
        return self._position == self.updates_an_epoch

    @property
    def updates_an_epoch(self) -> int:
        """How many updates see every sequence once."""
        return self.batches.updates

    def set_live(self, key: str, value: Any) -> None:
        """Change a live setting; it is read at the next update.

        Raises:
            ConfigError: the setting is not live, or cannot have this value.
        """
        if key not in live_keys():
            raise ConfigError(key, "cannot change while training")
        self.config = self.config.with_values({key: value})

    def extend(self, epochs: int) -> None:
        """Ask for so many epochs more."""
        self.target_epochs += epochs

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
        )

    def advance(self, updates: float = math.inf, seconds: float = math.inf) -> Scalars:
        """Train for at most ``updates`` updates or until ``seconds`` have passed, whichever comes first.

        It also ends at the end of the run. The update that is under way is always completed, and with the
        last update of an epoch its validation, over as many calls as the time limit asks for.
        """
        deadline = time.perf_counter() + seconds
        first = self.update + 1
        losses: list[float] = []
        norms: list[float] = []
        limits: list[float] = []
        epochs: list[EpochResult] = []
        with np.errstate(all="ignore"):
            while not self.finished:
                try:
                    if self.validating:
                        if (result := self._end_epoch(deadline)) is not None:
                            epochs.append(result)
                    elif len(losses) >= updates:
                        break
                    else:
                        loss, size = self._update()
                        losses.append(loss)
                        norms.append(size)
                        clip = self.config.training.clip_norm
                        limits.append(math.inf if clip is None else clip)
                except Divergence as divergence:
                    self.divergence = divergence.with_traceback(
                        None
                    )  # which would keep all of the failed update
                if time.perf_counter() >= deadline:
                    break
        return Scalars(
            first, frozen(np.array(losses)), frozen(np.array(norms)), frozen(np.array(limits)), tuple(epochs)
        )

    def keep_now(self) -> str:
        """Keep the weights of now under a label that says when it was, and return it."""
        if self._position in (0, self.updates_an_epoch):
            label = f"epoch {self.epoch + bool(self._position)}"
        else:
            label = f"update {self.update}"
        self.kept[label] = frozen(self.network.parameters.vector)
        return label

    def snapshot(self, request: SnapshotRequest, at_rest: bool = True) -> Snapshot:
        """What this moment shows; the training is left exactly as it was.

        While it is not ``at_rest``, a slow probe may give again what it measured a little while ago.
        """
        return self._observer.snapshot(
            request,
            training=self.config.training,
            epoch=self.epoch,
            update=self.update,
            before=self._last_finite,
            kept=dict(self.kept),
            at_rest=at_rest,
        )

    def _update(self) -> tuple[float, float]:
        """One batch: forward, loss, backward, clip, step; returns the reported loss and the gradient norm."""
        network, training = self.network, self.config.training
        parameters = network.parameters.vector
        batch = self.data.train.batch(self.batches.numbers(self._position, self._order))
        start = self._start(batch.x.shape[1])
        tape = network.forward(batch.x, start)
        loss, dy = network.readout.loss(tape.output, batch)
        gradient = network.backward(tape, dy, training.truncation).parameters.vector
        loss, size = network.readout.scale * loss, norm(gradient)
        if not (math.isfinite(loss) and math.isfinite(size)):
            time_step, tensor = first_nonfinite(network, batch, start, training.truncation)
            raise Divergence(self.epoch + 1, self.update + 1, time_step, tensor)
        if training.clip_norm is not None:
            clip_norm(gradient, size, training.clip_norm)
        if training.clip_value is not None:
            clip_value(gradient, training.clip_value)
        if training.weight_decay:
            gradient += training.weight_decay * parameters
        self._last_finite[:] = parameters
        factor = self._schedule.factor(training, self.update, self.updates_an_epoch)
        self._optimizer.step(parameters, gradient, factor * training.learning_rate)
        if not np.isfinite(parameters).all():
            tensor = first_nonfinite_weight(network)
            parameters[:] = self._last_finite
            raise Divergence(self.epoch + 1, self.update + 1, None, f"weight {tensor}")
        self._carried = tape.final
        self._epoch_loss += loss * (batch.scores / self._scores)
        self._position += 1
        self.update += 1
        return loss, size

    def _start(self, batch: int) -> States:
        """The states that so many sequences begin in; carried ones are those of the first streams."""
        if not self.batches.carried:
            return self.network.start(batch)
        if len(self._carried[0][0]) == batch:
            return self._carried
        return [tuple(state[:batch] for state in layer) for layer in self._carried]

    def _begin_epoch(self) -> None:
        self._position, self._epoch_loss = 0, 0.0
        self._carried = self.network.start(self.batches.size)
        if self.config.training.shuffle:
            self._order = self.batches.shuffled(self._order_rng)

    def _end_epoch(self, deadline: float) -> EpochResult | None:
        """Validate, as far as the time allows; then close the epoch."""
        held_out, task = self.data.validation, self.config.task
        loss = accuracy = None
        if held_out is not None:
            if self._validation is None:
                self._validation = Validation(self.network, held_out, task.carry_state, task.tolerance)
            loss = self._validation.advance(deadline)
            if loss is None:
                return None
            accuracy = self._validation.accuracy
            nonfinite, self._validation = self._validation.nonfinite, None
            if nonfinite is not None:
                raise Divergence(self.epoch + 1, self.update, nonfinite[0], f"validation {nonfinite[1]}")
        self.epoch += 1
        result = EpochResult(self.epoch, self.update, self._epoch_loss, loss, accuracy)
        self._begin_epoch()
        if self.epoch in self.keep_epochs:
            self.keep_now()
        return result

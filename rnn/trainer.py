"""Trainer: advances a training in bursts and makes snapshots of it on request."""

from __future__ import annotations

import math
import time
from types import MappingProxyType
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.config import RunConfig, live_keys
from rnn.divergence import first_nonfinite, first_nonfinite_weight
from rnn.errors import ConfigError, Divergence
from rnn.network import Network, States, Tape
from rnn.optimizers import OPTIMIZERS, clip_norm, norm
from rnn.probes import PROBES, Moment, start_of
from rnn.scalars import EpochResult, Scalars
from rnn.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.tasks import Data
from rnn.validation import Validation
from rnn.weights import load_weights


class Trainer:
    """One training from a config, deterministic: the same config gives the same bits.

    Attributes:
        config: as it was given, but with the live settings of now and the widths of ``model.weights``.
        data: the sequences.
        network: with the weights of now.
        keep_epochs: the weights at the end of these epochs are kept, however fast they pass.
        kept: flat parameter vectors by label, ``epoch 6``.
        target_epochs: where the run stops by itself.
        divergence: what ended the run, or None.

    Raises:
        DataError: a file that the config names cannot be used.
        ConfigError: the config does not fit that file.
    """

    def __init__(self, config: RunConfig, keep_epochs: frozenset[int] = frozenset()) -> None:
        data_rng, weights_rng = np.random.default_rng(config.seed).spawn(2)
        self.data: Data = config.task.generate(data_rng)
        inputs, outputs = self.data.train.x.shape[2], self.data.train.y.shape[2]
        if config.model.weights is None:
            self.network = Network(inputs, config.model.layers, outputs)
            self.network.initialize(weights_rng, config.model.initializer, config.model.spectral_radius)
        else:
            self.network = load_weights(config.model.weights, inputs, outputs)
            config = config.with_values({"model.layers": self.network.widths})
        self.config = config
        self.keep_epochs = keep_epochs
        self._initial = self.network.parameters.vector.copy()
        self._last_finite = self._initial.copy()
        self.reset()

    def reset(self) -> None:
        """Back to the first weights and to update 0; live settings stay as they are."""
        self.network.parameters.vector[:] = self._initial
        self._optimizer = OPTIMIZERS[self.config.training.optimizer](self._initial.size)
        self.update = 0
        self.epoch = 0
        self.target_epochs = self.config.training.epochs
        self.divergence: Divergence | None = None
        self.kept: dict[str, Array] = {}
        self._memory: dict[str, Any] = {}
        self._position = 0
        self._epoch_mse = 0.0
        self._carried: States = self.network.start(1)
        self._validation: Validation | None = None

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
        """N: one update for each training sequence."""
        return self.data.train.count

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
        train = self.data.train
        return RunInfo(
            config=self.config,
            references=self.config.task.references(),
            sequences=train.count,
            steps=train.steps,
            inputs=self.network.inputs,
            outputs=self.network.outputs,
        )

    def advance(self, updates: float = math.inf, seconds: float = math.inf) -> Scalars:
        """Train for at most ``updates`` updates or until ``seconds`` have passed, whichever comes first.

        It also ends at the end of the run. The update that is under way is always completed, and with the
        last update of an epoch its validation, over as many calls as the time limit asks for.
        """
        deadline = time.perf_counter() + seconds
        first = self.update + 1
        mse: list[float] = []
        norms: list[float] = []
        epochs: list[EpochResult] = []
        with np.errstate(all="ignore"):
            while not self.finished:
                try:
                    if self.validating:
                        if (result := self._end_epoch(deadline)) is not None:
                            epochs.append(result)
                    elif len(mse) >= updates:
                        break
                    else:
                        error, size = self._update()
                        mse.append(error)
                        norms.append(size)
                except Divergence as divergence:
                    self.divergence = divergence
                if time.perf_counter() >= deadline:
                    break
        return Scalars(first, frozen(np.array(mse)), frozen(np.array(norms)), tuple(epochs))

    def keep_now(self) -> str:
        """Keep the weights of now under a label that says when it was, and return it."""
        if self._position in (0, self.updates_an_epoch):
            label = f"epoch {self.epoch + bool(self._position)}"
        else:
            label = f"update {self.update}"
        self.kept[label] = frozen(self.network.parameters.vector)
        return label

    def snapshot(self, request: SnapshotRequest) -> Snapshot:
        """What this moment shows; the training is left exactly as it was."""
        sequence = min(max(request.sequence, 0), self.updates_an_epoch - 1)
        with np.errstate(all="ignore"):
            carry = self.config.task.carry_state
            start = start_of(self.network, self.data.train, sequence) if carry else self.network.start(1)
            x, y = self.data.train.slice(sequence)
            tape: Tape = self.network.forward(x, start)
            moment = Moment(
                network=self.network,
                sequences=self.data.train,
                sequence=sequence,
                span=request.span,
                start=start,
                tape=tape,
                y=y,
                carry=carry,
                kept=dict(self.kept),
                memory=self._memory,
            )
            results = {name: PROBES[name](moment) for name in sorted(request.probes)}
        return Snapshot(
            epoch=self.epoch,
            update=self.update,
            sequence=sequence,
            x=frozen(x[:, 0]),
            y=frozen(y[:, 0]),
            output=frozen(tape.output[:, 0]),
            hidden=tuple(frozen(cell.h[:, 0]) for cell in tape.cells),
            probes=MappingProxyType(results),
        )

    def _update(self) -> tuple[float, float]:
        """One sequence: forward, loss, backward, clip, step. Returns the mse and the gradient's norm."""
        network = self.network
        parameters = network.parameters.vector
        x, y = self.data.train.slice(self._position)
        start = self._carried if self.config.task.carry_state else network.start(1)
        tape = network.forward(x, start)
        loss, dy = network.readout.loss(tape.output, y)
        gradient = network.backward(tape, dy).parameters.vector
        mse, size = 2.0 * loss, norm(gradient)
        if not (math.isfinite(mse) and math.isfinite(size)):
            time_step, tensor = first_nonfinite(network, x, y, start)
            raise Divergence(self.epoch + 1, self.update + 1, time_step, tensor)
        training = self.config.training
        if training.clip_norm is not None:
            clip_norm(gradient, size, training.clip_norm)
        self._last_finite[:] = parameters
        self._optimizer.step(parameters, gradient, training.learning_rate)
        if not np.isfinite(parameters).all():
            tensor = first_nonfinite_weight(network)
            parameters[:] = self._last_finite
            raise Divergence(self.epoch + 1, self.update + 1, None, f"weight {tensor}")
        self._carried = tape.final
        self._epoch_mse += mse / self.updates_an_epoch
        self._position += 1
        self.update += 1
        return mse, size

    def _end_epoch(self, deadline: float) -> EpochResult | None:
        """Validate, as far as the time allows; then close the epoch."""
        held_out = self.data.validation
        validation_mse = None
        if held_out is not None:
            if self._validation is None:
                self._validation = Validation(self.network, held_out, self.config.task.carry_state)
            validation_mse = self._validation.advance(deadline)
            if validation_mse is None:
                return None
            nonfinite, self._validation = self._validation.nonfinite, None
            if nonfinite is not None:
                raise Divergence(self.epoch + 1, self.update, nonfinite[0], f"validation {nonfinite[1]}")
        self.epoch += 1
        result = EpochResult(self.epoch, self.update, self._epoch_mse, validation_mse)
        self._position, self._epoch_mse, self._carried = 0, 0.0, self.network.start(1)
        if self.epoch in self.keep_epochs:
            self.keep_now()
        return result

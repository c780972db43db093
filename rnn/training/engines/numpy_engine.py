"""The readable engine: the network's own passes, one update after the other; it defines what is right."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.config import TrainingConfig
from rnn.data.initial_states import start_states
from rnn.model.batch import Batch, Classes
from rnn.model.cells import State
from rnn.model.network import States
from rnn.optimizing.optimizers import OPTIMIZERS, clip_norm, clip_value, norm
from rnn.training.engines.base import Burst, Engine, Failure, Measured
from rnn.training.validation import HeldOut, Validation


class Numpy(Engine):
    """Updates in NumPy, for every network, readout and optimizer that there is.

    Attributes:
        gradient: (P,) that of the last update, in which its optimizer may have made the step.
    """

    name = "numpy"
    title = "NumPy"
    releases_gil = False

    def _prepare(self, optimizer: str) -> None:
        self._optimizer = OPTIMIZERS[optimizer](self.before.size)
        self.gradient = np.zeros_like(self.before)

    def begin_epoch(self, order: Classes | None) -> None:
        self._order = order
        self._validation: Validation | None = None
        self._carried = start_states(self._network, self._sequences, self._batches.numbers(0))

    def _memory(self) -> dict[str, Any]:
        return self._optimizer.memory

    def _remember(self, memory: Mapping[str, Any]) -> None:
        self._optimizer.remember(memory)

    def _carry(self, states: Sequence[State]) -> None:
        self._carried = list(states)

    def states(self, position: int) -> States:
        if not self._batches.carried:
            numbers = self._batches.numbers(position, self._order)
            return start_states(self._network, self._sequences, numbers)
        batch = self._batches.size_of(position)
        if len(self._carried[0][0]) == batch:
            return self._carried
        return [tuple(state[:batch] for state in layer) for layer in self._carried]

    def train(
        self,
        training: TrainingConfig,
        position: int,
        rates: Callable[[int, int], Array],
        updates: float,
        epochs: int,
        *,
        deadline: float,
    ) -> Burst:
        losses: list[float] = []
        norms: list[float] = []
        failed: Failure | None = None
        late = False
        most = min(updates, self._batches.updates - position)
        while len(losses) < most and failed is None and not late:
            now = position + len(losses)
            batch = self._sequences.batch(self._batches.numbers(now, self._order))
            loss, size, failed = self._update(training, batch, self.states(now), float(rates(now, 1)[0]))
            if failed is None:
                losses.append(loss)
                norms.append(size)
            late = time.perf_counter() >= deadline
        ended: tuple[Measured, ...] = ()
        if failed is None and position + len(losses) == self._batches.updates:
            if self._held_out is None:
                ended = (Measured(),)
            elif not late:
                failed, ended = self._validate(self._held_out, deadline)
        if ended:
            self.begin_epoch(self._order)
        return Burst(np.array(losses), np.array(norms), failed, ended)

    def _validate(self, held_out: HeldOut, deadline: float) -> tuple[Failure | None, tuple[Measured, ...]]:
        """What failed, and what was measured; neither where the deadline passed before it was done."""
        if self._validation is None:
            self._validation = held_out.begin(self._network)
        loss = self._validation.advance(deadline)
        if loss is None:
            return None, ()
        if self._validation.nonfinite is not None:
            return "validation", ()
        return None, (Measured(loss, self._validation.accuracy),)

    def _update(
        self, training: TrainingConfig, batch: Batch, start: States, rate: float
    ) -> tuple[float, float, Failure | None]:
        """Forward, loss, backward, clip, step; the reported loss, the gradient norm, and what failed."""
        network, parameters = self._network, self._network.parameters.vector
        tape = network.forward(batch.x, start)
        loss, dy = network.readout.loss(tape.output, batch)
        self.gradient = gradient = network.backward(tape, dy, training.truncation).parameters.vector
        loss, size = network.readout.scale * loss, norm(gradient)
        self.before[:] = parameters
        if not (math.isfinite(loss) and math.isfinite(size)):
            return loss, size, "gradient"
        if training.clip_norm is not None:
            clip_norm(gradient, size, training.clip_norm)
        if training.clip_value is not None:
            clip_value(gradient, training.clip_value)
        if training.weight_decay:
            gradient += training.weight_decay * parameters
        self._optimizer.step(parameters, gradient, rate)
        if not np.isfinite(parameters).all():
            return loss, size, "weights"
        self._carried = tape.final
        return loss, size, None

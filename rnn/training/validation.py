"""The loss on held-out sequences, measured in slices so that a long one never holds up a pause."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from rnn.data.initial_states import start_states
from rnn.data.tasks import Sequences
from rnn.model.batch import Batch
from rnn.model.network import Network, States
from rnn.training.divergence import first_nonfinite_forward

STEPS_A_SLICE = 512


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What a network is measured on, again and again.

    Attributes:
        sequences: they are not trained on.
        carry, tolerance: as in `Validation`.
    """

    sequences: Sequences
    carry: bool
    tolerance: float | None = None

    @property
    def at_once(self) -> int:
        """How many sequences are measured side by side."""
        if self.carry:
            return 1
        return min(self.sequences.count, max(1, STEPS_A_SLICE // self.sequences.steps))

    def begin(self, network: Network) -> Validation:
        """A measurement that begins now."""
        return Validation(network, self.sequences, self.carry, self.tolerance)

    def first_nonfinite(self, network: Network) -> tuple[int | None, str]:
        """The time step and the tensor that are not finite first, where the loss is not."""
        validation = self.begin(network)
        validation.advance(math.inf)
        time_step, tensor = validation.nonfinite or (None, "loss")
        return time_step, f"validation {tensor}"


class Validation:
    """One measurement of loss and accuracy over ``sequences`` with the network's weights as they are.

    Arguments:
        carry: the state goes on from one sequence to the next, as one stream from where the first begins.
        tolerance: how far a number may be from its target and be right; None asks nothing of numbers.

    Attributes:
        accuracy: once it is done, the share of scored answers that are right; None where none can be.
        nonfinite: where the loss is not finite, the time step (from 1) of its sequence at which that was
            first seen, and in which tensor; None for the step where only the sum over all is not finite.
    """

    def __init__(
        self, network: Network, sequences: Sequences, carry: bool, tolerance: float | None = None
    ) -> None:
        self._network = network
        self._sequences = sequences
        self._at_once = HeldOut(sequences, carry).at_once
        self._tolerance = tolerance
        self._state = start_states(network, sequences, slice(0, 1)) if carry else None
        self._next = 0
        self._scores = sequences.scores
        self._loss = 0.0
        self._right = 0
        self._rates = network.readout.rates(tolerance)
        self.nonfinite: tuple[int | None, str] | None = None

    @property
    def accuracy(self) -> float | None:
        return self._right / self._scores if self._rates else None

    def advance(self, deadline: float) -> float | None:
        """The loss as the readout reports it; None where ``deadline`` passed before it was done.

        The deadline is one of ``time.perf_counter()``. It ends with the first sequences that make the loss
        infinite or NaN.
        """
        readout = self._network.readout
        while self._next < self._sequences.count:
            numbers = slice(self._next, self._next + self._at_once)
            batch, start = self._sequences.batch(numbers), self._state
            if start is None:
                start = start_states(self._network, self._sequences, numbers)
            tape = self._network.forward(batch.x, start)
            if self._state is not None:
                self._state = tape.final
            loss, _ = readout.loss(tape.output, batch)
            self._loss += readout.scale * loss * (batch.scores / self._scores)
            if self._rates:
                correct = readout.correct(tape.output, batch, self._tolerance)
                scored = correct if batch.scored is None else correct & batch.scored
                self._right += int(np.count_nonzero(scored))
            self._next += batch.x.shape[1]
            if not math.isfinite(self._loss):
                self.nonfinite = self._first_nonfinite(batch, start)
                return self._loss
            if self._next < self._sequences.count and time.perf_counter() > deadline:
                return None
        return self._loss

    def _first_nonfinite(self, batch: Batch, start: States) -> tuple[int | None, str]:
        """The place in the first sequence of ``batch`` that has one, looked for one by one."""
        for b in range(batch.x.shape[1]):
            one, part = batch.only(b), slice(b, b + 1)
            tape = self._network.forward(one.x, [tuple(state[part] for state in layer) for layer in start])
            if found := first_nonfinite_forward(self._network, tape, one):
                return found
        return None, "loss"

"""The loss on held-out sequences, measured in slices so that a long one never holds up a pause."""

from __future__ import annotations

import math
import time

from rnn.array import Array
from rnn.divergence import first_nonfinite_forward
from rnn.network import Network, States
from rnn.tasks import Sequences

STEPS_A_SLICE = 512


class Validation:
    """One measurement of the mean square error over ``sequences`` with the network's weights as they are.

    With ``carry`` the state goes on from one sequence to the next, as in training.

    Attributes:
        nonfinite: where the mse is not finite, the time step (from 1) of its sequence at which that was first
            seen, and in which tensor; None for the step where only the sum over all steps is not finite.
    """

    def __init__(self, network: Network, sequences: Sequences, carry: bool) -> None:
        self._network = network
        self._sequences = sequences
        self._state = network.start(1) if carry else None
        self._next = 0
        self._mse = 0.0
        self.nonfinite: tuple[int | None, str] | None = None

    def advance(self, deadline: float) -> float | None:
        """The mse; or None where ``time.perf_counter()`` passed ``deadline`` before it was done.

        It ends with the first sequences that make it infinite or NaN.
        """
        at_once = 1 if self._state is not None else max(1, STEPS_A_SLICE // self._sequences.steps)
        while self._next < self._sequences.count:
            x, y = self._sequences.slice(self._next, at_once)
            start = self._state
            tape = self._network.forward(x, start)
            if self._state is not None:
                self._state = tape.final
            loss, _ = self._network.readout.loss(tape.output, y)
            self._mse += 2.0 * loss * (x.shape[1] / self._sequences.count)
            self._next += x.shape[1]
            if not math.isfinite(self._mse):
                self.nonfinite = self._first_nonfinite(x, y, start)
                return self._mse
            if self._next < self._sequences.count and time.perf_counter() > deadline:
                return None
        return self._mse

    def _first_nonfinite(self, x: Array, y: Array, start: States | None) -> tuple[int | None, str]:
        """The place in the first sequence of ``x`` (T, B, D) that has one, looked for one by one."""
        for b in range(x.shape[1]):
            one, target = x[:, b : b + 1], y[:, b : b + 1]
            tape = self._network.forward(one, start)
            if found := first_nonfinite_forward(self._network, tape, target):
                return found
        return None, "loss"

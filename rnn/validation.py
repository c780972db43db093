"""The loss on held-out sequences, measured in slices so that a long one never holds up a pause."""

from __future__ import annotations

import time

from rnn.network import Network
from rnn.tasks import Sequences

STEPS_A_SLICE = 512


class Validation:
    """One measurement of the mean square error over ``sequences`` with the network's weights as they are.

    With ``carry`` the state goes on from one sequence to the next, as in training.
    """

    def __init__(self, network: Network, sequences: Sequences, carry: bool) -> None:
        self._network = network
        self._sequences = sequences
        self._state = network.start(1) if carry else None
        self._next = 0
        self._mse = 0.0

    def advance(self, deadline: float) -> float | None:
        """The mse; or None where ``time.perf_counter()`` passed ``deadline`` before it was done."""
        at_once = 1 if self._state is not None else max(1, STEPS_A_SLICE // self._sequences.steps)
        while self._next < self._sequences.count:
            x, y = self._sequences.slice(self._next, at_once)
            tape = self._network.forward(x, self._state)
            if self._state is not None:
                self._state = tape.final
            loss, _ = self._network.readout.loss(tape.output, y)
            self._mse += 2.0 * loss * (x.shape[1] / self._sequences.count)
            self._next += x.shape[1]
            if self._next < self._sequences.count and time.perf_counter() > deadline:
                return None
        return self._mse

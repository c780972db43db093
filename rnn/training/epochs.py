"""The epoch under way: which of its updates were made, in which order, and what they lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from rnn.array import Array, frozen
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.batch import Classes
from rnn.training.engines import Measured
from rnn.training.scalars import EpochResult


@dataclass(frozen=True, slots=True, eq=False)
class EpochsState:
    """How far the epochs of a run are.

    Attributes:
        complete: how many are.
        losses: (position,) of the updates of the one under way that were made.
        order: (N,) that of its sequences; None is their own.
        generator: the state of what draws the orders, or None.
    """

    complete: int
    losses: Array
    order: Classes | None
    generator: Mapping[str, Any] | None

    @property
    def position(self) -> int:
        """The updates of the epoch under way that were made."""
        return len(self.losses)


class Epochs:
    """The epochs of one run, one after the other.

    Arguments:
        batches: how the sequences are cut into updates.
        sequences: what is trained on.
        rng: draws another order of the sequences for every epoch; None leaves them in their own.

    Attributes:
        complete: how many are.
        position: the updates of the one under way that were made; after the last its validation is next.
        order: (N,) that of its sequences, or None.
    """

    def __init__(self, batches: Batches, sequences: Sequences, rng: Generator | None) -> None:
        self._batches, self._rng = batches, rng
        scored = sequences.scored
        self._scores = np.full(batches.count, sequences.steps) if scored is None else scored.sum(axis=0)
        self._of_all = sequences.scores
        self.complete = self.position = 0
        self._losses: list[Array] = []  # of the updates of the epoch under way
        self._begin()

    @property
    def update(self) -> int:
        """The updates that were made, over the whole run."""
        return self.complete * self._batches.updates + self.position

    @property
    def validating(self) -> bool:
        """Whether the updates of an epoch are done and its validation is still to be measured."""
        return self.position == self._batches.updates

    def take(self, losses: Array, ended: Sequence[Measured]) -> list[EpochResult]:
        """Count on by updates with these ``losses`` (K,), and close the epochs that ``ended`` among them."""
        U = self._batches.updates
        self._losses.append(losses)
        self.position += len(losses) - len(ended) * U
        if not ended:
            return []
        every = np.concatenate(self._losses)
        whole, rest = np.split(every, [len(ended) * U])
        self._losses = [rest]
        means = np.vecdot(whole.reshape(-1, U), self._shares).tolist()
        first = self.complete + 1
        self.complete += len(ended)
        self._begin()
        return [
            EpochResult(epoch, epoch * U, mean, *measured)
            for epoch, (mean, measured) in enumerate(zip(means, ended, strict=True), first)
        ]

    def state(self) -> EpochsState:
        """How far they are."""
        losses = frozen(np.concatenate([np.empty(0), *self._losses]))
        generator = None if self._rng is None else self._rng.bit_generator.state
        return EpochsState(self.complete, losses, self.order, generator)

    def restore(self, state: EpochsState) -> None:
        """Go on from there."""
        self.complete, self.position, self._losses = state.complete, state.position, [state.losses]
        if self._rng is not None and state.generator is not None:
            self._rng.bit_generator.state = state.generator
            self._take_order(state.order)

    def _begin(self) -> None:
        """Draw the order of the epoch that begins."""
        self._take_order(None if self._rng is None else self._batches.shuffled(self._rng))

    def _take_order(self, order: Classes | None) -> None:
        """Take the sequences in this order, and weigh the updates by what they train on."""
        self.order = order
        self._shares = np.bincount(self._batches.updates_of(self.order), self._scores) / self._of_all

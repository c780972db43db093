"""Which sequences one update trains on, and in which order they come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from rnn.model.batch import Classes


@dataclass(frozen=True, slots=True)
class Batches:
    """``count`` sequences in batches of ``size``, every one of them once an epoch.

    Where the state is carried, the sequences are windows of one long series: it is cut into ``size`` streams
    side by side, and update n trains on the n-th window of each. Where they do not divide, the first streams
    are one window longer, and the last update trains on these alone. Where it is not carried, each batch
    holds the next ``size`` sequences, and the last one what is left.

    Attributes:
        count: N.
        size: B, at most N.
        carried: whether the state goes on from window to window.
    """

    count: int
    size: int
    carried: bool

    @property
    def updates(self) -> int:
        """How many there are in an epoch."""
        return -(-self.count // self.size)

    def size_of(self, update: int) -> int:
        """How many sequences an update of the epoch trains on, counted from 0."""
        last = self.updates - 1
        return self.size if update < last else self.count - last * self.size

    def updates_of(self, order: Classes | None = None) -> Classes:
        """(N,) the update of the epoch that trains on each sequence, counted from 0.

        Arguments:
            order: as in `numbers`.
        """
        place = np.arange(self.count)
        if self.carried:
            return place - np.repeat(*self._streams())
        found = np.empty(self.count, dtype=np.int64)
        found[place if order is None else order] = place // self.size
        return found

    def numbers(self, update: int, order: Classes | None = None) -> slice | Classes:
        """The sequences of an update of the epoch, counted from 0.

        Arguments:
            order: (N,) a shuffled order of the sequences; None is their own.
        """
        first = update * self.size
        if order is not None:
            return order[first : first + self.size]
        if self.carried and self.size > 1:
            starts, lengths = self._streams()
            return starts[lengths > update] + update
        return slice(first, min(first + self.size, self.count))

    def stream_of(self, sequence: int) -> tuple[int, int]:
        """The first sequence of the stream that this one lies in, and how many the stream has."""
        starts, lengths = self._streams()
        stream = int(np.searchsorted(starts, sequence, side="right")) - 1
        return int(starts[stream]), int(lengths[stream])

    def shuffled(self, rng: Generator) -> Classes:
        """(N,) an order of the sequences for one epoch."""
        return rng.permutation(self.count)

    def _streams(self) -> tuple[Classes, Classes]:
        """(B,) where each stream begins, and (B,) how long it is."""
        streams = self.size if self.carried else 1
        lengths = np.full(streams, self.count // streams)
        lengths[: self.count % streams] += 1
        return np.cumsum(lengths) - lengths, lengths

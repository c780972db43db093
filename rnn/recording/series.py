"""A series that only grows: the newest numbers each by itself, older ones in bins, in bounded room."""

from __future__ import annotations

import numpy as np

from rnn.array import Array

RECENT = 1_000_000  # numbers that are each kept
SPARE = RECENT  # so many more may come before the oldest are put into bins
MOST_BINS = 1 << 17
SHORT = 1 << 16  # numbers that are copied in no time


class Series:
    """Numbers of consecutive updates, or epochs.

    Attributes:
        older: (3, m) the least, the greatest and the mean of every ``width`` of those that are not recent.
        width: a power of two; it doubles where there would be too many bins.
    """

    def __init__(self) -> None:
        self.older: Array = np.empty((3, 0))
        self.width = 16
        self._buffer, self._length = np.empty(1024), 0

    def __len__(self) -> int:
        return int(self.older.shape[1]) * self.width + self._length

    @property
    def recent(self) -> Array:
        """(n,) the newest, each by itself; a view that is valid until the next ``extend``."""
        return self._buffer[: self._length]

    def extend(self, values: Array) -> None:
        """Add ``values`` (k,) at the end."""
        length = self._length + len(values)
        if length > len(self._buffer):
            room = (
                4 * len(self._buffer) if length < SHORT else RECENT + SPARE
            )  # which is taken where it is used
            longer = np.empty(max(length, room))
            longer[: self._length] = self.recent
            self._buffer = longer
        self._buffer[self._length : length] = values
        self._length = length
        if length > RECENT + SPARE:
            self._put_away((length - RECENT) // self.width)

    def _put_away(self, bins: int) -> None:
        """The oldest of the recent numbers become so many bins."""
        split = bins * self.width
        rows = self._buffer[:split].reshape(bins, self.width)
        fresh = np.array([rows.min(axis=1), rows.max(axis=1), rows.mean(axis=1)])
        self.older = np.concatenate([self.older, fresh], axis=1)
        self._length -= split
        self._buffer[: self._length] = self._buffer[split : split + self._length]
        while self.older.shape[1] > MOST_BINS and self.older.shape[1] % 2 == 0:
            low, high, mean = self.older.reshape(3, -1, 2)
            self.older = np.array([low.min(axis=1), high.max(axis=1), mean.mean(axis=1)])
            self.width *= 2

    @classmethod
    def of(cls, older: Array, width: int, recent: Array) -> Series:
        """The series that has these parts."""
        series = cls()
        series.older, series.width = older, width
        series._buffer, series._length = recent.copy(), len(recent)
        return series

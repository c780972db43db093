"""A series that only grows: every value is kept, and any stretch of it is drawn with few points."""

from __future__ import annotations

import math

import numpy as np

from rnn.array import Array

BASE_BITS = 4


class Growing:
    """Numbers in a row that grows at its end, in constant time a value (amortised)."""

    def __init__(self) -> None:
        self._buffer = np.empty(1024)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Array:
        """(n,) all of them; a view that is valid until the next ``extend``."""
        return self._buffer[: self._length]

    def extend(self, values: Array) -> None:
        """Add ``values`` (k,) at the end."""
        length = self._length + len(values)
        if length > len(self._buffer):
            buffer = np.empty(max(length, 2 * len(self._buffer)))
            buffer[: self._length] = self.values
            self._buffer = buffer
        self._buffer[self._length : length] = values
        self._length = length


class Pyramid(Growing):
    """A growing series with the least and the greatest of every 16, 32, 64, … values.

    Bins begin at fixed places, so that the picture of old values stays as it is while new ones come.
    """

    def __init__(self) -> None:
        super().__init__()
        self._levels: list[tuple[Growing, Growing]] = []

    def extend(self, values: Array) -> None:
        """Add ``values`` (k,) at the end; constant time a value (amortised)."""
        super().extend(values)
        low = high = self.values
        size = 1 << BASE_BITS
        for level in range(len(self).bit_length()):
            due = len(self) >> (BASE_BITS + level)
            if level == len(self._levels):
                if due == 0:
                    break
                self._levels.append((Growing(), Growing()))
            lows, highs = self._levels[level]
            fresh = slice(len(lows) * size, due * size)
            if fresh.start == fresh.stop:
                break
            lows.extend(np.fmin.reduce(low[fresh].reshape(-1, size), axis=1))
            highs.extend(np.fmax.reduce(high[fresh].reshape(-1, size), axis=1))
            low, high, size = lows.values, highs.values, 2

    def within(self, first: float, last: float, columns: int) -> tuple[Array, Array]:
        """What to draw for the places ``first`` … ``last``, and one point beyond on either side.

        Arguments:
            first, last: places in the series, counted from 0; they may lie outside it.
            columns: of pixels, over which these places are spread.

        Returns:
            places and values, (m,) each: every value while there are fewer than four for a column; else the
            least and the greatest value of bins that are not wider than a column, at the middle of the bin.
        """
        bits = max(0, math.floor(math.log2(max(1.0, (last - first) / max(1, columns)))))
        width = 1 << bits
        start = max(0, math.floor(max(first, 0.0)) - width)
        stop = min(len(self), math.ceil(min(last, float(len(self)))) + width + 1)
        if start >= stop:
            return np.empty(0), np.empty(0)
        if bits <= 1:  # two numbers for a bin of two values would be nothing gained
            return np.arange(start, stop, dtype=float), self.values[start:stop].copy()
        begin, end = start >> bits, ((stop - 1) >> bits) + 1
        whole = min(end, len(self) >> bits)
        low, high = self._bins(bits, begin, whole)
        middle = (np.arange(begin, whole) + 0.5) * width - 0.5
        if end > whole:
            rest_low, rest_high = self._rest(bits)
            low, high = np.append(low, rest_low), np.append(high, rest_high)
            middle = np.append(middle, 0.5 * (whole * width + len(self) - 1))
        # Least and greatest change places from bin to bin, so that the strokes between bins run level.
        pairs = np.stack((low, high), axis=1)
        odd = (begin + np.arange(len(pairs))) % 2 == 1
        pairs[odd] = pairs[odd, ::-1]
        return np.repeat(middle, 2), pairs.ravel()

    def _bins(self, bits: int, begin: int, end: int) -> tuple[Array, Array]:
        """The least and the greatest of the full bins ``begin`` … ``end`` − 1 of 2^bits values."""
        if bits >= BASE_BITS and end > begin:
            lows, highs = self._levels[bits - BASE_BITS]
            return lows.values[begin:end], highs.values[begin:end]
        values = self.values[begin << bits : max(begin, end) << bits].reshape(-1, 1 << bits)
        return np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)

    def _rest(self, bits: int) -> tuple[float, float]:
        """The least and the greatest of what the last full bin of 2^bits values leaves over."""
        start = (len(self) >> bits) << bits
        low: list[float] = []
        high: list[float] = []
        for level in range(bits - 1, BASE_BITS - 1, -1):
            if start >> level < len(self) >> level:
                lows, highs = self._levels[level - BASE_BITS]
                low.append(lows.values[start >> level])
                high.append(highs.values[start >> level])
                start += 1 << level
        left = self.values[start:]
        return float(np.fmin.reduce([*low, *left])), float(np.fmax.reduce([*high, *left]))


def trimmed(places: Array, values: Array) -> tuple[Array, Array]:
    """Both from the first to the last number among ``values``: Qt never ends dashing a line to a NaN."""
    numbers = np.flatnonzero(~np.isnan(values))
    if len(numbers) == 0:
        return np.empty(0), np.empty(0)
    kept = slice(numbers[0], numbers[-1] + 1)
    return places[kept], values[kept]

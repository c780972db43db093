"""A series that only grows: any stretch of it is drawn with few points, and it never takes more room."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from rnn.array import Array

BASE_BITS = 4
VALUES = 1 << 20  # so many are kept one by one
BINS = 1 << 17  # of more values at most so many bins of the finest level
SHORT = 1 << 16  # values that are copied in no time
AT_ONCE = 1 << 15  # so many more can come before the finest are let go

NOTHING = (math.nan, math.nan, 0)  # least, greatest and count of no values


class Growing:
    """Numbers in a row that grows at its end, in constant time a value (amortised).

    While it is short it moves to twice the room, then once to room for the ``most`` that are expected: a long
    row that is copied would stop the window.
    """

    def __init__(self, most: int) -> None:
        self._buffer = np.empty(1024)
        self._length = 0
        self._most = most

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
            twice = 2 * len(self._buffer)
            buffer = np.empty(max(length, twice if twice <= SHORT else max(twice, self._most)))
            buffer[: self._length] = self.values
            self._buffer = buffer
        self._buffer[self._length : length] = values
        self._length = length


class Level:
    """The least and the greatest of every full bin of 2^bits values; of single values both are the same."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        most = (BINS if bits else VALUES) + AT_ONCE
        self._low = Growing(most)
        self._high = Growing(most) if bits else self._low

    def __len__(self) -> int:
        return len(self._low)

    @property
    def low(self) -> Array:
        """(n,) the least of each bin; a view."""
        return self._low.values

    @property
    def high(self) -> Array:
        """(n,) the greatest of each bin; a view."""
        return self._high.values

    def extend(self, low: Array, high: Array) -> None:
        """Add bins (k,) at the end."""
        self._low.extend(low)
        if self._high is not self._low:
            self._high.extend(high)

    def take_up(self, finer: Level) -> None:
        """Add the bins that ``finer`` has become full for."""
        size = 1 << (self.bits - finer.bits)
        fresh = slice(len(self) * size, len(finer) // size * size)
        if fresh.start < fresh.stop:
            self.extend(_least(finer.low[fresh], size), _greatest(finer.high[fresh], size))


class Pyramid:
    """A growing series with the least and the greatest of every 16, 32, 64, … values.

    Bins begin at fixed places, so that the picture of old values stays as it is while new ones come. The
    values themselves are kept as long as there are at most ``VALUES``; after that the finest bins are, and
    each time there are more than ``BINS`` of them, bins twice as wide.

    Attributes:
        first, last: the first value and the newest; NaN while there is none.
    """

    def __init__(self) -> None:
        self.first = self.last = math.nan
        self._count = 0
        self._levels = [Level(0)]
        self._rest_low, self._rest_high, self._rest_count = NOTHING  # what is in no bin yet

    def __len__(self) -> int:
        return self._count

    @property
    def width(self) -> int:
        """How many values a bin of the finest level has: 1 while every value is kept."""
        return 1 << self._levels[0].bits

    @property
    def values(self) -> Array:
        """(n,) all of them, while every value is kept; a view that is valid until the next ``extend``."""
        assert self.width == 1
        return self._levels[0].low

    @property
    def bins(self) -> tuple[Array, Array]:
        """(m,) the least and (m,) the greatest of every ``width`` values, the last of fewer."""
        finest = self._levels[0]
        low, high = finest.low, finest.high
        if self._rest_count:
            return np.append(low, self._rest_low), np.append(high, self._rest_high)
        return low, high

    def at(self, place: int) -> tuple[float, float]:
        """The least and the greatest of the bin that the value at ``place``, counted from 0, is in."""
        finest = self._levels[0]
        number = place >> finest.bits
        if number >= len(finest):
            return self._rest_low, self._rest_high
        return float(finest.low[number]), float(finest.high[number])

    def extend(self, values: Array, number: int | None = None) -> None:
        """Add ``values`` (k,) at the end; constant time a value (amortised).

        ``number``, counted from 1, is that of the first of them; what did not come before it is NaN.
        """
        if len(values) == 0:
            return
        if number is not None and number > self._count + 1:
            values = np.concatenate([np.full(number - 1 - self._count, math.nan), values])
        if self._count == 0:
            self.first = float(values[0])
        self.last = float(values[-1])
        self._count += len(values)
        self._add(values)
        self._build()
        while len(self._levels[0]) > (BINS if self._levels[0].bits else VALUES):
            self._let_go_of_the_finest()

    def within(self, first: float, last: float, columns: int) -> tuple[Array, Array]:
        """What to draw for the places ``first`` … ``last``, and one point beyond on either side.

        Arguments:
            first, last: places in the series, counted from 0; they may lie outside it.
            columns: of pixels, over which these places are spread.

        Returns:
            places and values, (m,) each: every value while there are fewer than four for a column; else the
            least and the greatest value of bins that are not wider than a column, or as narrow as there are,
            at the middle of the bin.
        """
        bits = max(0, math.floor(math.log2(max(1.0, (last - first) / max(1, columns)))))
        bits = max(bits, self._levels[0].bits)
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
            rest_low, rest_high = self._left_over(bits)
            low, high = np.append(low, rest_low), np.append(high, rest_high)
            middle = np.append(middle, 0.5 * (whole * width + len(self) - 1))
        # Least and greatest change places from bin to bin, so that the strokes between bins run level.
        pairs = np.stack((low, high), axis=1)
        odd = (begin + np.arange(len(pairs))) % 2 == 1
        pairs[odd] = pairs[odd, ::-1]
        return np.repeat(middle, 2), pairs.ravel()

    def _add(self, values: Array) -> None:
        """Put ``values`` into the finest bins, and what fills none into the rest."""
        finest = self._levels[0]
        size = 1 << finest.bits
        if self._rest_count:
            lacking, values = np.split(values, [size - self._rest_count])
            self._set_aside(lacking, lacking, len(lacking))
            if self._rest_count < size:
                return
            finest.extend(np.array([self._rest_low]), np.array([self._rest_high]))
            self._rest_low, self._rest_high, self._rest_count = NOTHING
        full, rest = np.split(values, [len(values) // size * size])
        finest.extend(_least(full, size), _greatest(full, size))
        if len(rest):
            self._set_aside(rest, rest, len(rest))

    def _build(self) -> None:
        """Bring the wider bins up to the finest ones, and add a level where there is enough for one."""
        for finer, wider in pairwise(self._levels):
            wider.take_up(finer)
        while True:
            top = self._levels[-1]
            wider = Level(top.bits + 1 if top.bits else BASE_BITS)
            wider.take_up(top)
            if len(wider) == 0:
                return
            self._levels.append(wider)

    def _let_go_of_the_finest(self) -> None:
        gone = self._levels.pop(0)
        kept = self._levels[0]
        begin = len(kept) << (kept.bits - gone.bits)
        if begin < len(gone):
            self._set_aside(gone.low[begin:], gone.high[begin:], (len(gone) - begin) << gone.bits)

    def _set_aside(self, low: Array, high: Array, count: int) -> None:
        """``count`` values, between ``low`` and ``high`` (m,), are in no bin yet."""
        self._rest_low = float(np.fmin(self._rest_low, np.fmin.reduce(low)))
        self._rest_high = float(np.fmax(self._rest_high, np.fmax.reduce(high)))
        self._rest_count += count

    def _bins(self, bits: int, begin: int, end: int) -> tuple[Array, Array]:
        """The least and the greatest of the full bins ``begin`` … ``end`` − 1 of 2^bits values."""
        for level in self._levels:
            if level.bits == bits:
                return level.low[begin:end], level.high[begin:end]
        values = self.values[begin << bits : max(begin, end) << bits]
        return _least(values, 1 << bits), _greatest(values, 1 << bits)

    def _left_over(self, bits: int) -> tuple[float, float]:
        """The least and the greatest of what the last full bin of 2^bits values leaves over."""
        start = (len(self) >> bits) << bits
        low, high = [self._rest_low], [self._rest_high]
        for level in reversed([level for level in self._levels if level.bits < bits]):
            part = slice(start >> level.bits, None)
            low.extend(level.low[part].tolist())
            high.extend(level.high[part].tolist())
            start = len(level) << level.bits
        return float(np.fmin.reduce(low)), float(np.fmax.reduce(high))


def _least(values: Array, size: int) -> Array:
    """The least of every ``size`` numbers, NaN where there is none among them."""
    return np.asarray(np.fmin.reduce(values.reshape(-1, size), axis=1))


def _greatest(values: Array, size: int) -> Array:
    """The greatest of every ``size`` numbers."""
    return np.asarray(np.fmax.reduce(values.reshape(-1, size), axis=1))


def trimmed(places: Array, values: Array) -> tuple[Array, Array]:
    """Both from the first to the last number among ``values``: Qt never ends dashing a line to a NaN."""
    numbers = np.flatnonzero(~np.isnan(values))
    if len(numbers) == 0:
        return np.empty(0), np.empty(0)
    kept = slice(numbers[0], numbers[-1] + 1)
    return places[kept], values[kept]

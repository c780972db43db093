"""Which decades the colours of a picture stand for: whole ones, that only widen, so that nothing flickers."""

from __future__ import annotations

import math

import numpy as np

from gui.panels.plots.axes import power_of_ten
from rnn.array import Array

DEEPEST = 12
FEWEST = 2
ABOVE = 6


class ColourLevels:
    """The range of log10 values from the first colour to the last.

    It never holds more than `DEEPEST` decades, and ends at most `ABOVE` over what a usual moment reaches, so
    that one explosion does not turn the rest dark.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._low: int | None = None
        self._high: int | None = None
        self._under = self._over = False

    def include(self, logs: Array) -> tuple[float, float]:
        """Widen to hold ``logs`` (n, T) of n moments, the finite ones; returns the range."""
        finite = np.where(np.isfinite(logs), logs, np.nan)
        tops = np.fmax.reduce(finite, axis=1, initial=np.nan)
        tops = tops[~np.isnan(tops)]
        if len(tops):
            lowest, highest = float(np.fmin.reduce(finite, axis=None)), float(tops.max())
            top = math.ceil(min(highest, float(np.median(tops)) + ABOVE))
            self._high = top if self._high is None else max(self._high, top)
            self._low = math.floor(lowest) if self._low is None else min(self._low, math.floor(lowest))
            self._low = min(max(self._low, self._high - DEEPEST), self._high - FEWEST)
            self._under, self._over = lowest < self._low, highest > self._high
        return self.range

    @property
    def range(self) -> tuple[float, float]:
        """log10 of what the first and the last colour stand for."""
        if self._low is None or self._high is None:
            return -6.0, 0.0
        return float(self._low), float(self._high)

    def marks(self) -> tuple[str, str, str]:
        """The numbers at the ends of the colours, and in their middle where that is a power of ten."""
        low, high = (round(limit) for limit in self.range)
        middle = power_of_ten((low + high) // 2, plain=False) if (low + high) % 2 == 0 else ""
        under, over = "≤ " if self._under else "", "≥ " if self._over else ""
        return f"{under}{power_of_ten(low, False)}", middle, f"{over}{power_of_ten(high, False)}"

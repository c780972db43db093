"""How a signal of a cell is shown: the range of its colours, what of it is hatched, and the words for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gui.panels.keys.legend import Swatch
from gui.panels.plots.hatch import Cells
from gui.panels.plots.ink import INK
from gui.theme import Theme
from rnn.array import Array
from rnn.model.cells import Signal
from rnn.model.nonlinearities import NONLINEARITIES, Nonlinearity
from rnn.number_format import short

SHUT_BELOW = 0.05  # of the steepest slope
SMALLEST_FILLED = 0.3
FINEST = 0.1  # the smallest range of a signal that has limits
FORMULAS = {NONLINEARITIES["tanh"]: "1 − {0}²", NONLINEARITIES["logistic"]: "{0}(1 − {0})"}
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SignalLook:
    """The look of one signal.

    A value is hatched where it hardly moves any more with what it came from, |g′| < 0.05 · max |g′|, so that
    next to no gradient passes. What came out of no nonlinearity is judged by the one that it goes into.
    """

    signal: Signal

    @property
    def label(self) -> str:
        """Its name with its symbol."""
        name, symbol = self.signal.name, self.signal.symbol
        return f"hidden state {symbol}" if name == "h" else f"{name} {symbol}"

    @property
    def short_label(self) -> str:
        """The same, where it is known that a state is meant."""
        return self.signal.symbol if self.signal.name == "h" else self.label

    @property
    def shut(self) -> str | None:
        """What a hatched value is called; None where none can be."""
        return None if self.judge is None else self.judge.shut

    @property
    def caption(self) -> str:
        """What the image shows."""
        shown = f"{self.short_label} of every unit over time"
        g, shut = self.judge, self.shut
        if g is None or shut is None:
            return shown
        if shut == "inactive":
            return f"{shown}; hatched where it is {g.low:g} (inactive: no gradient passes)"
        limit = f"{self._formula(g)} < {SHUT_BELOW * g.steepest:g}"
        tail = f"{shut}: h hardly moves with it" if self.signal.nonlinearity is None else shut
        return f"{shown}; hatched where {limit} ({tail})"

    def range(self, values: Array, before: Range | None) -> Range:
        """What the colours stand for, from the first to the last.

        What comes out of a nonlinearity with limits has these. Any other signal gets 1, 2 or 5 times a power
        of ten, no more than its limits, and keeps the range ``before`` while that holds its values and they
        fill 30 % of it.
        """
        low, high = self.signal.limits
        has_limits = math.isfinite(low) and math.isfinite(high)
        if has_limits and (self.signal.nonlinearity is not None or low != -high or before is None):
            return low, high
        finite = np.abs(values[np.isfinite(values)])
        peak = float(finite.max()) if finite.size else 0.0
        if before is not None and (
            peak == 0.0 or (peak <= before[1] and peak >= SMALLEST_FILLED * before[1])
        ):
            return before
        top = round_up(peak)
        if has_limits:
            top = min(max(top, FINEST), high)
            return -top, top
        return (low if math.isfinite(low) else -top), top

    def hatched(self, values: Array) -> Cells:
        """Where ``values`` hardly pass on a gradient."""
        g = self.judge
        if g is None or self.shut is None:
            return np.zeros(values.shape, dtype=bool)
        return np.asarray(np.abs(self._slope(g, values)) < SHUT_BELOW * g.steepest)

    def colours(self, theme: Theme) -> NDArray[np.uint8]:
        """(K, 3) the map over its range: gold below the middle and blue above; blue alone from 0 up."""
        colours = theme.diverging()
        return colours[len(colours) // 2 :] if self._one_sided else colours

    def hatching(self, theme: Theme) -> QColor:
        """What is seen on the colour of a hatched value."""
        # What is hatched is dark at the two ends of a range, and may be pale in one that has no such ends.
        dark = self.signal.nonlinearity is not None and not self._one_sided
        return theme.faint(theme.middle, 0.7) if dark else theme.faint(INK, 0.5)

    def swatch(self, theme: Theme) -> Swatch:
        """A sample of hatched values."""
        colours = self.colours(theme)
        ends = colours[[0, 0 if self._one_sided else -1]].tolist()
        left, right = (QColor(*end).name() for end in ends)
        return Swatch(left, right, self.hatching(theme))

    def words(self, value: float) -> str:
        """One value and, where it has one, its slope."""
        text = f"{self.short_label} {short(value, 3)}"
        g = self.judge
        if g is None or self.shut is None:
            return text
        slope = float(self._slope(g, np.array([value]))[0])
        if self.shut == "inactive":
            return text if slope else f"{text}, inactive"
        return f"{text} · {self._formula(g)} {short(slope, 2)}"

    @property
    def judge(self) -> Nonlinearity | None:
        """The nonlinearity that hatches a value; None where none does."""
        return self.signal.nonlinearity or self.signal.into

    @property
    def _one_sided(self) -> bool:
        low, high = self.signal.limits
        return math.isfinite(low) and not math.isfinite(high)

    def _formula(self, g: Nonlinearity) -> str:
        symbol = self.signal.symbol
        if self.signal.nonlinearity is None:
            symbol = f"{g.title.lower()}({symbol})"
        return FORMULAS[g].format(symbol) if g in FORMULAS else f"slope of {g.title}"

    def _slope(self, g: Nonlinearity, values: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            if self.signal.nonlinearity is None:
                values = g.apply(values, np.empty_like(values))
            return g.slope(values)


def round_up(peak: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not below ``peak``; 1 for nothing."""
    if not peak > 0.0:
        return 1.0
    power = 10.0 ** max(-300, min(300, math.floor(math.log10(peak))))
    return next((part * power for part in (1.0, 2.0, 5.0, 10.0) if part * power >= peak), peak)


def marks(span: Range) -> list[tuple[float, str]]:
    """The places of a range that are named: its ends, and its middle where that is a short number."""
    low, high = span
    middle = [(0.5 * (low + high))] if low == -high or high == 1.0 else []
    return [(value, short(value, 1)) for value in (low, *middle, high)]

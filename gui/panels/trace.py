"""The strip under the hidden state: h of one unit over time."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from gui.panels.curves import draw_curve, make_curve
from gui.panels.plot import Plot
from gui.theme import SMALL, Theme, font
from rnn.array import Array

HINT = "point at a unit to see it over time; a click keeps it"
RANGE = (-1.45, 1.45)
DOTTED = 100


class Trace(Plot):
    """A small plot that shows what it is given, and a hint while that is nothing."""

    def __init__(self) -> None:
        super().__init__("time step", "h")
        self.setMinimumHeight(100)
        self.setMouseEnabled(x=False, y=False)
        self.getAxis("left").setTicks([[(-1.0, "−1"), (0.0, "0"), (1.0, "1")]])
        self.curve = make_curve()
        self.curve.setSegmentedLineMode("on")  # a thick smoothed line is five times quicker so
        self.dots = pg.ScatterPlotItem(size=4, pen=None)
        self.hint = pg.TextItem(HINT, anchor=(0.5, 0.5))
        self.hint.setFont(font(SMALL))
        for item in (self.curve, self.dots, self.hint):
            self.addItem(item)
        self.set_ranges(y=RANGE)

    def show_values(self, values: Array | None) -> None:
        """Draw ``values`` (T,) at the time steps 1 … T; None brings the hint back."""
        self.hint.setVisible(values is None)
        values = np.empty(0) if values is None else values
        dotted = values if len(values) <= DOTTED else values[:0]
        draw_curve(self.curve, values, RANGE)
        self.dots.setData(np.arange(1, len(dotted) + 1), dotted)

    def show_steps(self, first: float, last: float) -> None:
        """Let the time axis run from ``first`` to ``last``."""
        self.set_ranges(x=(first, last))
        self.hint.setPos((first + last) / 2.0, 0.0)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.curve.setPen(theme.pen(theme.accent, 2.0))
        self.dots.setBrush(theme.accent)
        self.hint.setColor(theme.muted)

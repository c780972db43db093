"""The strip under the hidden state: one unit over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from gui.panels.plots.curves import draw_curve, make_curve
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepLine
from gui.theme import SMALL, Theme, font
from rnn.array import Array

HINT = "point at a unit to see it over time; a click keeps it"
SHORT_HINT = "point at a unit"
ROOM = 0.225  # above and below, of the range
DOTTED = 100


class Trace(Plot):
    """A small plot that shows what it is given, and a hint while that is nothing."""

    def __init__(self) -> None:
        super().__init__("time step", "h")
        self.setMinimumHeight(100)
        self.box.setMouseEnabled(x=False, y=False)
        self.curve = make_curve()
        self.curve.setSegmentedLineMode("on")  # a thick smoothed line is five times quicker so
        self.dots = pg.ScatterPlotItem(size=4, pen=None)
        self.hint = pg.TextItem(HINT, anchor=(0.5, 0.5))
        self.hint.setFont(font(SMALL))
        for item in (self.curve, self.dots, self.hint):
            self.add(item)
        self.line = StepLine(self)
        self.box.sigResized.connect(self._on_resized)
        self._marks: Sequence[tuple[float, str]] = ()
        self.show_range("h", [(-1.0, "−1"), (0.0, "0"), (1.0, "1")])

    def show_range(self, symbol: str, marks: Sequence[tuple[float, str]]) -> None:
        """Let the axis of ``symbol`` run from the first of these numbers to the last, with some room."""
        if (symbol, marks) == (self.left.labelText, self._marks):
            return
        self._marks = marks
        low, high = marks[0][0], marks[-1][0]
        room = ROOM * (high - low)
        self.label_axes("time step", symbol)
        self.left.setTicks([list(marks)])
        self.set_ranges(y=(low - room, high + room))
        self.hint.setPos(self.hint.pos().x(), 0.5 * (low + high))

    def show_values(self, values: Array | None) -> None:
        """Draw ``values`` (T,) at the time steps 1 … T; None brings the hint back."""
        self.hint.setVisible(values is None)
        values = np.empty(0) if values is None else values
        dotted = values if len(values) <= DOTTED else values[:0]
        draw_curve(self.curve, values, self.shown()[1])
        seen = np.flatnonzero(np.isfinite(dotted))
        self.dots.setData(seen + 1, dotted[seen])

    def show_steps(self, first: float, last: float) -> None:
        """Let the time axis run from ``first`` to ``last``."""
        self.set_ranges(x=(first, last))
        self.hint.setPos((first + last) / 2.0, self.hint.pos().y())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.curve.setPen(theme.pen(theme.accent, 2.0))
        self.dots.setBrush(theme.accent)
        self.hint.setColor(theme.muted)
        self.line.apply_theme(theme)

    def _on_resized(self, box: object) -> None:
        room = self.box.width()
        self.hint.setText(HINT if QFontMetricsF(font(SMALL)).horizontalAdvance(HINT) < room else SHORT_HINT)

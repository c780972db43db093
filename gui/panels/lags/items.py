"""What the panel of lags draws: bars for the parts, a line for their running total, and the horizon."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

from gui.panels.lags.words import LARGEST
from gui.panels.plots.decades import decades, show_decades
from gui.panels.plots.labels import Label, choose
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.array import Array

NARROW = 4.0  # pixels: bars that are narrower stand close
FOOT = 0.025
FARTHEST = 16.0  # decades below the highest that a logarithmic axis still shows
EDGE = 4.0


def show_norms(plot: Plot, values: Array) -> None:
    """Show the heights from just below 0 to above all ``values``."""
    finite = values[np.isfinite(values)]
    peak = float(finite.max()) if finite.size else 0.0
    if 0.0 < peak <= LARGEST:
        plot.hold(0.0, peak, foot=FOOT)
    else:
        plot.set_ranges(y=plot.held[1] or (-FOOT, 1.0))


def show_logs(plot: Plot, values: Array) -> None:
    """Show the decades of ``values``, at most the highest `FARTHEST`."""
    logs = decades(values)
    finite = logs[np.isfinite(logs)]
    lowest = float(finite.max()) - FARTHEST if finite.size else 0.0
    show_decades(plot, np.maximum(logs, lowest))


class Bars:
    """Bars over the lags 0, 1, …, hollow or filled."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.item = pg.BarGraphItem(x=[], height=[], width=0.8, pen=None)
        plot.add(self.item)

    def draw(self, tops: Array, floor: float | None) -> None:
        """Up to ``tops`` (N,) from ``floor``, or from below what is in view; NaN is no bar."""
        lags = np.flatnonzero(np.isfinite(tops))
        (left, right), _ = self._plot.shown()
        wide = self._plot.columns / (right - left) >= NARROW
        floor = float(self._plot.near(np.array(-np.inf))) if floor is None else floor
        high = np.maximum(self._plot.near(tops[lags]), floor)
        self.item.setOpts(x=lags, y0=floor, height=high - floor, width=0.8 if wide else 1.0)

    def fill(self, colour: str) -> None:
        """Filled."""
        self.item.setOpts(brush=pg.mkBrush(colour), pen=pg.mkPen(None))

    def hollow(self, theme: Theme, colour: str) -> None:
        """An outline."""
        self.item.setOpts(brush=theme.faint(colour, 0.15), pen=theme.pen(colour))


class Horizon:
    """An upright line behind the last lag that counts, with its word."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._place: int | None = None
        self.line = pg.InfiniteLine(angle=90, movable=False)
        plot.add(self.line)
        self.label = Label(plot, "95 %")

    def draw(self, horizon: int | None, heights: Array) -> None:
        """Behind the lag ``horizon``, the word clear of a line at ``heights`` (N,), as the axis counts."""
        self.line.setVisible(horizon is not None)
        if horizon is None:
            self.label.show_in(None)
            return
        self.line.setPos(horizon + 0.5)
        box = self._plot.box
        width, height = self.label.size()
        x, _ = self._plot.to_pixels(np.array([horizon + 0.5]), np.zeros(1))
        sides = (float(x[0]) + EDGE, float(x[0]) - width - EDGE)
        tops = [part * (box.height() - height) for part in (0.4, 0.55, 0.25, 0.7, 0.02)]
        places = [QRectF(left, top, width, height) for left in sides for top in tops]
        finite = np.flatnonzero(np.isfinite(heights))
        lines = [self._plot.to_pixels(finite.astype(float), heights[finite])]
        self._place = choose(places, QRectF(0, 0, box.width(), box.height()), [], lines, self._place)
        self.label.show_in(None if self._place is None else places[self._place])

    def apply_theme(self, theme: Theme, colour: str) -> None:
        self.line.setPen(theme.pen(colour, 1.0, Qt.PenStyle.DashLine))
        self.label.apply_theme(theme, colour)

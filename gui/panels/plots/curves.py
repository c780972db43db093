"""Curves over time steps that break where a sequence ends and stay finite on the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from gui.panels.plots.plot import Plot
from gui.panels.plots.pyramid import trimmed
from rnn.array import Array

LONG = 1500
FAR = 5.0
SMOOTH = 400  # points that are smoothed of a bold curve
DOTTED = 40  # so few points are seen as such


def make_curve() -> pg.PlotCurveItem:
    """A curve without points yet."""
    return pg.PlotCurveItem(connect="finite")


def draw_curve(
    curve: pg.PlotCurveItem,
    values: Array,
    shown: tuple[float, float],
    first: int = 1,
    piece: int | None = None,
) -> None:
    """Draw ``values`` (n,) at the time steps ``first``, ``first`` + 1, …, broken after every ``piece``.

    What is not finite or further than FAR times the range ``shown`` outside of it leaves a gap, so that
    every coordinate can be painted. Up to LONG points are smoothed.
    """
    n = len(values)
    room = FAR * (shown[1] - shown[0])
    y = np.where((values >= shown[0] - room) & (values <= shown[1] + room), values, np.nan)
    x = np.arange(first, first + n, dtype=float)
    if piece is not None:
        breaks = np.arange(piece, n, piece)
        x, y = np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan)
    curve.setData(*trimmed(x, y), antialias=n <= LONG)


class DottedCurve:
    """A curve in a plot, and while it has few points a dot at each of them.

    Arguments:
        smooth: up to so many points it is smoothed.
        bold: whether its pen is thick: a thick smoothed line is five times quicker in segments.
        options: those of the curve.

    Attributes:
        curve, dots: the plot items.
    """

    def __init__(self, plot: Plot, smooth: int = SMOOTH, bold: bool = True, **options: Any) -> None:
        self._plot, self._smooth = plot, smooth
        self.curve = pg.PlotCurveItem(**{"connect": "finite"} | options)
        if bold:
            self.curve.setSegmentedLineMode("on")
        self.dots = pg.ScatterPlotItem(size=5, pen=None)

    def draw(self, x: Array, y: Array, dotted: bool = True) -> None:
        """Show the line through these places, in axis units."""
        x, y = trimmed(x, self._plot.near(y))
        self.curve.setData(x, y, antialias=len(x) <= self._smooth)
        shown = np.isfinite(y) & (dotted and len(x) <= DOTTED)
        self.dots.setData(x[shown], y[shown])

    def set_pen(self, pen: QPen, colour: str | QColor | None = None) -> None:
        """Draw the line with this pen, and the dots in ``colour`` or in that of the pen."""
        self.curve.setPen(pen)
        self.dots.setBrush(pen.color() if colour is None else colour)

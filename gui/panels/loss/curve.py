"""One line of losses in the loss panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen

from gui.panels.plots.labels import Polyline
from gui.panels.plots.plot import Plot

DOTTED = 40


class LossCurve:
    """A curve, and while it has few points a dot at each of them.

    Attributes:
        curve, dots: the plot items.
    """

    def __init__(self, plot: Plot, smooth: int, **options: Any) -> None:
        """In ``plot``; up to ``smooth`` points are smoothed. ``options`` are those of the curve."""
        self._smooth = smooth
        self.curve = pg.PlotCurveItem(**options)
        self.dots = pg.ScatterPlotItem(size=5, pen=None)
        for item in (self.curve, self.dots):
            plot.add(item)

    def draw(self, line: Polyline) -> None:
        """Show ``line``, in axis units."""
        x, y = line
        self.curve.setData(x, y, antialias=len(x) <= self._smooth)
        few = line if len(x) <= DOTTED else (np.empty(0), np.empty(0))
        self.dots.setData(*few)

    def apply_theme(self, pen: QPen, colour: str) -> None:
        """Take on a pen for the curve, and a colour for the dots."""
        self.curve.setPen(pen)
        self.dots.setBrush(colour)

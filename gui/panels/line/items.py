"""What the panel of the loss along a line draws: an arrow for each step, and the end of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

from gui.panels.plots.labels import Label, Polyline, choose
from gui.panels.plots.plot import Plot
from gui.theme import Theme

DOT, HEAD = 9.0, 11.0
BESIDE = 8.0
PIECES = 20


class Mark:
    """A place on the curve, the arrow that leads to it, and its words.

    Attributes:
        dot, shaft, head, label: its items.
        style: of the shaft, from the next time on that it is coloured.
    """

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.style = Qt.PenStyle.SolidLine
        self._place: int | None = None
        self._worn: object = None
        self.shaft = pg.PlotCurveItem(antialias=True)
        self.dot = pg.ScatterPlotItem(size=DOT)
        self.head = pg.ArrowItem(headLen=HEAD, tipAngle=38, baseAngle=12, pen=None, pxMode=True)
        for depth, item in enumerate((self.shaft, self.dot, self.head)):
            item.setZValue(5 + depth)
            plot.add(item)
        self.label = Label(plot, "")
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.shaft.setData([], [])
        self.dot.setData([], [])
        self.head.setVisible(False)
        self.label.show_in(None)

    @property
    def around(self) -> QRectF:
        """The room that its dot takes, in pixels; empty where there is none."""
        x, y = self.dot.getData()
        if len(x) == 0:
            return QRectF()
        (across,), (down,) = self._plot.to_pixels(x, y)
        return QRectF(across - 0.5 * DOT, down - 0.5 * DOT, DOT, DOT)

    def way(self) -> Polyline:
        """The arrow in short pieces, in axis units."""
        x, y = self.shaft.getData()
        if len(x) == 0:
            return x, y
        part = np.linspace(0.0, 1.0, PIECES)
        return x[0] + part * (x[1] - x[0]), y[0] + part * (y[1] - y[0])

    def draw(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Lead from ``start`` to ``end``, in axis units; not where one is not finite."""
        if not np.isfinite([*start, *end]).all():
            self.clear()
            return
        self.dot.setData([end[0]], [end[1]])
        x, y = self._plot.to_pixels(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
        long_enough = math.hypot(x[1] - x[0], y[1] - y[0]) > HEAD
        self.shaft.setData([start[0], end[0]], [start[1], end[1]])
        self.head.setVisible(long_enough)
        if long_enough:
            self.head.setPos(*end)
            self.head.setStyle(angle=180.0 + math.degrees(math.atan2(y[1] - y[0], x[1] - x[0])))

    def write(self, words: str, lines: Sequence[Polyline], taken: list[QRectF]) -> None:
        """Put ``words`` beside the dot, clear of ``lines`` and of what is ``taken``, both in pixels."""
        x, y = self.dot.getData()
        if len(x) == 0:
            self.label.show_in(None)
            return
        self.label.write(words)
        width, height = self.label.size()
        (left,), (top,) = self._plot.to_pixels(x, y)
        sides = (left + BESIDE, left - width - BESIDE, left - 0.5 * width)
        tops = [top - height - BESIDE, top + BESIDE, top - 0.5 * height]
        tops += [top + by * height for by in (-3.0, 2.5, -4.5, 4.0)]
        places = [QRectF(side, above, width, height) for above in tops for side in sides]
        box = self._plot.box
        room = QRectF(0, 0, box.width(), box.height())
        chosen = choose(places, room, taken, lines, self._place)
        # What a mark is called is better on a curve than nowhere.
        self._place = choose(places, room, taken, [], self._place) if chosen is None else chosen
        place = None if self._place is None else places[self._place]
        self.label.show_in(place)
        if place is not None:
            taken.append(place)

    def apply_theme(self, theme: Theme, colour: str) -> None:
        if self._worn == (theme, colour, self.style):
            return
        self._worn = theme, colour, self.style
        self.shaft.setPen(theme.pen(colour, 2.0, self.style))
        self.dot.setBrush(colour)
        self.dot.setPen(pg.mkPen(theme.surface, width=1.5))
        self.head.setStyle(brush=pg.mkBrush(colour))
        self.label.apply_theme(theme, colour)


class Ends:
    """Upright lines where the loss stops being finite, on either side."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.lines = pg.PlotCurveItem(connect="pairs")
        plot.add(self.lines)
        self.label = Label(plot, "not finite from here on")

    def draw(self, places: Sequence[float]) -> list[QRectF]:
        """Draw them at ``places`` on the axis; returns the room that their words take, in pixels."""
        _, (bottom, top) = self._plot.shown()
        self.lines.setData(np.repeat(places, 2), np.tile([bottom, top], len(places)))
        if not places:
            self.label.show_in(None)
            return []
        x, _ = self._plot.to_pixels(np.array([places[-1]]), np.zeros(1))
        width, height = self.label.size()
        place = QRectF(float(x[0]) - width - BESIDE, BESIDE, width, height)
        self.label.show_in(place if place.left() > 0.0 else None)
        return [place]

    def apply_theme(self, theme: Theme) -> None:
        self.lines.setPen(theme.pen(theme.bad, 1.0, Qt.PenStyle.DotLine))
        self.label.apply_theme(theme, theme.bad)

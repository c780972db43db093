"""A time step that a person points at: noticed in one panel, marked in the others."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.panels.plots.ink import INK, WHITE
from gui.panels.plots.plot import Plot
from gui.theme import Theme

ABOVE_ALL = 15.0


def nearest(place: float) -> int:
    """The column or row under a place on an axis; halfway the later one, so that all are of one width."""
    return math.floor(place + 0.5)


class StepLine(pg.InfiniteLine):
    """A thin line at one time step, for plots of curves."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(angle=90, movable=False)
        self.setZValue(ABOVE_ALL)
        self.setVisible(False)
        plot.add(self)

    def apply_theme(self, theme: Theme) -> None:
        self.setPen(pg.mkPen(theme.faint(theme.text, 0.6)))

    def show_step(self, step: int | None) -> None:
        """Mark this one; None marks none."""
        self.setVisible(step is not None)
        if step is not None:
            self.setPos(step)


class StepColumn(pg.GraphicsObject):
    """A frame around one column, for pictures made of cells: light on dark, seen on every colour."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._place = QRectF()
        self.setZValue(ABOVE_ALL)
        self.setVisible(False)
        plot.add(self)

    @property
    def step(self) -> int | None:
        """The time step that is marked, or None."""
        return round(self._place.center().x()) if self.isVisible() else None

    def show_step(self, step: int | None, rows: int = 1) -> None:
        """Mark this one over cells in the rows 1 … ``rows``; None marks none."""
        self.setVisible(step is not None)
        if step is not None:
            self.prepareGeometryChange()
            self._place = QRectF(step - 0.5, 0.5, 1.0, rows)

    def boundingRect(self) -> QRectF:
        return self._place.adjusted(-0.5, -0.5, 0.5, 0.5)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((INK, 3.0), (WHITE, 1.0)):
            pen = QPen(QColor(colour), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRect(self._place)

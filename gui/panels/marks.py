"""What stands in a legend for a cell of an image: its range of colours, or a frame around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen


@dataclass(frozen=True, slots=True)
class Fading:
    """A patch that goes from one colour to another."""

    low: str
    high: str
    edge: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        patch = place.adjusted(0.5, 3.5, -0.5, -3.5)
        colours = QLinearGradient(patch.topLeft(), patch.topRight())
        colours.setColorAt(0.0, QColor(self.low))
        colours.setColorAt(1.0, QColor(self.high))
        painter.setPen(QColor(self.edge))
        painter.setBrush(colours)
        painter.drawRect(patch)


@dataclass(frozen=True, slots=True)
class Frame:
    """An empty frame."""

    colour: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        side = place.height() - 6.0
        frame = QRectF(place.center().x() - side / 2.0, place.center().y() - side / 2.0, side, side)
        painter.setPen(QPen(QColor(self.colour), 1.5))
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.drawRect(frame)

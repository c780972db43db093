"""What stands in a legend for a cell of an image: what its colours stand for, or a frame around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch of one colour with an edge."""

    colour: str
    edge: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        side = place.height() - 6.0
        painter.setPen(QColor(self.edge))
        painter.setBrush(QColor(self.colour))
        painter.drawRect(QRectF(place.center().x() - side / 2.0, place.center().y() - side / 2.0, side, side))


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

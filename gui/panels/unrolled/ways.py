"""The ways of the unrolled network: thin arrows where the states go, bands where the gradient comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.theme import Theme

ARROW = 5.0
SHORTEST_HEADED = 8.0  # pixels: a shorter way has no head
HALO = 1.5
Line = tuple[QPointF, QPointF]


@dataclass(frozen=True, slots=True)
class WayPainter:
    """Draws ways in pixels."""

    painter: QPainter
    theme: Theme

    def forward(self, line: Line, lit: float, back: float = 0.0) -> None:
        """A thin arrow, as far as the forward pass has come; it fades where the gradient comes back."""
        start, end = line
        self._stroke(line, False)
        if lit <= 0.0:
            return
        reached = start + (end - start) * min(lit, 1.0 - back)
        self._stroke((start, reached), True)
        length = _length(line)
        if lit >= 1.0 and back == 0.0 and length >= SHORTEST_HEADED:
            self._head(end + (start - end) * (ARROW / length), end, 0.5 * ARROW, self._colour(True))

    def gradient(self, width: float, colour: QColor, line: Line, share: float, dotted: bool) -> None:
        """A band of this width, as far on its way as the wave has come."""
        start, end = line
        if width == 0.0 or share == 0.0:
            return
        tip = start + (end - start) * share
        length = _length((start, tip))
        headed = _length(line) >= SHORTEST_HEADED
        head = min(length, max(ARROW, 0.8 * width)) if headed else 0.0
        back = tip + (start - tip) * (head / length if length else 0.0)
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if dotted:
            pen.setDashPattern([1.0, 1.4])
        self.painter.setPen(pen)
        self.painter.drawLine(start, back)
        if headed:
            self._head(back, tip, 0.5 * width + 2.0, colour)

    def halo(self, width: float, line: Line, share: float) -> None:
        """The ground of a band that lies on something."""
        start, end = line
        if width > 0.0 and share > 0.0:
            pen = QPen(QColor(self.theme.surface), width + 2.0 * HALO)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.painter.setPen(pen)
            self.painter.drawLine(start, start + (end - start) * share)

    def _stroke(self, line: Line, lit: bool) -> None:
        self.painter.setPen(QPen(self._colour(lit), 1.2))
        self.painter.drawLine(*line)

    def _colour(self, lit: bool) -> QColor:
        return self.theme.faint(self.theme.muted, 0.9 if lit else 0.16)

    def _head(self, base: QPointF, tip: QPointF, half: float, colour: QColor) -> None:
        length = _length((base, tip))
        if length == 0.0:
            return
        along = tip - base
        side = QPointF(-along.y(), along.x()) * (half / length)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF([base + side, tip, base - side]))


def _length(line: Line) -> float:
    return math.hypot(line[1].x() - line[0].x(), line[1].y() - line[0].y())

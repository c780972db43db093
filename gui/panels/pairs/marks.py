"""Where in a triangle of pairs a person points, and the borders that truncation draws in it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.panels.plots.ink import INK, WHITE
from rnn.array import Array


class Cross(pg.GraphicsObject):
    """Frames around one row and one column of a triangle whose cells are centred on whole numbers.

    Attributes:
        row, column: the step of the loss and the step of the state; None frames nothing.
        faint: whether the frames only hint.
    """

    def __init__(self) -> None:
        super().__init__()
        self.row: int | None = None
        self.column: int | None = None
        self.faint = False
        self._first, self._last = 1, 0

    def set_steps(self, first: int, last: int) -> None:
        """Let the triangle hold these time steps."""
        if (first, last) != (self._first, self._last):
            self.prepareGeometryChange()
            self._first, self._last = first, last

    def show_at(self, row: int | None, column: int | None, faint: bool) -> None:
        """Frame these, as far as they are in the triangle."""
        if (row, column, faint) != (self.row, self.column, self.faint):
            self.row, self.column, self.faint = row, column, faint
            self.update()

    def frames(self) -> list[QRectF]:
        """The frames, in axis units."""
        first, last = self._first, self._last
        frames = []
        if self.row is not None and first <= self.row <= last:
            frames.append(QRectF(first - 0.5, self.row - 0.5, self.row - first + 1.0, 1.0))
        if self.column is not None and first <= self.column <= last:
            frames.append(QRectF(self.column - 0.5, self.column - 0.5, 1.0, last - self.column + 1.0))
        return frames

    def boundingRect(self) -> QRectF:
        size = max(0, self._last - self._first + 1)
        return QRectF(self._first - 1.0, self._first - 1.0, size + 1.0, size + 1.0)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Light on dark, so that it is seen on every colour.
        for colour, width in ((INK, 3.0), (WHITE, 1.0)):
            ink = QColor(colour)
            ink.setAlphaF(0.3 if self.faint else 1.0)
            pen = QPen(ink, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRects(self.frames())


def borders(first: int, last: int, truncation: int) -> tuple[Array, Array]:
    """The line between the pairs that training knows and those that it does not, from the top to the bottom.

    It goes along the left of each chunk of ``truncation`` steps but the first, and along the bottom of each
    but the last.
    """
    starts = np.arange((first - 1) // truncation * truncation, last + truncation, truncation)
    edges = np.unique(np.clip(starts, first - 1, last)) + 0.5
    inner = edges[1:-1]
    x = np.concatenate([[edges[0]], np.repeat(inner, 2)]) if inner.size else np.zeros(0)
    y = np.concatenate([np.repeat(inner, 2), [edges[-1]]]) if inner.size else np.zeros(0)
    return x, y

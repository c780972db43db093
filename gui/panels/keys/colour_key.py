"""What the colours of an image stand for: a strip of them with the numbers at its ends and in its middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.panels.plots.ink import INK
from gui.theme import SMALL, Theme, font

STRIP = 84
GAP = 5


class ColourKey(QWidget):
    """A colour map with its numbers, and the name of what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name, self._low, self._middle, self._high = "", "", "", ""
        self._words = QColor()
        self._strip = QImage()

    def show_range(self, name: str, numbers: Sequence[str]) -> None:
        """Name what is shown, and the numbers at the ends of the strip, with or without one in its middle."""
        low, *middle, high = numbers
        shown = (name, low, "".join(middle), high)
        if shown != (self._name, self._low, self._middle, self._high):
            self._name, self._low, self._middle, self._high = shown
            self.setAccessibleName(f"Colours from {low} to {high}: {name}")
            self.updateGeometry()
            self.update()

    def apply_theme(self, theme: Theme, colours: NDArray[np.uint8]) -> None:
        """Show ``colours`` (K, 3), from the lowest number to the highest."""
        self._words = QColor(theme.muted)
        row = np.ascontiguousarray(colours, dtype=np.uint8)
        self._strip = QImage(row.tobytes(), len(row), 1, 3 * len(row), QImage.Format.Format_RGB888).copy()
        self.update()

    def sizeHint(self) -> QSize:
        words = sum(map(self.fontMetrics().horizontalAdvance, (self._low, self._high, self._name)))
        return QSize(words + STRIP + 5 * GAP, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = self._write(painter, self._low, 0) + GAP
        strip = QRectF(left, 1, STRIP, self.height() - 2)
        painter.drawImage(strip, self._strip)
        painter.setPen(QColor(INK))
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, self._middle)
        left = self._write(painter, self._high, left + STRIP + GAP) + 2 * GAP
        self._write(painter, self._name, left)

    def _write(self, painter: QPainter, text: str, left: int) -> int:
        """Write ``text`` and return where it ends."""
        painter.setPen(self._words)
        place = QRectF(left, 0, self.width(), self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return left + self.fontMetrics().horizontalAdvance(text)

"""The boxes of the unrolled network: the units of a layer at a time step, in the colours of their states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui.theme import Theme

ROUND = 7.0  # pixels: units closer than that are a strip of colours
LARGEST_UNIT = 17.0
Shades = NDArray[np.uint8]  # (H, 3), the first unit's first


@dataclass(frozen=True, slots=True)
class BoxPainter:
    """Draws boxes in pixels; the first unit is the lowest."""

    painter: QPainter
    theme: Theme

    def framed(self, place: QRectF, now: bool) -> QRectF:
        """An empty box, marked where the wave is ``now``; returns what is inside."""
        self.painter.setPen(QPen(QColor(self.theme.text if now else self.theme.border), 2.0 if now else 1.0))
        self.painter.setBrush(QColor(self.theme.raised))
        self.painter.drawRoundedRect(place, 5.0, 5.0)
        return place.adjusted(2.0, 3.0, -2.0, -3.0)

    def bare(self, place: QRectF) -> QRectF:
        """An empty box that touches its neighbours; returns what is inside."""
        self.painter.fillRect(place.toAlignedRect(), QColor(self.theme.raised))
        return place

    def strip(self, inside: QRectF, shades: Shades) -> None:
        """The units as stripes."""
        red, green, blue = shades[::-1].T.astype(np.uint32)
        pixels = 0xFF000000 | red << 16 | green << 8 | blue  # the format that is painted the quickest
        image = QImage(pixels.tobytes(), 1, len(pixels), 4, QImage.Format.Format_RGB32).copy()
        self.painter.drawImage(inside.toAlignedRect(), image)

    def discs(self, inside: QRectF, units: int, shades: Shades | None, ringed: int | None = None) -> None:
        """The units as discs, hollow ones before they are computed; one of them may be ringed."""
        pitch = inside.height() / units
        size = min(0.86 * pitch, inside.width(), LARGEST_UNIT)
        self.painter.setPen(QPen(self.theme.faint(self.theme.muted, 0.8), 1.0))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for unit in range(units):
            if shades is not None:
                self.painter.setBrush(QColor(*shades[unit].tolist()))
            middle = QPointF(inside.center().x(), inside.bottom() - (unit + 0.5) * pitch)
            self.painter.drawEllipse(middle, 0.5 * size, 0.5 * size)
        if ringed is not None:
            middle = QPointF(inside.center().x(), inside.bottom() - (ringed + 0.5) * pitch)
            self.painter.setPen(QPen(QColor(self.theme.text), 2.0))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawEllipse(middle, 0.5 * size + 1.0, 0.5 * size + 1.0)


def are_discs(inside: QRectF, units: int) -> bool:
    """Whether there is room to tell units apart."""
    return inside.height() / units >= ROUND

"""Hatching over some cells of an image, in lines of the screen's own pixels at any size of the cells."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Cells = NDArray[np.bool_]
PERIOD = 6
CLEAR = QColor(0, 0, 0, 0)


class Hatch(pg.GraphicsObject):
    """Diagonal lines over cells of size 1 that are centred on the whole numbers from 1 on.

    Attributes:
        cells: (rows, columns), the first row at the bottom.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cells: Cells = np.zeros((0, 0), dtype=bool)
        self._colour = CLEAR

    def set_cells(self, cells: Cells) -> None:
        """Hatch these cells and no others."""
        if cells.shape != self.cells.shape:
            self.prepareGeometryChange()
        self.cells = cells
        self.update()

    def set_colour(self, colour: QColor) -> None:
        """Hatch in this colour."""
        self._colour = colour
        self.update()

    def boundingRect(self) -> QRectF:
        rows, columns = self.cells.shape
        return QRectF(0.5, 0.5, columns, rows)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        visible = self.boundingRect().intersected(self.viewRect())
        if visible.isEmpty() or not self.cells.any():
            return
        transform = painter.worldTransform()
        place = transform.mapRect(visible)
        ratio = painter.device().devicePixelRatioF()
        image = hatched(self.cells, visible, round(place.width() * ratio), round(place.height() * ratio))
        if image.isNull():
            return
        image.setColorTable([CLEAR.rgba(), self._colour.rgba()])
        image.setDevicePixelRatio(ratio)
        painter.setWorldTransform(QTransform())
        painter.drawImage(place.topLeft(), image)
        painter.setWorldTransform(transform)


def hatched(cells: Cells, visible: QRectF, width: int, height: int) -> QImage:
    """The part ``visible`` of ``cells`` on so many pixels, 1 where a line of the hatching runs, else 0."""
    if width < 1 or height < 1:
        return QImage()
    rows, columns = cells.shape
    across = visible.left() - 0.5 + (np.arange(width) + 0.5) / width * visible.width()
    up = visible.top() - 0.5 + (np.arange(height)[::-1] + 0.5) / height * visible.height()
    column = np.clip(across.astype(int), 0, columns - 1)
    row = np.clip(up.astype(int), 0, rows - 1)
    lines = (np.arange(height)[:, None] + np.arange(width)) % PERIOD == 0
    pixels = (cells.take(column, axis=1).take(row, axis=0) & lines).view(np.uint8)
    return QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()

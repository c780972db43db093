"""Hatching over some cells of an image, in lines of the screen's own pixels at any size of the cells."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Cells = NDArray[np.bool_]
PERIOD = 6
CLEAR = QColor(0, 0, 0, 0)


class Hatch(pg.GraphicsObject):
    """Diagonal lines over cells of size 1 that are centred on the whole numbers from 1 on.

    Attributes:
        cells: (rows, columns), the first row at 1.
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
        size = round(place.width() * ratio), round(place.height() * ratio)
        cells = self.cells
        if transform.m22() > 0.0:  # the axis counts downwards
            cells = cells[::-1]
            visible.moveTop(len(cells) + 1.0 - visible.bottom())
        image = hatched(cells, visible, *size, self._colour)
        if image.isNull():
            return
        image.setDevicePixelRatio(ratio)
        painter.setWorldTransform(QTransform())
        painter.drawImage(place.topLeft(), image)
        painter.setWorldTransform(transform)


def hatched(cells: Cells, visible: QRectF, width: int, height: int, colour: QColor) -> QImage:
    """The part ``visible`` of ``cells`` on so many pixels: lines in ``colour`` over them, else clear."""
    if width < 1 or height < 1:
        return QImage()
    rows, columns = cells.shape
    opaque = np.where(cells[::-1], 255, 0).astype(np.uint8)
    mask = QImage(opaque.tobytes(), columns, rows, columns, QImage.Format.Format_Alpha8)
    seen = QRectF(
        visible.left() - 0.5, rows + 0.5 - visible.bottom(), visible.width(), visible.height()
    )  # in cells, from the top left
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(CLEAR)
    painter = QPainter(image)
    painter.fillRect(image.rect(), QBrush(_lines(colour)))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(QRectF(image.rect()), mask, seen)
    painter.end()
    return image


def _lines(colour: QColor) -> QImage:
    """One period of the hatching."""
    tile = QImage(PERIOD, PERIOD, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(CLEAR)
    for step in range(PERIOD):
        tile.setPixelColor(step, PERIOD - 1 - step, colour)
    return tile

"""Coloured, lettered cells: symbols over time, frames around some of them, and their marks in a legend."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.panels.plots.ink import INK
from gui.theme import Theme, font
from rnn.data.tasks.memory_symbols import BLANK, GO

LETTER = 10
NARROW = 4.0  # pixels: below that a cell is its colour alone
SYMBOLS = ("#6fb7f2", "#f2a93b", "#4cc59a", "#c99be8", "#e3d24a", "#f29ac0", "#9fb0c4", "#b0d66a")


@dataclass(frozen=True, slots=True)
class Cell:
    """How one cell looks.

    Attributes:
        text: a letter or two, left out where there is no room for it.
        fill, ink, edge: colours; None is nothing.
    """

    text: str = ""
    fill: str | None = None
    ink: str = INK
    edge: str | None = None


class SymbolCells(dict[str, Cell]):
    """How each of these symbols looks: letters in colours, small ones faint, a blank empty.

    A look is made where it is asked for: of 60,000 symbols few are ever drawn.
    """

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        letters = (name for name in names if len(name) == 1 and name.isupper())
        self._colours = dict(zip(letters, itertools.cycle(SYMBOLS)))

    def __missing__(self, name: str) -> Cell:
        theme = self._theme
        if name in self._colours:
            cell = Cell(name, self._colours[name])
        elif name == BLANK:
            cell = Cell(name, None, theme.muted)
        elif name == GO:
            cell = Cell(name, theme.text, theme.surface)
        else:
            cell = Cell(name, theme.raised, theme.muted if name.islower() else theme.text)
        self[name] = cell
        return cell


def paint_cell(painter: QPainter, place: QRectF, cell: Cell) -> None:
    """Draw ``cell`` into ``place``, in pixels."""
    gap = 0.5 if place.width() >= NARROW else 0.0
    body = place.adjusted(gap, gap, -gap, -gap)
    if cell.fill is not None:
        painter.fillRect(body, QColor(cell.fill))
    if cell.edge is not None:
        painter.setPen(QPen(QColor(cell.edge), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(body.adjusted(0.75, 0.75, -0.75, -0.75))
    if not cell.text or place.width() < NARROW:
        return
    letter = font(LETTER, bold=cell.fill is not None)
    metrics = QFontMetricsF(letter)
    if metrics.horizontalAdvance(cell.text) < place.width() and metrics.capHeight() < place.height():
        painter.setFont(letter)
        painter.setPen(QColor(cell.ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, cell.text)


class CellRow(pg.GraphicsObject):
    """A row of cells of width 1 that are centred on the whole numbers from 1 on.

    Attributes:
        cells: from left to right.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cells: tuple[Cell, ...] = ()
        self._bottom, self._top = 0.0, 1.0
        self._fills = QImage()

    def set_cells(self, cells: Sequence[Cell], bottom: float, top: float) -> None:
        """Show these from ``bottom`` to ``top``, in axis units."""
        if (tuple(cells), bottom, top) == (self.cells, self._bottom, self._top):
            return
        self.prepareGeometryChange()
        self.cells, self._bottom, self._top = tuple(cells), bottom, top
        self._fills = QImage(max(1, len(cells)), 1, QImage.Format.Format_ARGB32_Premultiplied)
        self._fills.fill(Qt.GlobalColor.transparent)
        for place, cell in enumerate(cells):
            if cell.fill is not None:
                self._fills.setPixelColor(place, 0, QColor(cell.fill))
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0.5, self._bottom, len(self.cells), self._top - self._bottom)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        visible = self.viewRect()
        first = max(0, math.floor(visible.left() - 0.5))
        last = min(len(self.cells), math.ceil(visible.right()))
        transform = painter.worldTransform()
        painter.setWorldTransform(QTransform())
        if transform.m11() < NARROW:
            painter.drawImage(transform.mapRect(self.boundingRect()), self._fills)
        else:
            for place in range(first, last):
                area = QRectF(place + 0.5, self._bottom, 1.0, self._top - self._bottom)
                paint_cell(painter, transform.mapRect(area), self.cells[place])
        painter.setWorldTransform(transform)


class Frames(pg.GraphicsObject):
    """Frames of the same stroke at any size, around cells of size 1 that are centred on whole numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: tuple[tuple[int, int, str], ...] = ()
        self._size = (0, 0)

    def set_frames(self, frames: Sequence[tuple[int, int, str]], columns: int, rows: int) -> None:
        """Frame these (column, row, colour) among so many columns and rows, all counted from 1."""
        if (columns, rows) != self._size:
            self.prepareGeometryChange()
            self._size = (columns, rows)
        self.frames = tuple(frames)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, 0.0, self._size[0] + 1.0, self._size[1] + 1.0)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for column, row, colour in self.frames:
            painter.setPen(pg.mkPen(colour, width=2))
            painter.drawRect(QRectF(column - 0.5, row - 0.5, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Frame:
    """The mark of a frame in a legend."""

    colour: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.colour), 2.0))
        painter.drawRect(QRectF(place.center().x() - 4.5, place.center().y() - 4.5, 9.0, 9.0))


@dataclass(frozen=True, slots=True)
class Ramp:
    """The mark of colours that go into each other."""

    colours: tuple[str, ...]

    def __init__(self, *colours: str) -> None:
        object.__setattr__(self, "colours", colours)

    def paint(self, painter: QPainter, place: QRectF) -> None:
        patch = place.adjusted(0.0, 2.0, 0.0, -2.0)
        gradient = QLinearGradient(patch.topLeft(), patch.topRight())
        for number, colour in enumerate(self.colours):
            gradient.setColorAt(number / (len(self.colours) - 1), QColor(colour))
        painter.fillRect(patch, gradient)

"""What each stroke, dot and colour of a plot is, in a line outside the plot, so that it hides nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SMALL, Theme, font

MARK_WIDTH, MARK_GAP = 18.0, 5.0
ENTRY_GAP = 11.0
MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class Mark(Protocol):
    """What stands before the words; marks that look the same are equal."""

    def paint(self, painter: QPainter, place: QRectF) -> None:
        """Draw it into ``place``."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A short level line."""

    pen: QPen

    def paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(self.pen)
        # In the middle of a row of pixels a thin line keeps its full colour.
        y = math.floor(place.center().y()) + (0.5 if self.pen.widthF() <= 1.0 else 0.0)
        painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))


@dataclass(frozen=True, slots=True)
class Dots:
    """Three dots in a row."""

    colour: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        for part in (0.15, 0.5, 0.85):
            painter.drawEllipse(QPointF(place.left() + part * place.width(), place.center().y()), 2.2, 2.2)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A patch in two colours, hatched."""

    left: str
    right: str
    hatching: QColor

    def paint(self, painter: QPainter, place: QRectF) -> None:
        patch = place.adjusted(0.0, 2.0, 0.0, -2.0)
        half = patch.width() / 2.0
        painter.save()
        painter.setClipRect(patch)
        painter.fillRect(patch, QColor(self.left))
        painter.fillRect(patch.adjusted(half, 0.0, 0.0, 0.0), QColor(self.right))
        painter.setPen(self.hatching)
        for x in range(int(patch.left()), int(patch.right() + patch.height()), 6):
            painter.drawLine(QPointF(x, patch.top()), QPointF(x - patch.height(), patch.bottom()))
        painter.restore()


@dataclass(frozen=True, slots=True)
class Entry:
    """One word or two, and the mark that they explain."""

    text: str
    mark: Mark


class Legend(QWidget):
    """Marks with words, in as many lines as they take."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self.setFont(font(SMALL))
        self.entries: tuple[Entry, ...] = ()
        self._colour = QColor()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these, from left to right."""
        if self.entries == tuple(entries):
            return
        self.entries = tuple(entries)
        self.setAccessibleDescription(", ".join(entry.text for entry in entries))
        self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colour of the words; the marks' colours come with the entries."""
        self._colour = QColor(theme.muted)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, max((round(place.bottom()) for place in self.places()), default=self._line))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def places(self) -> list[QRectF]:
        """Where each of the entries stands."""
        metrics, line = self.fontMetrics(), float(self._line)
        places: list[QRectF] = []
        left = top = 0.0
        for entry in self.entries:
            width = MARK_WIDTH + MARK_GAP + metrics.horizontalAdvance(entry.text)
            if left and left + width > self.width():
                left, top = 0.0, top + line
            places.append(QRectF(left, top, width, line))
            left += width + ENTRY_GAP
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for entry, place in zip(self.entries, self.places(), strict=True):
            entry.mark.paint(painter, QRectF(place.left(), place.top(), MARK_WIDTH, place.height()))
            painter.setPen(self._colour)
            painter.drawText(place.adjusted(MARK_WIDTH + MARK_GAP, 0.0, 2.0, 0.0), MIDDLE, entry.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.sizeHint().height() != self.height():
            self.updateGeometry()

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 2

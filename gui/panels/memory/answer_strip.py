"""A strip of answers: what was expected and below it what was answered, sequence after sequence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.panels.keys.cells import Cell, paint_cell
from gui.theme import SMALL, Theme, font

GUTTER, MARGIN = 58.0, 12.0  # as wide as the left axis and the right margin of a plot
ROW, GAP = 17.0, 2.0
WIDEST = 26.0
NUMBER_GAP = 4.0
EVERY = (1, 2, 5, 10, 20, 50)
BETWEEN = 4.0  # between two sequences of several answers


class AnswerStrip(QWidget):
    """Two rows of cells in groups, with the number of its sequence under each group.

    Signals:
        hovered: the answer under the cursor, counted from 0, or None.
    """

    hovered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFont(font(SMALL))
        self.setAccessibleName("Expected and answered, sequence after sequence")
        self.sequences: tuple[int, ...] = ()
        self.asked: tuple[Cell, ...] = ()
        self.answered: tuple[Cell, ...] = ()
        self._words = QColor()

    def show_answers(self, sequences: Sequence[int], asked: Sequence[Cell], answered: Sequence[Cell]) -> None:
        """Show an answer a column; ``sequences`` are the numbers to write, answers of one side by side."""
        self.sequences, self.asked, self.answered = tuple(sequences), tuple(asked), tuple(answered)
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colour of the words; those of the cells come with them."""
        self._words = QColor(theme.muted)
        self.update()

    def places(self) -> list[tuple[float, float]]:
        """Left edge and width of each answer's column, in pixels."""
        count = len(self.sequences)
        if not count:
            return []
        gaps = len(set(self.sequences)) - 1
        between = BETWEEN if gaps + 1 < count else 0.0
        room = self.width() - GUTTER - MARGIN - gaps * between
        width = min(WIDEST, max(room / count, 0.0))
        left, places = GUTTER, []
        for place, sequence in enumerate(self.sequences):
            if place and sequence != self.sequences[place - 1]:
                left += between
            places.append((left, width))
            left += width
        return places

    def numbers(self) -> list[tuple[float, str]]:
        """Where the numbers of the sequences stand, from the first on every one or every so many."""
        middles = []
        for sequence, group in groupby(
            zip(self.sequences, self.places(), strict=True), key=lambda pair: pair[0]
        ):
            columns = [place for _, place in group]
            middles.append(((columns[0][0] + columns[-1][0] + columns[-1][1]) / 2.0, f"{sequence:,}"))
        if len(middles) < 2:
            return middles
        apart = (middles[-1][0] - middles[0][0]) / (len(middles) - 1)
        widest = max(self.fontMetrics().horizontalAdvance(text) for _, text in middles) + NUMBER_GAP
        needed = widest / max(apart, 1e-9)
        every = next((every for every in EVERY if every >= needed), len(middles))
        return middles[::every]

    def sizeHint(self) -> QSize:
        return QSize(0, round(2 * ROW + GAP) + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rows = (0.0, ROW + GAP)
        words = 2 * ROW + GAP + 2
        height = self.fontMetrics().height()
        places = self.places()
        for (left, width), asked, answered in zip(places, self.asked, self.answered, strict=True):
            paint_cell(painter, QRectF(left, rows[0], width, ROW), asked)
            paint_cell(painter, QRectF(left, rows[1], width, ROW), answered)
        painter.setFont(self.font())
        painter.setPen(self._words)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text, top, tall in (
            ("expected", rows[0], ROW),
            ("answered", rows[1], ROW),
            ("sequence", words, height),
        ):
            painter.drawText(QRectF(0.0, top, GUTTER - 5.0, tall), beside, text)
        for middle, text in self.numbers():
            half = self.fontMetrics().horizontalAdvance(text) / 2.0
            place = QRectF(middle - half - 1.0, words, 2.0 * half + 2.0, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        inside = y < 2 * ROW + GAP
        found = [n for n, (left, width) in enumerate(self.places()) if left <= x < left + width]
        self.hovered.emit(found[0] if inside and found else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

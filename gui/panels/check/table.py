"""The table of the gradient check: a row for each parameter, as large as there is room for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gui.panels.check import words
from gui.panels.check.cells import ARTICLE, HEADERS, NORM, CheckModel, cells_of
from gui.theme import SMALL, Theme, font
from rnn.observing.probes.article_recursion import Errors
from rnn.observing.probes.check_result import GradientCheck

ROW_HEIGHT = 19  # pixels, with the smallest letters
PADDING = 3  # pixels at the sides of a cell
SPARED = (7, 6, 5, 2)  # the columns that go first where there is little room
LARGEST = 22  # pixels: as large as letters grow where there is much room
MOST_SHARE = 40  # pixels: columns far apart are hard to read across


class CheckTable(QTableView):
    """The table itself: read, not written.

    Attributes:
        letters: their size in pixels, larger where there is room.

    Signals:
        filled: a double click.
        resized: the letters are so large from now on.
    """

    filled = Signal()
    resized = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.cells = CheckModel(theme)
        self.cells.setParent(self)
        self.setModel(self.cells)
        self.setAccessibleName("Gradient check, a row for each parameter")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.letters = SMALL
        self._theme = theme
        self._of_article = False
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.apply_theme(theme)

    def show_check(self, check: GradientCheck | None, planted: str | None, errors: Errors, good: str) -> None:
        """Show what is done of ``check``.

        Arguments:
            planted: the error in the backward pass, by its name in PLANTED.
            errors: those of the article's two that its recursion still has.
            good: the colour of what agrees.
        """
        headers = list(HEADERS)
        if planted is not None:
            headers[NORM] = "norm with\nthe error"
        rows = () if check is None else check.rows
        names = words.parameters(rows)
        cells = [cells_of(row, names[row.name], planted, errors) for row in rows]
        self.cells.show_cells(headers, cells, good)
        self._of_article = check is not None and check.no_article is None
        self.setColumnHidden(ARTICLE, not self._of_article)
        self._fit()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(font(self.letters))
        self.verticalHeader().setDefaultSectionSize(self._row_height(self.letters))
        self.setStyleSheet(
            f"QTableView {{ background: transparent; color: {theme.text}; border: none; }}"
            f"QTableView::item {{ padding: 0 {PADDING}px; border-bottom: 1px solid {theme.grid}; }}"
            f"QHeaderView {{ background: transparent; }}"
            f"QHeaderView::section {{ background: transparent; color: {theme.muted}; border: none;"
            f" border-bottom: 1px solid {theme.border}; padding: 2px {PADDING}px;"
            f" font-size: {self.letters}px; }}"
        )
        self.cells.apply_theme(theme)

    def sizeHint(self) -> QSize:
        return QSize(440, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.filled.emit()

    def _fit(self) -> None:
        """Take the largest letters with which all columns and rows have room, and the least where none do."""
        columns = [column for column in range(len(HEADERS)) if not self._left_out(column)]
        letters = next((size for size in range(LARGEST, SMALL, -1) if self._holds(columns, size)), SMALL)
        if letters != self.letters:
            self.letters = letters
            self.apply_theme(self._theme)
            self.resized.emit(letters)
        self._share_out(columns)

    def _holds(self, columns: list[int], letters: int) -> bool:
        room = self.viewport().size()
        rows = (len(self.cells.cells) + 2) * self._row_height(letters)
        wide = sum(self._width(column, letters) for column in columns)
        return bool(self.cells.cells) and wide <= room.width() and rows <= self.height()

    def _left_out(self, column: int) -> bool:
        return column == ARTICLE and not self._of_article

    def _share_out(self, columns: list[int]) -> None:
        """Give each column its width and a share of what is left; where it is too little, some go."""
        needed = {column: self._width(column, self.letters) for column in columns}
        for column in SPARED:
            gone = sum(needed.values()) > self.viewport().width()
            self.setColumnHidden(column, gone)
            if gone:
                del needed[column]
        left = max(0, self.viewport().width() - sum(needed.values()))
        for place, (column, width) in enumerate(needed.items()):
            share = (left * (place + 1)) // len(needed) - (left * place) // len(needed)
            self.setColumnWidth(column, width + min(share, MOST_SHARE))
        self.updateGeometries()

    def _width(self, column: int, letters: int) -> int:
        """What the header and the cells of a column need."""
        metrics = QFontMetrics(font(letters))
        texts = [*self.cells.headers[column].split("\n"), *(row[column].text for row in self.cells.cells)]
        return max(metrics.horizontalAdvance(text) for text in texts) + 2 * PADDING + 7

    @staticmethod
    def _row_height(letters: int) -> int:
        return ROW_HEIGHT * letters // SMALL

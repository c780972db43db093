"""The table of the gradient check: a row for each parameter, marks in colour and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gui.panels import check_words as words
from gui.theme import SMALL, Theme, font
from rnn.array import Array
from rnn.figures import short
from rnn.probes.article_recursion import Errors
from rnn.probes.check_result import GradientCheck, Row, Verdict

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 21
PADDING = 3  # pixels at the sides of a cell
HEADERS = (
    "parameter",
    "entries",
    "norm by\nbackprop",
    "norm by\ndifferences",
    "error by\ndifferences",
    "by complex\nsteps",
    "verdict",
    "article's\nrecursion",
)
HELP = (
    "What the network learns with",
    "How many entries were measured",
    "‖∂L/∂θ‖ over these entries by backpropagation",
    "The same norm by central differences of the loss",
    "‖a − n‖ / max(‖a‖, ‖n‖) beside central differences; in brackets where both are too small to tell",
    "The same error beside complex steps, which are exact to rounding",
    "What the two errors say: ✓ within what the measurement can tell, ✗ beyond it",
    "Relative error of the gradient by the article's own recursion",
)
ARTICLE = 7
SPARED = (3, 2)  # the columns that go first where there is little room
MOST_SHARE = 40  # pixels: columns far apart are hard to read across


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and how its verdict colours it."""

    text: str
    verdict: Verdict | None = None
    help: str = ""


class CheckModel(QAbstractTableModel):
    """The cells of all rows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.cells: list[list[Cell]] = []
        self.headers = list(HEADERS)
        self._theme = theme

    def show_cells(self, headers: list[str], cells: list[list[Cell]]) -> None:
        """Show these; nothing happens where they are shown already."""
        if (headers, cells) != (self.headers, self.cells):
            self.beginResetModel()
            self.headers, self.cells = headers, cells
            self.endResetModel()

    def apply_theme(self, theme: Theme) -> None:
        self.beginResetModel()
        self._theme = theme
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.cells[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return cell.help or None
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(cell)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.headers[section]
            case Qt.ItemDataRole.ToolTipRole:
                return HELP[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(section)
        return None

    def _colour(self, cell: Cell) -> QColor:
        colours = {
            "agrees": self._theme.good,
            "within rounding": self._theme.good,
            "differs": self._theme.bad,
            "not checked": self._theme.muted,
        }
        return QColor(colours[cell.verdict] if cell.verdict is not None else self._theme.text)


class CheckTable(QTableView):
    """The table itself: read, not written.

    Signals:
        filled: a double click.
    """

    filled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.cells = CheckModel(theme)
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
        self.setFont(font(SMALL))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.apply_theme(theme)

    def show_check(self, check: GradientCheck | None, planted: str | None, errors: Errors) -> None:
        """Show what is done of ``check``.

        Arguments:
            planted: the error in the backward pass, by its name in PLANTED.
            errors: those of the article's two that its recursion still has.
        """
        headers = list(HEADERS)
        if planted is not None:
            headers[2] = "norm with\nthe error"
        rows = () if check is None else check.rows
        names = words.parameters(rows)
        self.cells.show_cells(headers, [cells_of(row, names[row.name], planted, errors) for row in rows])
        self.setColumnHidden(ARTICLE, check is None or check.no_article is not None)
        self._share_out()

    def apply_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QTableView {{ background: transparent; color: {theme.text}; border: none; }}"
            f"QTableView::item {{ padding: 0 {PADDING}px; border-bottom: 1px solid {theme.grid}; }}"
            f"QHeaderView {{ background: transparent; }}"
            f"QHeaderView::section {{ background: transparent; color: {theme.muted}; border: none;"
            f" border-bottom: 1px solid {theme.border}; padding: 2px {PADDING}px; font-size: {SMALL}px; }}"
        )
        self.cells.apply_theme(theme)

    def sizeHint(self) -> QSize:
        return QSize(440, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._share_out()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.filled.emit()

    def _share_out(self) -> None:
        """Give each column its width and a share of what is left; where it is too little, some go."""
        known = [
            column for column in range(len(HEADERS)) if column in SPARED or not self.isColumnHidden(column)
        ]
        needed = {column: self._width(column) for column in known}
        for column in SPARED:
            gone = sum(needed.values()) > self.viewport().width()
            self.setColumnHidden(column, gone)
            if gone:
                del needed[column]
        left = max(0, self.viewport().width() - sum(needed.values()))
        for place, (column, width) in enumerate(needed.items()):
            share = (left * (place + 1)) // len(needed) - (left * place) // len(needed)
            self.setColumnWidth(column, width + min(share, MOST_SHARE))

    def _width(self, column: int) -> int:
        """What the header and the cells of a column need."""
        metrics = QFontMetrics(font(SMALL))
        texts = [*self.cells.headers[column].split("\n"), *(row[column].text for row in self.cells.cells)]
        return max(metrics.horizontalAdvance(text) for text in texts) + 2 * PADDING + 7


def cells_of(row: Row, name: str, planted: str | None, errors: Errors) -> list[Cell]:
    """The cells of one row."""
    gradient = row.gradient(planted)
    left_out = f"{row.kinks} left out: a ReLU's kink lies within the step" if row.kinks else ""
    verdict = row.verdict(gradient)
    cells = [
        Cell(name, help=row.name),
        Cell(words.entries(row), help=left_out),
        Cell(_norm(gradient)),
        Cell(_norm(row.differences)),
        Cell(words.error(row.by_differences(gradient))),
        Cell(words.error(row.by_complex_steps(gradient))),
        Cell(words.MARKS[verdict.verdict], verdict.verdict),
    ]
    if row.article:
        article = row.verdict(row.article[errors])
        return [*cells, Cell(words.marked(article), article.verdict)]
    return [*cells, Cell("–")]


def _norm(values: Array) -> str:
    return short(float(np.linalg.norm(values)), 3)


def _aligned(column: int) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    return flags.AlignVCenter | (flags.AlignRight if column else flags.AlignLeft)

"""The cells of the gradient check: what stands in each row and column, and how a verdict colours it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gui.panels.check import words
from gui.theme import Theme
from gui.widgets.plain import tip
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.probes.article_recursion import Errors
from rnn.observing.probes.check_result import Row, Verdict

Index = QModelIndex | QPersistentModelIndex
HEADERS = (
    "parameter",
    "error by\ndifferences",
    "by complex\nsteps",
    "verdict",
    "article's\nrecursion",
    "entries",
    "norm by\nbackprop",
    "norm by\ndifferences",
)
HELP = (
    "What the network learns with",
    "‖a − n‖ / max(‖a‖, ‖n‖) beside central differences; in brackets where both are too small to tell",
    "The same error beside complex steps, which are exact to rounding",
    "What the two errors say: ✓ within what the measurement can tell, ✗ beyond it, – where it tells nothing",
    "Relative error of the gradient by the article's own recursion",
    "How many entries were measured",
    "‖∂L/∂θ‖ over these entries by backpropagation",
    "The same norm by central differences of the loss",
)
ARTICLE, NORM = 4, 6


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
        self._good = theme.good

    def show_cells(self, headers: list[str], cells: list[list[Cell]], good: str) -> None:
        """Show these, what agrees in the colour ``good``; nothing happens where they are shown already."""
        if (headers, cells, good) != (self.headers, self.cells, self._good):
            self.beginResetModel()
            self.headers, self.cells, self._good = headers, cells, good
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
                return tip(cell.help) or None
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
            "agrees": self._good,
            "within rounding": self._good,
            "differs": self._theme.bad,
            None: self._theme.text,
        }
        return QColor(colours.get(cell.verdict, self._theme.muted))


def cells_of(row: Row, name: str, planted: str | None, errors: Errors) -> list[Cell]:
    """The cells of one row."""
    gradient = row.gradient(planted)
    left_out = f"{row.kinks} left out: a ReLU's kink lies within the difference" if row.kinks else ""
    verdict = row.verdict(gradient)
    cells = [
        Cell(name, help=row.name),
        Cell(words.error(row.by_differences(gradient))),
        Cell(words.error(row.by_complex_steps(gradient))),
        Cell(words.MARKS[verdict.verdict], verdict.verdict),
        Cell("–"),
        Cell(words.entries(row), help=left_out),
        Cell(_norm(gradient)),
        Cell(_norm(row.differences)),
    ]
    if row.article:
        article = row.verdict(row.article[errors])
        cells[ARTICLE] = Cell(words.marked(article), article.verdict)
    return cells


def _norm(values: Array) -> str:
    return short(float(np.linalg.norm(values)), 3)


def _aligned(column: int) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    return flags.AlignVCenter | (flags.AlignRight if column else flags.AlignLeft)

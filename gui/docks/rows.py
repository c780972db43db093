"""How docks lie in a window: in even rows, some behind tabs, and as large as they were before."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

SHARE = 1000  # any number: what is given the same is made equally large
ATTEMPTS = 8  # Qt goes a part of the way at a time
TOP, RIGHT = Qt.DockWidgetArea.TopDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical

Rows = Sequence[Sequence[Sequence[QDockWidget]]]  # rows of places, in each of which docks lie behind tabs


def lay_in_rows(window: QMainWindow, rows: Rows, others: Sequence[QDockWidget]) -> None:
    """Put docks into these rows, wherever they have been; ``others`` are to be hidden."""
    for dock in [*itertools.chain.from_iterable(itertools.chain(*rows)), *others]:
        if dock.isFloating():
            dock.setFloating(False)
        window.removeDockWidget(dock)
    for number, row in enumerate(rows):
        if number:
            window.splitDockWidget(rows[number - 1][0][0], row[0][0], DOWN)
        else:
            window.addDockWidget(TOP, row[0][0])
    for row in rows:
        for left, right in itertools.pairwise(row):
            window.splitDockWidget(left[0], right[0], ACROSS)
    for place in itertools.chain(*rows):
        for dock in place[1:]:
            window.tabifyDockWidget(place[0], dock)
    for dock in others:
        window.addDockWidget(RIGHT, dock)


def even_out(window: QMainWindow, rows: Rows) -> None:
    """Make all rows equally high, and in each of them all places equally wide."""
    activate(window)
    window.resizeDocks([row[0][0] for row in rows], [SHARE] * len(rows), DOWN)
    for row in rows:
        window.resizeDocks([place[0] for place in row], [SHARE] * len(row), ACROSS)


def give_sizes(window: QMainWindow, docks: Sequence[QDockWidget], sizes: Sequence[QSize]) -> None:
    """Make docks as large as they were, or where the window is not, as large beside each other."""
    activate(window)
    window.resizeDocks(docks, [size.width() for size in sizes], ACROSS)
    window.resizeDocks(docks, [size.height() for size in sizes], DOWN)


def make_room(window: QMainWindow, dock: QDockWidget, wish: QSize) -> None:
    """Let a dock be as large as it would like, at the cost of others."""
    for _ in range(ATTEMPTS):
        activate(window)
        if dock.height() < wish.height():
            window.resizeDocks([dock], [wish.height()], DOWN)
        if dock.width() < wish.width():
            window.resizeDocks([dock], [wish.width()], ACROSS)


def activate(window: QMainWindow) -> None:
    """Lay the docks out at once."""
    layout = window.layout()
    assert layout is not None
    layout.activate()

"""One place that fills the window: it lends its panels to a page of their own, and gets them back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from gui.docks.dock import Dock
from gui.docks.rows import give_sizes


class Filling:
    """Which dock's panels are on the page that fills the window, and how large all were before that.

    Attributes:
        page: what is shown in the place of the window of the docks, while there is one.
        dock: the one whose panels are on it, or None.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[Dock]) -> None:
        self.page = QWidget()
        self.dock: Dock | None = None
        self._window = window
        self._docks = docks
        self._sizes: dict[Dock, QSize] = {}  # before one filled the window, until they have them again
        self._layout = QVBoxLayout(self.page)
        self._layout.setContentsMargins(0, 1, 0, 0)

    def lend(self, dock: Dock | None) -> None:
        """Put the panels of this dock on the page, or of none; those that were there go back to theirs."""
        before, self.dock = self.dock, dock
        if before is None:
            self._sizes = {
                each: each.size() for each in self._docks if each.is_seen and not each.isFloating()
            }
        elif before is not dock:
            before.setWidget(before.body)
        if dock is not None and dock is not before:
            self._layout.addWidget(dock.body)
            dock.body.show()

    def bring_sizes_back(self) -> None:
        """Where none fills the window any more: make all as large as they were before one did."""
        if self.dock is None and self._sizes:
            give_sizes(self._window, list(self._sizes), list(self._sizes.values()))

    def forget_sizes(self) -> None:
        """Leave all as large as they are now."""
        self._sizes = {}

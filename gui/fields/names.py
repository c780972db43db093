"""A field for a name, with a list of those that there are."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from itertools import islice
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from gui.fields.text import TextField
from gui.widgets.reader import Reader
from rnn.errors import ScopeError

MOST_LISTED = 500


class NameField(TextField):
    """A line to write in, and a button that lists the names.

    They are looked up when it is pressed, and no longer than the list is open.
    """

    def display(self, value: Any) -> None:
        super().display(value)
        self.line.setPlaceholderText(self.declared.empty)

    def open(self) -> None:
        """List the names, to choose one."""
        assert self.declared.among is not None
        self._reader.ask(partial(self.declared.among, self.known), self._show_names, self._on_refused)
        if self._reader.busy:
            self._show_alone("the file has not answered yet")
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _lay_out(self) -> None:
        self.button = self.place_beside("▾", "List what there is")
        self.button.clicked.connect(self.open)
        self._reader = Reader(self)
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._on_triggered)
        self.menu.aboutToHide.connect(self._reader.give_up)

    def _show_names(self, names: Collection[str]) -> None:
        self.menu.clear()
        for name in islice(names, MOST_LISTED):
            action = self.menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self.value)
        if not names:
            self._show_alone("none found in the file")
        elif len(names) > MOST_LISTED:
            self.menu.addAction(f"and {len(names) - MOST_LISTED:,} more, to be written").setEnabled(False)

    def _show_alone(self, words: str) -> None:
        self.menu.clear()
        self.menu.addAction(words).setEnabled(False)

    def _on_refused(self, error: ScopeError) -> None:
        self._show_alone(f"{error}")

    def _on_triggered(self, action: Any) -> None:
        self.offer(action.data())

"""A small button that is on or off, and the entry of the panel's menu that does the same."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QMenu, QToolButton


class Toggle(QToolButton):
    """Says in a word what is on while it is pressed.

    Arguments:
        text: the word.
        name: what it is called where there is room, also in the menu.
        tip: what it does.
        entry: what the menu calls it, where that is another name.
    """

    def __init__(self, text: str, name: str, tip: str, entry: str = "") -> None:
        super().__init__()
        self._entry = entry or name
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def extend_menu(self, menu: QMenu) -> None:
        """Add its entry."""
        add_entry(menu, self._entry, self)

    def show_on(self, on: bool) -> None:
        """Be on or off, which no person asked for."""
        with QSignalBlocker(self):
            self.setChecked(on)


def add_entry(menu: QMenu, words: str, button: QToolButton) -> None:
    """Add an entry that is checked as the ``button`` is, and presses it."""
    action = menu.addAction(words, button.toggle)
    action.setCheckable(True)
    action.setChecked(button.isChecked())

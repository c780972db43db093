"""Small buttons that are on or off, or one or the other, and the entry of the menu that does the same."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui.widgets.boxes import in_row


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


class Either(QWidget):
    """Two buttons side by side, one of which is on; a press on either changes over.

    Attributes:
        first, second: the buttons.
        is_second: whether the second is on.

    Signals:
        toggled: whether the second is on from now on.
    """

    toggled = Signal(bool)

    def __init__(self, first: str, second: str, name: str, tip: str) -> None:
        """What the buttons say, what the menu calls the second, and what the choice is about."""
        super().__init__()
        self._name, self.is_second = name, False
        self.first, self.second = QToolButton(), QToolButton()
        in_row(self.first, self.second, of=self, spacing=0)
        for button, side in ((self.first, "left"), (self.second, "right")):
            button.setObjectName(side)
            button.setCheckable(True)
            button.setToolTip(tip)
            button.clicked.connect(self.toggle)
        self.name(first, second)
        self._show()

    def name(self, first: str, second: str) -> None:
        """Say this on the buttons."""
        for button, text in ((self.first, first), (self.second, second)):
            button.setText(text)

    def toggle(self) -> None:
        """Change over."""
        self.is_second = not self.is_second
        self._show()
        self.toggled.emit(self.is_second)

    def extend_menu(self, menu: QMenu) -> None:
        """Add its entry."""
        action = menu.addAction(self._name, self.toggle)
        action.setCheckable(True)
        action.setChecked(self.is_second)

    def _show(self) -> None:
        self.first.setChecked(not self.is_second)
        self.second.setChecked(self.is_second)


def add_entry(menu: QMenu, words: str, button: QToolButton) -> None:
    """Add an entry that is checked as the ``button`` is, and presses it."""
    action = menu.addAction(words, button.toggle)
    action.setCheckable(True)
    action.setChecked(button.isChecked())

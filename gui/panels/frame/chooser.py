"""Which one of several things is drawn: a layer, a signal, an output feature."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

MOST = 64  # entries in a menu: of more, one is chosen by its number


class Chooser(QToolButton):
    """A small button with a menu; hidden where there is nothing to choose.

    Attributes:
        value: which one is chosen, counted from 0.
        name: what the menu calls it.
        count: how many there are.

    Signals:
        chosen: a person chose another one than before, be it what was shown already.
    """

    chosen = Signal(int)

    def __init__(self, what: str) -> None:
        """A chooser that says ``what`` is chosen, such as "the layer that is drawn"."""
        super().__init__()
        self.value = 0
        self._names: tuple[str, ...] = ("",)
        self._texts: tuple[str, ...] = ("",)
        self._wanted: str | None = None  # what a person chose, offered at this moment or not
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(f"{what[:1].upper()}{what[1:]}")
        self.setMenu(QMenu(self))
        self.setVisible(False)

    @property
    def name(self) -> str:
        return self._names[self.value]

    @property
    def count(self) -> int:
        return len(self._names)

    def offer(self, choices: Mapping[str, str], default: int = 0) -> None:
        """Let one of these be chosen: what the menu calls each, and what the button does.

        What a person chose before is chosen where it is among them, else the one at ``default``.
        """
        self._names, self._texts = tuple(choices), tuple(choices.values())
        offered = self._wanted in self._names
        self.value = self._names.index(self._wanted) if offered else range(self.count)[default]
        self.menu().clear()
        for place in range(min(self.count, MOST)):
            self.menu().addAction(self._names[place], partial(self.choose, place))
        if self.count > MOST:
            self.menu().addAction("By number …", self._on_number_asked)
        self.setVisible(self.count > 1)
        self._show_value()

    def choose(self, place: int) -> None:
        """Draw this one from now on, and in later runs that offer it."""
        before, self._wanted = self._wanted, self._names[place]
        if place != self.value or self._wanted != before:
            self.show_chosen(place)
            self.chosen.emit(place)

    def show_chosen(self, place: int) -> None:
        """Say that this one is drawn, which no person asked for."""
        self.value = place
        self._show_value()

    def _on_number_asked(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.toolTip())
        dialog.setLabelText(f"1 to {self.count:,}")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(1, self.count)
        dialog.setIntValue(self.value + 1)
        dialog.intValueSelected.connect(self._on_number_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_number_chosen(self, number: int) -> None:
        self.choose(number - 1)

    def _show_value(self) -> None:
        self.setText(f"{self._texts[self.value]} ▾")
        self.setAccessibleName(f"{self.toolTip()}: {self.name}, {self.value + 1} of {self.count}")


def numbered(what: str, count: int) -> dict[str, str]:
    """So many choices, "layer 1", "layer 2", …, which the button calls the same."""
    return {f"{what} {number}": f"{what} {number}" for number in range(1, count + 1)}

"""Which of several output features is drawn."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton


class FeatureChooser(QToolButton):
    """A small button with a menu of output features; hidden where there is only one.

    Attributes:
        value: the chosen feature, counted from 0.
        count: how many there are.

    Signals:
        chosen: another feature than before.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.value = 0
        self.count = 1
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("The output feature that is drawn")
        self.setMenu(QMenu(self))
        self.offer(1)

    def offer(self, count: int) -> None:
        """Let one of ``count`` features be chosen; the chosen one stays where it still exists."""
        self.count = count
        self.value = min(self.value, count - 1)
        self.menu().clear()
        for feature in range(count):
            self.menu().addAction(f"output {feature + 1}", partial(self.choose, feature))
        self.setVisible(count > 1)
        self._show_value()

    def choose(self, feature: int) -> None:
        """Draw this feature from now on."""
        if feature != self.value:
            self.value = feature
            self._show_value()
            self.chosen.emit(feature)

    def _show_value(self) -> None:
        self.setText(f"output {self.value + 1} ▾")
        self.setAccessibleName(f"Output feature {self.value + 1} of {self.count}")

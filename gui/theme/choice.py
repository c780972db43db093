"""Which theme is worn: a person's choice, or the system's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from gui.theme.colours import DARK, LIGHT, Theme, system_theme


class ThemeChoice(QObject):
    """Light or dark.

    Arguments:
        choice: the name of what a person chose before.

    Attributes:
        theme: the one that is worn.
        follows_system: whether it changes with the system's, unless another was chosen.

    Signals:
        changed: this theme is worn from now on.
        chosen: a person chose what has this name.
    """

    changed = Signal(object)
    chosen = Signal(str)

    def __init__(self, theme: Theme, choice: str) -> None:
        super().__init__()
        self.theme = theme
        self.follows_system = True
        self._choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    def wear(self, theme: Theme) -> None:
        """Change to this one, whoever chose it."""
        self.theme = theme
        self.changed.emit(theme)

    def switch(self) -> None:
        """The other theme, as a person's choice; choosing the system's is to follow it again."""
        other = LIGHT if self.theme is DARK else DARK
        self.follows_system = True
        self._choice = "system" if other is system_theme() else other.name
        self.chosen.emit(self._choice)
        self.wear(other)

    def _on_system_changed(self) -> None:
        if self.follows_system and self._choice == "system":
            self.wear(system_theme())

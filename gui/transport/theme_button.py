"""The button for the other theme."""

from __future__ import annotations

from gui.theme import Theme
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton


class ThemeButton(PushButton):
    """A small one with a sign for light and dark."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("square")
        self.setIconSize(SIZE)
        self.setToolTip("Light or dark (T)")
        self.setAccessibleName("Light or dark")

    def apply_theme(self, theme: Theme) -> None:
        """Draw the sign in the colours of the theme that is worn."""
        self.setIcon(icon("theme", theme.text, theme.muted))

"""A button for an action: it is named, explained and enabled as the action's face is."""

from __future__ import annotations

from PySide6.QtGui import QAction

from gui.theme import Theme
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton


class ActionButton(PushButton):
    """Triggers its ``face`` when it is pressed.

    Arguments:
        kind: how the style sheet calls such a button.
        signs: the sign on it by the title of the action; one alone stands in the place of its title.
    """

    def __init__(self, face: QAction, kind: str = "", **signs: str) -> None:
        super().__init__()
        self.setObjectName(kind)
        self.setIconSize(SIZE)
        self._face = face
        self._signs = signs
        self._theme: Theme | None = None
        self.clicked.connect(face.trigger)
        face.changed.connect(self._follow)
        self._follow()

    def apply_theme(self, theme: Theme) -> None:
        """Draw the sign in the colours of the theme that is worn."""
        self._theme = theme
        self._follow()

    def _follow(self) -> None:
        title = self._face.text()
        self.setText("" if len(self._signs) == 1 else title)
        self.setAccessibleName(title)
        self.setToolTip(self._face.toolTip())
        self.setEnabled(self._face.isEnabled())
        if self._theme is not None and self._signs:
            colour = self._theme.on_accent if self.objectName() == "primary" else self._theme.text
            self.setIcon(
                icon(self._signs.get(title, next(iter(self._signs.values()))), colour, self._theme.muted)
            )

"""The line under a panel's title: what is drawn, or while the cursor is in the plot, what is under it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy

from gui.widgets.quiet_line import QuietLine


class Caption(QuietLine):
    """One line that never wraps, so that the plot below it never moves."""

    def __init__(self, standing: str) -> None:
        super().__init__(standing)
        self.setObjectName("caption")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._standing = standing

    @property
    def passing(self) -> str:
        """What stands while the cursor is in the plot; empty while it is elsewhere."""
        return "" if self.text() == self._standing else self.text()

    def set_standing(self, text: str) -> None:
        """The line while the cursor is elsewhere."""
        passing = self.text() != self._standing
        self._standing = text
        if not passing:
            self.set_text(text)

    def set_passing(self, text: str) -> None:
        """The line while the cursor is in the plot; empty brings the standing one back."""
        self.set_text(text or self._standing)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

"""The cursor over time steps: what a person points at in one panel is marked in all others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from gui.panels import Panel


class StepCursor(QObject):
    """Connects the panels that never know each other."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self._panels = panels
        for panel in panels:
            panel.cursor_moved.connect(self._on_moved)

    def forget(self) -> None:
        """Mark nothing: another run begins."""
        for panel in self._panels:
            panel.attempt(panel.show_cursor, None)

    def _on_moved(self, step: int | None) -> None:
        for panel in self._panels:
            if panel is not self.sender():
                panel.attempt(panel.show_cursor, step)

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
        self._step: int | None = None
        self._steps = 0
        self._source: object = None  # the panel that a person points into
        for panel in panels:
            panel.cursor_moved.connect(self._on_moved)

    def begin(self, steps: int) -> None:
        """A run of so many time steps begins, or begins again: the mark stays as long as its axis does."""
        if steps != self._steps:
            self._steps, self._step, self._source = steps, None, None
        self._mark()

    def _mark(self) -> None:
        for panel in self._panels:
            if panel is not self._source:
                panel.point_at(self._step)

    def _on_moved(self, step: int | None) -> None:
        self._step, self._source = step, self.sender()
        self._mark()

"""The panels side by side, and one of them filling the whole place on request."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QSplitter

from gui.panels import Panel

COLUMNS = 2


class PanelGrid(QSplitter):
    """Rows of panels with splitters between.

    Signals:
        shown_changed: other panels are visible than before.
    """

    shown_changed = Signal()

    def __init__(self, panels: list[Panel]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.panels = panels
        self.filling: Panel | None = None
        self._rows: list[QSplitter] = []
        for first in range(0, len(panels), COLUMNS):
            row = QSplitter(Qt.Orientation.Horizontal)
            for panel in panels[first : first + COLUMNS]:
                row.addWidget(panel)
                panel.fill_asked.connect(self._on_fill_asked)
            self._rows.append(row)
            self.addWidget(row)
        for splitter in (self, *self._rows):
            splitter.setHandleWidth(8)
            splitter.setChildrenCollapsible(False)
            splitter.setSizes([1000] * splitter.count())

    @property
    def shown(self) -> list[Panel]:
        """The panels that a person sees now."""
        return self.panels if self.filling is None else [self.filling]

    def fill(self, panel: Panel | None) -> None:
        """Give the whole place to ``panel``, or with None to all of them again."""
        self.filling = panel
        for each in self.panels:
            each.fills_window = each is panel
        for row in self._rows:
            for other in (row.widget(place) for place in range(row.count())):
                other.setVisible(panel is None or other is panel)
            row.setVisible(panel is None or row.indexOf(panel) >= 0)
        (panel or self.panels[0]).setFocus()
        self.shown_changed.emit()

    def save(self) -> list[QByteArray]:
        """The places of the splitters."""
        return [splitter.saveState() for splitter in (self, *self._rows)]

    def restore(self, states: list[QByteArray]) -> None:
        """Bring back what ``save`` gave; anything else leaves the grid as it is."""
        splitters = (self, *self._rows)
        if len(states) == len(splitters):
            for splitter, state in zip(splitters, states, strict=True):
                splitter.restoreState(state)

    def _on_fill_asked(self) -> None:
        panel = self.sender()
        assert isinstance(panel, Panel)
        self.fill(panel if self.filling is None else None)

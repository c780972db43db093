"""The button for panels: which of them are shown, and arrangements of them by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from gui.docks.layouts import DEFAULT, LAYOUTS
from gui.docks.panel_docks import PanelDocks
from gui.widgets.inputs import PushButton


class PanelsButton(PushButton):
    """A menu with a line for each place, then the arrangements, then what else is to be ``offered``."""

    def __init__(self, offered: Sequence[QAction] = ()) -> None:
        super().__init__("Panels ▾")
        self.setObjectName("menu")
        self.setToolTip("Show or hide panels, or arrange them; drag one by its title to where it should be")
        self.setMenu(StayingMenu(self))
        self._offered = offered

    def serve(self, docks: PanelDocks) -> None:
        """Offer what these can show."""
        self._docks = docks
        self.menu().aboutToShow.connect(self._on_opened)

    def _on_opened(self) -> None:
        menu = self.menu()
        menu.clear()
        for dock in self._docks.docks:
            action = menu.addAction(dock.title)
            action.setCheckable(True)
            action.setChecked(dock.is_wanted)
            action.setEnabled(dock.has_panel)
            action.toggled.connect(partial(self._docks.want, dock))
        menu.addSeparator()
        for layout in LAYOUTS:
            words = f"Layout: {layout[:1].lower()}{layout[1:]}{' (default)' if layout == DEFAULT else ''}"
            menu.addAction(words, partial(self._docks.arrange, layout))
        menu.addSeparator()
        menu.addActions(list(self._offered))


class StayingMenu(QMenu):
    """A menu that stays open while a person ticks its lines, by mouse or with the space bar."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._tick():
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or not self._tick():
            super().keyPressEvent(event)

    def _tick(self) -> bool:
        """Tick the line that is pointed at, if it can be ticked."""
        action = self.activeAction()
        if action is None or not action.isCheckable() or not action.isEnabled():
            return False
        action.trigger()
        return True

"""The button for panels: which of them are shown, and arrangements of them by name."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from gui.inputs import PushButton
from gui.layouts import DEFAULT, LAYOUTS
from gui.panel_docks import PanelDocks


class PanelsButton(PushButton):
    """A menu with a line for each place, then the arrangements, then the default one."""

    def __init__(self) -> None:
        super().__init__("Panels ▾")
        self.setObjectName("menu")
        self.setToolTip("Show or hide panels, or arrange them; drag one by its title to where it should be")
        self.setMenu(QMenu(self))

    def serve(self, docks: PanelDocks) -> None:
        """Offer what these can show."""
        self._docks = docks
        self.menu().aboutToShow.connect(self._on_opened)

    def _on_opened(self) -> None:
        menu = self.menu()
        menu.clear()
        for dock in self._docks.docks:
            action = menu.addAction(dock.title, partial(self._docks.want, dock, not dock.is_wanted))
            action.setCheckable(True)
            action.setChecked(dock.is_wanted)
            action.setEnabled(dock.has_panel)
        menu.addSeparator()
        for layout in LAYOUTS:
            words = f"Layout: {layout[:1].lower()}{layout[1:]}"
            menu.addAction(words, partial(self._docks.arrange, layout))
        menu.addSeparator()
        menu.addAction("Default layout", partial(self._docks.arrange, DEFAULT))

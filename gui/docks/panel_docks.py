"""The panels in their docks: which of them a person sees, and what a person does with them."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QTabWidget

from gui.docks.arrangement import TAB, Arrangement
from gui.docks.dock import Dock
from gui.docks.filling import Filling
from gui.docks.layouts import DEFAULT, LAYOUTS
from gui.docks.rows import make_room
from gui.docks.saved_layout import SavedLayout
from gui.panels import Panel
from gui.panels.frame.card import LEAST
from gui.widgets.painting import painted_later
from gui.widgets.plain import PlainLabel
from rnn.observing.snapshot import RunInfo

NONE_SHOWN = "No panel is shown. Choose some under Panels."


class PanelDocks(QStackedWidget):
    """A dock for each place; it shows the first of its panels that suits the run.

    Until a person drags, tabs or floats one, those that are shown lie in even rows, in the tabs of the layout
    that was chosen last.

    Attributes:
        docks: one for each place.
        panels: all of them, shown or not.
        shown: the panels that a person sees, as of the last ``watch``.
        filling: the panel that fills the window, or None.

    Signals:
        shown_changed: a person sees other panels than before, or one fills the window, or does no longer.
    """

    shown_changed = Signal()

    def __init__(self, places: Sequence[Sequence[Panel]]) -> None:
        super().__init__()
        self.docks = [Dock(panels) for panels in places]
        self.panels = [panel for dock in self.docks for panel in dock.panels]
        self.shown: list[Panel] = []
        self._tabbed: list[Dock] = []
        self._touched = True  # whether a mouse button was pressed a frame ago
        self._window = _dock_window()
        self._arrangement = Arrangement(self._window, self.docks)
        self._filling = Filling(self._window, self.docks)
        self.addWidget(self._window)
        self.addWidget(self._filling.page)
        for dock in self.docks:
            dock.closed.connect(self._on_closed)
        for panel in self.panels:
            panel.fill_asked.connect(self._on_fill_asked)
            panel.hide_asked.connect(self._on_hide_asked)
            panel.float_asked.connect(self._on_float_asked)
        self.arrange(DEFAULT)

    # What is shown

    def named(self, panel: str) -> Dock:
        """The place of the panel of this name."""
        return next(dock for dock in self.docks if any(each.name == panel for each in dock.panels))

    @property
    def suited(self) -> list[Panel]:
        """One of each place, shown or not, but for places where none suits the run."""
        return [dock.panel for dock in self.docks if dock.panel is not None]

    @property
    def filling(self) -> Panel | None:
        """The panel that fills the window, or None."""
        return None if self._filling.dock is None else self._filling.dock.panel

    @property
    def probes(self) -> frozenset[str]:
        """What snapshots must hold for the panels that are shown and not failed."""
        return frozenset[str]().union(*(panel.probes for panel in self.shown if panel.failure is None))

    def watch(self) -> None:
        """Once a frame: see which panels are visible to the eye, and tell where they are not as before."""
        if self._filling.dock is None:
            self._filling.bring_sizes_back()
            self._filling.forget_sizes()
            touches = bool(QApplication.mouseButtons())
            if self.isVisible() and not touches:
                self._arrangement.fit(self.size(), touched=self._touched)
            self._touched = touches
        if (self._seen(), self._in_tabs()) != (self.shown, self._tabbed):
            self._tell()

    def _seen(self) -> list[Panel]:
        return [dock.panel for dock in self.docks if dock.panel is not None and dock.is_seen]

    def _in_tabs(self) -> list[Dock]:
        return [
            dock
            for dock in self.docks
            if dock is not self._filling.dock
            and any(not other.isHidden() for other in self._window.tabifiedDockWidgets(dock))
        ]

    def _tell(self) -> None:
        self.shown, self._tabbed = self._seen(), self._in_tabs()
        for dock in self.docks:
            for panel in dock.panels:
                panel.show_title(dock not in self._tabbed)
        if self._filling.dock is None:
            self._arrangement.in_front = [dock for dock in self.docks if dock.is_seen]
        self.shown_changed.emit()

    def show_run(self, info: RunInfo) -> None:
        """Put those panels in front that suit the run; a place that fills the window goes on filling it."""
        before = [dock.has_panel for dock in self.docks]
        for dock in self.docks:
            dock.show_run(info)
        if self._filling.dock is not None:
            self.fill(self._filling.dock.panel)
        if [dock.has_panel for dock in self.docks] != before:
            self._show_wanted()
        self.watch()

    # What a person does

    def arrange(self, layout: str) -> None:
        """Show the panels of a layout in LAYOUTS, in even rows."""
        self._arrange({name for place in LAYOUTS[layout] for name in place}, layout)

    def show_side_by_side(self, names: Container[str]) -> None:
        """Show the places of these names and no others, none behind a tab."""
        self._arrange(names, DEFAULT)

    def want(self, dock: Dock, wanted: bool) -> None:
        """Show this place, or hide it."""
        dock.wanted = wanted
        self.fill(None)
        self._show_wanted()
        if wanted:
            dock.raise_()
            if self._arrangement.by_hand and not dock.isFloating() and dock.panel is not None:
                make_room(self._window, dock, dock.panel.sizeHint())

    def fill(self, panel: Panel | None) -> None:
        """Give the whole place to ``panel``, or with None to all of them again."""
        before = self._filling.dock
        self._filling.lend(self._dock_of(panel))
        self.setCurrentWidget(self._window if panel is None else self._filling.page)
        for dock in self.docks:
            dock.follow(elsewhere=dock is self._filling.dock and dock.isFloating())
            for each in dock.panels:
                each.fills_window = each is panel
        if panel is not None:
            panel.setFocus()
        if self._filling.dock is not before:
            self._tell()
        self._filling.bring_sizes_back()

    # What is remembered

    def save(self) -> SavedLayout:
        """Which places are shown, and where."""
        return self._arrangement.save()

    def restore(self, saved: SavedLayout) -> None:
        """Bring back what ``save`` gave, when the window is there; of other places it is the default."""
        if self._arrangement.suits(saved) and not self._arrangement.restore(saved):
            self.arrange(DEFAULT)

    def close_windows(self) -> None:
        """Take away the panels that are windows of their own: they would outlive this one."""
        for dock in self.docks:
            if dock.isFloating():
                dock.hide()

    def minimumSizeHint(self) -> QSize:
        """That of a single place: what has no room is folded."""
        return LEAST + QSize(0, TAB)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrangement.even_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._filling.bring_sizes_back()

    def _on_fill_asked(self) -> None:
        panel = self.sender()
        assert isinstance(panel, Panel)
        self.fill(None if panel is self.filling else panel)

    def _on_hide_asked(self) -> None:
        dock = self._dock_of(self.sender())
        assert dock is not None
        self.want(dock, False)

    def _on_float_asked(self) -> None:
        dock = self._dock_of(self.sender())
        assert dock is not None
        dock.setFloating(not dock.isFloating())

    def _on_closed(self) -> None:
        dock = self.sender()
        assert isinstance(dock, Dock)
        self.want(dock, False)

    def _arrange(self, names: Container[str], layout: str) -> None:
        for dock in self.docks:
            dock.wanted = dock.objectName() in names
        with painted_later(self):
            self.fill(None)
            self._arrangement.choose(layout)
            self._show_wanted()

    def _show_wanted(self) -> None:
        self._filling.forget_sizes()
        self._arrangement.show_wanted()

    def _dock_of(self, panel: object) -> Dock | None:
        return next((dock for dock in self.docks if panel in dock.panels), None)


def _dock_window() -> QMainWindow:
    """One that docks can be laid in side by side and behind tabs; the words are its central widget."""
    window = QMainWindow()
    window.setWindowFlags(Qt.WindowType.Widget)
    window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    words = PlainLabel(NONE_SHOWN)
    words.setObjectName("muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    window.setCentralWidget(words)
    return window

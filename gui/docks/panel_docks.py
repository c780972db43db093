"""The panels in their docks: shown, hidden, tabbed, floated, rearranged, and one filling the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from gui.docks.dock import Dock
from gui.docks.layouts import DEFAULT, LAYOUTS, in_places, in_rows
from gui.docks.rows import RIGHT, even_out, give_sizes, lay_in_rows, make_room
from gui.docks.saved_layout import SavedLayout
from gui.panels import Panel
from rnn.snapshot import RunInfo

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
        self._layout = DEFAULT
        self._by_hand = False
        self._arranging = False
        self._filled: Dock | None = None
        self._in_front: list[Dock] = []  # while none fills the window
        self._sizes: dict[Dock, QSize] = {}  # before one filled the window, until they have them again
        self._window = _window()
        self._whole = QWidget()
        self._whole_layout = QVBoxLayout(self._whole)
        self._whole_layout.setContentsMargins(0, 1, 0, 0)
        self.addWidget(self._window)
        self.addWidget(self._whole)
        for dock in self.docks:
            self._window.addDockWidget(RIGHT, dock)  # shown without a parent, it would be a window
            dock.closed.connect(self._on_closed)
            dock.topLevelChanged.connect(self._on_moved)
            dock.dockLocationChanged.connect(self._on_moved)
        for panel in self.panels:
            panel.fill_asked.connect(self._on_fill_asked)
            panel.hide_asked.connect(self._on_hide_asked)
            panel.float_asked.connect(self._on_float_asked)
        self.arrange(DEFAULT)

    # What is shown

    @property
    def suited(self) -> list[Panel]:
        """One of each place, shown or not, but for places where none suits the run."""
        return [dock.panel for dock in self.docks if dock.panel is not None]

    @property
    def filling(self) -> Panel | None:
        """The panel that fills the window, or None."""
        return None if self._filled is None else self._filled.panel

    @property
    def probes(self) -> frozenset[str]:
        """What snapshots must hold for the panels that are shown."""
        return frozenset[str]().union(*(panel.probes for panel in self.shown))

    def watch(self) -> None:
        """Once a frame: see which panels are visible to the eye, and tell where they are not as before."""
        if self._filled is None:
            self._bring_sizes_back()
            self._sizes = {}
        if (self._seen(), self._in_tabs()) != (self.shown, self._tabbed):
            self._tell()

    def _seen(self) -> list[Panel]:
        return [dock.panel for dock in self.docks if dock.panel is not None and dock.is_seen]

    def _in_tabs(self) -> list[Dock]:
        return [
            dock
            for dock in self.docks
            if dock is not self._filled
            and any(not other.isHidden() for other in self._window.tabifiedDockWidgets(dock))
        ]

    def _tell(self) -> None:
        self.shown, self._tabbed = self._seen(), self._in_tabs()
        for dock in self.docks:
            for panel in dock.panels:
                panel.show_title(dock not in self._tabbed)
        if self._filled is None:
            self._in_front = [dock for dock in self.docks if dock.is_seen]
        self.shown_changed.emit()

    def show_run(self, info: RunInfo) -> None:
        """Put those panels in front that suit the run; a place that fills the window goes on filling it."""
        before = [dock.has_panel for dock in self.docks]
        for dock in self.docks:
            dock.show_run(info)
        if self._filled is not None:
            self.fill(self._filled.panel)
        if [dock.has_panel for dock in self.docks] != before:
            self._show_wanted()
        self.watch()

    # What a person does

    def arrange(self, layout: str) -> None:
        """Show the panels of a layout in LAYOUTS, in even rows."""
        names = {name for place in LAYOUTS[layout] for name in place}
        for dock in self.docks:
            dock.wanted = dock.objectName() in names
        self.fill(None)
        self._layout, self._by_hand, self._in_front = layout, False, []
        self._show_wanted()

    def want(self, dock: Dock, wanted: bool) -> None:
        """Show this place, or hide it."""
        dock.wanted = wanted
        self.fill(None)
        self._show_wanted()
        if wanted:
            dock.raise_()
            if self._by_hand and not dock.isFloating() and dock.panel is not None:
                make_room(self._window, dock, dock.panel.sizeHint())

    def fill(self, panel: Panel | None) -> None:
        """Give the whole place to ``panel``, or with None to all of them again."""
        if self._filled is None:
            self._sizes = {dock: dock.size() for dock in self.docks if dock.is_seen and not dock.isFloating()}
        before, self._filled = self._filled, self._dock_of(panel)
        if before is not None and before is not self._filled:
            before.setWidget(before.body)
        if self._filled is not None and self._filled is not before:
            self._whole_layout.addWidget(self._filled.body)
            self._filled.body.show()
        self.setCurrentWidget(self._window if panel is None else self._whole)
        for dock in self.docks:
            dock.follow(elsewhere=dock is self._filled and dock.isFloating())
            for each in dock.panels:
                each.fills_window = each is panel
        if panel is not None:
            panel.setFocus()
        if self._filled is not before:
            self._tell()
        if self._filled is None:
            self._bring_sizes_back()

    # What is remembered

    def save(self) -> SavedLayout:
        """Which places are shown, and where."""
        names = tuple(dock.objectName() for dock in self.docks)
        shown = tuple(dock.objectName() for dock in self.docks if dock.wanted)
        return SavedLayout(names, shown, self._by_hand, bytes(self._window.saveState().data()), self._layout)

    def restore(self, saved: SavedLayout) -> None:
        """Bring back what ``save`` gave, when the window is there; of other places it is the default."""
        if saved.places != tuple(dock.objectName() for dock in self.docks):
            return
        with self._on_our_own():
            for dock in self.docks:
                dock.wanted = dock.objectName() in saved.shown
            restored = self._window.restoreState(QByteArray(saved.state))
        if not restored:
            self.arrange(DEFAULT)
            return
        self._by_hand = saved.by_hand
        self._layout = saved.layout if saved.layout in LAYOUTS else DEFAULT
        for dock in self.docks:
            dock.follow()
        self._say_when_empty()

    def close_windows(self) -> None:
        """Take away the panels that are windows of their own: they would outlive this one."""
        for dock in self.docks:
            if dock.isFloating():
                dock.hide()

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._by_hand:
            even_out(self._window, self._rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._filled is None:
            self._bring_sizes_back()

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

    def _on_moved(self) -> None:
        self._by_hand = self._by_hand or not self._arranging

    # How they are laid

    @property
    def _rows(self) -> list[list[list[Dock]]]:
        """Rows of places, each with the wanted docks that lie in it behind tabs, in the chosen layout."""
        wanted = {dock.objectName(): dock for dock in self.docks if dock.is_wanted}
        places = in_places(list(wanted), self._layout)
        return in_rows([[wanted[name] for name in place] for place in places])

    def _show_wanted(self) -> None:
        """Show the docks that are wanted: where a person has put them, else in even rows."""
        self._sizes = {}
        if not self._by_hand:
            self._lay_in_rows()
        with self._on_our_own():
            for dock in self.docks:
                dock.follow()
        self._say_when_empty()
        if not self._by_hand:
            even_out(self._window, self._rows)

    def _lay_in_rows(self) -> None:
        focused = next((panel for panel in self.panels if panel.hasFocus()), None)
        rows, in_front = self._rows, self._in_front
        with self._on_our_own():
            lay_in_rows(self._window, rows, [dock for dock in self.docks if not dock.is_wanted])
            for dock in self.docks:
                dock.follow()
            for place in (place for row in rows for place in row):
                next((dock for dock in place if dock in in_front), place[0]).raise_()
        if focused is not None:
            focused.setFocus()

    def _bring_sizes_back(self) -> None:
        if self._sizes:
            give_sizes(self._window, list(self._sizes), list(self._sizes.values()))

    def _say_when_empty(self) -> None:
        self._window.centralWidget().setVisible(not any(dock.is_wanted for dock in self.docks))

    def _dock_of(self, panel: object) -> Dock | None:
        return next((dock for dock in self.docks if panel in dock.panels), None)

    @contextmanager
    def _on_our_own(self) -> Iterator[None]:
        """Meanwhile nothing that moves was moved by a person."""
        self._arranging = True
        try:
            yield
        finally:
            self._arranging = False


def _window() -> QMainWindow:
    """A window within the window: nothing but docks."""
    window = QMainWindow()
    window.setWindowFlags(Qt.WindowType.Widget)
    window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    hint = QLabel(NONE_SHOWN)
    hint.setObjectName("muted")
    hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
    window.setCentralWidget(hint)
    return window

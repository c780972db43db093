"""How the docks lie in their window: in the even rows of a layout, until a person moves one by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QMainWindow

from gui.docks.dock import Dock
from gui.docks.layouts import DEFAULT, LAYOUTS, in_places, in_rows
from gui.docks.rows import RIGHT, even_out, lay_in_rows
from gui.docks.saved_layout import SavedLayout


class Arrangement(QObject):
    """Puts the docks that are wanted where they belong.

    Attributes:
        by_hand: whether a person has dragged, tabbed or floated one; then they stay where they are.
        in_front: of those behind tabs, the ones that lie in front when they are laid anew.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[Dock]) -> None:
        super().__init__()
        self.by_hand = False
        self.in_front: list[Dock] = []
        self._window = window
        self._docks = docks
        self._layout = DEFAULT
        self._arranging = False
        for dock in docks:
            window.addDockWidget(RIGHT, dock)  # shown without a parent, it would be a window
            dock.topLevelChanged.connect(self._on_moved)
            dock.dockLocationChanged.connect(self._on_moved)

    def choose(self, layout: str) -> None:
        """From now on, lay them as this layout in LAYOUTS has it."""
        self._layout, self.by_hand, self.in_front = layout, False, []

    def show_wanted(self) -> None:
        """Show the docks that are wanted: where a person has put them, else in even rows."""
        if not self.by_hand:
            self._lay_in_rows()
        with self._on_our_own():
            for dock in self._docks:
                dock.follow()
        self._say_when_empty()
        self.even_out()

    def even_out(self) -> None:
        """Make the rows even, unless a person has put the docks elsewhere."""
        if not self.by_hand:
            even_out(self._window, self._rows)

    # What is remembered

    def save(self) -> SavedLayout:
        """Which docks are wanted, and where all lie."""
        shown = tuple(dock.objectName() for dock in self._docks if dock.wanted)
        state = bytes(self._window.saveState().data())
        return SavedLayout(self._names, shown, self.by_hand, state, self._layout)

    def suits(self, saved: SavedLayout) -> bool:
        """Whether it is an arrangement of docks of these names."""
        return saved.places == self._names

    def restore(self, saved: SavedLayout) -> bool:
        """Bring back what ``save`` gave; whether Qt has taken it, else they lie anyhow."""
        with self._on_our_own():
            for dock in self._docks:
                dock.wanted = dock.objectName() in saved.shown
            restored = self._window.restoreState(QByteArray(saved.state))
        if restored:
            self.by_hand = saved.by_hand
            self._layout = saved.layout if saved.layout in LAYOUTS else DEFAULT
            for dock in self._docks:
                dock.follow()
            self._say_when_empty()
        return restored

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(dock.objectName() for dock in self._docks)

    @property
    def _rows(self) -> list[list[list[Dock]]]:
        """Rows of places, each with the wanted docks that lie in it behind tabs, in the chosen layout."""
        wanted = {dock.objectName(): dock for dock in self._docks if dock.is_wanted}
        places = in_places(list(wanted), self._layout)
        return in_rows([[wanted[name] for name in place] for place in places])

    def _lay_in_rows(self) -> None:
        focused = next((panel for dock in self._docks for panel in dock.panels if panel.hasFocus()), None)
        rows, in_front = self._rows, self.in_front
        with self._on_our_own():
            lay_in_rows(self._window, rows, [dock for dock in self._docks if not dock.is_wanted])
            for dock in self._docks:
                dock.follow()
            for place in (place for row in rows for place in row):
                next((dock for dock in place if dock in in_front), place[0]).raise_()
        if focused is not None:
            focused.setFocus()

    def _say_when_empty(self) -> None:
        self._window.centralWidget().setVisible(not any(dock.is_wanted for dock in self._docks))

    @contextmanager
    def _on_our_own(self) -> Iterator[None]:
        """Meanwhile nothing that moves was moved by a person."""
        self._arranging = True
        try:
            yield
        finally:
            self._arranging = False

    def _on_moved(self) -> None:
        self.by_hand = self.by_hand or not self._arranging

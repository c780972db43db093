"""How the docks lie in their window: in the even rows of a layout, until a person moves one by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QObject, QSize
from PySide6.QtWidgets import QMainWindow

from gui.docks.dock import Dock
from gui.docks.layouts import DEFAULT, LAYOUTS, folded, in_places, in_rows
from gui.docks.rows import RIGHT, even_out, lay_in_rows
from gui.docks.saved_layout import SavedLayout

ROOM = QSize(180, 155)  # of a place that lies beside others: more than its least
GAP, TAB = 10, 32  # pixels between two places, and of the tabs above one, somewhat more than they take
QWIDGETSIZE_MAX = 16_777_215


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
        self._size = QSize(QWIDGETSIZE_MAX, QWIDGETSIZE_MAX)
        self._laid: list[list[list[Dock]]] = []  # the rows that they were put in; none once restored
        self._fitting = b""  # how they lay by hand when all had room, as Qt has it
        self._unfolded: tuple[bytes, QSize] | None = (
            None  # the same of those that are folded, and its least size
        )
        for dock in docks:
            window.addDockWidget(RIGHT, dock)  # shown without a parent, it would be a window
            dock.topLevelChanged.connect(self._on_moved)
            dock.dockLocationChanged.connect(self._on_moved)

    def choose(self, layout: str) -> None:
        """From now on, lay them as this layout in LAYOUTS has it."""
        self._layout, self.by_hand, self.in_front, self._unfolded = layout, False, [], None

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

    def fit(self, size: QSize, *, touched: bool) -> None:
        """Lie as it suits this size: what has no room is behind tabs, until there is room again.

        Arguments:
            touched: whether a person may have moved one, or a line between two, since the last time.
        """
        is_new, self._size = touched or size != self._size, size
        if self.by_hand and (is_new or not self._fitting):
            least = self._window.minimumSizeHint()
            if _holds(size, least):
                self._fitting = self._state
            else:
                self._unfolded, self.by_hand = (self._fitting or self._state, least), False
                self.show_wanted()
        elif self._unfolded is not None and _holds(size, self._unfolded[1]):
            state, self._unfolded, self.by_hand = self._unfolded[0], None, True
            with self._on_our_own():
                self._window.restoreState(QByteArray(state))
            self.show_wanted()
        elif self._rows != self._laid and (self._laid or not self._lies_in_rows):
            self.show_wanted()

    # What is remembered

    def save(self) -> SavedLayout:
        """Which docks are wanted, and where all lie."""
        shown = tuple(dock.objectName() for dock in self._docks if dock.wanted)
        by_hand, state = self.by_hand, self._state
        if self._unfolded is not None:
            by_hand, state = True, self._unfolded[0]
        return SavedLayout(self._names, shown, by_hand, state, self._layout)

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
            self.by_hand, self._unfolded, self._laid = saved.by_hand, None, []
            self._layout = saved.layout if saved.layout in LAYOUTS else DEFAULT
            for dock in self._docks:
                dock.follow()
            self._say_when_empty()
        return restored

    @property
    def _state(self) -> bytes:
        """Where all lie, as Qt has it."""
        return bytes(self._window.saveState().data())

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(dock.objectName() for dock in self._docks)

    @property
    def _rows(self) -> list[list[list[Dock]]]:
        """Rows of places, each with the wanted docks that lie in it behind tabs, in the chosen layout."""
        wanted = {dock.objectName(): dock for dock in self._docks if dock.is_wanted}
        places = in_places(list(wanted), self._layout)
        columns, rows = _room(self._size, tabs=any(len(place) > 1 for place in places))
        if len(places) > columns * rows:
            columns, rows = _room(self._size, tabs=True)
            places = folded(places, columns * rows)
        return in_rows([[wanted[name] for name in place] for place in places], columns, rows)

    @property
    def _lies_in_rows(self) -> bool:
        """Whether those lie behind tabs together that should, and none has less room than it needs."""
        wanted = [dock for dock in self._docks if dock.is_wanted]
        found = {
            frozenset([dock, *(other for other in self._window.tabifiedDockWidgets(dock) if other in wanted)])
            for dock in wanted
        }
        places = {frozenset(place) for row in self._rows for place in row}
        return found == places and _holds(self._size, self._window.minimumSizeHint())

    def _lay_in_rows(self) -> None:
        focused = next((panel for dock in self._docks for panel in dock.panels if panel.hasFocus()), None)
        rows, in_front = self._rows, self.in_front
        self._laid = rows
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
        if not self._arranging:
            self.by_hand, self._unfolded, self._fitting = True, None, b""


def _holds(size: QSize, least: QSize) -> bool:
    return least.boundedTo(size) == least


def _room(size: QSize, *, tabs: bool) -> tuple[int, int]:
    """How many columns and rows of places have room in this size."""
    across = (size.width() + GAP) // (ROOM.width() + GAP)
    down = (size.height() + GAP) // (ROOM.height() + GAP + (TAB if tabs else 0))
    return max(1, across), max(1, down)

"""In a small window what has no room lies behind tabs, and comes back when there is room again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.layouts import LAYOUTS
from gui.docks.panel_docks import PanelDocks
from gui.docks.saved_layout import SavedLayout
from gui.panels.frame.card import LEAST
from tests.gui.docks.places import ONE, dock_of, every_place, move_by_hand, new_docks, places, see, titles

LARGE, SMALL, SMALLEST = (1000, 700), (400, 300), (200, 180)


class Host(QWidget):
    """What the docks lie in, as in the window: it decides how large they are."""

    def __init__(self, qtbot: QtBot, docks: PanelDocks) -> None:
        super().__init__()
        self._qtbot, self.docks = qtbot, docks
        QVBoxLayout(self).addWidget(docks)
        self.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        qtbot.addWidget(self)
        self.become(LARGE)
        with qtbot.waitExposed(self):
            self.show()
        for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            qtbot.mouseRelease(self, button)  # which another test may have left pressed
        docks.show_run(ONE)
        self.become(LARGE)

    def become(self, size: tuple[int, int]) -> None:
        self.resize(*size)
        for _ in range(3):
            see(self._qtbot, self.docks)


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return Host(qtbot, new_docks())


def is_whole(docks: PanelDocks) -> bool:
    """Whether none that a person sees is cut off or has less room than it needs."""
    return all(
        docks.rect().contains(QRect(panel.mapTo(docks, panel.rect().topLeft()), panel.size()))
        and LEAST.boundedTo(panel.size()) == LEAST
        for panel in docks.shown
    )


def test_what_has_no_room_lies_behind_tabs_until_there_is_room(host: Host) -> None:
    docks = host.docks
    before = places(docks)
    assert len(before) == 4
    for size, count in ((SMALL, 2), (SMALLEST, 1), (SMALL, 2)):
        host.become(size)
        assert len(docks.shown) == count, size
        assert is_whole(docks)
    host.become(LARGE)
    assert places(docks) == before
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth"]


def test_every_layout_is_whole_in_every_size(qtbot: QtBot) -> None:
    docks = every_place(qtbot)
    host = Host(qtbot, docks)
    for layout, places_of_it in LAYOUTS.items():
        docks.arrange(layout)
        for size in ((640, 280), (330, 300), (330, 700), (1300, 200)):
            host.become(size)
            assert docks.shown
            assert is_whole(docks), (layout, size)
        host.become((1400, 1000))
        assert len(docks.shown) == len(places_of_it)


def test_where_a_person_has_put_them_they_lie_again_when_there_is_room(host: Host) -> None:
    docks = host.docks
    window, first, second = docks.docks[0].parent(), dock_of(docks, "First"), dock_of(docks, "Odd")
    window.splitDockWidget(first, second, Qt.Orientation.Vertical)  # type: ignore[attr-defined]
    move_by_hand(docks)
    host.become(LARGE)
    by_hand = places(docks)
    saved = docks.save()
    host.become(SMALLEST)
    assert len(docks.shown) == 1
    assert is_whole(docks)
    folded = docks.save()
    assert (folded.by_hand, folded.state) == (saved.by_hand, saved.state)
    host.become(LARGE)
    assert places(docks) == by_hand


def test_what_was_saved_in_a_small_window_is_not_folded_in_a_large_one(qtbot: QtBot, host: Host) -> None:
    large = places(host.docks)
    host.become(SMALLEST)
    saved = SavedLayout.from_text(host.docks.save().to_text())
    assert saved is not None
    other = Host(qtbot, new_docks())
    other.docks.restore(saved)
    other.become(LARGE)
    assert places(other.docks) == large


def test_a_separator_that_was_moved_stays_where_it_is(qtbot: QtBot, host: Host) -> None:
    window, first = host.docks.docks[0].parent(), dock_of(host.docks, "First")
    window.resizeDocks([first], [700], Qt.Orientation.Horizontal)  # type: ignore[attr-defined]
    host.become(LARGE)
    assert first.width() > 550
    other = Host(qtbot, new_docks())
    other.docks.restore(host.docks.save())
    other.become(LARGE)
    assert places(other.docks) == places(host.docks)

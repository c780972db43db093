"""One panel that fills the window, and what all get back after it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.docks.panel_docks import PanelDocks
from tests.gui.docks.places import (
    ONE,
    TWO,
    dock_of,
    move_by_hand,
    places,
    see,
    titles,
)


def test_a_panel_fills_the_window_and_goes_back(qtbot: QtBot, docks: PanelDocks) -> None:
    before = places(docks)
    panel = docks.shown[1]
    panel.fill_asked.emit()
    see(qtbot, docks)
    assert docks.shown == [docks.filling] == [panel]
    assert panel.width() == docks.width()
    assert docks.probes == {"flow"}
    docks.show_run(TWO)
    see(qtbot, docks)
    assert titles(docks.shown) == ["Even"]
    assert [each.title for each in docks.panels if each.fills_window] == ["Even"]
    docks.shown[0].fill_asked.emit()
    docks.show_run(ONE)
    see(qtbot, docks)
    assert places(docks) == before
    assert not any(each.fills_window for each in docks.panels)


def test_where_the_panel_that_fills_the_window_has_none_to_follow_all_come_back(
    qtbot: QtBot, docks: PanelDocks
) -> None:
    docks.fill(docks.shown[3])
    docks.show_run(TWO)
    see(qtbot, docks)
    assert docks.filling is None
    assert titles(docks.shown) == ["First", "Even", "Third"]


def test_a_floating_panel_can_fill_the_window_too(qtbot: QtBot, docks: PanelDocks) -> None:
    dock = dock_of(docks, "First")
    dock.setFloating(True)
    see(qtbot, docks)
    dock.panels[0].fill_asked.emit()
    see(qtbot, docks)
    assert not dock.isVisible()
    assert docks.shown == [dock.panels[0]]
    dock.panels[0].fill_asked.emit()
    see(qtbot, docks)
    assert dock.isVisible()
    assert dock.isFloating()
    assert len(docks.shown) == 4


def test_a_floating_panel_takes_the_place_of_one_that_fills_the_window(
    qtbot: QtBot, docks: PanelDocks
) -> None:
    first, odd = docks.shown[:2]
    dock_of(docks, "First").setFloating(True)
    see(qtbot, docks)
    odd.fill_asked.emit()
    see(qtbot, docks)
    assert docks.shown == [first, odd]
    first.fill_asked.emit()
    see(qtbot, docks)
    assert docks.filling is first
    assert docks.shown == [first]
    assert [panel for panel in docks.panels if panel.fills_window] == [first]
    first.fill_asked.emit()
    see(qtbot, docks)
    assert len(docks.shown) == 4


@pytest.mark.parametrize("by_hand", [False, True])
def test_going_back_to_all_panels_gives_each_the_size_that_it_had(
    qtbot: QtBot, docks: PanelDocks, by_hand: bool
) -> None:
    """The settings beside them make room meanwhile: the window of the panels grows and shrinks again."""
    if by_hand:
        move_by_hand(docks)
        window = docks.docks[0].parent()
        left = [dock_of(docks, title) for title in ("First", "Third")]
        window.resizeDocks(left, [700, 700], Qt.Orientation.Horizontal)  # type: ignore[attr-defined]
        see(qtbot, docks)
    before = places(docks)
    assert by_hand == (before["loss"][2] > 1.3 * before["fit"][2])
    panel = docks.shown[1]
    panel.fill_asked.emit()
    docks.resize(1300, 760)
    see(qtbot, docks)
    panel.fill_asked.emit()
    docks.resize(1000, 700)
    see(qtbot, docks)
    assert places(docks) == before
    docks.resize(1200, 700)  # a person's own resizing is left to Qt from now on
    see(qtbot, docks)
    assert sum(place[2] for place in list(places(docks).values())[:2]) > 1150

"""Where the docks lie: in even rows, where a person has put them, and as they were saved."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from gui.docks.layouts import LAYOUTS
from gui.docks.panel_docks import PanelDocks
from gui.docks.saved_layout import SavedLayout
from gui.panels import PANELS
from gui.theme import DARK
from tests.gui.docks.places import (
    FitPanel,
    LossPanel,
    dock_of,
    every_place,
    move_by_hand,
    new_docks,
    opened,
    places,
    see,
    tabify,
    titles,
)


def test_the_four_panels_lie_two_by_two_and_are_of_one_size(qtbot: QtBot, docks: PanelDocks) -> None:
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth"]
    assert docks.probes == {"fit", "flow"}
    for width, height in ((1000, 700), (1380, 990), (984, 744)):
        docks.resize(width, height)
        see(qtbot, docks)
        sizes = [panel.size() for panel in docks.shown]
        assert max(size.width() for size in sizes) - min(size.width() for size in sizes) <= 1
        assert max(size.height() for size in sizes) - min(size.height() for size in sizes) <= 1
        assert sum(size.width() for size in sizes[:2]) >= width - 20


def test_hiding_and_showing_lays_the_rest_in_even_rows(qtbot: QtBot, docks: PanelDocks) -> None:
    docks.want(dock_of(docks, "Fifth"), True)
    docks.want(dock_of(docks, "Sixth"), True)
    see(qtbot, docks)
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth", "Fifth", "Sixth"]
    assert "pairs" in docks.probes
    lefts = sorted({place[0] for place in places(docks).values()})
    tops = sorted({place[1] for place in places(docks).values()})
    assert (len(lefts), len(tops)) == (3, 2)
    dock_of(docks, "First").panels[0].hide_asked.emit()
    see(qtbot, docks)
    assert titles(docks.shown) == ["Odd", "Third", "Fourth", "Fifth", "Sixth"]


def test_what_was_saved_with_tabs_comes_back_without_titles_under_them(
    qtbot: QtBot, docks: PanelDocks
) -> None:
    tabify(qtbot, docks, "Third", "Fourth")
    docks.want(dock_of(docks, "First"), False)
    see(qtbot, docks)
    other = opened(qtbot, new_docks())
    other.want(dock_of(other, "First"), False)
    other.want(dock_of(other, "Fourth"), False)
    see(qtbot, other)
    before = titles(other.shown)
    assert not dock_of(other, "Third").panels[0]._title.isHidden()
    other.restore(docks.save())
    see(qtbot, other)
    assert titles(other.shown) == before  # the same are seen, one of them under a tab now
    assert dock_of(other, "Third").panels[0]._title.isHidden()
    other.close_windows()


def test_an_arrangement_comes_back_as_it_was(qtbot: QtBot, docks: PanelDocks) -> None:
    tabify(qtbot, docks, "Third", "Fourth")
    docks.want(dock_of(docks, "Fifth"), True)
    dock_of(docks, "First").setFloating(True)
    see(qtbot, docks)
    before, shown = places(docks), titles(docks.shown)
    text = docks.save().to_text()
    other = opened(qtbot, new_docks())
    saved = SavedLayout.from_text(text)
    assert saved is not None
    other.restore(saved)
    see(qtbot, other)
    assert titles(other.shown) == shown
    assert dock_of(other, "First").isFloating()
    back = places(other)
    assert back.keys() == before.keys()
    for name in back.keys() - {"loss"}:
        assert back[name] == pytest.approx(before[name], abs=3)
    other.arrange("Four panels")
    see(qtbot, other)
    assert not dock_of(other, "First").isFloating()
    assert titles(other.shown) == ["First", "Odd", "Third", "Fourth"]
    other.close_windows()


def test_a_dock_that_comes_back_among_others_is_given_room(qtbot: QtBot, docks: PanelDocks) -> None:
    third = dock_of(docks, "Third")
    move_by_hand(docks)
    docks.want(third, False)
    see(qtbot, docks)
    window = docks.docks[0].parent()
    window.resizeDocks([dock_of(docks, "First")], [620], Qt.Orientation.Vertical)  # type: ignore[attr-defined]
    see(qtbot, docks)
    docks.want(third, True)
    see(qtbot, docks)
    wish = third.panels[0].sizeHint()
    assert third.height() >= wish.height() - 1
    assert third.width() >= wish.width() - 1


def test_in_the_layout_of_all_each_panel_has_a_tab_and_the_room_of_four(qtbot: QtBot) -> None:
    docks = every_place(qtbot)
    assert [panel.name for panel in docks.shown] == [name for (name,) in LAYOUTS["Four panels"]]
    assert all(dock.is_wanted for dock in docks.docks)
    for panel in docks.panels:
        dock = docks._dock_of(panel)
        assert dock is not None
        dock.raise_()
        see(qtbot, docks)
        assert dock.is_seen
        assert dock.width() >= 480
        assert dock.height() >= 325
    bars = [bar for bar in docks.findChildren(QTabBar) if bar.isVisible()]
    assert [bar.count() for bar in bars] == [3, 3, 3, 3]
    for bar in bars:
        for tab in range(bar.count()):
            words = bar.fontMetrics().horizontalAdvance(bar.tabText(tab))
            assert bar.tabRect(tab).width() >= words, bar.tabText(tab)
        assert bar.tabRect(bar.count() - 1).right() <= bar.width()
    docks.close_windows()


def test_hiding_a_panel_leaves_the_tabs_of_a_layout_and_what_is_in_front(qtbot: QtBot) -> None:
    docks = every_place(qtbot)
    front = next(dock for dock in docks.docks if dock.objectName() == "unrolled")
    front.raise_()
    see(qtbot, docks)
    docks.want(docks.docks[0], False)
    see(qtbot, docks)
    assert [panel.name for panel in docks.shown] == [
        "fit",
        "flow",
        "norms",
        "unrolled",
    ]
    again = PanelDocks([[panel(DARK) for panel in place] for place in PANELS])  # type: ignore[call-arg]
    opened(qtbot, again, 990, 740)
    again.restore(docks.save())
    see(qtbot, again)
    assert [type(panel) for panel in again.shown] == [type(panel) for panel in docks.shown]
    again.want(again.docks[0], True)
    see(qtbot, again)
    assert len(again.shown) == 4  # still in its tabs, with the one that was asked for in front
    assert again.docks[0].is_seen
    for each in (docks, again):
        each.close_windows()


def test_what_was_saved_of_other_places_is_passed_over(qtbot: QtBot, docks: PanelDocks) -> None:
    docks.want(dock_of(docks, "Fifth"), True)
    saved = docks.save()
    other = opened(qtbot, PanelDocks([(LossPanel(),), (FitPanel(),)]))
    other.restore(saved)
    see(qtbot, other)
    assert titles(other.shown) == ["First", "Odd"]


def test_a_state_that_qt_does_not_take_gives_the_default(qtbot: QtBot, docks: PanelDocks) -> None:
    saved = docks.save()
    docks.restore(SavedLayout(saved.places, saved.shown[:1], True, b"no state", "Gradient"))
    see(qtbot, docks)
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth"]
    assert docks.save().by_hand is False

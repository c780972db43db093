"""The panels in their docks: who is seen where, and what a person does with them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.panel_docks import NONE_SHOWN, PanelDocks
from tests.gui.docks.places import (
    ONE,
    TWO,
    dock_of,
    places,
    see,
    tabify,
    titles,
)


def test_each_place_shows_the_first_panel_that_suits_the_run(qtbot: QtBot, docks: PanelDocks) -> None:
    docks.show_run(TWO)
    see(qtbot, docks)
    assert titles(docks.shown) == ["First", "Even", "Third"]
    assert titles(docks.suited) == ["First", "Even", "Third", "Fifth", "Sixth"]
    assert docks.probes == {"fit"}
    docks.show_run(ONE)
    see(qtbot, docks)
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth"]


def test_panels_take_turns_without_anything_being_resized(qtbot: QtBot, docks: PanelDocks) -> None:
    docks.want(dock_of(docks, "Fourth"), False)
    see(qtbot, docks)
    before = places(docks)
    assert len(before) == 3
    docks.show_run(TWO)
    see(qtbot, docks)
    assert places(docks) == before
    docks.show_run(ONE)
    see(qtbot, docks)
    assert places(docks) == before


def test_without_any_panel_a_line_says_where_they_are(qtbot: QtBot, docks: PanelDocks) -> None:
    for dock in docks.docks:
        docks.want(dock, False)
    see(qtbot, docks)
    assert docks.shown == []
    assert docks.probes == frozenset()
    hint = next(child for child in docks.findChildren(QWidget) if getattr(child, "text", str)() == NONE_SHOWN)
    assert hint.isVisible()
    docks.arrange("Four panels")
    see(qtbot, docks)
    assert not hint.isVisible()
    assert len(docks.shown) == 4


def test_what_lies_behind_another_tab_is_not_shown(qtbot: QtBot, docks: PanelDocks) -> None:
    changes: list[list[str]] = []
    docks.shown_changed.connect(lambda: changes.append(titles(docks.shown)))
    tabify(qtbot, docks, "Third", "Fourth")
    assert titles(docks.shown) == changes[-1] == ["First", "Odd", "Third"]
    third, fourth = dock_of(docks, "Third"), dock_of(docks, "Fourth")
    assert third.panels[0]._title.isHidden()  # the tab has it
    dock_of(docks, "Fourth").raise_()
    see(qtbot, docks)
    assert titles(docks.shown) == changes[-1] == ["First", "Odd", "Fourth"]
    fourth.setFloating(True)
    see(qtbot, docks)
    assert titles(docks.shown) == ["First", "Odd", "Third", "Fourth"]
    assert not third.panels[0]._title.isHidden()
    assert all(bar.visibleRegion().isEmpty() for bar in docks.findChildren(QTabBar))


def test_a_panel_has_its_title_again_once_nothing_is_behind_its_tab(qtbot: QtBot, docks: PanelDocks) -> None:
    tabify(qtbot, docks, "Third", "Fourth")
    third = dock_of(docks, "Third").panels[0]
    assert third._title.isHidden()
    docks.want(dock_of(docks, "Fourth"), False)  # what is seen stays as it was
    see(qtbot, docks)
    assert third in docks.shown
    assert not third._title.isHidden()
    docks.want(dock_of(docks, "Fourth"), True)
    dock_of(docks, "Third").raise_()
    see(qtbot, docks)
    assert third._title.isHidden()


def test_a_panel_floats_and_goes_back_by_its_menu(qtbot: QtBot, docks: PanelDocks) -> None:
    dock = dock_of(docks, "First")
    panel = dock.panels[0]
    panel.float_asked.emit()
    see(qtbot, docks)
    assert dock.isFloating()
    assert dock.panels[0].floats
    assert panel in docks.shown
    words = [action.text() for action in panel.menu().actions()]
    assert "Back into the window" in words
    panel.float_asked.emit()
    see(qtbot, docks)
    assert not dock.isFloating()
    assert not panel.floats
    dock.setFloating(True)
    dock.close()
    see(qtbot, docks)
    assert panel not in docks.shown
    assert not dock.wanted
    docks.want(dock, True)
    see(qtbot, docks)
    assert panel in docks.shown


def test_taking_turns_leaves_the_keyboard_where_it_is(qtbot: QtBot, docks: PanelDocks) -> None:
    first = docks.shown[0]
    docks.activateWindow()
    qtbot.waitUntil(docks.isActiveWindow)
    first.setFocus()
    for info in (TWO, ONE):
        docks.show_run(info)
        assert first.hasFocus()


def test_the_header_of_a_panel_drags_it_and_its_plot_does_not(qtbot: QtBot, docks: PanelDocks) -> None:
    dock = dock_of(docks, "First")
    panel = dock.panels[0]
    for place, floats in ((panel.plot.geometry().center(), False), (QPoint(60, 16), True)):
        qtbot.mousePress(panel, Qt.MouseButton.LeftButton, pos=place)
        for away in (10, 40, 80):
            qtbot.mouseMove(panel, place + QPoint(away, away))
        assert dock.isFloating() == floats
        if floats:
            qtbot.mouseRelease(dock, Qt.MouseButton.LeftButton, pos=QPoint(60, 16))


def test_panels_that_float_go_with_the_window(qtbot: QtBot, docks: PanelDocks) -> None:
    docks.shown[0].float_asked.emit()
    see(qtbot, docks)
    floating = dock_of(docks, "First")
    assert floating.isVisible()
    assert floating.isWindow()
    docks.close_windows()
    assert not floating.isVisible()
    assert floating.wanted  # it floats again the next time
    assert sum(dock.isVisible() for dock in docks.docks) == 3

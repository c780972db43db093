"""The panels in their docks: who is seen where, who fills the window, and what is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.dock import Dock
from gui.docks.layouts import LAYOUTS
from gui.docks.panel_docks import PanelDocks
from gui.docks.saved_layout import SavedLayout
from gui.docks.window import NONE_SHOWN
from gui.panels import PANELS
from gui.panels.frame.panel import Panel
from gui.panels.plots.plot import Plot
from gui.theme import DARK
from rnn.presets import load_preset
from rnn.snapshot import RunInfo
from rnn.trainer import Trainer

ARTICLE = load_preset("article").config
ONE, TWO = (Trainer(ARTICLE.with_values({"seed": seed})).info() for seed in (1, 2))


class LossPanel(Panel):
    title = "First"
    caption = "whatever runs"
    probes = frozenset({"fit"})

    def __init__(self) -> None:
        super().__init__(DARK, Plot("time step", "value"))


class FitPanel(LossPanel):
    title = "Odd"
    caption = "runs of an odd seed"
    probes = frozenset({"flow"})

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.seed % 2 == 1


class Even(LossPanel):
    title = "Even"
    caption = "runs of an even seed, with a line that is far longer than that of the other panel in its place"
    probes = frozenset()

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.seed % 2 == 0

    def sizeHint(self) -> QSize:
        return QSize(900, 700)


class HiddenPanel(LossPanel):
    title = "Third"


class FlowPanel(FitPanel):
    title = "Fourth"


class PairsPanel(LossPanel):
    title = "Fifth"
    probes = frozenset({"pairs"})


class LagsPanel(LossPanel):
    title = "Sixth"


def new_docks() -> PanelDocks:
    four = [(LossPanel(),), (FitPanel(), Even()), (HiddenPanel(),), (FlowPanel(),)]
    return PanelDocks([*four, (PairsPanel(),), (LagsPanel(),)])


@pytest.fixture
def docks(qtbot: QtBot) -> Iterator[PanelDocks]:
    made = opened(qtbot, new_docks())
    yield made
    made.close_windows()


def opened(qtbot: QtBot, docks: PanelDocks, width: int = 1000, height: int = 700) -> PanelDocks:
    qtbot.addWidget(docks)
    docks.resize(width, height)
    with qtbot.waitExposed(docks):
        docks.show()
    docks.show_run(ONE)
    see(qtbot, docks)
    return docks


def see(qtbot: QtBot, docks: PanelDocks) -> None:
    """Let the layout come to rest, as it does between two frames."""
    QApplication.processEvents()
    docks.watch()


def titles(panels: Sequence[Panel]) -> list[str]:
    return [panel.title for panel in panels]


def dock_of(docks: PanelDocks, title: str) -> Dock:
    return next(dock for dock in docks.docks if title in titles(dock.panels))


def move_by_hand(docks: PanelDocks) -> None:
    """Let it be known that a person has dragged one, as Qt does."""
    docks.docks[0].dockLocationChanged.emit(Qt.DockWidgetArea.TopDockWidgetArea)


def tabify(qtbot: QtBot, docks: PanelDocks, first: str, second: str) -> None:
    """Put ``second`` behind a tab beside ``first``, as dropping it there does."""
    window = docks.docks[0].parent()
    window.tabifyDockWidget(dock_of(docks, first), dock_of(docks, second))  # type: ignore[attr-defined]
    move_by_hand(docks)
    dock_of(docks, first).raise_()
    see(qtbot, docks)


def places(docks: PanelDocks) -> dict[str, tuple[int, ...]]:
    return {
        dock.objectName(): dock.geometry().getRect()  # type: ignore[misc]
        for dock in docks.docks
        if dock.is_seen
    }


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
    assert by_hand == (before["LossPanel"][2] > 1.3 * before["FitPanel"][2])
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
    for name in back.keys() - {"LossPanel"}:
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


def every_place(qtbot: QtBot, width: int = 990, height: int = 740) -> PanelDocks:
    """The docks of all panels of the program, in the layout that holds them all."""
    made = PanelDocks([[panel(DARK) for panel in place] for place in PANELS])  # type: ignore[call-arg]
    opened(qtbot, made, width, height)
    made.arrange("All, in tabs")
    see(qtbot, made)
    return made


def test_in_the_layout_of_all_each_panel_has_a_tab_and_the_room_of_four(qtbot: QtBot) -> None:
    docks = every_place(qtbot)
    assert [type(panel).__name__ for panel in docks.shown] == [name for (name,) in LAYOUTS["Four panels"]]
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
    front = next(dock for dock in docks.docks if dock.objectName() == "UnrolledPanel")
    front.raise_()
    see(qtbot, docks)
    docks.want(docks.docks[0], False)
    see(qtbot, docks)
    assert [type(panel).__name__ for panel in docks.shown] == [
        "FitPanel",
        "FlowPanel",
        "NormsPanel",
        "UnrolledPanel",
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

"""The time step that a person points at: marked in every panel but that one, seen or not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.cursor import Cursor
from gui.display import show_cursor
from gui.panels import PANELS
from gui.panels.flow.panel import FlowPanel
from gui.panels.frame.panel import Panel
from gui.panels.frame.unhurried import Unhurried
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.pairs.panel import PairsPanel
from gui.panels.plots.step_marks import nearest
from gui.theme import DARK
from tests.gui.panels.feeding import begun, feed, shown


@pytest.fixture(autouse=True)
def words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unhurried, "interval", 0.0)


def between(*panels: Panel) -> Cursor:
    """The cursor of these panels, as the window connects it."""
    cursor = Cursor()
    cursor.moved.connect(lambda: show_cursor(cursor, panels))
    for panel in panels:
        panel.cursor_moved.connect(partial(cursor.point_at, source=panel))
    return cursor


def test_a_panel_behind_a_tab_has_the_mark_when_it_comes_to_the_front(qtbot: QtBot) -> None:
    hidden, flow = shown(qtbot, HiddenPanel), shown(qtbot, FlowPanel)
    for panel in (hidden, flow):
        feed(panel, begun(panel), 20)
    cursor = between(hidden, flow)
    steps = []
    hidden.hide()
    flow.cursor_moved.emit(5)
    hidden.show()
    steps.append(hidden.column.step)
    assert not flow.line.isVisible()
    flow.cursor_moved.emit(None)
    steps.append(hidden.column.step)
    assert steps == [5, None]
    hidden.cursor_moved.emit(3)
    assert flow.line.isVisible()
    cursor.begin(10, 100)
    assert not flow.line.isVisible()


@pytest.mark.parametrize("kind", [kind for place in PANELS for kind in place])
def test_an_unseen_panel_does_nothing_until_it_comes_on_show(qtbot: QtBot, kind: type[Panel]) -> None:
    panel, other = shown(qtbot, kind), shown(qtbot, LossPanel)
    feed(panel, begun(panel), 5)
    cursor = between(panel, other)
    cursor.begin(10, 100)
    marked: list[int | None] = []
    panel.show_cursor = marked.append  # type: ignore[assignment, method-assign]
    panel.hide()
    for step in (3, 4, None, 7):
        other.cursor_moved.emit(step)
    assert marked == []
    panel.show()
    assert marked == [7]
    other.cursor_moved.emit(8)
    assert marked == [7, 8]


def test_the_mark_comes_back_after_a_reset_and_not_over_another_axis(qtbot: QtBot) -> None:
    panels = [shown(qtbot, kinds[0]) for kinds in PANELS]
    trainers = [begun(panel) for panel in panels]
    cursor, source = between(*panels), panels[0]

    def look() -> list[QImage]:
        return [panel.grab().toImage() for panel in panels]

    def restart() -> None:
        for panel, trainer in zip(panels, trainers, strict=True):
            trainer.reset()
            panel.start(trainer.info())
            feed(panel, trainer, 5)

    cursor.begin(10, 100)
    restart()
    bare = look()
    source.cursor_moved.emit(6)
    marked = look()
    assert sum(one != other for one, other in zip(bare, marked, strict=True)) >= 6
    restart()
    cursor.begin(10, 100)
    assert look() == marked
    cursor.begin(20, 100)
    assert look() == bare


def test_a_panel_that_knows_of_no_run_takes_a_mark_too(qtbot: QtBot) -> None:
    panels = [kind(DARK) for place in PANELS for kind in place]  # type: ignore[call-arg]
    for panel in panels:
        qtbot.addWidget(panel)
    for panel in panels:
        panel.show_cursor(7)
        panel.show_cursor(None)


def test_halfway_between_two_columns_is_always_the_later_one(qtbot: QtBot) -> None:
    places = np.arange(0.5, 9.0)
    assert [nearest(place) for place in places.tolist()] == list(range(1, 10))
    assert [nearest(place) for place in (0.49, 1.49, 2.49, 3.0)] == [0, 1, 2, 3]
    panel = shown(qtbot, FlowPanel)
    panel.time_steps = 9
    told: list[object] = []
    panel.cursor_moved.connect(told.append)
    for place in places.tolist():
        panel.plot.hovered.emit(QPointF(place, 0.0))
    assert told == list(range(1, 10))


def test_each_column_of_pairs_is_pointed_at_over_its_whole_width(qtbot: QtBot) -> None:
    panel = shown(qtbot, PairsPanel)
    feed(panel, begun(panel), 20)
    for step in (3, 4, 5, 6):
        panel.plot.hovered.emit(QPointF(step - 0.5, 8.5))
        assert panel.cell == (9, step)
        assert panel.readout(step - 0.5, 8.5).startswith(f"loss of time step 9, state of time step {step},")

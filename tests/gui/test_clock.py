"""The one clock of a window: the pace, the panels and their words go by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.app import make_application
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import DARK
from tests.gui.windows import ARTICLE, close, trainings
from tests.waiting import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def window(qtbot: QtBot, settings: Preferences, clock: Clock) -> Iterator[MainWindow]:
    make_application()
    made = MainWindow(ARTICLE, 1.0, DARK, settings, clock=clock.perf_counter)
    made.show()
    qtbot.waitUntil(lambda: made.status is not None)
    yield made
    close(made)
    qtbot.waitUntil(lambda: not trainings())


def test_a_run_at_a_pace_goes_on_as_far_as_the_clock_does(
    qtbot: QtBot, window: MainWindow, clock: Clock
) -> None:
    window.do.run()
    qtbot.waitUntil(lambda: window.status is not None and window.status.state == "running")
    for second in (1, 2, 3):
        clock.now = float(second)
        qtbot.waitUntil(lambda second=second: window.status.update == second + 1)  # type: ignore[misc, union-attr]
    assert {panel.drawn_at for panel in window.grid.panels} <= {-1.0, 0.0, 1.0, 2.0, 3.0}
    assert max(panel.drawn_at for panel in window.grid.panels) == 3.0

"""Where the run stands, in words."""

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.actions import ACTIONS
from gui.transport.faces import Faces
from gui.transport.transport import Transport
from tests.gui.transport.window import Window, show_progress


def test_the_status_says_epoch_update_and_rates(qtbot: QtBot, window: Window) -> None:
    window.resize(1680, 300)
    qtbot.waitUntil(lambda: window.transport.width() > 1600)
    show_progress(window.transport)
    assert window.transport.status.text == "epoch 3 / 9 · update 246 · 98 updates/s · 60 fps"
    assert window.transport.status.fraction == pytest.approx(0.25)
    show_progress(window.transport, update=1_234_567, rate=52_436.0)
    assert "update 1,234,567 · 52,400 updates/s" in window.transport.status.text


def test_the_status_says_which_engine_runs_and_why(qtbot: QtBot, window: Window) -> None:
    window.resize(1680, 300)
    qtbot.waitUntil(lambda: window.transport.width() > 1600)
    show_progress(window.transport, engine="compiled")
    assert window.transport.status.text.endswith("98 updates/s · compiled · 60 fps")
    assert window.transport.status.toolTip() == ""
    show_progress(window.transport, engine="NumPy", why="Numba is not installed")
    assert window.transport.status.text.endswith("98 updates/s · NumPy · 60 fps")
    assert window.transport.status.toolTip() == "NumPy, since Numba is not installed."


def test_a_run_that_rests_says_so_and_has_no_rates(window: Window) -> None:
    show_progress(window.transport, state="finished", rate=0.0, frames=0.0)
    assert window.transport.status.text == "epoch 3 / 9 · update 246 · finished"


def test_where_there_is_less_room_the_frames_are_left_out_first(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    show_progress(bar)
    assert bar.status.text == "epoch 3 / 9 · update 246 · 98 updates/s · 60 fps"
    show_progress(bar, update=123_456, rate=9_800.0)
    assert bar.status.text == "epoch 3 / 9 · update 123,456 · 9,800 updates/s"
    assert bar.status.toolTip().endswith("60 fps")
    show_progress(bar, update=9_876_543_210, rate=52_400.0)
    assert bar.status.text == "epoch 3 / 9 · 52,400 updates/s"
    assert "update 9,876,543,210" in bar.status.toolTip()
    show_progress(
        bar, state="diverged", update=9_876_543_210_123_456, rate=0.0, frames=0.0, engine="compiled"
    )
    assert bar.status.text == "epoch 3 / 9 · diverged"


def test_a_run_that_is_being_prepared_is_said_before_all_else(window: Window) -> None:
    bar = window.transport
    show_progress(bar, state="paused", rate=0.0, frames=0.0)
    bar.show_awaited("preparing")
    assert bar.status.text == "preparing… · epoch 3 / 9 · update 246 · paused"
    show_progress(bar, state="paused", update=247, rate=0.0, frames=0.0)
    assert bar.status.text.startswith("preparing… · epoch 3 / 9 · update 247")
    bar.show_awaited("")
    assert bar.status.text == "epoch 3 / 9 · update 247 · paused"


def test_before_the_first_run_there_is_nothing_to_say_but_that_it_is_prepared(qtbot: QtBot) -> None:
    parent = QObject()
    bar = Transport(themes.DARK, Faces(ACTIONS, parent))
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    assert bar.status.text == ""
    bar.show_awaited("preparing")
    assert bar.status.text == "preparing…"

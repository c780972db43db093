"""The buttons that start, stop and step a run."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.transport.window import Key, Window, press


def test_the_run_button_pauses_a_run_that_is_running(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    window.faces.show_state("running")
    assert bar.buttons["run_or_pause"].text() == "Pause"
    qtbot.mouseClick(bar.buttons["run_or_pause"], Qt.MouseButton.LeftButton)
    window.faces.show_state("paused")
    assert bar.buttons["run_or_pause"].text() == "Run"
    qtbot.mouseClick(bar.buttons["run_or_pause"], Qt.MouseButton.LeftButton)
    assert window.asked == ["run_or_pause", "run_or_pause"]


def test_a_pause_that_takes_a_while_says_so_and_cannot_be_asked_for_twice(
    qtbot: QtBot, window: Window
) -> None:
    bar = window.transport
    window.faces.show_state("running")
    qtbot.mouseClick(bar.buttons["run_or_pause"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.buttons["run_or_pause"].text() == "Pausing…")
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_or_pause"]
    window.faces.show_state("paused")
    assert bar.buttons["run_or_pause"].text() == "Run"
    assert bar.buttons["run_or_pause"].isEnabled()


def test_a_step_that_is_asked_for_meanwhile_ends_the_wait_for_the_pause(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    window.faces.show_state("running")
    qtbot.mouseClick(bar.buttons["run_or_pause"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.buttons["run_or_pause"].text() == "Pausing…")
    press(qtbot, Key.Key_E)
    assert window.asked == ["run_or_pause", "one_epoch"]
    assert bar.buttons["run_or_pause"].text() == "Pause"
    press(qtbot, Key.Key_Space)
    assert window.asked[-1] == "run_or_pause"


@pytest.mark.parametrize(
    ("state", "run", "reset"),
    [
        ("ready", True, False),
        ("running", True, True),
        ("paused", True, True),
        ("finished", True, True),
        ("diverged", False, True),
        ("failed", False, True),
    ],
)
def test_only_what_a_state_allows_can_be_asked_for(
    window: Window, state: str, run: bool, reset: bool
) -> None:
    bar = window.transport
    window.faces.show_state(state)  # type: ignore[arg-type]
    assert [
        b.isEnabled()
        for b in (bar.buttons["run_or_pause"], bar.buttons["one_update"], bar.buttons["one_epoch"])
    ] == [run] * 3
    assert bar.buttons["reset"].isEnabled() == reset


def test_a_finished_run_can_be_continued_and_says_for_how_long(window: Window) -> None:
    window.faces.show_state("finished")
    assert window.transport.buttons["run_or_pause"].text() == "Continue"
    assert "as many epochs again" in window.transport.buttons["run_or_pause"].toolTip()


def test_one_update_tells_what_it_sees(window: Window) -> None:
    bar = window.transport
    window.faces.show_batch(1_600)
    assert bar.buttons["one_update"].toolTip() == "Train on one batch of 1,600 sequences, then pause (→)"
    window.faces.show_batch(1)
    assert bar.buttons["one_update"].toolTip() == "Train on one sequence, then pause (→)"


def test_space_pauses_what_it_has_started(qtbot: QtBot, window: Window) -> None:
    press(qtbot, Key.Key_Space)
    window.faces.show_state("running")
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_or_pause", "run_or_pause"]

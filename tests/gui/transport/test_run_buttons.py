"""The buttons that start, stop and step a run."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.transport.window import Key, Window, press


def test_the_run_button_pauses_a_run_that_is_running(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    bar.show_state("running")
    assert bar.buttons.run.text() == "Pause"
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    bar.show_state("paused")
    assert bar.buttons.run.text() == "Run"
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    assert window.asked == ["pause_asked", "run_asked"]


def test_a_pause_that_takes_a_while_says_so_and_cannot_be_asked_for_twice(
    qtbot: QtBot, window: Window
) -> None:
    bar = window.transport
    bar.show_state("running")
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.buttons.run.text() == "Pausing…")
    press(qtbot, Key.Key_Space)
    assert window.asked == ["pause_asked"]
    bar.show_state("paused")
    assert bar.buttons.run.text() == "Run"
    assert bar.buttons.run.isEnabled()


def test_a_step_that_is_asked_for_meanwhile_ends_the_wait_for_the_pause(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    bar.show_state("running")
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.buttons.run.text() == "Pausing…")
    press(qtbot, Key.Key_E)
    assert window.asked == ["pause_asked", "epoch_asked"]
    assert bar.buttons.run.text() == "Pause"
    press(qtbot, Key.Key_Space)
    assert window.asked[-1] == "pause_asked"


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
    bar.show_state(state)  # type: ignore[arg-type]
    assert [b.isEnabled() for b in (bar.buttons.run, bar.buttons.step, bar.buttons.epoch)] == [run] * 3
    assert bar.buttons.reset.isEnabled() == reset


def test_a_finished_run_can_be_run_on_and_says_for_how_long(window: Window) -> None:
    window.transport.show_state("finished")
    assert window.transport.buttons.run.text() == "Run on"
    assert "as many epochs again" in window.transport.buttons.run.toolTip()


def test_a_step_is_named_after_what_one_update_sees(window: Window) -> None:
    bar = window.transport
    assert bar.buttons.step.text() == "Step sequence"
    bar.show_batch(1_600)
    assert bar.buttons.step.text() == "Step batch"
    assert bar.buttons.step.toolTip() == "Train on one batch of 1,600 sequences, then pause (→)"
    bar.show_batch(1)
    assert bar.buttons.step.text() == "Step sequence"
    assert bar.buttons.step.toolTip() == "Train on one sequence, then pause (→)"


def test_space_pauses_what_it_has_started(qtbot: QtBot, window: Window) -> None:
    press(qtbot, Key.Key_Space)
    window.transport.show_state("running")
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_asked", "pause_asked"]

"""The wave through the unrolled network: its keys, its buttons and its timer, and the moment that is held."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.panels.unrolled.panel import UnrolledPanel
from gui.theme import DARK
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, begun, details, settle, shown
from tests.gui.panels.unrolled_runs import REQUEST, feed, run


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


def test_it_follows_the_training_with_everything_run_through(panel: UnrolledPanel) -> None:
    trainer = begun(panel)
    for updates in (20, 40):
        moment = feed(panel, trainer, 20)
        assert panel.moment is moment is not None
        assert panel._figure.text() == f"update {updates}"
    assert panel.wave.position == panel.wave.last == 20
    assert not panel.frozen
    assert all(panel.wave.computed(t) == 1.0 for t in range(1, 11))
    assert all(panel.wave.pulled_back(t) == 1.0 for t in range(1, 11))


def test_the_keys_step_through_time_forward_and_then_back_with_the_gradient(
    qtbot: QtBot, panel: UnrolledPanel
) -> None:
    run(panel)
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert (panel.wave.position, panel.frozen) == (0.0, True)
    told = []
    for _ in range(20):
        qtbot.keyClick(panel, Qt.Key.Key_Right)
        told.append(panel._figure.text())
    forward = [f"forward · time step {t}" for t in range(1, 11)]
    assert told == [*forward, *(f"backward · time step {t}" for t in range(10, 1, -1)), "done"]
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel.wave.position == 20
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert panel._figure.text() == "backward · time step 2"
    qtbot.keyClick(panel, Qt.Key.Key_Down)
    assert panel._figure.text() == "backward · time step 10"
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert panel._figure.text() == "forward · time step 10"
    qtbot.keyClick(panel, Qt.Key.Key_End)
    assert panel._figure.text() == "done"
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel._figure.text() == "done"


def test_its_keys_are_its_own_where_the_window_has_the_same_ones(qtbot: QtBot) -> None:
    panel = UnrolledPanel(DARK)
    window_of = QWidget()
    qtbot.addWidget(window_of)
    QVBoxLayout(window_of).addWidget(panel)
    shortcut = QShortcut(QKeySequence("Right"), window_of)
    taken: list[None] = []
    shortcut.activated.connect(lambda: taken.append(None))
    with qtbot.waitActive(window_of):
        window_of.show()
        window_of.activateWindow()
    run(panel)
    panel.setFocus()
    panel.wave.go(3)
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert (panel.wave.position, taken) == (4.0, [])


def test_at_the_end_right_is_left_to_the_window_and_holds_nothing(qtbot: QtBot) -> None:
    panel = UnrolledPanel(DARK)
    window_of = QWidget()
    qtbot.addWidget(window_of)
    QVBoxLayout(window_of).addWidget(panel)
    shortcut = QShortcut(QKeySequence("Right"), window_of)
    taken: list[None] = []
    shortcut.activated.connect(lambda: taken.append(None))
    with qtbot.waitActive(window_of):
        window_of.show()
        window_of.activateWindow()
    run(panel)
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton)
    before = panel.plot.shown()
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert (taken, panel.frozen, panel.wave.position, panel.plot.shown()) == ([None], False, 20.0, before)
    assert not panel.controls.on.isEnabled()
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert (panel.frozen, panel.wave.position, panel.controls.on.isEnabled()) == (True, 19.0, True)


def test_the_buttons_do_what_the_keys_do(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    for button, position in (
        (panel.controls.forward, 0.0),
        (panel.controls.on, 1.0),
        (panel.controls.on, 2.0),
        (panel.controls.back, 1.0),
        (panel.controls.backward, 11.0),
        (panel.controls.on, 12.0),
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert panel.wave.position == position
    assert panel.frozen
    assert panel.controls.freeze.isChecked()


def test_playing_runs_forward_then_backward_and_stops_by_itself(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    panel.wave.speed = 400.0
    steps: list[tuple[bool, int]] = []
    panel.wave.moved.connect(lambda: steps.append((panel.wave.backward, panel.wave.step)))
    qtbot.mouseClick(panel.controls.play, Qt.MouseButton.LeftButton)
    assert panel.wave.playing
    assert panel.controls.play.text() == "pause"
    qtbot.waitUntil(lambda: not panel.wave.playing)
    assert panel.controls.play.text() == "play"
    assert steps[0] == (False, 0)
    assert steps[-1] == (True, 1)
    assert steps == sorted(steps, key=lambda at: (at[0], -at[1] if at[0] else at[1]))


def test_the_timer_runs_only_while_it_plays_and_is_seen(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    timer = panel.wave.findChild(QTimer)
    assert isinstance(timer, QTimer)
    assert not timer.isActive()
    for stop in (panel.controls.play.click, panel.controls.on.click, panel.hide):
        panel.show()
        panel.controls.play.click()
        assert timer.isActive()
        stop()
        assert not timer.isActive()
    panel.show()
    panel.controls.play.click()
    begun(panel)
    assert not timer.isActive()
    feed(panel, Trainer(ARTICLE))
    panel.controls.play.click()
    panel.close()
    assert not timer.isActive()


def test_a_held_moment_stays_while_the_training_goes_on_and_is_let_go(panel: UnrolledPanel) -> None:
    trainer = begun(panel)
    held = feed(panel, trainer, 20)
    panel.controls.on.click()
    panel.controls.backward.click()
    later = feed(panel, trainer, 20)
    assert panel.moment is held
    assert panel.wave.position == 11
    assert details(panel).startswith("held: sequence 1, update 20; now update 40 · backward · time step 10")
    assert panel._figure.text() == "held at update 20, now 40"
    assert panel._figure.colour == DARK.bad
    panel.controls.freeze.click()
    settle(panel)
    assert panel.moment is later
    assert panel.wave.position == 20
    assert "held" not in details(panel)


def test_a_held_moment_says_which_sequence_it_is_of(panel: UnrolledPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 20)
    panel.controls.back.click()
    assert panel._figure.text() == "backward · time step 2"
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, sequence=3)))
    settle(panel)
    assert panel._figure.text() == "held: sequence 1, now 4"
    assert "held: sequence 1, update 20; now sequence 4" in details(panel)

"""Changes that are taken back and made again, in the form."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.actions import ACTIONS
from gui.settings.controls import Controls
from gui.transport.faces import Faces
from rnn.errors import DataError
from tests.gui.settings.by_hand import CONTROL, Heard, Key, choose, enter, line, write


@pytest.fixture
def keys(controls: Controls) -> Faces:
    """The keys of the window."""
    faces = Faces(ACTIONS, controls)
    faces.serve(controls)
    faces["undo"].triggered.connect(controls.undo)
    faces["redo"].triggered.connect(controls.redo)
    return faces


def test_undo_takes_the_last_change_back_and_tells_it(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    first = controls.config
    enter(qtbot, controls, "task.noise", "0.05")
    second = controls.config
    enter(qtbot, controls, "training.learning_rate", "0.1")
    can_undo = [controls.can_undo]
    controls.undo()
    assert heard.live == [("training.learning_rate", 0.1), ("training.learning_rate", 0.2)]
    assert controls.config == second
    controls.undo()
    assert heard.configs == [second, first]
    assert controls.config == first
    assert line(controls, "task.noise").text() == "0.008"
    can_undo.append(controls.can_undo)
    controls.undo()
    assert controls.config == first
    assert can_undo == [True, False]


def test_redo_makes_a_change_again_until_another_is_made(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    first = controls.config
    enter(qtbot, controls, "seed", "3")
    second = controls.config
    enter(qtbot, controls, "training.learning_rate", "0.1")
    third = controls.config
    controls.undo()
    controls.undo()
    assert controls.config == first
    controls.redo()
    assert controls.config == second == heard.configs[-1]
    controls.redo()
    assert controls.config == third
    assert heard.live[-1] == ("training.learning_rate", 0.1)
    controls.redo()
    assert controls.config == third
    controls.undo()
    enter(qtbot, controls, "seed", "4")
    after = controls.config
    controls.redo()
    assert controls.config == after


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "key", [(Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier), (Key.Key_Y, CONTROL)]
)
def test_the_usual_keys_redo(qtbot: QtBot, controls: Controls, key: tuple[Key, Qt.KeyboardModifier]) -> None:
    enter(qtbot, controls, "seed", "3")
    edit = line(controls, "task.noise")
    edit.setFocus()
    qtbot.keyClick(edit, Key.Key_Z, CONTROL)
    assert controls.config.seed == 0
    qtbot.keyClick(edit, *key)
    assert controls.config.seed == 3


UNFIT = DataError("mine.npz", "", "is damaged")


def test_a_config_that_was_opened_can_be_put_back_or_undone(controls: Controls, heard: Heard) -> None:
    first = controls.config
    opened = first.with_values({"model.weights": "mine.npz"})
    assert not controls.put_back(UNFIT)
    controls.take(opened)
    assert (controls.config, heard.nothing) == (opened, True)
    assert controls.put_back(UNFIT)
    assert (controls.config, controls.can_undo, heard.nothing) == (first, False, True)
    assert not controls.put_back(UNFIT)
    controls.take(opened)
    controls.offer("seed", 7)  # what a person did since is not taken away
    assert not controls.put_back(UNFIT)
    controls.undo()
    controls.undo()
    assert controls.config == first


def test_undo_brings_another_task_back(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    first = controls.config
    choose(qtbot, controls, "task.name", "Square wave")
    assert "task.span" in controls.form.fields
    controls.undo()
    assert heard.configs[-1] == first
    assert line(controls, "task.noise").text() == "0.008"


@pytest.mark.usefixtures("keys")
def test_control_z_outside_a_text_under_way_undoes(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    enter(qtbot, controls, "seed", "3")
    qtbot.keyClick(line(controls, "seed"), Key.Key_Z, CONTROL)
    assert controls.config.seed == 0
    enter(qtbot, controls, "seed", "3")
    edit = write(qtbot, controls, "task.sequences", "12")
    qtbot.keyClick(edit, Key.Key_Z, CONTROL)
    assert controls.config.seed == 3
    assert edit.text() != "12"

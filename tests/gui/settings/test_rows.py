"""A row by hand: what can be off, and the keys and the wheel over it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui.fields.file import FileField
from gui.fields.text import NumberField
from gui.settings.controls import Controls
from rnn.config import RunConfig
from rnn.training.trainer import Trainer
from tests.gui.settings.by_hand import CONTROL, Heard, Key, enter, line, turn, write


def test_an_optional_number_is_switched_on_and_off(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    field = controls.form.fields["training.clip_norm"]
    assert isinstance(field, NumberField)
    assert field.switch is not None
    assert (field.line.text(), field.switch.isChecked()) == ("off", False)
    enter(qtbot, controls, "training.clip_norm", "0.25")
    assert field.switch.isChecked()
    qtbot.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert (field.line.text(), field.switch.isChecked()) == ("off", False)
    qtbot.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert (field.line.text(), field.switch.isChecked()) == ("0.25", True)
    enter(qtbot, controls, "training.clip_norm", "off")
    enter(qtbot, controls, "training.clip_norm", "0.5")
    enter(qtbot, controls, "training.clip_norm", "")
    assert [value for _, value in heard.live] == [0.25, None, 0.25, None, 0.5, None]
    assert {key for key, _ in heard.live} == {"training.clip_norm"}


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("model.spectral_radius", 1.0),
        ("training.clip_norm", 1.0),
        ("training.clip_value", 1.0),
        ("training.truncation", 5),
        ("task.characters", 20_000),
    ],
)
def test_a_number_that_never_was_on_begins_at_a_value_of_use(
    qtbot: QtBot, controls: Controls, key: str, first: float
) -> None:
    controls.show_config(RunConfig().with_values({"task.name": "text"} if "characters" in key else {}))
    field = controls.form.fields[key]
    assert isinstance(field, NumberField)
    assert field.switch is not None
    field.switch.setFocus()
    qtbot.keyClick(field.switch, Key.Key_Space)
    assert controls.config.values()[key] == first
    Trainer(controls.config)


def test_a_file_is_looked_for_and_given_up(
    qtbot: QtBot, controls: Controls, heard: Heard, tmp_path: Path
) -> None:
    weights = tmp_path / "weights.npz"
    weights.touch()
    field = controls.form.fields["model.weights"]
    assert isinstance(field, FileField)
    qtbot.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    dialog = controls.findChild(QFileDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(weights))
    qtbot.waitUntil(lambda: dialog.selectedFiles() == [str(weights)])
    dialog.accept()
    assert [config.model.weights for config in heard.configs] == [str(weights)]
    assert not controls.form.fields["model.initializer"].isEnabled()
    enter(qtbot, controls, "model.weights", "")
    assert heard.configs[-1].model.weights is None
    assert controls.form.fields["model.initializer"].isEnabled()


def test_layers_are_written_with_commas(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    for text in ("16,8", "16 8", "[16, 8]"):
        enter(qtbot, controls, "model.layers", "4")
        enter(qtbot, controls, "model.layers", text)
        assert line(controls, "model.layers").text() == "16, 8"
        assert heard.configs[-1].model.layers == (16, 8)
    qtbot.keyClick(line(controls, "model.layers"), Key.Key_Up)
    assert heard.configs[-1].model.layers == (16, 8)


def test_a_unit_stands_behind_a_number_and_gives_way_to_it(qtbot: QtBot, controls: Controls) -> None:
    field = controls.form.fields["training.truncation"]
    assert isinstance(field, NumberField)
    unit = next(label for label in field.line.findChildren(QLabel) if label.text() == "time steps")
    assert not unit.isVisible()
    enter(qtbot, controls, "training.truncation", "5")
    assert unit.isVisible()
    controls.resize(228, 760)
    enter(qtbot, controls, "training.truncation", "1000")
    qtbot.waitUntil(lambda: not unit.isVisible())
    assert "steps" in field.label.toolTip()


def test_the_arrow_keys_step_a_number(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    edit = line(controls, "training.learning_rate")
    edit.setFocus()
    for key in (Key.Key_Up, Key.Key_Up, Key.Key_Down):
        qtbot.keyClick(edit, key)
    qtbot.keyClick(edit, Key.Key_Up, CONTROL)
    assert [value for _, value in heard.live] == [0.25, 0.3, 0.25, 0.26]
    width = line(controls, "model.layers")
    width.setFocus()
    qtbot.keyClick(width, Key.Key_Up)
    assert controls.config.model.layers == (5,)
    off = line(controls, "training.clip_norm")
    off.setFocus()
    qtbot.keyClick(off, Key.Key_Up)
    assert controls.config.training.clip_norm is None


def test_a_step_starts_from_what_was_just_typed(qtbot: QtBot, controls: Controls) -> None:
    qtbot.keyClick(write(qtbot, controls, "task.sequences", "50"), Key.Key_Up)
    assert controls.config.values()["task.sequences"] == 51


@pytest.mark.parametrize("key", ["training.learning_rate", "model.initializer", "training.clip_norm"])
def test_the_wheel_over_a_field_without_the_focus_changes_nothing(
    qtbot: QtBot, controls: Controls, heard: Heard, key: str
) -> None:
    line(controls, "seed").setFocus()
    turn(controls, key, 1)
    turn(controls, key, -3)
    assert heard.nothing


def test_the_wheel_scrolls_a_low_form_instead(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    controls.resize(264, 400)
    bar = controls.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 50)
    for key in ("task.name", "task.sequences", "task.carry_state", "model.initializer"):
        controls.scroll_area.ensureWidgetVisible(controls.form.fields[key])
        before = bar.value()
        turn(controls, key, -1)
        assert bar.value() > before
    assert heard.nothing


def test_the_wheel_steps_the_field_with_the_focus(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    line(controls, "training.learning_rate").setFocus()
    turn(controls, "training.learning_rate", 1)
    turn(controls, "training.learning_rate", -1)
    assert [value for _, value in heard.live] == [0.25, 0.2]


def test_escape_without_a_change_gives_the_keyboard_back(qtbot: QtBot, controls: Controls) -> None:
    edit = line(controls, "seed")
    edit.setFocus()
    qtbot.keyClick(edit, Key.Key_Escape)
    assert QApplication.focusWidget() is None

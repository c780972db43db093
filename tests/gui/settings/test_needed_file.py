"""A task that wants a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
)
from pytestqt.qtbot import QtBot

from gui.fields.names import NameField
from gui.settings.controls import Controls
from gui.widgets.inputs import ComboBox
from rnn.config import RunConfig
from rnn.data.tasks import TASKS
from tests.gui.settings.by_hand import Heard, Key, choose, enter, line, turn


def asked_for_a_file(qtbot: QtBot, controls: Controls, task: str) -> QFileDialog:
    choose(qtbot, controls, "task.name", task)
    dialog = controls.findChild(QFileDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


@pytest.mark.parametrize("task", ["Series from a file", "Data file"])
def test_a_task_that_wants_a_file_asks_for_it_and_without_one_all_stays(
    qtbot: QtBot, controls: Controls, heard: Heard, task: str
) -> None:
    first = controls.config
    dialog = asked_for_a_file(qtbot, controls, task)
    assert dialog.windowTitle() == task
    assert heard.nothing
    dialog.reject()
    assert controls.form.fields["task.name"].editors[0].property("currentText") == "Noisy sine"
    assert "task.noise" in controls.form.fields
    assert (controls.config, controls.can_undo, heard.nothing) == (first, False, True)


@pytest.mark.parametrize("way", ["keys", "wheel"])
def test_a_task_that_wants_a_file_is_stepped_over_and_chosen_from_the_list(
    qtbot: QtBot, controls: Controls, heard: Heard, way: str
) -> None:
    box = controls.form.fields["task.name"].editors[0]
    assert isinstance(box, ComboBox)
    box.setFocus()
    free = [name for name, task in TASKS.items() if name not in ("series", "data")]

    def step(down: bool) -> None:
        if way == "keys":
            qtbot.keyClick(box, Key.Key_Down if down else Key.Key_Up)
        else:
            turn(controls, "task.name", -1 if down else 1)

    for name in free[1:]:
        step(down=True)
        assert controls.config.task.name == name
    for name in free[-2::-1]:
        step(down=False)
        assert controls.config.task.name == name
    step(down=False)  # there is nothing before the first
    assert controls.config.task.name == free[0]
    assert controls.findChild(QFileDialog) is None
    asked_for_a_file(qtbot, controls, "Data file").reject()


def test_a_task_and_its_file_are_one_change(
    qtbot: QtBot, controls: Controls, heard: Heard, tmp_path: Path
) -> None:
    file = tmp_path / "series.csv"
    file.write_text("1\n2\n3\n")
    first = controls.config
    dialog = asked_for_a_file(qtbot, controls, "Series from a file")
    assert [
        (key, wanted.label) for key, wanted in first.with_values({"task.name": "series"}).files_needed()
    ] == [("task.file", "File")]
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(file))
    qtbot.waitUntil(lambda: dialog.selectedFiles() == [str(file)])
    dialog.accept()
    qtbot.waitUntil(lambda: [config.files() for config in heard.configs] == [{"task.file": str(file)}])
    assert heard.configs[0] == controls.config
    assert (controls.config.task.name, controls.config.training.optimizer) == ("series", "adam")
    assert controls.form.fields["task.name"].editors[0].property("currentText") == "Series from a file"
    assert line(controls, "task.file").text() == str(file)
    controls.undo()
    assert controls.config == first


def test_the_columns_of_the_file_are_offered(
    qtbot: QtBot, controls: Controls, heard: Heard, tmp_path: Path
) -> None:
    file = tmp_path / "weather.csv"
    file.write_text("day,wind & rain,place\n1,0.5,here\n2,0.7,there\n")
    controls.show_config(RunConfig().with_values({"task.name": "series", "task.file": str(file)}))
    field = controls.form.fields["task.column"]
    assert isinstance(field, NameField)
    assert field.line.placeholderText() == "the only one"
    qtbot.mouseClick(field.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(field.menu.isVisible)
    qtbot.waitUntil(lambda: [action.data() for action in field.menu.actions()] == ["day", "wind & rain"])
    field.menu.actions()[1].trigger()
    field.menu.close()
    assert [config.values()["task.column"] for config in heard.configs] == ["wind & rain"]
    assert field.line.text() == "wind & rain"
    enter(qtbot, controls, "task.column", "day")
    assert controls.config.values()["task.column"] == "day"
    controls.show_config(controls.config.with_values({"task.file": str(tmp_path / "gone.csv")}))
    qtbot.mouseClick(field.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: field.menu.actions()[0].text() == "none found in the file")
    assert [action.isEnabled() for action in field.menu.actions()] == [False]
    field.menu.close()


def test_an_empty_name_of_a_file_says_what_it_stands_for(controls: Controls) -> None:
    controls.show_config(RunConfig().with_values({"task.name": "text"}))
    assert line(controls, "task.file").placeholderText() == "Alice's Adventures in Wonderland"
    assert controls.config.files_needed() == ()
    assert line(controls, "model.weights").placeholderText() == "off"

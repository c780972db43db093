"""The settings as a whole: what a change tells, and what comes from elsewhere."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.fields.choice import ChoiceField, SwitchField
from gui.settings.controls import Controls
from rnn.config import RunConfig
from rnn.config.presets import presets
from rnn.data.tasks import TASKS
from tests.gui.settings.by_hand import Heard, Key, choose, enter, line, write


def test_a_number_is_taken_on_enter(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    write(qtbot, controls, "task.noise", "0.05")
    assert heard.nothing
    qtbot.keyClick(line(controls, "task.noise"), Key.Key_Return)
    assert [config.values()["task.noise"] for config in heard.configs] == [0.05]
    assert heard.live == []
    assert controls.config == heard.configs[0]


def test_a_number_is_taken_when_the_focus_leaves(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    edit = write(qtbot, controls, "model.layers", "7")
    qtbot.keyClick(edit, Key.Key_Tab)
    assert [config.model.layers for config in heard.configs] == [(7,)]


def test_a_live_setting_is_told_as_such_and_starts_no_run(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    enter(qtbot, controls, "training.learning_rate", "5e-2")
    assert heard.live == [("training.learning_rate", 0.05)]
    assert heard.configs == []
    assert line(controls, "training.learning_rate").text() == "0.05"
    enter(qtbot, controls, "seed", "3")
    assert heard.configs == [controls.config]
    assert controls.config.training.learning_rate == 0.05


def test_a_live_setting_costs_one_row_and_little_more(controls: Controls, heard: Heard) -> None:
    changed: list[str] = []
    for key, field in controls.form.fields.items():
        for edit in field.findChildren(QLineEdit):
            edit.textChanged.connect(lambda _, key=key: changed.append(key))
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    controls.offer("training.learning_rate", 0.05)
    sys.setprofile(None)
    assert heard.live == [("training.learning_rate", 0.05)]
    assert changed == ["training.learning_rate"]
    assert calls < 2_500  # 12,000 where every row asks for itself whether it applies


def test_writing_the_same_value_again_says_nothing(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    enter(qtbot, controls, "task.noise", "8e-3")
    assert line(controls, "task.noise").text() == "0.008"
    assert heard.nothing
    assert not controls.can_undo


def test_a_choice_and_a_check_box_start_a_new_run(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    choose(qtbot, controls, "model.initializer", "Orthogonal")
    check = controls.form.fields["task.carry_state"]
    assert isinstance(check, SwitchField)
    qtbot.mouseClick(check.check, Qt.MouseButton.LeftButton)
    assert check.check.isChecked()
    assert [config.model.initializer for config in heard.configs] == ["orthogonal"] * 2
    assert [config.task.carry_state for config in heard.configs] == [False, True]


def test_choices_have_the_titles_of_their_registry(controls: Controls) -> None:
    field = controls.form.fields["task.name"]
    assert isinstance(field, ChoiceField)
    titles = [field.box.itemText(place) for place in range(field.box.count())]
    assert titles == [task.title for task in TASKS.values()]


def test_another_task_brings_its_own_settings(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    choose(qtbot, controls, "task.name", "Adding problem")
    assert list(controls.form.fields)[:3] == ["task.name", "task.delay", "task.sequences"]
    assert "task.noise" not in controls.form.fields
    assert [config.task.name for config in heard.configs] == ["adding"]
    focused = QApplication.focusWidget()
    assert focused is controls.form.fields["task.name"].editors[0]
    enter(qtbot, controls, "task.delay", "12")
    assert heard.configs[-1].values()["task.delay"] == 12
    choose(qtbot, controls, "task.name", "Noisy sine")
    assert controls.config.task == TASKS["sine"]()


@pytest.mark.parametrize("task", ["adding", "copy-memory", "temporal-order", "text"])
def test_a_task_with_a_preset_begins_as_the_preset_does_and_one_undo_brings_all_back(
    qtbot: QtBot, controls: Controls, heard: Heard, task: str
) -> None:
    preset = next(preset for preset in presets() if preset.name == task)
    first = controls.config
    choose(qtbot, controls, "task.name", TASKS[task].title)
    assert heard.configs == [controls.config] == [preset.config]
    assert controls.presets.box.currentText() == preset.title
    assert controls.presets.sentence == preset.watch
    controls.undo()
    assert controls.config == first == heard.configs[-1]


def test_a_task_without_a_preset_begins_with_settings_that_learn_it_and_keeps_the_seed(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    enter(qtbot, controls, "seed", "7")
    choose(qtbot, controls, "task.name", "Recall of one bit")
    assert controls.config.task == TASKS["recall"]()
    assert (controls.config.seed, controls.config.model.cell, controls.config.training.optimizer) == (
        7,
        "gru",
        "adam",
    )
    assert controls.presets.sentence == (
        "Not a preset: the task is “Recall of one bit”, with settings that learn it."
    )
    choose(qtbot, controls, "task.name", "Noisy sine")
    assert controls.config == presets()[0].config.with_values({"seed": 7})
    assert controls.presets.sentence == f"As “{presets()[0].title}”, but for seed 7 (changed from 0)."


def test_showing_a_config_fills_every_row_and_says_nothing(controls: Controls, heard: Heard) -> None:
    config = RunConfig().with_values(
        {
            "seed": 9,
            "task.span": 3.5,
            "task.carry_state": True,
            "model.layers": 16,
            "model.initializer": "gaussian",
            "model.spectral_radius": 1.05,
            "training.clip_norm": 2.0,
            "training.epochs": 40,
        }
    )
    controls.show_config(config)
    assert heard.nothing
    assert controls.config is config
    for key, value in config.values().items():
        assert controls.form.fields[key].value == value
    texts = {
        key: line(controls, key).text() for key in ("seed", "task.span", "model.layers", "training.clip_norm")
    }
    assert texts == {"seed": "9", "task.span": "3.5", "model.layers": "16", "training.clip_norm": "2.0"}
    assert controls.form.fields["model.initializer"].editors[0].property("currentText") == "Gaussian"


def test_showing_a_config_leaves_what_is_being_typed(qtbot: QtBot, controls: Controls) -> None:
    edit = write(qtbot, controls, "task.noise", "0.0")
    controls.show_config(controls.config.with_values({"seed": 5}))
    assert edit.text() == "0.0"
    controls.show_config(controls.config.with_values({"task.noise": 0.5}))
    assert edit.text() == "0.5"


def test_a_theme_colours_the_signs_behind_the_labels(controls: Controls) -> None:
    controls.apply_theme(themes.LIGHT)
    assert themes.LIGHT.muted in controls.form.fields["training.epochs"].label.text()
    controls.show_config(RunConfig().with_values({"task.name": "data"}))
    assert controls.form.fields["task.file"].label.text() == "File"


def test_the_row_of_the_engine_says_which_one_runs(controls: Controls) -> None:
    row = controls.form.fields["engine"]
    for title, note in (("", ""), ("NumPy", "now NumPy"), ("compiled", "now compiled")):
        controls.show_engine(title)
        assert row._note.text() == note
        assert row._note.isVisible() == bool(note)


def test_space_is_no_beginning_of_a_setting(qtbot: QtBot, controls: Controls) -> None:
    spaces: list[bool] = []
    shortcut = QShortcut(QKeySequence("Space"), controls)
    shortcut.activated.connect(lambda: spaces.append(True))
    edit = line(controls, "seed")
    edit.setFocus()
    before = edit.text()
    qtbot.keyClick(edit, Qt.Key.Key_Space)
    assert edit.text() == before
    assert spaces == [True]

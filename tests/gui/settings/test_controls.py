"""The form: every setting of a RunConfig, checked at the field, live or for a new run."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.fields import NEW_RUN, Field
from gui.fields.choice import ChoiceField, SwitchField
from gui.fields.file import FileField
from gui.fields.names import NameField
from gui.fields.text import NumberField, TextField
from gui.settings.controls import Controls
from gui.widgets.fading import FadingScrollArea
from gui.widgets.inputs import ComboBox
from rnn.config import RunConfig, live_keys
from rnn.errors import ConfigError
from rnn.presets import presets
from rnn.tasks import TASKS
from rnn.trainer import Trainer

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


class Heard:
    """What the form has said so far."""

    def __init__(self, controls: Controls) -> None:
        self.live: list[tuple[str, Any]] = []
        self.configs: list[RunConfig] = []
        self.presets: list[str] = []
        controls.live_changed.connect(self._on_live)
        controls.config_changed.connect(self.configs.append)
        controls.preset_chosen.connect(self.presets.append)

    @property
    def nothing(self) -> bool:
        return not (self.live or self.configs or self.presets)

    def _on_live(self, key: str, value: Any) -> None:
        self.live.append((key, value))


@pytest.fixture(scope="module", autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, themes.DARK)


@pytest.fixture
def controls(qtbot: QtBot) -> Controls:
    made = Controls(themes.DARK)
    qtbot.addWidget(made)
    made.resize(264, 760)
    made.show_config(presets()[0].config)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def heard(controls: Controls) -> Heard:
    return Heard(controls)


def line(controls: Controls, key: str) -> QLineEdit:
    field = controls.form.fields[key]
    assert isinstance(field, TextField)
    return field.line


def write(qtbot: QtBot, controls: Controls, key: str, text: str) -> QLineEdit:
    """Type ``text`` in the place of what is in the field, and leave it unfinished."""
    edit = line(controls, key)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Key.Key_Delete)
    qtbot.keyClicks(edit, text)
    return edit


def enter(qtbot: QtBot, controls: Controls, key: str, text: str) -> None:
    qtbot.keyClick(write(qtbot, controls, key, text), Key.Key_Return)


def choose(qtbot: QtBot, controls: Controls, key: str, title: str) -> None:
    """Choose from the open list, with the keyboard."""
    field = controls.form.fields[key]
    assert isinstance(field, ChoiceField)
    field.box.setFocus()
    field.box.showPopup()
    view = field.box.view()
    view.setCurrentIndex(field.box.model().index(field.box.findText(title), 0))
    qtbot.keyClick(view, Key.Key_Return)
    assert field.box.currentText() == title


def turn(controls: Controls, key: str, notches: int) -> None:
    """Turn the wheel over the field, as the window system tells it."""
    editor = controls.form.fields[key].editors[-1]
    controls.scroll_area.ensureWidgetVisible(editor)
    place = editor.mapTo(controls, editor.rect().center())
    assert controls.childAt(place) is editor
    QTest.wheelEvent(controls.windowHandle(), QPointF(place), QPoint(0, 120 * notches))


# The form as such


@pytest.mark.parametrize("task", TASKS)
def test_every_setting_has_a_row_in_the_order_of_the_config(controls: Controls, task: str) -> None:
    config = RunConfig().with_values({"task.name": task})
    controls.show_config(config)
    assert set(controls.form.fields) == set(config.values())
    sections = [key.rpartition(".")[0] for key in controls.form.fields]
    assert [name for name in sections if name] == sorted(
        (name for name in sections if name), key=["task", "model", "training"].index
    )


@pytest.mark.parametrize("task", TASKS)
def test_every_row_explains_itself(controls: Controls, task: str) -> None:
    controls.show_config(RunConfig().with_values({"task.name": task}))
    for key, field in controls.form.fields.items():
        assert field.label.buddy() is field.editors[-1] or field.label.buddy() is field.editors[0]
        for editor in field.editors:
            assert field.declared.label in editor.accessibleName()
            assert field.declared.help.split(".")[0] in editor.accessibleDescription()
            assert editor.toolTip()
        tip = field.label.toolTip()
        assert key in tip
        assert field.declared.range_text() in tip
        assert ("live" if key in live_keys() else "starts a new run") in tip


def test_the_settings_that_start_a_new_run_carry_the_sign(controls: Controls) -> None:
    marked = {key for key, field in controls.form.fields.items() if NEW_RUN in field.label.text()}
    headings = [label.text() for label in controls.findChildren(QLabel) if label.objectName() == "section"]
    assert headings == ["TASK ↻", "MODEL ↻", "TRAINING", "WHAT YOU SEE"]
    training = {key for key in controls.form.fields if key.startswith("training.") or key == "engine"}
    assert {"training.optimizer", "training.epochs", "engine"} < marked < training
    assert training - marked == live_keys()


def test_the_tab_key_goes_through_the_form_in_order(qtbot: QtBot, controls: Controls) -> None:
    controls.show_config(RunConfig().with_values({"task.name": "data"}))
    controls.show_config(RunConfig())
    qtbot.waitUntil(controls.form.fields["task.carry_state"].isVisible)
    expected = [
        editor for field in controls.form.fields.values() for editor in field.editors if field.isVisible()
    ]
    controls.presets.box.setFocus()
    for editor in expected:
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Key.Key_Tab)
        assert QApplication.focusWidget() is editor


@pytest.mark.parametrize("width", [228, 264, 400])
@pytest.mark.parametrize("task", TASKS)
def test_no_label_is_cut_off(qtbot: QtBot, controls: Controls, task: str, width: int) -> None:
    controls.show_config(RunConfig().with_values({"task.name": task}))
    controls.resize(width, 760)
    QApplication.processEvents()
    assert controls.width() == width
    for field in controls.form.fields.values():
        assert field.label.sizeHint().width() <= field.label.width(), field.key
        assert not field.isVisible() or field.width() <= width


# Changes


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
    assert controls.presets.sentence == "Not a preset: the task is recall of one bit."
    choose(qtbot, controls, "task.name", "Noisy sine")
    assert controls.config == presets()[0].config.with_values({"seed": 7})
    assert controls.presets.sentence == f"As “{presets()[0].title}”, but for seed 7 (not 0)."


# A task that wants a file


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
    assert [config.files() for config in heard.configs] == [{"task.file": str(file)}]
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
    assert [action.data() for action in field.menu.actions()] == ["day", "wind & rain"]
    field.menu.actions()[1].trigger()
    field.menu.close()
    assert [config.values()["task.column"] for config in heard.configs] == ["wind & rain"]
    assert field.line.text() == "wind & rain"
    enter(qtbot, controls, "task.column", "day")
    assert controls.config.values()["task.column"] == "day"
    controls.show_config(controls.config.with_values({"task.file": str(tmp_path / "gone.csv")}))
    qtbot.mouseClick(field.button, Qt.MouseButton.LeftButton)
    assert [action.isEnabled() for action in field.menu.actions()] == [False]
    assert field.menu.actions()[0].text() == "none found in the file"
    field.menu.close()


def test_an_empty_name_of_a_file_says_what_it_stands_for(controls: Controls) -> None:
    controls.show_config(RunConfig().with_values({"task.name": "text"}))
    assert line(controls, "task.file").placeholderText() == "Alice's Adventures in Wonderland"
    assert controls.config.files_needed() == ()
    assert line(controls, "model.weights").placeholderText() == "off"


# What does not apply


def unseen(controls: Controls) -> set[str]:
    return {key for key, field in controls.form.fields.items() if field.isHidden()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"readout", "step_epochs", "step_factor", "warmup_epochs"}),
        (
            {"model.cell": "gru"},
            {
                "readout",
                "nonlinearity",
                "spectral_radius",
                "step_epochs",
                "step_factor",
                "warmup_epochs",
            },
        ),
        ({"training.schedule": "step"}, {"readout", "warmup_epochs"}),
        ({"training.schedule": "warm-up"}, {"readout", "step_epochs", "step_factor"}),
        ({"task.carry_state": True}, {"readout", "shuffle", "step_epochs", "step_factor", "warmup_epochs"}),
        ({"task.name": "data"}, {"step_epochs", "step_factor", "warmup_epochs"}),
    ],
)
def test_only_the_rows_that_apply_are_seen(
    controls: Controls, changes: dict[str, Any], expected: set[str]
) -> None:
    config = RunConfig().with_values(changes)
    controls.show_config(config)
    assert {key.rpartition(".")[2] for key in unseen(controls)} == expected | {"head"}
    assert unseen(controls) == {key for key in config.values() if config.unless(key) is not None}
    controls.show_config(RunConfig())
    assert unseen(controls) == {key for key in RunConfig().values() if RunConfig().unless(key) is not None}


def test_a_choice_that_hides_rows_keeps_the_focus_and_the_way_of_the_tab_key(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    choose(qtbot, controls, "model.cell", "LSTM")
    assert [config.model.cell for config in heard.configs] == ["lstm"]
    box = controls.form.fields["model.cell"].editors[0]
    assert QApplication.focusWidget() is box
    assert not controls.form.fields["model.nonlinearity"].isVisible()
    qtbot.keyClick(box, Key.Key_Tab)
    assert QApplication.focusWidget() is line(controls, "model.layers")
    choose(qtbot, controls, "model.cell", "Vanilla")
    qtbot.keyClick(box, Key.Key_Tab)
    assert QApplication.focusWidget() is controls.form.fields["model.nonlinearity"].editors[0]


def test_a_setting_that_stops_to_apply_goes_back_and_is_undone(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    choose(qtbot, controls, "model.nonlinearity", "ReLU")
    choose(qtbot, controls, "model.cell", "GRU")
    assert heard.configs[-1].model.nonlinearity == "tanh"
    controls.undo()
    assert heard.configs[-1].model.nonlinearity == "relu"
    assert controls.form.fields["model.nonlinearity"].editors[0].property("currentText") == "ReLU"
    assert controls.form.fields["model.nonlinearity"].isVisible()


def test_what_was_being_written_in_a_row_that_goes_is_let_go(qtbot: QtBot, controls: Controls) -> None:
    choose(qtbot, controls, "training.schedule", "Step")
    heard = Heard(controls)
    write(qtbot, controls, "training.step_epochs", "7")
    controls.show_config(controls.config.with_values({"training.schedule": "constant"}))
    assert heard.nothing
    assert not controls.form.fields["training.step_epochs"].unfinished
    choose(qtbot, controls, "training.schedule", "Step")
    assert line(controls, "training.step_epochs").text() == "10"


def test_an_error_of_a_row_that_is_not_seen_is_said_above_the_form(controls: Controls) -> None:
    controls.show_config(RunConfig().with_values({"model.cell": "gru"}))
    controls.show_error(ConfigError("model.nonlinearity", "must be tanh"))
    shown = [label.text() for label in controls.findChildren(QLabel, "refusal") if label.isVisible()]
    assert shown == ["“Nonlinearity” must be tanh"]
    assert unseen(controls) >= {"model.nonlinearity"}


def test_weights_from_a_file_decide_what_cannot_be_chosen_then(controls: Controls) -> None:
    def disabled() -> set[str]:
        return {key for key, field in controls.form.fields.items() if not field.isEnabled()}

    assert disabled() == set()
    controls.show_config(RunConfig().with_values({"model.weights": "weights.npz"}))
    assert disabled() == {"model.cell", "model.layers", "model.initializer", "model.spectral_radius"}
    controls.show_config(RunConfig())
    assert disabled() == set()


def test_the_drawing_of_the_run_follows_it(controls: Controls) -> None:
    assert not controls.form.cut.isVisible()
    config = RunConfig().with_values({"training.batch": 8})
    controls.begin(Trainer(config).info())
    assert controls.form.cut.isVisible()
    assert controls.form.cut.words == "100 windows of 10 steps in batches of 8."
    controls.show_position(3)
    assert controls.form.cut.picture.current == 2


# What can be off


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
    unit = next(label for label in field.line.findChildren(QLabel) if label.text() == "steps")
    assert not unit.isVisible()
    enter(qtbot, controls, "training.truncation", "5")
    assert unit.isVisible()
    controls.resize(228, 760)
    enter(qtbot, controls, "training.truncation", "1000")
    qtbot.waitUntil(lambda: not unit.isVisible())
    assert "steps" in field.label.toolTip()


# Refusals


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("task.noise", "200", "Must be from 0 to 100"),
        ("task.noise", "much", "Must be a number, not 'much'"),
        ("task.noise", "nan", "Must be a finite number"),
        ("task.noise", "", "Must be a number"),
        ("model.layers", "0", "Must be from 1 to 4,096, not 0"),
        ("model.layers", "4, x", "Must be a whole number, not 'x'"),
        ("model.layers", "", "Must name at least one width"),
        ("training.truncation", "0", "Must be from 1 to 10,000 or off"),
        ("training.epochs", "2.5", "Must be a whole number, not '2.5'"),
        ("training.learning_rate", "-1", "Must be from 0 to"),
        ("training.clip_norm", "0", "Must be above 0"),
        ("seed", "-1", "Must be from 0 to"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_nothing_else_happens(
    qtbot: QtBot, controls: Controls, key: str, text: str, reason: str
) -> None:
    heard = Heard(controls)
    before = controls.config
    good = line(controls, key).text()
    enter(qtbot, controls, key, text)
    field = controls.form.fields[key]
    assert field.refusal.startswith(reason)
    assert refusal_shown(field) == field.refusal
    assert line(controls, key).property("refused") == "true"
    assert field.refusal in line(controls, key).accessibleDescription()
    assert line(controls, key).text() == text
    assert heard.nothing
    assert controls.config is before
    qtbot.keyClick(line(controls, key), Key.Key_Escape)
    assert line(controls, key).text() == good
    assert refusal_shown(field) == ""
    assert line(controls, key).property("refused") == "false"
    assert reason not in line(controls, key).accessibleDescription()
    assert heard.nothing


def refusal_shown(field: Field) -> str:
    """What a person reads under the field."""
    return " ".join(
        label.text() for label in field.findChildren(QLabel, "refusal") if label.isVisible() and label.text()
    )


def test_a_refusal_survives_leaving_the_field_and_other_changes(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    edit = write(qtbot, controls, "task.noise", "200")
    qtbot.keyClick(edit, Key.Key_Tab)
    assert controls.form.fields["task.noise"].refusal
    enter(qtbot, controls, "training.learning_rate", "0.1")
    assert controls.form.fields["task.noise"].refusal
    assert edit.text() == "200"
    assert heard.live == [("training.learning_rate", 0.1)]
    enter(qtbot, controls, "task.noise", "0.2")
    assert not controls.form.fields["task.noise"].refusal
    assert heard.configs[-1].values()["task.noise"] == 0.2


def test_mending_a_refused_text_takes_the_mark_away(qtbot: QtBot, controls: Controls) -> None:
    enter(qtbot, controls, "task.noise", "200")
    qtbot.keyClick(line(controls, "task.noise"), Key.Key_Backspace)
    assert not controls.form.fields["task.noise"].refusal


def test_a_config_that_cannot_be_run_is_refused_at_the_field_it_names(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    controls.begin(Trainer(controls.config).info())
    wanted = RunConfig().with_values({"task.name": "data"})
    controls.show_config(wanted)
    with pytest.raises(ConfigError) as refused:
        Trainer(wanted)
    controls.show_error(refused.value)
    said = "Must name an .npz file with x and y. The run on display is still “Noisy sine”."
    assert controls.form.fields["task.file"].refusal == said
    enter(qtbot, controls, "training.epochs", "3")
    assert not controls.form.fields["task.file"].refusal


def test_a_refusal_names_fields_by_their_labels(qtbot: QtBot, controls: Controls) -> None:
    controls.show_config(RunConfig().with_values({"task.name": "temporal-order"}))
    enter(qtbot, controls, "task.delay", "15")
    expected = "Must be at least “Delay from”, which is 20, not 15"
    assert controls.form.fields["task.delay"].refusal == expected
    controls.show_config(RunConfig().with_values({"task.name": "series"}))
    text = "several columns hold numbers; task.column must be one of a, b, and task.nothing stays"
    expected = "several columns hold numbers; “Column” must be one of a, b, and task.nothing stays"
    assert controls.form.in_labels(text) == expected


def test_an_error_without_a_field_is_said_all_the_same(controls: Controls) -> None:
    controls.show_error(ConfigError("preset", "must be one of a, b"))
    shown = [label.text() for label in controls.findChildren(QLabel, "refusal") if label.isVisible()]
    assert shown == ["preset must be one of a, b"]
    controls.show_config(controls.config)
    assert not [label for label in controls.findChildren(QLabel, "refusal") if label.isVisible()]


# Keys and the wheel


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


# From outside


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


LONG = "Going back one step keeps 0.62 of the gradient. "


def test_the_sentence_never_moves_the_form_and_is_never_cut(qtbot: QtBot, controls: Controls) -> None:
    controls.resize(272, 690)
    controls.set_sentence("Short.")
    QApplication.processEvents()
    place, high = controls.form.mapTo(controls, QPoint()), controls.scroll_area.height()
    controls.set_sentence(LONG * 8)
    area = controls.findChildren(FadingScrollArea)[1]
    shown = area.widget()
    assert isinstance(shown, QLabel)
    assert shown.text() == controls.sentence == LONG * 8
    qtbot.waitUntil(lambda: area.viewport().height() >= shown.heightForWidth(area.viewport().width()))
    assert controls.form.mapTo(controls, QPoint()) == place
    low = controls.scroll_area.height()
    assert low < high
    controls.set_sentence("Short.")
    QApplication.processEvents()
    assert controls.scroll_area.height() == low
    controls.set_sentence(LONG * 40)
    qtbot.waitUntil(area.below.isVisible)
    assert not area.above.isVisible()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert area.above.isVisible()
    assert not area.below.isVisible()


def test_the_form_fades_where_it_goes_on_and_leaves_room_that_it_does_not_need(
    qtbot: QtBot, controls: Controls
) -> None:
    controls.resize(272, 690)
    qtbot.waitUntil(controls.scroll_area.below.isVisible)
    picture = controls.scroll_area.grab().toImage()
    surface = QColor(themes.DARK.surface).lightness()
    edge = [picture.pixelColor(x, picture.height() - 2).lightness() for x in range(4, 250)]
    assert all(abs(lightness - surface) < 8 for lightness in edge)
    controls.resize(272, 1400)
    qtbot.waitUntil(lambda: not controls.scroll_area.below.isVisible())
    column = controls.scroll_area.widget()
    assert column.height() <= column.heightForWidth(column.width()) + 1
    controls.set_sentence(LONG * 20)
    area = controls.findChildren(FadingScrollArea)[1]
    qtbot.waitUntil(lambda: area.height() > 200)
    assert not area.below.isVisible()


def test_the_rate_that_a_schedule_makes_is_told_under_the_one_written(
    qtbot: QtBot, controls: Controls
) -> None:
    def note() -> str:
        labels = controls.form.fields["training.learning_rate"].findChildren(QLabel, "caption")
        return " ".join(label.text() for label in labels if label.isVisible())

    controls.begin(Trainer(controls.config).info())
    controls.show_position(100)
    assert note() == ""
    values = {"training.schedule": "step", "training.step_epochs": 2, "training.learning_rate": 0.3}
    config = RunConfig().with_values(values)
    controls.show_config(config)
    controls.show_position(100)
    assert note() == ""  # the run on display has a constant one still
    controls.begin(Trainer(config).info())
    told = []
    for update in (0, 1, 200, 201, 401):
        controls.show_position(update)
        told.append(note())
    assert told == ["now 0.30", "now 0.30", "now 0.30", "now 0.030", "now 0.0030"]
    enter(qtbot, controls, "training.learning_rate", "0.5")
    controls.show_position(401)
    assert note() == "now 0.0050"
    controls.show_config(config.with_values({"training.schedule": "constant"}))
    controls.show_position(401)
    assert note() == ""


# Presets


def test_the_preset_that_a_config_is_from_is_named_with_what_to_watch(controls: Controls) -> None:
    for preset in presets():
        controls.show_config(preset.config)
        assert controls.presets.box.currentText() == preset.title
        assert controls.presets.sentence == preset.watch


def test_a_changed_preset_is_custom_and_says_how(qtbot: QtBot, controls: Controls) -> None:
    title = presets()[0].title
    enter(qtbot, controls, "training.learning_rate", "0.1")
    assert controls.presets.box.currentText() == "Custom"
    assert controls.presets.sentence == f"As “{title}”, but for learning rate 0.1 (not 0.2)."
    enter(qtbot, controls, "seed", "1")
    assert controls.presets.sentence == (
        f"As “{title}”, but for seed 1 (not 0) and learning rate 0.1 (not 0.2)."
    )
    enter(qtbot, controls, "model.layers", "8,4")
    choose(qtbot, controls, "model.initializer", "Orthogonal")
    assert controls.presets.sentence == (
        f"As “{title}”, but for seed 1 (not 0), layer widths 8, 4 (not 4) and 2 more settings."
    )
    controls.undo()
    controls.undo()
    enter(qtbot, controls, "training.learning_rate", "0.2")
    enter(qtbot, controls, "seed", "0")
    assert controls.presets.box.currentText() == title


def test_choosing_a_preset_by_hand_names_it_and_changes_nothing_by_itself(
    qtbot: QtBot, controls: Controls, heard: Heard
) -> None:
    enter(qtbot, controls, "seed", "1")
    enter(qtbot, controls, "task.noise", "200")
    heard.configs.clear()
    box = controls.presets.box
    box.setFocus()
    qtbot.keyClick(box, Key.Key_Home)
    assert heard.presets == [presets()[0].name]
    assert heard.configs == []
    assert controls.config.seed == 1
    assert not controls.form.fields["task.noise"].refusal
    controls.show_config(presets()[0].config)
    controls.undo()
    assert [config.seed for config in heard.configs] == [1]


def test_a_preset_s_sentence_has_five_lines_at_most_and_all_have_the_same_room(
    qtbot: QtBot, controls: Controls
) -> None:
    controls.resize(272, 690)
    places = set()
    for preset in presets():
        controls.show_config(preset.config)
        QApplication.processEvents()
        caption = next(
            label
            for label in controls.presets.findChildren(QLabel, "caption")
            if label.text() == preset.watch
        )
        lines = caption.heightForWidth(caption.width()) / caption.fontMetrics().lineSpacing()
        assert lines < 5.5, preset.name
        assert caption.heightForWidth(caption.width()) <= caption.height()
        places.add(controls.form.mapTo(controls, QPoint()).y())
    assert len(places) == 1
    controls.show_config(RunConfig().with_values({"task.name": "square"}))
    steady = places.pop()
    qtbot.waitUntil(lambda: controls.form.mapTo(controls, QPoint()).y() < steady - 30)


def room_for_text(box: QComboBox) -> int:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box).width()


@pytest.mark.parametrize("task", TASKS)
def test_no_choice_is_cut_off_in_its_box(qtbot: QtBot, controls: Controls, task: str) -> None:
    controls.resize(272, 690)
    controls.show_config(RunConfig().with_values({"task.name": task}))
    QApplication.processEvents()
    choices = [field for field in controls.form.fields.values() if isinstance(field, ChoiceField)]
    for box in (controls.presets.box, *(field.box for field in choices if field.isVisible())):
        for place in range(box.count()):
            text = box.itemText(place)
            assert box.fontMetrics().horizontalAdvance(text) <= room_for_text(box), text


def test_custom_cannot_be_chosen(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    box = controls.presets.box
    box.setFocus()
    qtbot.keyClick(box, Key.Key_End)
    assert box.currentText() != "Custom"
    assert heard.configs == []


def test_departing_from_a_preset_does_not_move_the_form(qtbot: QtBot, controls: Controls) -> None:
    before = controls.form.mapTo(controls, QPoint())
    enter(qtbot, controls, "training.learning_rate", "0.1")
    QApplication.processEvents()
    assert controls.form.mapTo(controls, QPoint()) == before


# Undo


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


def test_a_config_that_was_opened_can_be_put_back_or_undone(controls: Controls, heard: Heard) -> None:
    first = controls.config
    opened = first.with_values({"model.weights": "mine.npz"})
    assert not controls.put_back()
    controls.take(opened)
    assert (controls.config, heard.nothing) == (opened, True)
    assert controls.put_back()
    assert (controls.config, controls.can_undo, heard.nothing) == (first, False, True)
    assert not controls.put_back()
    controls.take(opened)
    controls.offer("seed", 7)  # what a person did since is not taken away
    assert not controls.put_back()
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


def test_control_z_outside_a_text_under_way_undoes(qtbot: QtBot, controls: Controls, heard: Heard) -> None:
    enter(qtbot, controls, "seed", "3")
    qtbot.keyClick(line(controls, "seed"), Key.Key_Z, CONTROL)
    assert controls.config.seed == 0
    enter(qtbot, controls, "seed", "3")
    edit = write(qtbot, controls, "task.sequences", "12")
    qtbot.keyClick(edit, Key.Key_Z, CONTROL)
    assert controls.config.seed == 3
    assert edit.text() != "12"


# Themes


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

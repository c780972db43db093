"""The rows of the form: which are there, in which order, and which are seen."""

from typing import Any

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui.fields import NEW_RUN
from gui.settings.controls import Controls
from rnn.config import RunConfig, live_keys
from rnn.data.tasks import TASKS
from rnn.errors import ConfigError
from rnn.training.trainer import Trainer
from tests.gui.settings.by_hand import Heard, Key, choose, line, write


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
    assert {key.rpartition(".")[2] for key in unseen(controls)} == expected | {"head", "rnn"}
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
    choose(qtbot, controls, "training.schedule", "Step decay")
    heard = Heard(controls)
    write(qtbot, controls, "training.step_epochs", "7")
    controls.show_config(controls.config.with_values({"training.schedule": "constant"}))
    assert heard.nothing
    assert not controls.form.fields["training.step_epochs"].unfinished
    choose(qtbot, controls, "training.schedule", "Step decay")
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
    assert controls.form.cut.words == "100 windows of 10 time steps in batches of 8."
    controls.show_position(3)
    assert controls.form.cut.picture.current == 2

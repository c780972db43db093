"""What is refused, and where that is said."""

import pytest
from PySide6.QtWidgets import (
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui.fields import Field
from gui.settings.controls import Controls
from rnn.config import RunConfig
from rnn.errors import ConfigError, Undecided
from rnn.training.trainer import Trainer
from tests.gui.settings.by_hand import Heard, Key, enter, line, write


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
    of_arrays = "w.npz, model.cell.weight_hh_l0: expected another; lit.model.head and model.head.0 are none"
    assert controls.form.in_labels(of_arrays) == of_arrays
    reason = "several linear layers fit, model.head, fc"
    undecided = Undecided("w.npz", "", reason, "the readout", "model.head")
    assert controls.form.in_labels(undecided) == f"w.npz: {reason}; name the readout in “Linear layer”"


def test_an_error_without_a_field_is_said_all_the_same(controls: Controls) -> None:
    controls.show_error(ConfigError("preset", "must be one of a, b"))
    shown = [label.text() for label in controls.findChildren(QLabel, "refusal") if label.isVisible()]
    assert shown == ["preset must be one of a, b"]
    controls.show_config(controls.config)
    assert not [label for label in controls.findChildren(QLabel, "refusal") if label.isVisible()]

"""What a schedule has made of the learning rate."""

from PySide6.QtWidgets import (
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui.settings.controls import Controls
from rnn.config import RunConfig
from rnn.training.trainer import Trainer
from tests.gui.settings.by_hand import enter


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

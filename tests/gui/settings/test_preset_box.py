"""The preset and what departs from it."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
)
from pytestqt.qtbot import QtBot

from gui.fields.choice import ChoiceField
from gui.settings.controls import Controls
from rnn.config import RunConfig
from rnn.config.presets import presets
from rnn.data.tasks import TASKS
from tests.gui.settings.by_hand import Heard, Key, choose, enter


def test_the_preset_that_a_config_is_from_is_named_with_what_to_watch(controls: Controls) -> None:
    for preset in presets():
        controls.show_config(preset.config)
        assert controls.presets.box.currentText() == preset.title
        assert controls.presets.sentence == preset.watch


def test_a_changed_preset_is_custom_and_says_how(qtbot: QtBot, controls: Controls) -> None:
    title = presets()[0].title
    enter(qtbot, controls, "training.learning_rate", "0.1")
    assert controls.presets.box.currentText() == "Custom"
    assert controls.presets.sentence == f"As “{title}”, but for learning rate 0.1 (changed from 0.2)."
    enter(qtbot, controls, "seed", "1")
    assert controls.presets.sentence == (
        f"As “{title}”, but for seed 1 (changed from 0) and learning rate 0.1 (changed from 0.2)."
    )
    enter(qtbot, controls, "model.layers", "8,4")
    choose(qtbot, controls, "model.initializer", "Orthogonal")
    assert controls.presets.sentence == (
        f"As “{title}”, but for seed 1 (changed from 0), layer widths 8, 4 (changed from 4) "
        "and 2 more settings."
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
    controls.take(presets()[0].config)
    assert not controls.form.fields["task.noise"].refusal
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

"""What a person does with the settings, by keys and mouse, and what is heard of it."""

from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from gui.fields.choice import ChoiceField
from gui.fields.text import TextField
from gui.settings.controls import Controls
from rnn.config import RunConfig

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
        controls.presets.chosen.connect(self.presets.append)

    @property
    def nothing(self) -> bool:
        return not (self.live or self.configs or self.presets)

    def _on_live(self, key: str, value: Any) -> None:
        self.live.append((key, value))


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

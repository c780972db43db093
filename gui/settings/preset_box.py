"""The preset that a run began with, and what to watch in it."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import FORM, font
from gui.widgets.boxes import in_column, in_row
from gui.widgets.inputs import ComboBox
from gui.widgets.plain import SELECTABLE, PlainLabel
from rnn.config import ModelConfig, RunConfig, TrainingConfig
from rnn.config.presets import Preset, load_preset, presets
from rnn.settings import Setting, Settings, as_text, declarations

CUSTOM = "Custom"
MOST_CHANGES = 3


class PresetBox(QWidget):
    """A combo box of all presets, and under it the chosen one's sentence.

    Where the form departs from every preset it says so, and in which settings.

    Signals:
        chosen: a person chose the preset of this name.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._presets = presets()
        self._nearest = self._presets[0]
        self._task = self._nearest.config.task
        self._is_near = True
        self._measured_width = self._tallest = 0
        self.box = ComboBox()
        self.box.setFont(font(FORM))
        self.box.setAccessibleName("Preset")
        self.box.setToolTip("Begin one of the experiments that come with the program")
        for preset in self._presets:
            self.box.addItem(preset.title, preset.name)
            self.box.setItemData(self.box.count() - 1, preset.watch, Qt.ItemDataRole.ToolTipRole)
        self.box.addItem(CUSTOM)
        model = self.box.model()
        assert isinstance(model, QStandardItemModel)
        model.item(self.box.count() - 1).setEnabled(False)
        label = PlainLabel("Preset")
        label.setFont(font(FORM))
        label.setBuddy(self.box)
        self._watch = PlainLabel(objectName="caption", wordWrap=True, textInteractionFlags=SELECTABLE)
        self._watch.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._watch.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        in_column(in_row(label, (self.box, 1), spacing=6), self._watch, of=self, spacing=6)
        self.box.activated.connect(self._on_activated)

    @property
    def sentence(self) -> str:
        """What stands under the box."""
        return self._watch.text()

    @property
    def pace(self) -> float | None:
        """Updates a second, or None for full speed, that go with the config on show.

        They are those of the nearest preset of its task, or of the preset that its task begins at.
        """
        return self._nearest.pace if self._is_near else load_preset(self._task.preset).pace

    def show_config(self, config: RunConfig) -> None:
        """Show the preset that has this config, or that none has it."""
        # Among equals the preset that was nearest stays it.
        self._nearest = min(
            self._presets, key=lambda preset: (preset.distance(config), preset is not self._nearest)
        )
        if self._nearest.config == config:
            self.box.setCurrentIndex(self.box.findData(self._nearest.name))
            self._watch.setText(self._nearest.watch)
        else:
            self.box.setCurrentIndex(self.box.findText(CUSTOM))
            self._watch.setText(_departure(self._nearest, config))
        self._task = config.task
        self._is_near = self._nearest.config.task.name == config.task.name
        self._keep_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_room()

    def _keep_room(self) -> None:
        """The same room for every sentence, so that nothing moves; but for a task that is no preset's."""
        if self.width() != self._measured_width:
            self._measured_width = self.width()
            self._tallest = max(self._height(preset.watch) for preset in self._presets)
        height = self._height(self.sentence)
        self._watch.setFixedHeight((max(height, self._tallest) if self._is_near else height) + 2)

    def _height(self, text: str) -> int:
        """How high this sentence is, in pixels."""
        room = QRect(0, 0, self.width(), self._watch.height())
        return self._watch.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap.value, text).height()

    def _on_activated(self) -> None:
        name = self.box.currentData()
        if name is not None:
            self._nearest = next(preset for preset in self._presets if preset.name == name)
            self.chosen.emit(name)


def _departure(preset: Preset, config: RunConfig) -> str:
    """In which settings ``config`` departs from ``preset``, in words."""
    if config.task.name != preset.config.task.name:
        return f"Not a preset: the task is “{config.task.title}”, with settings that learn it."
    before, after = preset.config.values(), config.values()
    declared = _declared(config)
    changed = [
        f"{_lower(declared[key].label)} {_words(declared[key], after[key])} "
        f"(changed from {_words(declared[key], before[key])})"
        for key in after
        if before[key] != after[key]
    ]
    if len(changed) > MOST_CHANGES:
        changed = [*changed[: MOST_CHANGES - 1], f"{len(changed) - MOST_CHANGES + 1} more settings"]
    listed = " and ".join([", ".join(changed[:-1]), changed[-1]] if len(changed) > 1 else changed)
    return f"As “{preset.title}”, but for {listed}."


def _declared(config: RunConfig) -> dict[str, Setting]:
    """The declarations of all settings by their full keys."""
    parts: tuple[type[Settings], ...] = (RunConfig, type(config.task), ModelConfig, TrainingConfig)
    return {part.key(name): declared for part in parts for name, declared, _ in declarations(part)}


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _words(declared: Setting, value: Any) -> str:
    """A value as the form shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if declared.file:
        return os.path.basename(value or "") or "none"
    return declared.title(value) if declared.choices is not None else as_text(value) or "none"

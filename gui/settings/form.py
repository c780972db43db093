"""A row for every setting of a RunConfig, in sections; only those that apply are seen."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.fields import NEW_RUN, ChoiceField, Field, make_field
from gui.settings.cut_drawing import CutDrawing
from gui.theme import Theme
from gui.widgets.boxes import in_column
from gui.widgets.plain import PlainLabel
from rnn.config import ModelConfig, RunConfig, TrainingConfig
from rnn.data.tasks import TASKS
from rnn.errors import Undecided
from rnn.settings import Setting, Settings, declarations

Row = tuple[str, Setting, Any]

WHICH_TASK = Setting("Task", "What the network learns.", choices=lambda: TASKS)
KEY = re.compile(r"(?<![\w./])(?:task|model|training)\.\w+(?![\w.]*\w)")  # no array, nor part of a path
NOT_WITH_WEIGHTS = ("model.cell", "model.layers", "model.initializer", "model.spectral_radius")


class Form(QWidget):
    """The sections Task, Model and Training, and under the last how the training sequences are cut.

    Attributes:
        fields: every row by its key, in order, those that are not seen included.
        cut: the drawing.

    Signals:
        offered: a key, and the value or text that a person wants.
    """

    offered = Signal(str, object)

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        self._theme: Theme | None = None
        self._task = config.task.name
        self._sections = [
            _Section("TASK", _task_rows(config)),
            _Section("MODEL", [*_rows(ModelConfig), *_rows(RunConfig, "seed")]),
            _Section("TRAINING", [*_rows(TrainingConfig), *_rows(RunConfig, "engine")]),
        ]
        for section in self._sections:
            self._connect(section)
        task = self._sections[0].fields[0]
        assert isinstance(task, ChoiceField)
        task.box.pass_over(name for name in TASKS if config.with_values({"task.name": name}).files_needed())
        self.cut = CutDrawing()
        in_column(*self._sections, self.cut, of=self, spacing=8)
        self._order_tabs()

    @property
    def fields(self) -> dict[str, Field]:
        """Every row by its key, in order, those that are not seen included."""
        return {field.key: field for section in self._sections for field in section.fields}

    def show_config(self, config: RunConfig) -> None:
        """Fill every row but those that are unfinished or refused and whose setting is as before.

        A row whose setting does not apply is not seen, and keeps nothing.
        """
        if config.task.name != self._task:
            self._replace_task(config)
        values = config.values()
        for key, field in self.fields.items():
            field.known = values
            applies = config.unless(key) is None
            if not (applies and field.unfinished and field.value == values[key]):
                field.show_value(values[key])
            field.setVisible(applies)
            field.setEnabled(key not in NOT_WITH_WEIGHTS or config.model.weights is None)

    def in_labels(self, said: str | Exception) -> str:
        """What is said, with the labels of rows in the place of keys; names of arrays are left alone."""
        fields = self.fields
        if isinstance(said, Undecided):
            return str(said.told(f"name {{}} in “{fields[said.setting].declared.label}”"))

        def label(key: re.Match[str]) -> str:
            return f"“{fields[key[0]].declared.label}”" if key[0] in fields else key[0]

        return KEY.sub(label, str(said))

    def named_in(self, said: Exception) -> set[str]:
        """The keys of rows that an error names."""
        named = {said.setting} if isinstance(said, Undecided) else {key[0] for key in KEY.finditer(str(said))}
        return named & self.fields.keys()

    def restore(self) -> None:
        """Let go of everything that is unfinished or refused."""
        for field in self.fields.values():
            field.show_value(field.value)

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self._theme = theme
        self.cut.apply_theme(theme)
        for field in self.fields.values():
            field.apply_theme(theme)

    def _replace_task(self, config: RunConfig) -> None:
        """Show only what applies to the task; the row that names it is kept, for it may have the focus."""
        self._task = config.task.name
        section = self._sections[0]
        section.replace(_task_rows(config)[1:])
        self._connect(section, section.fields[1:])
        if self._theme is not None:
            self.apply_theme(self._theme)
        self._order_tabs()

    def _connect(self, section: _Section, fields: list[Field] | None = None) -> None:
        for field in section.fields if fields is None else fields:
            field.offered.connect(self.offered)

    def _order_tabs(self) -> None:
        editors = [editor for field in self.fields.values() for editor in field.editors]
        for before, after in pairwise(editors):
            QWidget.setTabOrder(before, after)


class _Section(QWidget):
    """A heading and its rows; where all of them start a new run, the heading carries the sign."""

    def __init__(self, title: str, rows: list[Row]) -> None:
        super().__init__()
        self._whole = not any(declared.live for _, declared, _ in rows)
        heading = PlainLabel(f"{title} {NEW_RUN}" if self._whole else title, objectName="section")
        self._layout = in_column(heading, of=self, spacing=2)
        self.fields: list[Field] = []
        self._add(rows)

    def replace(self, rows: list[Row]) -> None:
        """Other rows in the place of all but the first."""
        for field in self.fields[1:]:
            field.hide()
            field.setParent(None)
            field.deleteLater()
        del self.fields[1:]
        self._add(rows)

    def _add(self, rows: list[Row]) -> None:
        for key, declared, kind in rows:
            field = make_field(key, declared, kind, marked=not self._whole and not declared.live)
            self.fields.append(field)
            self._layout.addWidget(field)


def _rows(part: type[Settings], *names: str) -> list[Row]:
    """The rows of a part of the config: of all its settings, or of those with these names."""
    return [
        (part.key(name), declared, kind)
        for name, declared, kind in declarations(part)
        if not names or name in names
    ]


def _task_rows(config: RunConfig) -> list[Row]:
    return [("task.name", WHICH_TASK, str), *_rows(type(config.task))]

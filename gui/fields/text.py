"""Fields that are written into: texts, numbers, widths."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox

from gui.fields.base import Field
from gui.fields.line_edit import LineEdit
from gui.fields.steps import stepped
from gui.widgets.boxes import in_row
from gui.widgets.inputs import CheckBox, PushButton
from rnn.settings import OFF, Setting, as_text


class TextField(Field):
    """A setting that is written as text; text is read as the command line reads it."""

    def __init__(self, key: str, declared: Setting, kind: Any, marked: bool) -> None:
        super().__init__(key, declared, kind, marked)
        self.line = LineEdit(declared.unit)
        self.line.finished.connect(self._on_finished)
        self.line.textEdited.connect(self.clear_refusal)
        self.line.abandoned.connect(self._on_abandoned)
        self.line.stepped.connect(self._on_stepped)
        self._lay_out()

    def display(self, value: Any) -> None:
        self.line.show_text(as_text(value))

    @property
    def unfinished(self) -> bool:
        return self.line.isModified()

    def _lay_out(self) -> None:
        self.place(self.line, self.line)

    def place_beside(self, sign: str, help: str) -> PushButton:
        """Put a button with a ``sign`` behind the line, and say what it is for."""
        button = PushButton(sign)
        button.setObjectName("browse")
        self.line.setMinimumWidth(40)
        self.place(in_row((self.line, 1), button), self.line, button)
        button.setAccessibleName(f"{self.declared.label}: {help[0].lower()}{help[1:]}")
        button.setToolTip(help)
        return button

    def _on_finished(self, text: str) -> None:
        self.offer(text)

    def _on_abandoned(self) -> None:
        if self.refusal or self.line.isModified():
            self.show_value(self.value)
        else:
            self.line.clearFocus()

    def _on_stepped(self, up: bool, fine: bool) -> None:
        pass


class NumberField(TextField):
    """A number, a whole number or a list of widths; the keys ↑ and ↓ and the wheel change a single one.

    A number that can be off has a check box in front of it. Off, its field says so and takes the word.
    """

    switch: QCheckBox | None = None
    _last: Any = None

    def hint(self) -> str:
        return "↑ ↓ or the wheel change it; hold Ctrl for finer changes."

    def display(self, value: Any) -> None:
        self.line.show_text(", ".join(map(str, value)) if isinstance(value, tuple) else as_text(value))
        if self.switch is not None:
            self.switch.setChecked(value is not None)
        if value is not None:
            self._last = value

    def _lay_out(self) -> None:
        if not self.optional:
            super()._lay_out()
            return
        self._last = self._first()
        self.switch = CheckBox()
        self.switch.clicked.connect(self._on_switched)
        self.line.setMinimumWidth(40)
        self.place(in_row(self.switch, (self.line, 1), spacing=6), self.line, self.switch)
        self.editors = (self.switch, self.line)
        self.switch.setAccessibleName(f"{self.declared.label}: on")

    def _first(self) -> float:
        """What it is switched on to, before it ever had a value."""
        if self.declared.first is not None:
            return self.kind(self.declared.first)
        return self.kind(1) if self.declared.refuse(self.kind(1)) is None else self.declared.minimum or 0

    def _on_switched(self, on: bool) -> None:
        self.offer(self._last if on else None)

    def _on_finished(self, text: str) -> None:
        self.offer(OFF if self.optional and not text.strip() else text)

    def _on_stepped(self, up: bool, fine: bool) -> None:
        if self.refusal or self.value is None:
            return
        widths = isinstance(self.value, tuple)
        if widths and len(self.value) != 1:
            return
        following = stepped(self.value[0] if widths else self.value, up, fine, self.declared)
        self.offer((following,) if widths else following)

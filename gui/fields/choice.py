"""Fields that are chosen from what there is: a name out of a registry, or yes and no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gui.fields.base import Field
from gui.widgets.boxes import in_row
from gui.widgets.inputs import CheckBox, ComboBox
from rnn.settings import Setting


class ChoiceField(Field):
    """One of a registry's names, shown by their titles."""

    def __init__(self, key: str, declared: Setting, kind: Any, marked: bool) -> None:
        super().__init__(key, declared, kind, marked)
        self.box = ComboBox()
        assert declared.choices is not None
        self.offer_choices(declared.choices())
        self.box.activated.connect(self._on_activated)
        self.place(self.box, self.box)

    def offer_choices(self, names: Iterable[str]) -> None:
        """Let one of these be chosen, and no other; none is until a value is shown."""
        self.box.clear()
        for name in names:
            self.box.addItem(self.declared.title(name), name)

    def display(self, value: Any) -> None:
        self.box.setCurrentIndex(self.box.findData(value))

    def _on_activated(self) -> None:
        self.offer(self.box.currentData())


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, key: str, declared: Setting, kind: Any, marked: bool) -> None:
        super().__init__(key, declared, kind, marked)
        self.check = CheckBox()
        self.check.clicked.connect(self.offer)
        self.place(in_row(self.check, None), self.check)

    def display(self, value: Any) -> None:
        self.check.setChecked(value)

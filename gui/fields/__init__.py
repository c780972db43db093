"""The rows of the form, made from the declarations of the settings."""

from typing import Any

from gui.fields.base import NEW_RUN, Field
from gui.fields.choice import ChoiceField, SwitchField
from gui.fields.file import FileField, file_dialog
from gui.fields.line_edit import LineEdit
from gui.fields.names import NameField
from gui.fields.text import NumberField, TextField
from rnn.settings import Setting, base_type


def make_field(key: str, declared: Setting, kind: Any, marked: bool) -> Field:
    """The row for a setting of the type ``kind``; ``marked`` puts the sign of a new run behind its label."""
    return _class(declared, base_type(kind))(key, declared, kind, marked)


def _class(declared: Setting, kind: Any) -> type[Field]:
    if declared.choices is not None:
        return ChoiceField
    if declared.file:
        return FileField
    if declared.among is not None:
        return NameField
    if kind is bool:
        return SwitchField
    return TextField if kind is str else NumberField

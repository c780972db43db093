"""One row of the form: a setting's label, its editor, and under them why a value was refused."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLayout, QSizePolicy, QWidget

from gui.theme import FORM, Theme, font
from gui.widgets.plain import SELECTABLE, PlainLabel
from rnn.settings import Setting, base_type, is_optional

NEW_RUN = "↻"
LABEL_WIDTH, ROW_HEIGHT = 106, 24


class Field(QWidget):
    """A setting that a person can change.

    A subclass makes its editors, hands them to ``place`` and overrides ``display``. A field checks nothing:
    it offers what a person wants, and is then told to ``show_value`` or to ``refuse``.

    Attributes:
        key: the setting's full name, such as ``training.learning_rate``.
        value: what it last showed, always a good value.
        refusal: why it refused what is written in it; empty where nothing is refused.
        known: all values of the config on display, by their full keys.
        editors: what takes the keyboard, in the order of the Tab key.

    Signals:
        offered: the key, and the value or text that the person wants.
    """

    offered = Signal(str, object)

    def __init__(self, key: str, declared: Setting, kind: Any, marked: bool) -> None:
        super().__init__()
        self.key = key
        self.declared = declared
        self.optional = is_optional(kind)
        self.kind = base_type(kind)
        self.value: Any = None
        self.refusal = ""
        self.known: Mapping[str, Any] = {}
        self.editors: tuple[QWidget, ...] = ()
        self._marked = marked
        self.label = PlainLabel(declared.label)
        self.label.setTextFormat(Qt.TextFormat.RichText)  # for the colour of the sign, which apply_theme adds
        self.label.setFont(font(FORM))
        self.label.setFixedWidth(LABEL_WIDTH)
        self._reason = PlainLabel(objectName="refusal", wordWrap=True, textInteractionFlags=SELECTABLE)
        self._reason.hide()
        self._note = PlainLabel(objectName="caption", visible=False)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowMinimumHeight(0, ROW_HEIGHT)
        self._grid.addWidget(self.label, 0, 0)
        self._grid.addWidget(self._note, 1, 1)
        self._grid.addWidget(self._reason, 2, 0, 1, 2)

    # What a subclass overrides

    def display(self, value: Any) -> None:
        """Bring the editors to ``value`` without offering it."""
        raise NotImplementedError

    @property
    def unfinished(self) -> bool:
        """Whether a person has written something into it that is still to be finished, or to be mended."""
        return False

    def hint(self) -> str:
        """What to know about the editor itself, for the tooltip."""
        return ""

    # What a subclass uses

    def place(self, editor: QWidget | QLayout, *editors: QWidget) -> None:
        """Put ``editor`` beside the label; ``editors`` are what takes the keyboard, the main one first."""
        self.editors = editors
        self._main = editors[0]
        for part in editors:
            part.setFont(font(FORM))
            part.setAccessibleName(self.declared.label)
            part.setToolTip(self._tooltip())
        self.label.setBuddy(editors[0])
        self.label.setToolTip(self._tooltip())
        self._describe("")
        if isinstance(editor, QLayout):
            self._grid.addLayout(editor, 0, 1)
        else:
            editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._grid.addWidget(editor, 0, 1)

    def offer(self, wanted: Any) -> None:
        """A person wants this value."""
        self.offered.emit(self.key, wanted)

    # What the form calls

    def show_value(self, value: Any) -> None:
        """Show ``value``, which is good; nothing is refused any more."""
        self.value = value
        self.display(value)
        self.clear_refusal()

    def refuse(self, reason: str) -> None:
        """Mark the field and say why; what is written in it stays, and so does ``value``."""
        self.refusal = reason[:1].upper() + reason[1:]
        self._reason.setText(self.refusal)
        self._reason.show()
        self._describe(self.refusal)
        self._mark("true")

    def clear_refusal(self) -> None:
        """Nothing is refused any more."""
        if self.refusal:
            self.refusal = ""
            self._reason.clear()
            self._reason.hide()
            self._describe("")
            self._mark("false")

    def show_note(self, text: str) -> None:
        """Say something small under the editor; an empty text takes it away."""
        if text != self._note.text():
            self._note.setText(text)
            self._note.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        mark = f' <span style="color:{theme.muted}">{NEW_RUN}</span>' if self._marked else ""
        self.label.setText(escape(self.declared.label) + mark)

    def _mark(self, refused: str) -> None:
        self._main.setProperty("refused", refused)
        self._main.style().unpolish(self._main)
        self._main.style().polish(self._main)

    def _describe(self, refusal: str) -> None:
        """What a screen reader adds to the name."""
        acts = "Takes effect at the next update." if self.declared.live else "Starts a new run."
        what = [f"Refused: {refusal}."] if refusal else []
        for editor in self.editors:
            editor.setAccessibleDescription(" ".join([*what, self.declared.help, acts]))

    def _tooltip(self) -> str:
        acts = "live" if self.declared.live else f"{NEW_RUN} starts a new run"
        limits = " ".join(part for part in (self.declared.range_text(), self.declared.unit) if part)
        limits += " or off" if self.optional and not self.declared.file else ""
        facts = " · ".join(part for part in (self.key, limits.strip(), acts) if part)
        lines = [self.declared.help, facts, self.hint()]
        body = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        return f"<b>{escape(self.declared.label)}</b>{body}"

"""One sentence about what went wrong or what was done, until it is dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from gui.theme import Theme
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton
from gui.widgets.plain import PlainLabel


class MessageBar(QFrame):
    """A slim bar that is there only while it has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self._theme: Theme | None = None
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.dismiss = PushButton()
        self.dismiss.setObjectName("flat")
        self.dismiss.setIconSize(SIZE)
        self.dismiss.setAccessibleName("Dismiss the message")
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.clicked.connect(self._on_close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 4, 3)
        row.addWidget(self._text, 1)
        row.addWidget(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Say what went wrong; an empty text hides the bar."""
        self._show(text, "wrong")

    def show_done(self, text: str) -> None:
        """Say what was done."""
        self._show(text, "done")

    def _show(self, text: str, kind: str) -> None:
        if kind != self.property("kind"):
            self.setProperty("kind", kind)
            for part in (self, self._text):
                part.style().polish(part)
            self._show_sign()
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self._theme = theme
        self._show_sign()

    def _show_sign(self) -> None:
        if self._theme is not None:
            colour = self._theme.muted if self.property("kind") == "done" else self._theme.bad
            self.dismiss.setIcon(icon("close", colour, self._theme.muted))

    def _on_close(self) -> None:
        self.show_text("")

"""One sentence about what went wrong, until it is dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from gui.icons import SIZE, icon
from gui.inputs import PushButton
from gui.theme import Theme


class MessageBar(QFrame):
    """A slim bar that is there only while it has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
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
        """Say this; an empty text hides the bar."""
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self.dismiss.setIcon(icon("close", theme.bad, theme.muted))

    def _on_close(self) -> None:
        self.show_text("")

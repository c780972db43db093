"""One sentence about what went wrong or what was done, until it is dismissed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui.theme import Theme
from gui.widgets.boxes import in_row
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton
from gui.widgets.plain import SELECTABLE, PlainLabel

BESIDE, WIDEST, MARGIN = 64, 900, 16  # pixels: beside the words, of the bar, and around it


class MessageBar(QFrame):
    """A slim bar that is there only while it has something to say, over the lower edge of the window: nothing
    moves when it comes or goes.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._theme: Theme | None = None
        self._text = PlainLabel(wordWrap=True, textInteractionFlags=SELECTABLE)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.dismiss = PushButton()
        self.dismiss.setObjectName("flat")
        self.dismiss.setIconSize(SIZE)
        self.dismiss.setAccessibleName("Dismiss the message")
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.clicked.connect(self._on_close)
        in_row((self._text, 1), self.dismiss, of=self, spacing=6, margins=(12, 3, 4, 3))
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
        if text:
            self._lie_over(self.window())
        self.setVisible(bool(text))

    def _lie_over(self, window: QWidget) -> None:
        """Lie over this window, in front of all that is in it, also when it becomes another size."""
        if self.parentWidget() is not window:
            self.setParent(window)
            window.installEventFilter(self)
        wish = self._text.fontMetrics().horizontalAdvance(self.text) + BESIDE
        width = min(wish, WIDEST, window.width() - 2 * MARGIN)
        height = self.heightForWidth(width)
        self.setGeometry((window.width() - width) // 2, window.height() - height - MARGIN, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.text:
            self._lie_over(self.window())
        return False

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

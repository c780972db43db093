"""What is to be seen now, in words, at the foot of the settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from gui.theme import SMALL, Theme, font
from gui.widgets.boxes import in_column
from gui.widgets.fading import FadingScrollArea
from gui.widgets.plain import SELECTABLE, PlainLabel

LEAST, MOST = 5, 10  # lines


class Seen(QWidget):
    """A heading and a sentence, which scrolls where it is too long.

    It takes what room there is, and as many lines in any case as the longest sentence of the run had so far,
    so that what is above it does not jump with every other sentence.
    """

    def __init__(self) -> None:
        super().__init__()
        heading = PlainLabel("WHAT YOU SEE", objectName="section")
        self._text = self._failure = ""
        self._sentence = PlainLabel(wordWrap=True, textInteractionFlags=SELECTABLE, font=font(SMALL))
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._sentence.setAccessibleName("What you see")
        self.area = FadingScrollArea(self._sentence)
        self._line = self._sentence.fontMetrics().lineSpacing()
        self.area.verticalScrollBar().setSingleStep(self._line)
        self._room = QWidget()
        self._room.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.begin()
        in_column(self.area, None, of=self._room).setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        in_column(heading, (self._room, 1), of=self, margins=(12, 6, 4, 10))

    @property
    def text(self) -> str:
        """What was last said to be seen."""
        return self._sentence.text()

    def begin(self) -> None:
        """A run begins, or begins again."""
        self._room.setMinimumHeight(LEAST * self._line)
        self._grow()

    def show_text(self, text: str) -> None:
        """Say this."""
        self._text = text
        self._say()

    def show_failure(self, sentence: str) -> None:
        """Say this before it; empty for nothing."""
        self._failure = sentence
        self._say()

    def _say(self) -> None:
        text = "\n\n".join(filter(None, (f"✗ {self._failure}" if self._failure else "", self._text)))
        if text != self.text:
            self._sentence.setText(text)
            self._grow()

    def _grow(self) -> None:
        """Have room for the sentence, where it is not too long."""
        if self.text:
            width = self.area.width() - self.area.verticalScrollBar().sizeHint().width()
            needed = min(self._sentence.heightForWidth(width), MOST * self._line)
            self._room.setMinimumHeight(max(needed, self._room.minimumHeight()))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self.area.apply_theme(theme)

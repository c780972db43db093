"""Where the run stands, in words and as a slim bar; it says less where there is less room."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QProgressBar, QSizePolicy, QWidget

from gui.theme import FORM, font
from gui.widgets.plain import PlainLabel, tip

DOT = " · "
STEPS = 1000
BAR = 160  # pixels of a bar beside the words; of one width, so that it stands still while they change
GAP = 14


class Part(NamedTuple):
    """Some of the words; where there is no room for all, those of the highest ``rank`` go first."""

    text: str
    rank: int


class StatusLine(QWidget):
    """Words and a bar, side by side where there is room, else the bar under the words."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Part] = []
        self._hint = ""
        self._awaited = ""
        self._words = PlainLabel()
        figures = font(FORM)
        figures.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that the line does not tremble
        self._words.setFont(figures)
        self._bar = QProgressBar()
        self._bar.setRange(0, STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress over the epochs asked for")
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self._words)
        self._box.addWidget(self._bar, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """The words as they are shown."""
        return self._words.text()

    @property
    def fraction(self) -> float:
        """How full the bar is, from 0 to 1."""
        return self._bar.value() / STEPS

    def show_parts(self, parts: list[Part], fraction: float, hint: str = "", failed: bool = False) -> None:
        """Show ``parts`` in this order, as many as there is room for, and the bar.

        Arguments:
            hint: a sentence more for who points at it.
            failed: the run is called failed.
        """
        name = "failed" if failed else ""
        if name != self._words.objectName():
            self._words.setObjectName(name)
            self._words.style().polish(self._words)
        self._bar.setValue(round(STEPS * min(1.0, max(0.0, fraction))))
        if (parts, hint) != (self._parts, self._hint):
            self._parts, self._hint = parts, hint
            self._arrange()

    def show_awaited(self, what: str) -> None:
        """Say before all else what is waited for, in a word; empty for nothing."""
        if what != self._awaited:
            self._awaited = what
            self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(90, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        parts = [Part(f"{self._awaited}…", -1), *self._parts] if self._awaited else self._parts
        beside = self._width(parts) + GAP + BAR <= self.width()
        room = self.width() - (GAP + BAR if beside else 0)
        self._box.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        self._box.setSpacing(GAP if beside else 5)
        shown = list(parts)
        while len(shown) > 1 and self._width(shown) > self.width():
            shown.remove(max(shown, key=lambda part: part.rank))
        text = _joined(shown)
        self._words.setText(self._words.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        self._words.setFixedWidth(room)
        cut_off = "" if shown == parts else _joined(parts)
        self.setToolTip(tip("\n".join(filter(None, (cut_off, self._hint)))))
        self.setAccessibleName(_joined(parts))

    def _width(self, parts: list[Part]) -> int:
        return self._words.fontMetrics().horizontalAdvance(_joined(parts)) + 2


def _joined(parts: list[Part]) -> str:
    return DOT.join(part.text for part in parts)

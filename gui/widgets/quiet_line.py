"""One line of text that changes many times a second without asking the window to lay itself out again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.widgets.plain import tip


class QuietLine(QWidget):
    """What is cut for want of room is in the tooltip.

    A QLabel asks for another layout of all that it stands in whenever its text changes, which takes longer
    than painting it does.

    Arguments:
        text: the line; `set_text` may give it shorter forms for where it has no room.
        alignment: where it stands in its place.
    """

    def __init__(self, text: str = "", alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__()
        self._forms: tuple[str, ...] = (text,)
        self._alignment = alignment | Qt.AlignmentFlag.AlignVCenter
        self._colour: str | None = None
        self.setAccessibleName(text)

    def text(self) -> str:
        """The whole line."""
        return self._forms[0]

    def set_text(self, text: str, *shorter: str) -> None:
        """Another line; its place stays as it is. The first of its forms that fits is seen."""
        if (text, *shorter) == self._forms:
            return
        self._forms = (text, *shorter)
        self.setAccessibleName(text)
        self._tell_the_rest()
        self.update()

    @property
    def colour(self) -> str | None:
        """What it is written in; None is the colour of the theme's text."""
        return self._colour

    def set_colour(self, colour: str | None) -> None:
        """Write in this colour; None is that of the theme's text."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    @property
    def is_cut(self) -> bool:
        """Whether there is no room for any of its forms."""
        return self._advance(self.seen) > self.width()

    @property
    def seen(self) -> str:
        """The first of its forms that there is room for, else the last, which is cut."""
        return next((form for form in self._forms if self._advance(form) <= self.width()), self._forms[-1])

    def width_within(self, room: int) -> int:
        """How wide the first of its forms is that needs at most ``room``; the last where none does."""
        widths = [self._advance(form) for form in self._forms]
        return next((width for width in widths if width <= room), widths[-1])

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(self._advance(self.text()), metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_the_rest()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, text = QPainter(self), self.seen
        if self.is_cut:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(QColor(self._colour) if self._colour else self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self._alignment | Qt.TextFlag.TextDontClip, text)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _tell_the_rest(self) -> None:
        rest = tip(self.text()) if self.is_cut or self.seen != self.text() else ""
        if rest != self.toolTip():
            self.setToolTip(rest)

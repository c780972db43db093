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
        text: the line.
        alignment: where it stands in its place.
    """

    def __init__(self, text: str = "", alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__()
        self._text = text
        self._alignment = alignment | Qt.AlignmentFlag.AlignVCenter
        self._colour: str | None = None
        self.setAccessibleName(text)

    def text(self) -> str:
        """The whole line."""
        return self._text

    def set_text(self, text: str) -> None:
        """Another line; its place stays as it is."""
        if text == self._text:
            return
        self._text = text
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
        """Whether there is no room for all of it."""
        return self.fontMetrics().horizontalAdvance(self._text) > self.width()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text), metrics.height())

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
        painter, text = QPainter(self), self._text
        if self.is_cut:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(QColor(self._colour) if self._colour else self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self._alignment | Qt.TextFlag.TextDontClip, text)

    def _tell_the_rest(self) -> None:
        rest = tip(self._text) if self.is_cut else ""
        if rest != self.toolTip():
            self.setToolTip(rest)

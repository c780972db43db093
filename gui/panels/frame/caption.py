"""The words under a panel's title: what is drawn, or while the cursor is in the plot, what is under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from gui.widgets.quiet_line import QuietLine

MORE = " …"
WRAP = Qt.TextFlag.TextWordWrap


class Caption(QuietLine):
    """As many lines as the standing words take; what passes has their room, so that the plot stays in place.

    Attributes:
        most: how many lines there are at most; what is cut is in the tooltip.
    """

    def __init__(self, standing: str) -> None:
        super().__init__(standing)
        self.setObjectName("caption")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._standing = standing
        self._first = ""
        self.most = 1

    @property
    def passing(self) -> str:
        """What stands while the cursor is in the plot; empty while it is elsewhere."""
        return "" if self.text() == self._standing else self.text()

    def set_standing(self, text: str, first: str = "") -> None:
        """The words while the cursor is elsewhere, of which the ``first`` are seen in a low panel too."""
        passing = self.text() != self._standing
        self._standing, self._first = text, first
        if not passing:
            self.set_text(text)
        self._keep_room()

    def set_passing(self, text: str) -> None:
        """The words while the cursor is in the plot; empty brings the standing ones back."""
        self.set_text(text or self._standing)

    def set_most(self, lines: int) -> None:
        """Take so many lines at most from now on."""
        self.most = lines
        self._keep_room()

    @property
    def is_cut(self) -> bool:
        return self._height(self.text()) > self.height()

    def sizeHint(self) -> QSize:
        line, standing = self.fontMetrics().height(), self._standing
        first = self._height(self._first + MORE if self._first != standing else standing)
        return QSize(0, max(line, min(self._height(standing), max(self.most * line, first))))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._keep_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # its layout is in the midst of placing what is below
        self._tell_the_rest()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self.colour) if self.colour else self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), WRAP | Qt.TextFlag.TextDontClip, self.seen)

    @property
    def seen(self) -> str:
        """As many whole sentences as there is room for, or the first words of the first."""
        if not self.is_cut:
            return self.text()
        for mark in (". ", " "):
            text = self.text()
            while mark in text and self._height(text + MORE) > self.height():
                text = text.rpartition(mark)[0] + mark.rstrip()
            if self._height(text + MORE) <= self.height():
                break
        return text + MORE

    def _height(self, text: str) -> int:
        """How high these words are at this width, in pixels."""
        room = QRect(0, 0, max(1, self.width()), 0)
        return self.fontMetrics().boundingRect(room, WRAP.value, text).height()

    def _keep_room(self) -> None:
        if self.sizeHint().height() != self.height():
            self.updateGeometry()
            if (parent := self.parentWidget()) is not None and (layout := parent.layout()) is not None:
                layout.activate()  # at once: the plot below is not drawn for a size that it is about to lose
        self._tell_the_rest()

"""The line under a panel's title: what is drawn, or while the cursor is in the plot, what is under it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class Caption(QLabel):
    """One line that never wraps, so that the plot below it never moves; what is cut is in the tooltip."""

    def __init__(self, standing: str) -> None:
        super().__init__(standing)
        self.setObjectName("caption")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(standing)
        self._standing = standing

    def set_standing(self, text: str) -> None:
        """The line while the cursor is elsewhere."""
        passing = self.text() != self._standing
        self._standing = text
        self.setToolTip(text)
        if not passing:
            self.setText(text)

    def set_passing(self, text: str) -> None:
        """The line while the cursor is in the plot; empty brings the standing one back."""
        shown = text or self._standing
        if shown != self.text():
            self.setText(shown)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        elided = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

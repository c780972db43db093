"""The two lines under the unrolled network: an equation in symbols, and the same in numbers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SMALL, Theme, font
from gui.widgets.plain import tip


class Equation(QWidget):
    """An equation in symbols, and below it the same in numbers; what is cut is in the tooltip.

    Attributes:
        lines: the two.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Equation")
        self.lines = ("", "")
        self._colours = (QColor(), QColor())

    def write(self, symbols: str, numbers: str) -> None:
        """Show these."""
        if (symbols, numbers) != self.lines:
            self.lines = (symbols, numbers)
            self.setToolTip(tip("\n".join(self.lines).strip()))
            self.setAccessibleDescription(" ".join(self.lines).strip())
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._colours = (QColor(theme.muted), QColor(theme.text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 2 * self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        for place, (line, colour) in enumerate(zip(self.lines, self._colours, strict=True)):
            painter.setPen(colour)
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(0, place * metrics.height() + metrics.ascent(), shown)

"""The sheet behind a panel's question mark: what it shows, its equation, how to read it, what to try."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui.widgets.boxes import in_column
from gui.widgets.plain import PlainLabel

WIDTH = 400
GAP = 4


class Explanation(QFrame):
    """Rich text that can be selected; Escape or a click beside it closes it for good."""

    def __init__(self, parent: QWidget, title: str, text: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("explanation")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"{title}: explanation")
        heading = PlainLabel(title)
        heading.setObjectName("title")
        self.words = QLabel(text)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        in_column(heading, self.words, of=self, spacing=6, margins=(16, 12, 16, 8))
        self.setFixedWidth(WIDTH)

    def show_under(self, button: QWidget) -> None:
        """Open below ``button``, their right edges aligned, as far as the screen allows."""
        height = self.heightForWidth(WIDTH)
        self.setFixedHeight(height)
        corner = button.mapToGlobal(button.rect().bottomRight()) + QPoint(1 - WIDTH, GAP)
        screen = button.screen().availableGeometry()
        place = QRect(corner.x(), corner.y(), WIDTH, height)
        place.moveLeft(max(screen.left(), min(place.left(), screen.right() - WIDTH)))
        place.moveTop(max(screen.top(), min(place.top(), screen.bottom() - height)))
        self.move(place.topLeft())
        self.show()

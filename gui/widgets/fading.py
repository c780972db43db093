"""A column that scrolls, and whose contents fade out where they go on beyond its edge."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gui.theme import Theme

FADE = 22


class FadingScrollArea(QScrollArea):
    """As high as its contents where there is room, never higher; letters are faded and never cut."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(content)
        self.above, self.below = Fade(self.viewport(), False), Fade(self.viewport(), True)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_moved)
        bar.rangeChanged.connect(self._on_moved)
        self._on_moved()

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        for fade in (self.above, self.below):
            fade.apply_theme(theme)

    def sizeHint(self) -> QSize:
        content, width = self.widget(), self.viewport().width()
        height = content.heightForWidth(width) if content.hasHeightForWidth() else -1
        return QSize(content.sizeHint().width(), max(height, content.minimumSizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()
        self._on_moved()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _on_moved(self) -> None:
        bar, room = self.verticalScrollBar(), self.viewport()
        self.above.setVisible(bar.value() > bar.minimum())
        self.below.setVisible(bar.value() < bar.maximum())
        self.above.setGeometry(0, 0, room.width(), FADE)
        self.below.setGeometry(0, room.height() - FADE, room.width(), FADE)
        for fade in (self.above, self.below):
            fade.raise_()


class Fade(QWidget):
    """A strip that goes over into the colour of the panel, upwards or downwards."""

    def __init__(self, parent: QWidget, downwards: bool) -> None:
        super().__init__(parent)
        self._downwards = downwards
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._theme is None:
            return
        gradient = QLinearGradient(0.0, 0.0, 0.0, float(self.height()))
        clear, full = (0.0, 0.85) if self._downwards else (1.0, 0.15)
        gradient.setColorAt(clear, self._theme.faint(self._theme.surface, 0.0))
        gradient.setColorAt(full, self._theme.faint(self._theme.surface, 1.0))
        QPainter(self).fillRect(self.rect(), gradient)

"""The mouse over the unrolled network: the wheel scrolls or zooms, dragging moves, a click keeps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

NOTCH = 120.0


class PictureMouse(QObject):
    """Takes from a widget what it would do with the wheel, and with dragging where it ``drags``.

    Signals:
        scrolled: the wheel went so many notches on, to later time steps.
        zoomed: with Ctrl it went so many notches away from the person, and the place in the widget.
        dragged: so many pixels to the right since the last time.
        clicked: pressed and let go in one place of the widget.
    """

    scrolled = Signal(float)
    zoomed = Signal(float, QPointF)
    dragged = Signal(float)
    clicked = Signal(QPointF)

    def __init__(self, widget: QWidget, drags: bool = True) -> None:
        super().__init__(widget)
        self._drags = drags
        self._pressed: QPointF | None = None
        self._moved: float | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            self._wheel(event)
            return True
        if self._drags and isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def _wheel(self, event: QWheelEvent) -> None:
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(event.angleDelta().y() / NOTCH, event.position())
        else:
            self.scrolled.emit(notches(event))

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, at = event.type(), event.position()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._moved = at, None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None:
            far = abs(at.x() - self._pressed.x()) >= QApplication.startDragDistance()
            if self._moved is None and far:
                self._moved = self._pressed.x()
            if self._moved is not None:
                self.dragged.emit(at.x() - self._moved)
                self._moved = at.x()
            return True
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            pressed, moved = self._pressed, self._moved
            self._pressed = self._moved = None
            if moved is None:
                self.clicked.emit(pressed)
        return False


def notches(event: QWheelEvent) -> float:
    """How far a wheel or two fingers went towards later time steps: down, or to the left."""
    turned = event.angleDelta()
    along = turned.x() if abs(turned.x()) > abs(turned.y()) else turned.y()
    return -along / NOTCH

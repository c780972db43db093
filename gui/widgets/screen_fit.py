"""A window with its frame on the screen, as long as it has the size that it gave itself."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

ROUNDED = 2  # pixels, by which a size that is asked for may be another where --scale is no whole number


class ScreenFit:
    """Of a window that has given itself its present size."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._size = window.size()
        self._framed: tuple[QMargins, QRect] | None = None  # the frame and the screen that it was made to fit

    def keep(self) -> None:
        """Once a frame: how thick the frame is, the window system may tell long after the window is shown."""
        window = self._window
        handle, other = window.windowHandle(), window.size() - self._size
        is_own = max(abs(other.width()), abs(other.height())) <= ROUNDED
        if handle is None or not is_own or window.isMaximized() or window.isFullScreen():
            return
        margins, available = handle.frameMargins(), window.screen().availableGeometry()
        if (margins, available) == self._framed:
            return
        self._framed = margins, available
        room = available.marginsRemoved(margins).size()
        if window.devicePixelRatioF() % 1.0:
            room -= QSize(ROUNDED, ROUNDED)
        self._size = window.size().boundedTo(room)
        frame = QRect(window.pos(), QRect(QPoint(), self._size).marginsAdded(margins).size())
        frame.moveRight(min(frame.right(), available.right()))
        frame.moveBottom(min(frame.bottom(), available.bottom()))
        window.resize(self._size)
        window.move(max(frame.x(), available.x()), max(frame.y(), available.y()))

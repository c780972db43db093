"""What changes a whole window, in two goes of the event loop: what waits meanwhile comes between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


@contextmanager
def painted_later(widget: QWidget) -> Iterator[None]:
    """Change the window that a widget is in, and let it be painted in the next go."""
    window = widget.window()
    window.setUpdatesEnabled(False)
    try:
        yield
    finally:
        QTimer.singleShot(0, window, lambda: window.setUpdatesEnabled(True))

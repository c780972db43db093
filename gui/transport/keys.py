"""Plain keys for the whole window; a widget with the focus keeps those that it uses itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Bound = tuple[Callable[[], object], tuple[str, ...], bool]


def bind_keys(parent: QWidget, bound: Iterable[Bound]) -> None:
    """For each action its keys, and whether holding one down repeats it."""
    for action, keys, repeats in bound:
        for key in keys:
            shortcut = QShortcut(QKeySequence(key), parent)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(repeats)
            shortcut.activated.connect(action)

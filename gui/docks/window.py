"""A window within the window: nothing but docks, and a line of words while there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QTabWidget

from gui.widgets.plain import PlainLabel

NONE_SHOWN = "No panel is shown. Choose some under Panels."


def dock_window() -> QMainWindow:
    """One that docks can be laid in side by side and behind tabs; the words are its central widget."""
    window = QMainWindow()
    window.setWindowFlags(Qt.WindowType.Widget)
    window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    words = PlainLabel(NONE_SHOWN)
    words.setObjectName("muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    window.setCentralWidget(words)
    return window

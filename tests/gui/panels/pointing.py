"""A mouse over a panel's plot, as the window system moves it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.panels.frame.panel import Panel


def pixel(panel: Panel, x: float, y: float) -> QPoint:
    """Where the plot shows this place."""
    box = panel.plot.box
    return panel.plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))


def point(qtbot: QtBot, panel: Panel, x: float, y: float) -> None:
    """Move the mouse there, until it is not too soon after the last move."""
    at = pixel(panel, x, y)
    told: list[QPointF | None] = []
    panel.plot.hovered.connect(told.append)

    def has_come() -> bool:
        _move(panel, QPointF(at))
        return bool(told) and told[-1] is not None and pixel(panel, told[-1].x(), told[-1].y()) == at

    qtbot.waitUntil(has_come)
    panel.plot.hovered.disconnect(told.append)


def leave(panel: Panel) -> None:
    """Take the mouse out of the plot."""
    QApplication.sendEvent(panel.plot, QEvent(QEvent.Type.Leave))


def _move(panel: Panel, at: QPointF) -> None:
    view = panel.plot.viewport()
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), no_button, no_button, no_key)
    QApplication.sendEvent(view, move)

"""The menu of panels: it stays open while they are ticked, and closes with a layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.dock import Dock
from gui.docks.layouts import LAYOUTS
from gui.docks.panel_docks import PanelDocks
from gui.docks.panels_button import PanelsButton
from gui.panels.flow.panel import FlowPanel
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.lags.panel import LagsPanel
from gui.panels.loss.panel import LossPanel
from gui.theme import DARK


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.button = PanelsButton()
        self.docks = PanelDocks([[kind(DARK)] for kind in (LossPanel, HiddenPanel, FlowPanel, LagsPanel)])
        self.button.serve(self.docks)
        rows = QVBoxLayout(self)
        rows.addWidget(self.button)
        rows.addWidget(self.docks, 1)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.resize(900, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def opened(qtbot: QtBot, window: Window) -> QMenu:
    menu = window.button.menu()
    menu.popup(window.mapToGlobal(QPoint(10, 10)))
    qtbot.waitUntil(menu.isVisible)
    return menu


def line(menu: QMenu, words: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == words)


def click(qtbot: QtBot, menu: QMenu, words: str) -> None:
    place = menu.actionGeometry(line(menu, words)).center()
    qtbot.mouseMove(menu, place)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)


def dock(window: Window, kind: type) -> Dock:
    return next(each for each in window.docks.docks if isinstance(each.panels[0], kind))


def test_the_menu_stays_open_while_panels_are_ticked(qtbot: QtBot, window: Window) -> None:
    menu = opened(qtbot, window)
    assert line(menu, "Loss").isChecked()
    assert not line(menu, "How far back it learns").isChecked()
    for words, kind, wanted in (
        ("How far back it learns", LagsPanel, True),
        ("Loss", LossPanel, False),
        ("Loss", LossPanel, True),
        ("Hidden state", HiddenPanel, False),
    ):
        click(qtbot, menu, words)
        assert menu.isVisible()
        assert dock(window, kind).wanted == line(menu, words).isChecked() == wanted
    menu.setActiveAction(line(menu, "Loss"))
    qtbot.keyClick(menu, Qt.Key.Key_Space)
    assert menu.isVisible()
    assert not dock(window, LossPanel).wanted
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_a_layout_closes_it_and_the_default_is_one_of_them(qtbot: QtBot, window: Window) -> None:
    window.docks.want(dock(window, LossPanel), False)
    menu = opened(qtbot, window)
    layouts = [action.text() for action in menu.actions() if action.text().startswith("Layout")]
    assert layouts == ["Layout: four panels (default)", "Layout: six gradient panels", "Layout: all, in tabs"]
    assert len(layouts) == len(LAYOUTS)
    assert sum(not action.isSeparator() for action in menu.actions()) == 4 + 3
    click(qtbot, menu, "Layout: four panels (default)")
    assert not menu.isVisible()
    assert [each.wanted for each in window.docks.docks] == [True, True, True, False]

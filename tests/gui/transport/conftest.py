"""What all tests of the bar stand on."""

import pytest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from tests.gui.transport.window import Window


@pytest.fixture(scope="module", autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, themes.DARK)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.resize(1280, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.faces.show_state("paused")
    made.transport.show_sequences(100, 4)
    made.other.setFocus()
    return made

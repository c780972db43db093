"""What all tests of the settings stand on."""

import pytest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.settings.controls import Controls
from rnn.config.presets import presets
from tests.gui.settings.by_hand import Heard


@pytest.fixture(scope="module", autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, themes.DARK)


@pytest.fixture
def controls(qtbot: QtBot) -> Controls:
    made = Controls(themes.DARK)
    qtbot.addWidget(made)
    made.resize(264, 760)
    made.show_config(presets()[0].config)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def heard(controls: Controls) -> Heard:
    return Heard(controls)

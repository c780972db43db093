"""What all tests of docks stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.docks.panel_docks import PanelDocks
from tests.gui.docks.places import (
    new_docks,
    opened,
)


@pytest.fixture
def docks(qtbot: QtBot) -> Iterator[PanelDocks]:
    made = opened(qtbot, new_docks())
    yield made
    made.close_windows()

"""A person who does anything: 40 seeds with 25 windows each, closed in the midst of it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.any_actions import act
from tests.gui.windows import OpenWindow


@pytest.mark.parametrize("seed", range(40))
def test_any_actions_in_any_order_end_cleanly(qtbot: QtBot, open_window: OpenWindow, seed: int) -> None:
    act(qtbot, open_window, seed, windows=25)

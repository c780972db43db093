"""Every run that there is, drawn in every panel and in every state, to its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.every_panel import RUNS, draw_all, run
from tests.gui.windows import OpenWindow


@pytest.mark.parametrize("name", RUNS)
def test_every_panel_is_drawn_before_a_run_in_it_at_its_end_and_where_it_diverges(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, name: str
) -> None:
    draw_all(qtbot, open_window, run(name, tmp_path))

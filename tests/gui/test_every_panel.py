"""Every panel is drawn in every state of a run: here of each kind of run, in tests/long of every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.every_panel import draw_all, run
from tests.gui.windows import OpenWindow

FEW: dict[str, Any] = {"task.sequences": 100, "task.validation_sequences": 50, "model.layers": 8}
SHORT: dict[str, dict[str, Any]] = {
    "article": {},
    "text": {"task.characters": 20_000, "model.layers": 8},
    "temporal-order": FEW,
    "adding": FEW,
    "recall": FEW,
    "numbers": {},
    "classes": {},
}


@pytest.mark.parametrize("name", SHORT)
def test_every_panel_is_drawn_before_a_run_in_it_at_its_end_and_where_it_diverges(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, name: str
) -> None:
    config = run(name, tmp_path).with_values({"training.epochs": 1, **SHORT[name]})
    draw_all(qtbot, open_window, config)

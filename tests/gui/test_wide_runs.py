"""What is wider than a screen costs what a screen holds; `tests/long` measures every panel at full size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from gui.panels.frame.chooser import MOST, Chooser, numbered
from gui.panels.memory.classes import MemoryClassesPanel
from gui.panels.plots import rows
from gui.panels.plots.rows import gathered
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import shown
from tests.gui.panels.measured import look
from tests.gui.wide_runs import wide, worst_gap
from tests.gui.windows import OpenWindow


def test_every_panel_of_a_wide_run_is_drawn(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    assert worst_gap(qtbot, open_window, wide("classes", 3_000, tmp_path), seconds=0.0) > 0.0


@pytest.mark.parametrize("count", [1, 7, rows.MOST, rows.MOST + 1, 60_000])
def test_of_rows_that_share_a_pixel_the_strongest_is_seen(count: int) -> None:
    values = np.random.default_rng(0).uniform(-0.1, 0.1, (count, 3))
    values[count // 2, 1], values[-1, 2] = -0.9, 0.8
    image, covered = gathered(values)
    size = covered // len(image)
    assert len(image) <= rows.MOST
    assert count <= covered < count + size
    assert image[count // 2 // size, 1] == -0.9
    assert image[-1, 2] == 0.8
    for place, row in enumerate(image):
        assert set(row) <= set(values[place * size : (place + 1) * size].ravel())


def test_one_likely_class_in_60_000_is_seen_where_it_stands(qtbot: QtBot, tmp_path: Path) -> None:
    panel, trainer = shown(qtbot, MemoryClassesPanel), Trainer(wide("classes", 60_000, tmp_path))
    panel.begin(trainer.info())
    trainer.network.parameters["head.b"][12_345] = 20.0
    look(panel, trainer, 0)
    image = panel.image.image
    assert len(image) <= rows.MOST
    strong = np.flatnonzero((image != image[0, 0]).any(axis=(1, 2)))
    place = panel.image.mapRectToParent(panel.image.boundingRect())
    (row,) = strong
    low = place.top() + place.height() * row / len(image)
    assert low <= 60_000 - 12_345 <= low + place.height() / len(image) + 1.0
    assert len(panel._answer_looks) < 200


def test_of_many_choices_one_is_asked_for_by_its_number(qtbot: QtBot) -> None:
    chooser = Chooser("the output that is drawn")
    told: list[int] = []
    qtbot.addWidget(chooser)
    chooser.chosen.connect(told.append)
    chooser.offer(numbered("output", 60_000))
    actions = chooser.menu().actions()
    assert len(actions) == MOST + 1
    actions[-1].trigger()
    dialog = chooser.findChild(QInputDialog)
    assert dialog is not None
    assert (dialog.intMinimum(), dialog.intMaximum(), dialog.intValue()) == (1, 60_000, 1)
    dialog.setIntValue(43_210)
    dialog.accept()
    assert (told, chooser.value, chooser.name) == ([43_209], 43_209, "output 43210")
    chooser.offer(numbered("output", MOST))
    assert [action.text() for action in chooser.menu().actions()][-1] == f"output {MOST}"

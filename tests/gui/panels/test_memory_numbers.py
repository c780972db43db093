"""The panel of answers in numbers: the marked values, asked against answered, and odd values."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui.panels.frame.export import save_picture
from gui.panels.memory.numbers import MemoryNumbersPanel
from gui.theme import LIGHT
from rnn.config.presets import load_preset
from rnn.number_format import short
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import details, settle, shown
from tests.gui.panels.memory_runs import broken, logits, look, memory_run


def started(qtbot: QtBot, trainer: Trainer) -> MemoryNumbersPanel:
    panel = shown(qtbot, MemoryNumbersPanel, (480, 330))
    panel.begin(trainer.info())
    settle(panel)
    return panel


def test_it_suits_the_memory_tasks_that_ask_for_numbers() -> None:
    suited = {
        name: MemoryNumbersPanel.suits(Trainer(load_preset(name).config).info())
        for name in ("article", "adding", "copy-memory")
    }
    assert suited == {"article": False, "adding": True, "copy-memory": False}


def test_the_marked_values_stand_out_and_sum_to_what_is_asked(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=12)
    panel = started(qtbot, trainer)
    look(panel, trainer, sequence=4)
    x = trainer.data.train.x[:, 4]
    steps = np.flatnonzero(x[:, 1]) + 1
    np.testing.assert_array_equal(panel.marked.opts["x"], steps)
    np.testing.assert_array_equal(panel.marked.opts["height"], x[steps - 1, 0])
    np.testing.assert_array_equal(panel.tips.getData()[0], steps)
    assert (panel.tips.getData()[1] > x[steps - 1, 0]).all()
    assert len(panel.values.opts["x"]) == 10
    asked_at, asked = panel.asked.getData()
    assert (asked_at.tolist(), asked.tolist()) == ([12.0], [pytest.approx(x[steps - 1, 0].sum())])


def test_the_answer_and_its_way_are_those_of_the_network(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=6)
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=30, sequence=2)
    course = logits(trainer, 2)[:, 0]
    np.testing.assert_allclose(panel.course.getData()[1], course, rtol=1e-9)
    assert panel.answered.getData()[1].tolist() == [pytest.approx(course[-1], rel=1e-9)]
    asked = trainer.data.train.y[-1, 2, 0]
    np.testing.assert_allclose(panel.miss.getData()[1], [asked, course[-1]], rtol=1e-9)


def test_asked_against_answered_tells_right_from_wrong(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=4)
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=150)
    asked = trainer.data.train.y[-1, :24, 0]
    answered = np.array([logits(trainer, n)[-1, 0] for n in range(24)])
    right = np.abs(asked - answered) <= 0.04
    assert 0 < right.sum() < 24
    for dots, which in ((panel.right, right), (panel.wrong, ~right)):
        x, y = dots.getData()
        np.testing.assert_allclose(x, asked[which])
        np.testing.assert_allclose(y, answered[which], rtol=1e-9)
    assert panel.displayed.getData()[0].tolist() == [asked[0]]
    across, up = panel.beside.shown()
    assert across == pytest.approx(up)
    assert across[0] < min(asked.min(), answered.min()) < max(asked.max(), answered.max()) < across[1]
    np.testing.assert_array_equal(panel.diagonal.getData()[0], panel.diagonal.getData()[1])


def test_the_figure_and_the_readout_say_it_in_words(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=4)
    panel = started(qtbot, trainer)
    assert (panel._figure.text(), panel.readout(1.0, 0.5)) == ("", "")
    found = look(panel, trainer, updates=4)
    assert found.accuracy is not None
    assert panel._figure.text() == ""
    count = round(24 * found.accuracy)
    assert details(panel) == (f"sequence 1; beside, sequences 1 to 24: {count} of 24 correct within 0.04")
    look(panel, trainer, updates=6)
    assert panel._figure.text().startswith("held out ")
    x, course = trainer.data.train.x[:, 0], logits(trainer, 0)[:, 0]
    marked = int(np.flatnonzero(x[:, 1])[0])
    assert panel.readout(marked + 1.3, 0.5) == (
        f"time step {marked + 1} of 4 · value {short(x[marked, 0], 3)}, marked · "
        f"would answer {short(course[marked], 3)}"
    )
    asked, answered = short(trainer.data.train.y[-1, 0, 0], 3), short(course[-1], 3)
    assert panel.readout(4.0, 0.5).endswith(f" · expected {asked} · answered {answered}")
    assert panel.readout(5.0, 0.5) == ""


def test_the_numbers_are_those_that_are_drawn(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=5)
    panel = started(qtbot, trainer)
    assert panel.table() == {}
    found = look(panel, trainer, updates=3)
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines()))
    assert len(rows) == 24
    x = trainer.data.train.x[:, 0]
    assert [float(row["value"]) for row in rows[:5]] == x[:, 0].tolist()
    assert [float(row["marked"]) for row in rows[:5]] == x[:, 1].tolist()
    assert rows[5]["value"] == ""
    assert [float(row["expected"]) for row in rows] == found.asked[:, 0].tolist()
    assert [float(row["answered"]) for row in rows] == found.answered[:, 0].tolist()
    assert [int(row["answer_of_sequence"]) for row in rows] == list(range(1, 25))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_answers_beyond_the_picture_are_left_out(qtbot: QtBot, value: float) -> None:
    trainer = memory_run("adding", task__delay=5)
    panel = started(qtbot, trainer)
    panel.receive((), broken(trainer.snapshot(SnapshotRequest(probes=panel.probes)), value))
    settle(panel)
    assert not panel.grab().isNull()
    for dots in (panel.answered, panel.right, panel.wrong, panel.displayed):
        assert len(dots.getData()[0]) == 0
    assert len(panel.asked.getData()[0]) == 1
    assert details(panel).endswith("24 off the scale")
    (_, right), (bottom, top) = panel.plot.shown()
    assert (right, bottom < 0.0, top < 4.0) == (6.0, True, True)


def test_a_new_run_forgets_the_old_one_and_another_theme_redraws_it(qtbot: QtBot) -> None:
    trainer = memory_run("adding", task__delay=5)
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=10)
    panel.apply_theme(LIGHT)
    settle(panel)
    assert panel.beside.grab().toImage().pixelColor(2, 2).name() == LIGHT.surface
    panel.begin(memory_run("adding", task__delay=9).info())
    settle(panel)
    assert panel.table() == {}
    assert panel._figure.text() == ""
    assert all(len(item.getData()[0]) == 0 for item in (panel.asked, panel.right, panel.tips))
    assert len(panel.marked.opts["x"]) == len(panel.values.opts["x"]) == 0
    assert panel.plot.shown()[0] == (0.5, 10.0)


def test_a_picture_of_vectors_holds_both_plots(qtbot: QtBot, tmp_path: Path) -> None:
    trainer = memory_run("adding")
    panel = started(qtbot, trainer)
    look(panel, trainer)
    save_picture(panel, tmp_path / "answers.svg")
    text = (tmp_path / "answers.svg").read_text()
    words = [word.strip() for word in re.findall(r">([^<]+)</text>", text)]
    assert words.count("time step") == 1
    assert words.count("expected") == 2  # an axis and the legend

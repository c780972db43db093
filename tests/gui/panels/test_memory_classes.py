"""The panel of answers in classes: symbols, probabilities and frames of real trainings, and odd values."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from gui.panels.frame.export import save_picture
from gui.panels.keys.cells import SYMBOLS
from gui.panels.memory.classes import MemoryClassesPanel
from gui.panels.words.figures import accuracy_words
from gui.theme import DARK, LIGHT
from rnn.array import Array
from rnn.config.presets import load_preset
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import details, settle, shown
from tests.gui.panels.memory_runs import broken, logits, look, memory_run


def started(qtbot: QtBot, trainer: Trainer, size: tuple[int, int] = (480, 330)) -> MemoryClassesPanel:
    panel = shown(qtbot, MemoryClassesPanel, size)
    panel.begin(trainer.info())
    settle(panel)
    return panel


def rgb(colour: str) -> Array:
    made = QColor(colour)
    return np.array((made.red(), made.green(), made.blue()), dtype=float)


def softmax(row: Array) -> Array:
    weights = np.exp(row - row.max())
    return np.asarray(weights / weights.sum())


def test_it_suits_the_memory_tasks_that_ask_for_classes() -> None:
    suited = {
        name: MemoryClassesPanel.suits(Trainer(load_preset(name).config).info())
        for name in ("article", "adding", "copy-memory", "temporal-order")
    }
    assert suited == {"article": False, "adding": False, "copy-memory": True, "temporal-order": True}


def test_the_row_on_top_spells_what_was_shown(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=5, task__recalled=4, task__delay=3)
    panel = started(qtbot, trainer)
    look(panel, trainer, sequence=6)
    column = trainer.data.train.x[:, 6]
    assert "".join(cell.text for cell in panel.shown.cells) == "".join("ABCDE·?"[n] for n in column)
    assert [cell.fill for cell in panel.shown.cells[:4]] == [SYMBOLS[n] for n in column[:4]]
    assert [cell.fill for cell in panel.shown.cells[4:7]] == [None, None, DARK.text]
    assert panel.rows_axis.names == ("E", "D", "C", "B", "A", "shown")


def test_distractors_are_faint_and_a_sequence_is_shown_to_its_own_end(qtbot: QtBot) -> None:
    trainer = memory_run("temporal-order", task__shortest=10, task__delay=30)
    sequence = next(n for n in range(100) if trainer.data.train.end(n) < 25)
    panel = started(qtbot, trainer)
    found = look(panel, trainer, sequence=sequence)
    assert len(panel.shown.cells) == found.end == trainer.data.train.end(sequence)
    assert panel.image.image.shape == (4, found.end, 3)
    for cell in panel.shown.cells:
        assert (cell.fill == DARK.raised) == cell.text.islower()
    assert sum(cell.text in "AB" for cell in panel.shown.cells) == 2
    assert panel.plot.shown()[0] == (0.5, 30.5)


def test_the_image_holds_the_probability_of_every_class_blue_where_it_is_asked(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=3, task__recalled=2, task__delay=2)
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=15, sequence=1)
    image = panel.image.image[::-1]  # the first class is on top, that is, last
    surface, asked, before = (
        rgb(DARK.surface),
        rgb(DARK.accent),
        0.8 * rgb(DARK.muted) + 0.2 * rgb(DARK.surface),
    )
    for t, row in enumerate(logits(trainer, 1)):
        for place, p in enumerate(softmax(row)):
            expected = (1.0 - p) * surface + p * (asked if t >= 4 else before)
            np.testing.assert_allclose(image[place, t], expected, atol=0.51)
    place = panel.image.mapRectToParent(panel.image.boundingRect())
    assert (place.left(), place.right(), place.top(), place.bottom()) == (0.5, 6.5, 0.5, 3.5)


def test_frames_mark_what_was_asked_and_what_was_answered_wrongly(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=4, task__recalled=6, task__delay=2)
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=15)
    expected = set()
    for t, asked in enumerate(trainer.data.train.x[:6, 0].tolist(), 9):
        expected.add((t, 4 - asked, DARK.target))
        answered = int(logits(trainer, 0)[t - 1].argmax())
        if answered != asked:
            expected.add((t, 4 - answered, DARK.bad))
    assert set(panel.frames.frames) == expected
    assert 6 < len(expected) < 12


def test_the_strip_holds_the_answers_of_the_next_sequences_too(qtbot: QtBot) -> None:
    trainer = memory_run("temporal-order", task__shortest=10, task__delay=20)
    panel = started(qtbot, trainer)
    found = look(panel, trainer, updates=10, sequence=3)
    names, strip = trainer.data.class_names, panel.strip
    assert strip.sequences == tuple(range(4, 28))
    assert [cell.text for cell in strip.asked] == [names[n] for n in found.asked]
    wrong = 0
    for n, asked, cell in zip(range(3, 27), found.asked, strip.answered, strict=True):
        answered = int(logits(trainer, n)[trainer.data.train.end(n) - 1].argmax())
        assert cell.text == names[answered]
        assert (cell.edge == DARK.bad) == (answered != asked)
        wrong += answered != asked
    assert 0 < wrong < 24


def test_the_figure_is_of_held_out_sequences_and_the_caption_of_those_shown(qtbot: QtBot) -> None:
    trainer = memory_run("recall", task__delay=4)
    panel = started(qtbot, trainer)
    assert panel._figure.text() == ""
    found = look(panel, trainer, updates=3)
    count = sum(found.asked == found.answered)
    assert panel._figure.text() == ""
    assert details(panel) == f"sequence 1; below, sequences 1 to 24: {count} of 24 correct"
    look(panel, trainer, updates=7)
    held_out = trainer.data.validation
    assert held_out is not None
    output = trainer.network.forward(held_out.batch(slice(0, 50)).x).output[-1]
    share = float((output.argmax(axis=1) == held_out.y[-1]).mean())
    assert panel._figure.text() == f"held out {accuracy_words(share)}"


def test_values_between_minus_one_and_one_are_shown_as_colours(qtbot: QtBot) -> None:
    trainer = memory_run("recall", task__delay=4)
    panel = started(qtbot, trainer)
    look(panel, trainer, sequence=2)
    np.testing.assert_array_equal(panel.values.image[0], trainer.data.train.x[:, 2, 0])
    assert panel.legend.entries[0].text == "−1 to 1"
    assert panel.values.levels[0] == -panel.values.levels[1] == -max(1.0, np.abs(panel.values.image).max())
    assert panel.rows_axis.names == ("+1", "−1", "value")
    assert panel.shown.cells == ()


def test_the_readout_says_what_is_under_the_cursor(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=4, task__recalled=3, task__delay=2)
    panel = started(qtbot, trainer)
    assert panel.readout(2.0, 1.0) == ""
    found = look(panel, trainer, updates=15)
    p = softmax(logits(trainer, 0)[7])
    letter = "ABCD"[trainer.data.train.x[2, 0]]
    answered = "ABCD"[int(p.argmax())]
    verdict = "correct" if letter == answered else "wrong"
    assert panel.readout(8.2, 4.1) == (
        f"time step 8 of 8 · shown a blank · P(A) {found.course[7, 0]:.3g} · "
        f"expected {letter}, answered {answered}: {verdict}"
    )
    assert panel.readout(5.0, 9.0) == "time step 5 of 8 · shown the go mark"
    assert panel.readout(9.0, 1.0) == panel.readout(0.2, 1.0) == ""


def test_pointing_at_the_strip_reads_that_answer_out(qtbot: QtBot) -> None:
    trainer = memory_run("recall", task__delay=4)
    panel = started(qtbot, trainer)
    found = look(panel, trainer, updates=5)
    left, width = panel.strip.places()[7]
    panel.strip.hovered.emit(None)
    qtbot.mouseMove(panel.strip, QPoint(round(left + width / 2), 10))
    names = ("−1", "+1")
    asked, answered = names[found.asked[7]], names[found.answered[7]]
    verdict = "correct" if asked == answered else "wrong"
    expected = f"sequence 8, time step 5 · expected {asked}, answered {answered}: {verdict} · P({asked}) "
    qtbot.waitUntil(lambda: details(panel).startswith(expected))
    panel.strip.hovered.emit(None)
    assert details(panel).startswith("sequence 1; below, sequences 1 to 24: ")


def test_the_numbers_are_those_that_are_drawn(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=2, task__recalled=2, task__delay=1)
    panel = started(qtbot, trainer)
    assert panel.table() == {}
    found = look(panel, trainer, updates=3)
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines()))
    assert list(rows[0]) == [
        "time_step", "shown", "p_A", "p_B",
        "answer_of_sequence", "answer_at_time_step", "expected", "answered", "correct",
    ]  # fmt: skip
    assert len(rows) == 40
    assert [row["shown"] for row in rows[:5]] == ["AB·?"[n] for n in trainer.data.train.x[:, 0]]
    assert rows[5]["time_step"] == ""
    for t in range(5):
        p = softmax(logits(trainer, 0)[t])
        assert [float(rows[t]["p_A"]), float(rows[t]["p_B"])] == pytest.approx(p.tolist(), rel=1e-9)
    assert [row["expected"] for row in rows] == ["AB"[n] for n in found.asked]
    assert [row["answered"] for row in rows] == ["AB"[n] for n in found.answered]
    assert [row["correct"] == "1" for row in rows] == (found.asked == found.answered).tolist()


def test_outputs_that_are_not_finite_are_no_answers(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__symbols=4, task__recalled=3, task__delay=2)
    panel = started(qtbot, trainer)
    whole = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    panel.receive((), broken(whole, math.nan))
    settle(panel)
    assert not panel.grab().isNull()
    assert {cell.text for cell in panel.strip.answered} == {"–"}
    assert details(panel).endswith(": 0 of 39 correct")
    assert "answered none: wrong" in panel.readout(8.0, 1.0)
    assert (panel.image.image == np.rint(rgb(DARK.surface))).all()
    assert {colour for _, _, colour in panel.frames.frames} == {DARK.target}


def test_a_new_run_forgets_the_old_one(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory")
    panel = started(qtbot, trainer)
    look(panel, trainer, updates=10)
    other = memory_run("recall", task__delay=4)
    panel.begin(other.info())
    settle(panel)
    assert panel.table() == {}
    assert panel._figure.text() == ""
    assert (panel.shown.cells, panel.frames.frames, panel.strip.asked) == ((), (), ())
    assert panel.plot.shown()[0] == (0.5, 5.5)
    look(panel, other, sequence=1)
    assert panel.image.image.shape == (2, 5, 3)


def test_it_takes_on_another_theme(qtbot: QtBot) -> None:
    trainer = memory_run("temporal-order")
    panel = started(qtbot, trainer)
    look(panel, trainer)
    panel.apply_theme(LIGHT)
    settle(panel)
    assert {colour for _, _, colour in panel.frames.frames} <= {LIGHT.target, LIGHT.bad}
    assert LIGHT.raised in {cell.fill for cell in panel.shown.cells}
    corner = panel.plot.grab().toImage().pixelColor(2, 2)
    assert corner.name() == LIGHT.surface


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("copy-memory", {"task__delay": 3000, "task__recalled": 200, "task__symbols": 26}),
        ("copy-memory", {"task__delay": 1, "task__recalled": 1, "task__symbols": 2}),
        ("temporal-order", {"task__delay": 2000}),
        ("recall", {"task__delay": 1, "task__noise": 50.0}),
        ("recall", {"task__sequences": 1}),
    ],
)
def test_sequences_of_any_length_are_drawn(qtbot: QtBot, task: str, changes: dict[str, object]) -> None:
    few = {"task__sequences": 5, "task__validation_sequences": 0, "training__batch": 1}
    trainer = memory_run(task, **few | changes)
    panel = started(qtbot, trainer, (900, 600))
    found = look(panel, trainer)
    assert len(panel.strip.places()) == len(found.asked)
    left, width = panel.strip.places()[-1]
    assert left + width <= panel.strip.width()
    shown_row = panel.shown.cells if found.shown is not None else panel.values.image[0]
    assert len(shown_row) == found.end


def test_a_narrow_cell_keeps_its_colour_and_drops_its_letter(qtbot: QtBot) -> None:
    trainer = memory_run("copy-memory", task__delay=1500, task__sequences=3, training__batch=1)
    panel = started(qtbot, trainer, (900, 400))
    look(panel, trainer)
    box = panel.plot.box
    panel.plot.set_ranges(x=(0.5, 60.5))
    picture = panel.plot.grab().toImage()
    scene = box.mapViewToScene(QPointF(1.35, 8.7))
    wanted = panel.shown.cells[0].fill
    assert picture.pixelColor(panel.plot.mapFromScene(scene)).name() == wanted
    panel.plot.set_ranges(x=(0.5, 1520.5))
    picture = panel.plot.grab().toImage()
    scene = box.mapViewToScene(QPointF(5.0, 8.7))
    seen = picture.pixelColor(panel.plot.mapFromScene(scene))
    assert seen.hsvSaturationF() > 0.1


def test_a_picture_of_vectors_can_be_saved(qtbot: QtBot, tmp_path: Path) -> None:
    trainer = memory_run("copy-memory")
    panel = started(qtbot, trainer)
    look(panel, trainer)
    save_picture(panel, tmp_path / "answers.svg")
    text = (tmp_path / "answers.svg").read_text()
    assert "<svg" in text
    assert text.count(">time step<") == 1


def test_a_double_click_fills_the_window(qtbot: QtBot) -> None:
    panel = started(qtbot, memory_run("recall"))
    with qtbot.waitSignal(panel.fill_asked):
        qtbot.mouseDClick(panel.strip, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width", [300, 360, 420, 480, 700])
def test_the_strip_numbers_every_sequence_or_every_so_many(qtbot: QtBot, width: int) -> None:
    panel = started(qtbot, memory_run("recall", task__delay=4), (width, 330))
    look(panel, memory_run("recall", task__delay=4))
    numbers = [int(text) for _, text in panel.strip.numbers()]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    assert numbers[0] == 1
    assert len(steps) == 1
    assert steps <= {1, 2, 5, 10}
    metrics = panel.strip.fontMetrics()
    for (left, one), (right, other) in itertools.pairwise(panel.strip.numbers()):
        half = 0.5 * (metrics.horizontalAdvance(one) + metrics.horizontalAdvance(other))
        assert left + half < right

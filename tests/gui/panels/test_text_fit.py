"""The text panel: probabilities in their places, the true character framed, the sample with its knob."""

from __future__ import annotations

import csv
import dataclasses
import io
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QSizePolicy
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.panels import PANELS
from gui.panels.keys.marks import Patch
from gui.panels.plots.names_axis import ROW_HEIGHT
from gui.panels.text.panel import REST, TextFitPanel
from gui.panels.text.writing import NOT_FINITE
from rnn.config import RunConfig
from rnn.data.tasks.text import SHIPPED
from rnn.observing.probes import Characters
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import details, settle, shown

TEXT = {
    "task.name": "text",
    "task.length": 30,
    "task.characters": 4_000,
    "task.carry_state": True,
    "model.cell": "gru",
    "model.layers": 12,
    "model.initializer": "orthogonal",
    "training.batch": 4,
    "training.optimizer": "adam",
    "training.learning_rate": 0.01,
    "training.epochs": 3,
}


@pytest.fixture
def panel(qtbot: QtBot) -> TextFitPanel:
    return shown(qtbot, TextFitPanel, (520, 360))


def trained(updates: int = 60, **changes: object) -> Trainer:
    values = TEXT | {key.replace("__", "."): value for key, value in changes.items()}
    trainer = Trainer(RunConfig().with_values(values))
    trainer.advance(updates)
    return trainer


def look(panel: TextFitPanel, trainer: Trainer, sequence: int = 5) -> Characters:
    """Give the panel a snapshot of now, drawn, and return what it should show."""
    panel.begin(trainer.info())
    return give(panel, trainer.snapshot(SnapshotRequest(sequence, probes=panel.probes)))


def give(panel: TextFitPanel, snapshot: Snapshot) -> Characters:
    panel.receive((), snapshot)
    assert panel.dirty
    settle(panel)
    characters = snapshot.probe(Characters)
    assert characters is not None
    return characters


def changed(snapshot: Snapshot, **changes: object) -> Snapshot:
    """The same snapshot with other results of the probe."""
    characters = snapshot.probe(Characters)
    assert characters is not None
    new = dataclasses.replace(characters, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(snapshot, probes={"text": new})


def framed(panel: TextFitPanel) -> list[QRectF]:
    path = panel.frames.path()
    return [polygon.boundingRect() for polygon in path.toSubpathPolygons()]


def rgb(colour: QColor) -> tuple[int, ...]:
    return colour.red(), colour.green(), colour.blue()


def caption(panel: TextFitPanel) -> str:
    return details(panel)


def test_it_is_shown_for_a_text_and_for_nothing_else(panel: TextFitPanel) -> None:
    text, numbers = trained(0).info(), Trainer(RunConfig()).info()
    assert TextFitPanel.suits(text)
    assert not TextFitPanel.suits(numbers)
    [place] = [kinds for kinds in PANELS if TextFitPanel in kinds]
    assert [kind for kind in place if kind.suits(text)] == [TextFitPanel]
    assert len([kind for kind in place if kind.suits(numbers)]) == 1


def test_each_row_is_a_character_the_most_frequent_on_top_and_the_last_all_others(
    panel: TextFitPanel,
) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    probabilities = np.exp(seen.log_probabilities)
    rows, names = panel.image.image, panel.next_axis.names
    assert rows.shape == (len(names), 30)
    assert 5 < len(names) < len(trainer.data.class_names)
    assert (names[0], names[-1]) == (REST, "space")
    for row, name in list(enumerate(names))[1:]:
        number = trainer.data.class_names.index(" " if name == "space" else name)
        assert number == seen.by_frequency[len(names) - 1 - row]
        np.testing.assert_allclose(rows[row], np.sqrt(probabilities[:, number]), rtol=1e-12)
    np.testing.assert_allclose((rows**2).sum(axis=0), 1.0, rtol=1e-12)
    assert panel.image.levels.tolist() == [0.0, 1.0]
    placed = panel.image.mapRectToParent(panel.image.boundingRect())
    assert placed == QRectF(0.5, 0.5, 30.0, len(names))
    assert panel.plot.shown() == ((0.5, 30.5), (0.5, len(names) + 0.5))
    text = SHIPPED.read_text(encoding="utf-8")[150:180]
    assert "".join(panel.read_axis.names) == text.replace(" ", "␣").replace("\n", "↵")


def test_the_true_next_character_of_every_step_is_framed(panel: TextFitPanel) -> None:
    seen = look(panel, trained())
    frames = framed(panel)
    assert len(frames) == 30
    rows = len(panel.next_axis.names)
    alone = seen.by_frequency[: rows - 1].tolist()
    in_the_rest = 0
    for step, (frame, number) in enumerate(zip(frames, seen.next.tolist(), strict=True), start=1):
        row = rows - alone.index(number) if number in alone else 1
        in_the_rest += number not in alone
        assert frame == QRectF(step - 0.5, row - 0.5, 1.0, 1.0)
    assert 0 < in_the_rest < 30


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_a_cell_has_the_colour_of_its_probability_and_a_frame_that_of_a_target(
    panel: TextFitPanel, theme: themes.Theme
) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    panel.apply_theme(theme)
    space = int(seen.by_frequency[0])
    sure = np.full_like(seen.log_probabilities, -np.inf)
    sure[:, space] = 0.0
    nexts = seen.next.copy()
    nexts[[10, 11]] = seen.by_frequency[[0, 1]]
    snapshot = trainer.snapshot(SnapshotRequest(5, probes=panel.probes))
    give(panel, changed(snapshot, log_probabilities=sure, next=nexts))
    picture = panel.plot.grab().toImage()
    box = panel.plot.box
    top = len(panel.next_axis.names)

    def colours(step: float, row: float, aside: int) -> list[tuple[int, ...]]:
        """Of the pixel there and of those up to so many beside it."""
        at = panel.plot.mapFromScene(box.mapViewToScene(QPointF(step, row)))
        return [rgb(picture.pixelColor(at + QPoint(x, 0))) for x in range(-aside, aside + 1)]

    for column, row, expected in (
        (11, top, theme.accent),
        (12, top, theme.accent),
        (12, top - 1, theme.surface),
    ):
        np.testing.assert_allclose(colours(column, row, 0), [rgb(QColor(expected))], atol=3)
    target = np.array(rgb(QColor(theme.target)))
    for edge, row in ((10.5, top), (11.5, top - 1)):
        assert np.abs(np.array(colours(edge, row, 2)) - target).max(axis=1).min() < 60


def test_more_height_gives_more_rows_until_every_character_has_its_own(panel: TextFitPanel) -> None:
    trainer = trained(5)
    look(panel, trainer)
    before = len(panel.next_axis.names)
    for height, everything in ((500, False), (1_100, True)):
        panel.resize(520, height)
        settle(panel)
        names = panel.next_axis.names
        assert len(names) > before
        before = len(names)
        assert panel.plot.box.height() >= ROW_HEIGHT * len(names)
        assert (REST not in names) is everything
    assert len(names) == len(trainer.data.class_names)
    assert panel.image.image.shape[0] == len(names)


def test_the_figures_are_those_of_the_sequence(panel: TextFitPanel) -> None:
    seen = look(panel, trained())
    nll = -sum(seen.log_probabilities[t, number] for t, number in enumerate(seen.next)) / 30
    words = panel._figure.text().split()
    assert words[0::2] == ["perplexity", "·", "bits/char"]
    assert float(words[1]) == pytest.approx(math.exp(nll), rel=0.06)
    assert float(words[3]) == pytest.approx(nll / math.log(2), rel=0.06)
    assert caption(panel).startswith("ln P = −")
    assert caption(panel).endswith(
        ", the sum of ln P(next | read so far) over the 30 characters of sequence 6"
    )
    assert float(caption(panel).split(",")[0].split("−")[1]) == pytest.approx(30 * nll, rel=1e-3)


def test_pointing_at_a_cell_says_its_probability_and_that_of_the_true_character(panel: TextFitPanel) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    probabilities = np.exp(seen.log_probabilities)
    top = len(panel.next_axis.names)
    panel.plot.hovered.emit(QPointF(3.2, top - 0.3))
    names = trainer.data.class_names
    read, true = (names[n].replace(" ", "␣") for n in (seen.read[2], seen.next[2]))
    parts = caption(panel).split(" · ")
    assert parts[0] == f"time step 3, read “{read}”"
    assert parts[1].startswith("next “␣” ")
    assert parts[2].startswith(f"true “{true}” ")
    space = probabilities[2, seen.by_frequency[0]]
    assert float(parts[1].split()[-1]) == pytest.approx(space, rel=0.06)
    assert float(parts[2].split()[-1]) == pytest.approx(probabilities[2, seen.next[2]], rel=0.06)
    panel.plot.hovered.emit(QPointF(3.2, 1.0))
    rest = probabilities[2, seen.by_frequency[top - 1 :]]
    assert f"next all {len(rest)} others " in caption(panel)
    assert float(caption(panel).split(" · ")[1].split()[-1]) == pytest.approx(rest.sum(), rel=0.06)
    for place in (QPointF(0.2, 1.0), QPointF(31.0, 1.0), QPointF(3.0, 0.2), QPointF(3.0, top + 0.8), None):
        panel.plot.hovered.emit(place)
        assert caption(panel).startswith("ln P = −")


def test_the_sample_is_the_prompt_and_what_is_written(panel: TextFitPanel) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    sample = panel.writing.sample
    assert sample.toPlainText() == seen.prompt + seen.written
    [faint] = sample.extraSelections()
    assert faint.cursor.selectedText() == seen.prompt  # type: ignore[attr-defined]
    trainer.advance(60)
    after = give(panel, trainer.snapshot(SnapshotRequest(5, probes=panel.probes)))
    assert after.written != seen.written
    assert sample.toPlainText() == after.prompt + after.written
    menu = panel.menu()
    next(action for action in menu.actions() if action.text() == "Copy sample").trigger()
    assert QGuiApplication.clipboard().text() == after.prompt + after.written
    assert panel._caption.text() == "Copied."


def test_a_sample_with_line_ends_and_signs_is_shown_and_copied_as_it_is(panel: TextFitPanel) -> None:
    trainer = trained()
    look(panel, trainer)
    snapshot = trainer.snapshot(SnapshotRequest(5, probes=panel.probes))
    seen = give(panel, changed(snapshot, prompt="a\n\n<b>&", written="\n 'x' \\n"))
    assert panel.writing.sample.toPlainText() == seen.prompt + seen.written
    [faint] = panel.writing.sample.extraSelections()
    assert faint.cursor.selectedText().replace("\u2029", "\n") == seen.prompt  # type: ignore[attr-defined]
    panel.copy_sample()
    assert QGuiApplication.clipboard().text() == "a\n\n<b>&\n 'x' \\n"


def test_a_sample_stands_still_while_some_of_it_is_selected(panel: TextFitPanel) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    sample = panel.writing.sample
    sample.selectAll()
    trainer.advance(60)
    after = give(panel, trainer.snapshot(SnapshotRequest(5, probes=panel.probes)))
    assert sample.toPlainText() == seen.prompt + seen.written
    cursor = sample.textCursor()
    cursor.clearSelection()
    sample.setTextCursor(cursor)
    assert sample.toPlainText() == after.prompt + after.written


def test_the_temperature_asks_for_other_snapshots(panel: TextFitPanel, qtbot: QtBot) -> None:
    spin = panel.writing.temperature
    assert spin.value() == SnapshotRequest().temperature
    with qtbot.waitSignal(panel.look_changed) as asked:
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    field, value = asked.args
    assert (field, round(value, 6)) == ("temperature", 0.8)
    request = dataclasses.replace(SnapshotRequest(), **{field: value})
    assert request.temperature == value
    filled: list[bool] = []
    panel.fill_asked.connect(lambda: filled.append(True))
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "1.3")
    assert round(spin.value(), 6) == 0.8  # a number under way is none yet
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert (round(spin.value(), 6), filled) == (1.3, [])
    for _ in range(20):
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert spin.value() == 2.0
    spin.setValue(-1.0)
    assert spin.value() == 0.0


def test_the_numbers_hold_every_probability(panel: TextFitPanel) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert len(rows) == 30
    names = trainer.data.class_names
    shares = np.array([[float(row[f"p_{name.replace(' ', '␣')}"]) for name in names if name != "\n"]
                       for row in rows])  # fmt: skip
    columns = [number for number, name in enumerate(names) if name != "\n"]
    np.testing.assert_allclose(shares, np.exp(seen.log_probabilities)[:, columns], rtol=1e-12)
    for t, row in enumerate(rows):
        assert int(row["time_step"]) == t + 1
        assert row["read"] == names[seen.read[t]].replace(" ", "␣").replace("\n", "↵")
        assert float(row["ln_p_next"]) == pytest.approx(math.log(float(row[f"p_{row['next']}"])), rel=1e-9)


def test_before_the_first_snapshot_and_after_a_new_start_it_is_empty(panel: TextFitPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    settle(panel)
    for again in (False, True):
        assert panel.table() == {}
        assert panel.image.image is None
        assert framed(panel) == []
        assert panel.writing.sample.toPlainText() == ""
        assert panel._figure.text() == ""
        assert panel.readout(3.0, 3.0) == ""
        assert not panel.grab().toImage().isNull()
        if not again:
            look(panel, trainer)
            panel.begin(trained(0, task__length=12).info())
            settle(panel)
            assert panel.plot.shown()[0] == (0.5, 12.5)
    panel.copy_sample()


def test_answers_that_are_not_finite_are_said_and_drawn_as_nothing(panel: TextFitPanel) -> None:
    trainer = trained(5)
    trainer.network.parameters["head.W"][...] = np.nan
    look(panel, trainer)
    assert panel._figure.text() == "not finite"
    assert caption(panel).startswith("ln P = not finite, ")
    assert panel.writing.sample.toPlainText().endswith(NOT_FINITE)
    assert not panel.image.image.any()
    panel.plot.hovered.emit(QPointF(3.0, 2.0))
    assert caption(panel).count("not a number") == 2
    assert len(panel.table()["p_e"]) == 30
    assert not panel.grab().toImage().isNull()


def test_a_snapshot_without_the_probe_changes_nothing(panel: TextFitPanel) -> None:
    trainer = trained()
    seen = look(panel, trainer)
    panel.receive((), trainer.snapshot(SnapshotRequest()))
    assert not panel.dirty
    assert panel.writing.sample.toPlainText() == seen.prompt + seen.written


@pytest.mark.parametrize("length", [1, 2, 600])
def test_windows_of_any_length_are_drawn(panel: TextFitPanel, length: int) -> None:
    trainer = trained(2, task__length=length, task__held_out=0.0, training__batch=1)
    seen = look(panel, trainer, sequence=1)
    assert panel.image.image.shape[1] == length
    assert len(framed(panel)) == length
    assert len(seen.prompt) == min(20, length)
    assert not panel.grab().toImage().isNull()


def test_two_characters_have_two_rows_and_no_rest(panel: TextFitPanel, tmp_path: object) -> None:
    file = f"{tmp_path}/two.txt"
    with open(file, "w", encoding="utf-8") as stream:
        stream.write("ab" * 200)
    look(panel, trained(5, task__file=file, task__characters=None), sequence=0)
    assert panel.next_axis.names == ("b", "a")
    assert "others" not in panel.readout(3.0, 1.0)


def test_it_fits_into_a_quarter_of_a_small_window(panel: TextFitPanel) -> None:
    panel.resize(480, 330)
    look(panel, trained())
    assert (panel.width(), panel.height()) == (480, 330)
    assert panel.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Expanding
    sample = panel.writing.sample
    assert sample.height() >= 4 * sample.fontMetrics().lineSpacing()
    assert panel.plot.box.height() > 80


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_a_small_probability_is_told_from_none_and_the_key_has_its_colour(
    panel: TextFitPanel, theme: themes.Theme
) -> None:
    panel.apply_theme(theme)
    marks = [(entry.text, entry.mark) for entry in panel.legend.entries[:4]]
    assert [text for text, _ in marks] == ["P = 0", "0.1", "0.5", "1"]
    colours = [mark.colour for _, mark in marks if isinstance(mark, Patch)]
    assert (colours[0], colours[-1]) == (theme.surface, theme.accent)
    none, tenth, full = (np.array(rgb(QColor(name))) for name in (colours[0], colours[1], colours[3]))
    np.testing.assert_allclose(tenth, none + math.sqrt(0.1) * (full - none), atol=2)


@pytest.mark.parametrize("height", [330, 341, 352, 400, 457])
def test_the_sample_is_cut_between_lines_only(panel: TextFitPanel, qtbot: QtBot, height: int) -> None:
    panel.resize(460, height)
    look(panel, trained())
    sample = panel.writing.sample
    line = sample.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: sample.viewport().height() % line <= 1)
    assert sample.viewport().height() >= 4 * line


def test_a_sample_of_spaces_is_said_to_be_one(panel: TextFitPanel) -> None:
    trainer = trained()
    look(panel, trainer)
    remark = panel.writing._remark
    assert remark.text() == ""
    snapshot = trainer.snapshot(SnapshotRequest(5, probes=panel.probes))
    give(panel, changed(snapshot, written=" " * 40))
    assert remark.text() == "· spaces alone, nothing to see"
    give(panel, snapshot)
    assert remark.text() == ""

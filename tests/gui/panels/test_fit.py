"""The fit panel: what it draws of a real training, its menu, and values that nobody could draw."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.panels import PANELS
from gui.panels.fit.items import GHOST_STYLES
from gui.panels.fit.panel import FitPanel
from gui.panels.fit.words import answers_name
from gui.panels.keys.legend import Legend
from gui.panels.memory.classes import MemoryClassesPanel
from gui.panels.plots.curves import LONG
from rnn.array import Array
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.observing.probes import Fit
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import details
from tests.rnn.cases import write_data

ARTICLE = load_preset("article").config
Shown = Callable[[Trainer], FitPanel]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Shown:
    """A panel on the screen that has begun with a trainer."""
    themes.apply(qapp, themes.DARK)

    def show(trainer: Trainer) -> FitPanel:
        panel = FitPanel(themes.DARK)
        qtbot.addWidget(panel)
        panel.resize(700, 430)
        panel.begin(trainer.info())
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return show


def trained(updates: int, **changes: object) -> Trainer:
    config = ARTICLE.with_values({key.replace("__", "."): value for key, value in changes.items()})
    trainer = Trainer(config, keep_epochs=frozenset({6, 9}))
    trainer.advance(updates)
    return trainer


def look(panel: FitPanel, trainer: Trainer, sequence: int = 0, span: int = 4) -> Fit:
    """Give the panel a snapshot of now, drawn, and return what it should show."""
    return give(panel, trainer.snapshot(SnapshotRequest(sequence, span, panel.probes)))


def give(panel: FitPanel, snapshot: Snapshot) -> Fit:
    panel.receive((), snapshot)
    assert panel.dirty
    panel.draw()
    assert not panel.grab().toImage().isNull()
    fit = snapshot.probe(Fit)
    assert fit is not None
    return fit


def drawn_y(item: object) -> Array:
    """The values of a curve without the gaps."""
    _, y = item.getData()  # type: ignore[attr-defined]
    return np.empty(0) if y is None else y[np.isfinite(y)]


def words(panel: FitPanel) -> list[str]:
    return [entry.text for entry in panel.legend.entries]


def entries(panel: FitPanel) -> QMenu:
    menu = QMenu(panel)
    panel.extend_menu(menu)
    return menu


def test_target_and_prediction_are_those_of_the_snapshot(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    fit = look(panel, trainer, sequence=7)
    x, y = panel.items.target.getData()
    np.testing.assert_array_equal(x, np.arange(1, 41))
    np.testing.assert_array_equal(y, fit.target[:, 0])
    np.testing.assert_array_equal(drawn_y(panel.items.prediction), fit.output[:, 0])
    assert details(panel).startswith("sequences 8 to 11, 10 time steps each")
    mse = np.mean((fit.output - fit.target) ** 2)
    assert float(panel._figure.text().removeprefix("mean square error ")) == pytest.approx(mse, rel=5e-3)


@pytest.mark.parametrize(("carry", "gaps"), [(False, [10, 21, 32]), (True, [])])
def test_the_prediction_breaks_where_the_state_starts_anew(
    shown: Shown, carry: bool, gaps: list[int]
) -> None:
    trainer = trained(50, task__carry_state=carry)
    panel = shown(trainer)
    look(panel, trainer)
    _, y = panel.items.prediction.getData()
    assert np.flatnonzero(np.isnan(y)).tolist() == gaps
    assert panel.items.borders.xvals == [10.5, 20.5, 30.5]
    assert ("carried" in details(panel)) == carry


def test_epochs_6_and_9_stay_as_ghosts(shown: Shown) -> None:
    trainer = trained(100_000)
    panel = shown(trainer)
    fit = look(panel, trainer)
    assert words(panel) == ["target", "given the true past", "epoch 6", "epoch 9", "given its own answers"]
    assert list(panel.items.ghosts) == ["epoch 6", "epoch 9"]
    for label, ghost in panel.items.ghosts.items():
        np.testing.assert_array_equal(drawn_y(ghost), fit.ghosts[label][:, 0])
    assert not np.allclose(fit.ghosts["epoch 6"], fit.output)
    pens = [ghost.opts["pen"].color().name() for ghost in panel.items.ghosts.values()]
    assert pens == list(themes.DARK.ghosts[:2])


def test_a_removed_ghost_leaves_the_plot(shown: Shown) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    trainer.keep_now()
    look(panel, trainer)
    assert list(panel.items.ghosts) == ["epoch 6", "update 650"]
    gone = panel.items.ghosts["epoch 6"]
    del trainer.kept["epoch 6"]
    look(panel, trainer)
    assert words(panel) == ["target", "given the true past", "update 650", "given its own answers"]
    assert gone.scene() is None


def test_pinning_and_removing_are_asked_for(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    look(panel, trainer)
    assert "(P)" in panel.pin.toolTip()
    with qtbot.waitSignal(panel.pin_asked):
        qtbot.mouseClick(panel.pin, Qt.MouseButton.LeftButton)
    actions = {action.text(): action for action in entries(panel).actions()}
    assert list(actions) == ["Given its own answers", "Ghosts", "Remove epoch 6"]
    with qtbot.waitSignal(panel.unpin_asked) as asked:
        actions["Remove epoch 6"].trigger()
    assert asked.args == ["epoch 6"]


def test_own_output_begins_after_the_first_sequence_and_says_so(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    fit = look(panel, trainer)
    assert fit.free is not None
    x, y = panel.items.own_output.getData()
    np.testing.assert_array_equal(x, np.arange(10, 41))
    assert y[0] == fit.output[9, 0]
    (low, high) = panel.plot.shown()[1]
    room = 5.0 * (high - low)
    free = fit.free[10:, 0]
    near = (free >= low - room) & (free <= high + room)
    np.testing.assert_array_equal(y[1:], np.where(near, free, np.nan)[: len(y) - 1])
    assert not near[len(y) - 1 :].any()
    assert panel.items.warm_up.value() == 10.5
    assert panel.items.warm_up.isVisible()
    assert panel.items.warm_up.label.toPlainText() == "from here on its own answers"


def test_own_output_and_ghosts_can_be_left_out(shown: Shown) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    look(panel, trainer)
    for action in entries(panel).actions()[:2]:
        assert action.isChecked()
        action.trigger()
    assert panel.dirty
    panel.draw()
    assert words(panel) == ["target", "given the true past"]
    assert not panel.items.warm_up.isVisible()
    assert drawn_y(panel.items.own_output).size == 0
    assert panel.items.ghosts == {}
    assert list(panel.table()) == ["sequence", "time_step", "target", "one_step_ahead"]
    assert not any(action.isChecked() for action in entries(panel).actions()[:2])


def test_the_numbers_are_those_that_are_drawn(shown: Shown) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    assert panel.table() == {}
    fit = look(panel, trainer, sequence=2)
    assert fit.free is not None
    panel.paper.copy_numbers()
    header, *rows = csv.reader(QGuiApplication.clipboard().text().splitlines())
    assert header == ["sequence", "time_step", "target", "one_step_ahead", "own_output", "epoch_6"]
    assert [rows[0][:2], rows[9][:2], rows[10][:2], rows[39][:2]] == [
        ["3", "1"],
        ["3", "10"],
        ["4", "1"],
        ["6", "10"],
    ]
    columns = list(zip(*rows, strict=True))
    np.testing.assert_array_equal(np.array(columns[2], dtype=float), fit.target[:, 0])
    np.testing.assert_array_equal(np.array(columns[3], dtype=float), fit.output[:, 0])
    np.testing.assert_array_equal(np.array(columns[5], dtype=float), fit.ghosts["epoch 6"][:, 0])
    assert set(columns[4][:10]) == {""}
    np.testing.assert_array_equal(np.array(columns[4][10:], dtype=float), fit.free[10:, 0])


def test_under_the_cursor_stand_sequence_step_and_values(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    assert panel.readout(3.0, 0.0) == ""
    fit = look(panel, trainer, sequence=2)
    place, target, prediction, difference = panel.readout(13.4, 0.0).replace("−", "-").split(" · ")
    assert place == "sequence 4, time step 3 of 10"
    expected = fit.target[12, 0], fit.output[12, 0], fit.output[12, 0] - fit.target[12, 0]
    for text, name, value in zip(
        (target, prediction, difference), ("target", "prediction", "difference"), expected, strict=True
    ):
        assert float(text.removeprefix(name)) == pytest.approx(value, rel=5e-3)
    assert panel.readout(0.4, 0.0) == panel.readout(40.6, 0.0) == ""


def test_axes_and_words_are_right_before_anything_was_computed(shown: Shown) -> None:
    panel = shown(trained(0))
    x, (low, high) = panel.plot.shown()
    assert x == (0.5, 40.5)
    assert -1.5 < low < -1.0
    assert 1.0 < high < 1.7
    assert details(panel).startswith("sequences 1 to 4, 10 time steps each")
    assert words(panel) == ["target", "given the true past"]
    assert panel._figure.text() == ""
    assert not panel.items.warm_up.isVisible()


def test_a_new_run_forgets_the_old_one(shown: Shown) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    look(panel, trainer)
    panel.begin(trained(0, task__length=21).info())
    assert panel.plot.shown()[0] == (0.5, 80.5)
    assert words(panel) == ["target", "given the true past"]
    assert drawn_y(panel.items.prediction).size == 0
    assert panel.table() == {}


def test_the_last_sequence_alone_is_drawn_alone(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    look(panel, trainer, sequence=99)
    assert panel.plot.shown()[0] == (0.5, 10.5)
    assert details(panel).startswith("sequence 100, 10 time steps;")
    assert panel.items.borders.xvals == []
    assert panel.items.warm_up.value() == 5.5


@pytest.mark.parametrize("length", [2, 3])
def test_very_short_sequences_are_drawn_too(shown: Shown, length: int) -> None:
    trainer = trained(5, task__length=length)
    panel = shown(trainer)
    fit = look(panel, trainer)
    np.testing.assert_array_equal(drawn_y(panel.items.prediction), fit.output[:, 0])
    steps = {2: "1 time step", 3: "2 time steps"}[length]
    assert f", {steps} each;" in details(panel)


def test_very_long_stretches_are_drawn_as_thin_lines(shown: Shown) -> None:
    trainer = trained(1, task__length=LONG, task__sequences=4)
    panel = shown(trainer)
    fit = look(panel, trainer)
    assert len(drawn_y(panel.items.target)) == 0
    np.testing.assert_array_equal(drawn_y(panel.items.target_line), fit.target[:, 0])
    assert panel.items.prediction.opts["pen"].widthF() == 1.0
    assert not panel.items.prediction.opts["antialias"]
    look(panel, trainer, sequence=3)
    assert len(drawn_y(panel.items.target)) == LONG - 1
    assert drawn_y(panel.items.target_line).size == 0


def test_target_and_prediction_decide_the_range_and_own_output_does_not(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    fit = snapshot.probe(Fit)
    assert fit is not None
    assert fit.free is not None
    wild = fit.free.copy()
    wild[15:25] = 1e300
    wild[25:30] = np.inf
    wild[30:] = np.nan
    give(panel, dataclasses.replace(snapshot, probes={"fit": dataclasses.replace(fit, free=wild)}))
    low, high = panel.plot.shown()[1]
    assert low < min(fit.target.min(), fit.output.min())
    assert max(fit.target.max(), fit.output.max()) < high < 2.0
    drawn = drawn_y(panel.items.own_output)
    assert drawn.max() < 5.0 * (high - low) + high
    assert len(drawn) == 6
    assert not panel.items.off_the_scale.isVisible()


def test_a_prediction_off_the_scale_is_said_and_not_drawn_as_bars(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    fit = snapshot.probe(Fit)
    assert fit is not None
    signs = np.where(np.arange(40) % 2, 1e280, -1e280)[:, None]
    exploded = dataclasses.replace(fit, output=signs, free=signs, ghosts={})
    give(panel, dataclasses.replace(snapshot, probes={"fit": exploded}))
    assert panel.items.off_the_scale.isVisible()
    assert panel.items.off_the_scale.text() == "answers are off the scale"
    assert drawn_y(panel.items.prediction).size == drawn_y(panel.items.own_output).size == 0
    low, high = panel.plot.shown()[1]
    assert low < fit.target.min() < fit.target.max() < high < 3.0
    room = panel.plot.box.boundingRect()
    words = panel.items.off_the_scale
    assert room.contains(words.boundingRect().translated(words.pos()))
    give(panel, snapshot)
    assert not panel.items.off_the_scale.isVisible()
    give(panel, dataclasses.replace(snapshot, probes={"fit": exploded}))
    panel.begin(trainer.info())
    assert not panel.items.off_the_scale.isVisible()


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_moments_are_told_apart_by_colour_and_by_dashes(theme: themes.Theme) -> None:
    colours = [QColor(name) for name in (theme.accent, theme.target, theme.other, *theme.ghosts)]
    for one, other in itertools.combinations(colours, 2):
        red, green, blue = one.red() - other.red(), one.green() - other.green(), one.blue() - other.blue()
        assert abs(red) + abs(green) + abs(blue) > 60, (one.name(), other.name())
    assert len(set(GHOST_STYLES)) == len(GHOST_STYLES) >= 3


def test_a_narrow_panel_names_both_epochs_and_the_own_output(qtbot: QtBot, shown: Shown) -> None:
    trainer = trained(100_000)
    panel = shown(trainer)
    panel.resize(470, 330)
    look(panel, trainer)
    QApplication.processEvents()
    assert panel.width() == 470
    assert_whole(qtbot, panel.legend, 5)
    first, second = panel.items.ghosts.values()
    assert first.opts["pen"].style() != second.opts["pen"].style()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, 1e154])
def test_a_prediction_that_is_not_finite_leaves_the_axes_finite(shown: Shown, value: float) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    fit = snapshot.probe(Fit)
    assert fit is not None
    for output in (np.full_like(fit.output, value), np.where(np.arange(40) < 20, value, 0.1)[:, None]):
        wild = dataclasses.replace(fit, output=output, ghosts={"epoch 6": output}, free=output)
        give(panel, dataclasses.replace(snapshot, probes={"fit": wild}))
        assert np.isfinite(panel.plot.shown()).all()
        assert panel.readout(3.0, 0.0)
        assert panel.summary()
    give(panel, snapshot)
    assert panel._figure.text() != "mse not a number"


def test_one_of_several_features_is_chosen(shown: Shown, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    file = tmp_path / "data.npz"
    np.savez(file, x=rng.normal(size=(5, 6, 2)), y=rng.normal(size=(5, 6, 3)))
    config = RunConfig().with_values({"task.name": "data", "task.file": str(file)})
    trainer = Trainer(config)
    panel = shown(trainer)
    assert panel._title.text() == "Fit"
    assert panel.feature.isVisible()
    fit = look(panel, trainer)
    assert fit.free is None
    assert not panel.items.warm_up.isVisible()
    assert "own_output" not in panel.table()
    panel.feature.menu().actions()[2].trigger()
    assert panel.dirty
    panel.draw()
    np.testing.assert_array_equal(panel.items.target.getData()[1], fit.target[:, 2])
    np.testing.assert_array_equal(drawn_y(panel.items.prediction), fit.output[:, 2])
    assert "output 3 of 3" in details(panel)
    mse = np.mean((fit.output[:, 2] - fit.target[:, 2]) ** 2)
    assert float(panel._figure.text().removeprefix("mean square error ")) == pytest.approx(mse, rel=5e-3)


def masked_trainer(tmp_path: Path) -> tuple[Trainer, Array]:
    """A training on five sequences of six steps, of which only some are scored, and the mask (N, T)."""
    rng = np.random.default_rng(3)
    mask = np.zeros((5, 6), dtype=bool)
    mask[:, 3:] = True
    mask[2, 0] = True
    y = np.where(mask[..., None], rng.normal(size=(5, 6, 1)), 50.0)
    file = write_data(tmp_path / "data.npz", x=rng.normal(size=(5, 6, 1)), y=y, mask=mask)
    config = RunConfig().with_values({"task.name": "data", "task.file": file, "training.learning_rate": 0.01})
    trainer = Trainer(config)
    trainer.advance(20)
    return trainer, mask


def test_time_steps_that_are_not_scored_are_faint_and_do_not_count(shown: Shown, tmp_path: Path) -> None:
    trainer, mask = masked_trainer(tmp_path)
    panel = shown(trainer)
    fit = look(panel, trainer, sequence=1)
    scored = mask[1:5].ravel()
    mse = np.mean((fit.output - fit.target)[scored] ** 2)
    assert float(panel._figure.text().removeprefix("mean square error ")) == pytest.approx(mse, rel=5e-3)
    assert panel.plot.shown()[1][1] < 40.0
    x, y = panel.items.answers.getData()
    np.testing.assert_array_equal(x, np.flatnonzero(scored) + 1)
    np.testing.assert_array_equal(y, fit.output[scored, 0])
    np.testing.assert_array_equal(drawn_y(panel.items.prediction), fit.output[scored, 0])
    np.testing.assert_array_equal(drawn_y(panel.items.unscored), fit.output[:, 0])
    alphas = [brush.color().alphaF() for brush in panel.items.target.data["brush"]]
    np.testing.assert_allclose(alphas, np.where(scored, 1.0, 0.35), atol=0.01)
    assert "not scored" in words(panel)
    assert panel.readout(1.0, 0.0).endswith("not scored")
    assert not panel.readout(4.0, 0.0).endswith("not scored")
    assert panel.table()["scored"] == scored.astype(int).tolist()
    panel.apply_theme(themes.LIGHT)
    alphas = [brush.color().alphaF() for brush in panel.items.target.data["brush"]]
    np.testing.assert_allclose(alphas, np.where(scored, 1.0, 0.35), atol=0.01)
    panel.begin(trained(0).info())
    look(panel, trained(50))
    assert "not scored" not in words(panel)
    assert len(panel.items.answers.getData()[0]) == drawn_y(panel.items.unscored).size == 0


def test_it_is_for_numbers_and_not_for_classes(tmp_path: Path) -> None:
    assert FitPanel.suits(Trainer(ARTICLE).info())
    assert FitPanel.suits(masked_trainer(tmp_path)[0].info())
    file = write_data(tmp_path / "classes.npz", x=np.zeros((3, 4, 1)), y=np.ones((3, 4), dtype=np.int64))
    classes = RunConfig().with_values(
        {"task.name": "data", "task.file": file, "model.readout": "nll", "task.carry_state": False}
    )
    info = Trainer(classes).info()
    assert [panel for place in PANELS for panel in place if panel.suits(info)][1] is MemoryClassesPanel
    assert not FitPanel.suits(info)
    for task in ("text", "recall", "adding"):
        assert not FitPanel.suits(Trainer(RunConfig().with_values({"task.name": task})).info())


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_gated_cells_are_drawn_with_ghosts_and_their_own_output(shown: Shown, cell: str) -> None:
    trainer = trained(700, model__cell=cell, model__layers="5, 3", task__carry_state=True)
    panel = shown(trainer)
    fit = look(panel, trainer, sequence=7)
    assert words(panel) == ["target", "given the true past", "epoch 6", "given its own answers"]
    np.testing.assert_array_equal(drawn_y(panel.items.prediction), fit.output[:, 0])
    assert drawn_y(panel.items.own_output).size == 31


def test_the_fit_ends_with_its_stream(shown: Shown) -> None:
    trainer = trained(5, task__carry_state=True, training__batch=40)
    panel = shown(trainer)
    assert details(panel).startswith("sequences 1 to 3, 10 time steps each")
    fit = look(panel, trainer, sequence=1)
    assert (fit.first, fit.sequences) == (1, 2)
    assert details(panel).startswith("sequences 2 to 3")


def test_other_waves_have_their_own_title(shown: Shown) -> None:
    panel = shown(Trainer(RunConfig().with_values({"task.name": "square"})))
    assert panel._title.text() == "Fit"


def test_one_feature_needs_no_chooser(shown: Shown) -> None:
    panel = shown(trained(0))
    assert panel._title.text() == "Sine fit"
    assert not panel.feature.isVisible()


def assert_whole(qtbot: QtBot, legend: Legend, count: int) -> None:
    """So many entries are within the legend, none on another."""
    qtbot.waitUntil(lambda: all(QRectF(legend.rect()).contains(place) for place in legend.places()))
    places = legend.places()
    assert len(places) == count
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))


def test_the_legend_takes_as_many_lines_as_its_words_do(qtbot: QtBot, shown: Shown) -> None:
    trainer = trained(100_000)
    panel = shown(trainer)
    heights = []
    for width in (700, 300):
        panel.resize(width, 300)
        look(panel, trainer)
        QApplication.processEvents()
        assert_whole(qtbot, panel.legend, 5)
        heights.append(panel.legend.height())
    assert heights[1] >= 2 * heights[0]


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_it_takes_on_a_theme(shown: Shown, theme: themes.Theme) -> None:
    trainer = trained(650)
    panel = shown(trainer)
    look(panel, trainer)
    panel.apply_theme(theme)
    assert panel.items.prediction.opts["pen"].color().name() == theme.accent
    assert panel.items.own_output.opts["pen"].color().name() == theme.text
    assert panel.items.target.opts["brush"].color().name() == theme.target
    assert panel.items.ghosts["epoch 6"].opts["pen"].color().name() == theme.ghosts[0]
    picture = panel.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(80, 690, 2) for y in range(70, 380, 2)}
    assert theme.target in colours
    assert theme.accent in colours


@pytest.mark.parametrize(
    ("carry", "words"),
    [
        (False, "the state starts as the file says"),
        (True, "the first begins as the file says, then carried on"),
    ],
)
def test_states_that_a_file_gives_are_told(shown: Shown, tmp_path: Path, carry: bool, words: str) -> None:
    x = np.random.default_rng(0).random((3, 4, 2))
    file = write_data(tmp_path / "d.npz", x=x, y=x, h0_l0=np.full((3, 4), 0.5))
    config = RunConfig().with_values({"task.name": "data", "task.file": file, "task.carry_state": carry})
    trainer = Trainer(config)
    panel = shown(trainer)
    look(panel, trainer)
    assert f"; {words}" in details(panel)


def test_a_carried_state_says_where_it_began(shown: Shown) -> None:
    trainer = trained(5, task__carry_state=True)
    panel = shown(trainer)
    look(panel, trainer)
    assert details(panel).endswith("; the first begins at zero, then carried on")
    look(panel, trainer, sequence=1)
    assert details(panel).endswith("; the state is carried on from the sequence before")


def test_after_a_bad_start_the_value_axis_follows(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    fit = snapshot.probe(Fit)
    assert fit is not None
    usual = float(np.ptp(np.append(fit.target, fit.output)))
    wide = dataclasses.replace(fit, output=1.8 * fit.output)
    give(panel, dataclasses.replace(snapshot, probes={"fit": wide}))
    give(panel, snapshot)
    bottom, top = panel.plot.shown()[1]
    assert top - bottom < 1.5 * usual


@pytest.mark.parametrize(
    ("scaling", "label"),
    [("standardize", "wave (standardized)"), ("minmax", "wave (scaled to 0 … 1)"), ("none", "wave")],
)
def test_the_values_of_a_series_are_called_as_their_column_and_their_scaling(
    shown: Shown, tmp_path: Path, scaling: str, label: str
) -> None:
    file = tmp_path / "series.csv"
    file.write_text("wave\n" + "\n".join(f"{5.0 + np.sin(0.3 * n):.6f}" for n in range(200)) + "\n")
    series = {"task.name": "series", "task.file": str(file), "task.column": "wave", "task.scaling": scaling}
    panel = shown(Trainer(RunConfig().with_values(series)))
    assert panel.plot.left.labelText == label
    panel.begin(trained(0).info())
    assert panel.plot.left.labelText == "value"


def test_answers_to_a_data_file_are_not_said_to_be_one_step_ahead() -> None:
    assert answers_name("data") == "answer"
    assert answers_name("sine") == "given the true past"


def test_the_answers_are_called_alike_in_the_legend_and_off_the_scale(shown: Shown) -> None:
    panel = shown(trained(0))
    panel.items.answers_name = "answer"
    assert [entry.text for entry in panel.items.entries()] == ["target", "answer"]
    panel.items.say_off_the_scale(True)
    assert panel.items.off_the_scale.text() == "answers are off the scale"


@pytest.mark.parametrize("width", [460, 700, 1200])
def test_no_line_crosses_the_words_of_what_is_off_the_scale(shown: Shown, width: int) -> None:
    trainer = trained(20, training__learning_rate=1e5)
    panel = shown(trainer)
    panel.resize(width, 430)
    QApplication.processEvents()
    look(panel, trainer)
    words, items = panel.items.off_the_scale, panel.items
    assert words.isVisible()
    assert items.warm_up.isVisible()
    line = float(panel.plot.to_pixels(np.array([items.warm_up.value()]), np.zeros(1))[0][0])
    assert not words.pos().x() <= line <= words.pos().x() + words.size()[0]
    assert words.pos().x() + words.size()[0] <= panel.plot.box.width()

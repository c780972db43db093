"""The loss panel, fed by real trainings: what is drawn is what was trained, and it stays readable."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from gui.panels.loss.panel import LossPanel
from gui.panels.plots import pyramid
from gui.theme import DARK, LIGHT
from rnn.config.presets import Preset, marked_epochs, presets, starting_config
from rnn.number_format import short
from rnn.training.scalars import EpochResult, Scalars
from tests.gui.panels.feeding import ARTICLE, begun, details, feed, settle, shown


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    return shown(qtbot, LossPanel)


def labels(panel: LossPanel) -> dict[str, QRectF]:
    """The rectangles of the labels on show, in pixels, by their words."""
    every = [label for _, label in [*panel._guides.levels.values(), *panel._guides.marks.values()]]
    return {
        label.text(): label.boundingRect().translated(label.pos()) for label in every if label.isVisible()
    }


def test_every_update_is_drawn_as_it_was_trained(panel: LossPanel) -> None:
    trainer = begun(panel)
    scalars = trainer.advance(150)
    panel.receive((scalars,), None)
    settle(panel)
    x, y = panel._each.curve.getData()
    np.testing.assert_array_equal(x, np.arange(1, 151))
    np.testing.assert_allclose(10.0**y, scalars.loss, rtol=1e-12)


def test_updates_that_were_missed_are_a_hole_and_the_others_keep_their_numbers(panel: LossPanel) -> None:
    trainer = begun(panel)
    _, seen, missed, newest = (trainer.advance(updates) for updates in (30, 120, 60, 100))
    for scalars in (seen, newest):
        panel.receive((scalars,), None)
        settle(panel)
    table = panel.table()
    losses = [np.full(30, math.nan), seen.loss, np.full(60, math.nan), newest.loss]
    np.testing.assert_array_equal(table["mse"], np.concatenate(losses))
    assert table["update"] == list(range(1, 311))
    ends = [update for update, mean in zip(table["update"], table["train_mse"], strict=True) if mean != ""]
    assert ends == [100, 300]
    assert panel.summary().startswith("The mean loss of epoch 3 is")
    assert "first" not in panel.summary()
    assert len(missed.epochs) == 1


def test_epoch_means_and_validation_stand_at_the_last_update_of_their_epoch(panel: LossPanel) -> None:
    trainer = begun(panel)
    epochs = trainer.advance().epochs
    begun_again = begun(panel)
    feed(panel, begun_again)
    parts: tuple[tuple[pg.PlotCurveItem, pg.ScatterPlotItem, list[float | None]], ...] = (
        (panel._mean.curve, panel._mean.dots, [epoch.train_loss for epoch in epochs]),
        (panel._held_out.curve, panel._held_out.dots, [epoch.validation_loss for epoch in epochs]),
    )
    for curve, dots, wanted in parts:
        x, y = curve.getData()
        np.testing.assert_array_equal(x, np.arange(100, 901, 100))
        np.testing.assert_allclose(10.0**y, np.array(wanted, dtype=float), rtol=1e-12)
        np.testing.assert_array_equal(dots.getData()[1], y)


def test_the_linear_axis_shows_the_same_losses_and_is_remembered(panel: LossPanel) -> None:
    trainer = begun(panel)
    scalars = trainer.advance(300)
    panel.receive((scalars,), None)
    panel._log_button.click()
    settle(panel)
    assert not panel.log_y
    (_, right), (bottom, top) = panel.plot.shown()
    assert right >= 900
    assert bottom < 0.0
    assert 0.5 < top < 4.0
    within = scalars.loss < top
    np.testing.assert_allclose(panel._each.curve.getData()[1][within], scalars.loss[within])
    panel.begin(trainer.info())
    settle(panel)
    assert not panel.log_y


def test_the_whole_asked_run_is_in_view_from_the_start_and_the_view_does_not_creep(panel: LossPanel) -> None:
    trainer = begun(panel)
    views = set()
    while not trainer.finished:
        feed(panel, trainer, 30)
        views.add(panel.plot.shown())
    assert {x for x, _ in views} == {(-9.0, 918.0)}
    assert len(views) == 1


def test_marks_stand_at_the_ends_of_epochs_6_and_9(panel: LossPanel) -> None:
    begun(panel)
    assert {epoch: line.value() for epoch, (line, _) in panel._guides.marks.items()} == {6: 600, 9: 900}
    assert {"epoch 6", "epoch 9"} <= set(labels(panel))


def test_the_marks_belong_to_the_presets_of_the_article(panel: LossPanel) -> None:
    for preset in presets():
        marks = [6, 9] if preset.name.startswith("article") else []
        for changes in ({}, {"seed": 5, "training.learning_rate": 0.01}):
            config = preset.config.with_values(changes)
            begun(panel, config)
            assert list(panel._guides.marks) == marks, preset.name
            assert marked_epochs(config) == set(marks)
    begun(panel, starting_config("square"))
    assert list(panel._guides.marks) == []


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("size", [(340, 220), (500, 330), (700, 430), (1400, 900)])
def test_labels_never_overlap_and_are_never_cut(qtbot: QtBot, size: tuple[int, int], log: bool) -> None:
    panel = shown(qtbot, LossPanel, size)
    panel._log_button.setChecked(log)
    trainer = begun(panel)
    while True:
        settle(panel)
        room = panel.plot.box.boundingRect()
        for (first, one), (second, other) in itertools.combinations(labels(panel).items(), 2):
            assert not one.intersects(other), (first, second)
        for words, place in labels(panel).items():
            assert room.contains(place), words
        if trainer.finished:
            break
        feed(panel, trainer, 90)
    if size[0] >= 500:
        assert len(labels(panel)) == 7


def test_at_the_end_of_the_article_no_label_lies_on_a_curve(panel: LossPanel) -> None:
    from gui.panels.plots.labels import crossed

    feed(panel, begun(panel))
    lines = [
        panel.plot.to_pixels(*curve.getData())
        for curve in (panel._each.curve, panel._mean.curve, panel._held_out.curve)
    ]
    assert not [words for words, place in labels(panel).items() if crossed(place, lines)]


def test_floors_have_their_own_colour_and_stand_at_their_loss(panel: LossPanel) -> None:
    trainer = begun(panel)
    for reference in trainer.info().references:
        line, label = panel._guides.levels[reference.label]
        assert 10.0 ** line.value() == pytest.approx(reference.loss)
        colour = DARK.good if reference.floor else DARK.muted
        assert line.pen.color().name() == label.brush().color().name() == colour


def test_a_reference_out_of_view_is_not_drawn_and_does_not_widen_the_view(panel: LossPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"task.noise": 1e-9}))
    feed(panel, trainer, 300)
    _, (bottom, _) = panel.plot.shown()
    assert bottom > -6.0
    line, label = panel._guides.levels["noise floor σ²"]
    assert not line.isVisible()
    assert not label.isVisible()


def test_a_new_run_forgets_the_old_one(panel: LossPanel) -> None:
    feed(panel, begun(panel))
    trainer = begun(panel, ARTICLE.with_values({"training.epochs": 3, "task.sequences": 50}))
    assert len(panel.table()["update"]) == 0
    assert len(panel._each.curve.getData()[0]) == 0
    assert panel._figure.text() == ""
    assert {epoch: line.value() for epoch, (line, _) in panel._guides.marks.items()} == {6: 300, 9: 450}
    feed(panel, trainer)
    assert len(panel.table()["update"]) == 150


def test_the_figure_is_the_newest_update_and_then_the_last_epoch_mean(panel: LossPanel) -> None:
    trainer = begun(panel)
    scalars = trainer.advance(37)
    panel.receive((scalars,), None)
    settle(panel)
    assert panel._figure.text().startswith("update 37: ")
    assert float(panel._figure.text().split(": ")[1]) == pytest.approx(scalars.loss[-1], rel=5e-3)
    scalars = trainer.advance(100)
    panel.receive((scalars,), None)
    settle(panel)
    assert panel._figure.text().startswith("epoch 1: ")
    assert float(panel._figure.text().split(": ")[1]) == pytest.approx(scalars.epochs[0].train_loss, rel=5e-3)
    assert panel._figure.colour == DARK.accent


def test_the_caption_names_validation_once_there_is_some(panel: LossPanel) -> None:
    trainer = begun(panel)
    assert "validation" not in details(panel)
    feed(panel, trainer, 100)
    assert "held out dashed" in details(panel)
    assert panel._held_out.curve.opts["pen"].style() == Qt.PenStyle.DashLine
    begun(panel)
    assert "validation" not in details(panel)


def test_without_held_out_sequences_there_is_no_validation(panel: LossPanel) -> None:
    feed(panel, begun(panel, ARTICLE.with_values({"task.validation_sequences": 0})))
    assert "validation" not in details(panel)
    assert len(panel._held_out.curve.getData()[1]) == 0
    assert panel.table()["validation_mse"] == [""] * 900
    assert "validation" not in panel.readout(250.0, 0.0)


def test_the_readout_names_update_epoch_loss_and_mean(panel: LossPanel) -> None:
    trainer = begun(panel)
    scalars = trainer.advance(250)
    panel.receive((scalars,), None)
    text = panel.readout(130.4, 0.0)
    assert text.startswith("update 130, epoch 2: ")
    assert float(text.split(": ")[1].split()[0]) == pytest.approx(scalars.loss[129], rel=5e-3)
    assert float(text.split("mean of the epoch ")[1].split(",")[0]) == pytest.approx(
        scalars.epochs[1].train_loss, rel=5e-3
    )
    assert "validation" in text
    assert panel.readout(230.0, 0.0).endswith("the epoch is not over")
    assert panel.readout(0.0, 0.0) == panel.readout(251.0, 0.0) == ""


def test_the_table_holds_every_number_to_the_last_bit(panel: LossPanel) -> None:
    trainer = begun(panel)
    parts = [trainer.advance(130), trainer.advance(1), trainer.advance(99)]
    panel.receive(parts[:2], None)
    panel.receive(parts[2:], None)
    table = panel.table()
    assert table["update"] == list(range(1, 231))
    assert table["epoch"] == [1] * 100 + [2] * 100 + [3] * 30
    assert table["mse"] == np.concatenate([part.loss for part in parts]).tolist()
    assert table["grad_norm"] == np.concatenate([part.grad_norm for part in parts]).tolist()
    ended = [epoch for part in parts for epoch in part.epochs]
    assert [epoch.epoch for epoch in ended] == [1, 2]
    for name, of_epoch in (("train_mse", "train_loss"), ("validation_mse", "validation_loss")):
        at_the_ends: list[object] = [""] * 230
        at_the_ends[99], at_the_ends[199] = (getattr(epoch, of_epoch) for epoch in ended)
        assert table[name] == at_the_ends
    for reference in trainer.info().references:
        assert table[reference.column] == [reference.loss]


def test_the_table_of_epochs_whose_updates_never_came_is_whole(panel: LossPanel) -> None:
    begun(panel)
    mse = np.full(150, 0.5)
    results = tuple(EpochResult(epoch, 100 * epoch, 0.25, 0.125, None) for epoch in (1, 2, 3))
    panel.receive((Scalars(1, mse, mse, mse, results),), None)
    table = panel.table()
    assert [place for place, value in enumerate(table["train_mse"]) if value != ""] == [99]
    assert table["train_mse"][99] == 0.25
    assert table["validation_mse"][99] == 0.125


def test_after_a_divergence_the_axes_are_finite_and_the_start_is_in_view(panel: LossPanel) -> None:
    config = ARTICLE.with_values({"training.learning_rate": 1.7, "model.layers": 16})
    trainer = begun(panel, config)
    for log in (True, False):
        panel._log_button.setChecked(log)
        feed(panel, trainer)
        assert trainer.divergence is not None
        assert panel._record.losses.values.max() > 1e200
        (left, right), (bottom, top) = panel.plot.shown()
        assert (left, right) == (-9.0, 918.0)
        if log:
            start = float(np.log10(panel._record.losses.values[0]))
            assert -30.0 < bottom < start
            assert 200.0 < float(np.log10(panel._record.losses.values.max())) < top < 330.0
        else:
            assert -100.0 < bottom < top < 1000.0
        assert panel._beyond.isVisible() == (not log)
        assert np.isfinite(panel._each.curve.getData()[1]).all()
        assert not panel.grab().isNull()


@pytest.mark.parametrize(
    "losses", [[0.0], [0.0] * 50, [1e300] * 3, [math.inf, 1.0], [1e-300, 1e300, 0.0, 5e-324]]
)
@pytest.mark.parametrize("log", [True, False])
def test_extreme_losses_are_painted_on_finite_axes(panel: LossPanel, losses: list[float], log: bool) -> None:
    panel._log_button.setChecked(log)
    begun(panel)
    mse = np.array(losses)
    result = EpochResult(1, 100, losses[-1], math.nan, None)
    panel.receive((Scalars(1, mse, mse, mse, (result,)),), None)
    settle(panel)
    assert np.isfinite(panel.plot.shown()).all()
    assert np.isfinite(panel._each.curve.getData()[1]).all()
    assert not panel.grab().isNull()
    assert panel.readout(1.0, 0.0)
    assert panel.table()["mse"] == losses


def million(panel: LossPanel) -> np.ndarray:
    """A million updates of 10,000 epochs; returns their losses."""
    info = dataclasses.replace(begun(panel).info(), config=ARTICLE.with_values({"training.epochs": 10_000}))
    panel.begin(info)
    rng = np.random.default_rng(0)
    mse = np.exp(rng.normal(-4.0, 0.3, 1_000_000))
    mse[777_777] = 40.0
    mse[333_333] = 1e-4
    means = mse.reshape(-1, 100).mean(axis=1)
    epochs = tuple(
        EpochResult(epoch, 100 * epoch, mean, 0.9 * mean, None) for epoch, mean in enumerate(means, start=1)
    )
    panel.receive((Scalars(1, mse, mse, mse, epochs),), None)
    settle(panel)
    return mse


def test_of_a_million_updates_none_is_lost_and_few_points_are_drawn(panel: LossPanel) -> None:
    mse = million(panel)
    x, y = panel._each.curve.getData()
    assert len(x) <= 4 * panel.plot.columns + 8
    assert 10.0 ** y.max() == pytest.approx(40.0)
    assert 10.0 ** y.min() == pytest.approx(1e-4)
    assert abs(x[y.argmax()] - 777_778) <= 1e6 / panel.plot.columns
    assert len(panel._mean.curve.getData()[0]) <= 410
    np.testing.assert_array_equal(panel._record.losses.values, mse)


def test_zoomed_in_to_single_updates_the_curve_is_exact(panel: LossPanel) -> None:
    mse = million(panel)
    box = panel.plot.box
    box.setXRange(777_700, 777_850, padding=0)
    panel.plot.following = False
    settle(panel)
    x, y = panel._each.curve.getData()
    inside = (x >= 777_700) & (x <= 777_850)
    np.testing.assert_array_equal(x[inside], np.arange(777_700, 777_851))
    np.testing.assert_allclose(10.0 ** y[inside], mse[777_699:777_850], rtol=1e-12)


def test_a_million_updates_draw_as_fast_as_a_frame_asks_for(panel: LossPanel) -> None:
    million(panel)
    one = np.array([0.02])
    seconds = []
    for _ in range(30):
        panel.receive((Scalars(1, one, one, one, ()),), None)
        started = time.thread_time()
        panel.draw()
        panel.plot.viewport().repaint()
        seconds.append(time.thread_time() - started)
    # 3 ms was measured; the limit leaves room for a slow machine and none for drawing a million points.
    assert np.median(seconds) < 0.05


def test_a_single_update_is_a_dot_and_many_are_none(panel: LossPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 1)
    x, y = panel._each.dots.getData()
    assert x.tolist() == [1.0]
    assert 10.0 ** y[0] == pytest.approx(panel._record.losses.values[0])
    at_x, at_y = panel.plot.to_pixels(x, y)
    place = panel.plot.mapFromScene(panel.plot.box.mapToScene(QPointF(float(at_x[0]), float(at_y[0]))))
    picture = panel.plot.grab().toImage()
    assert picture.pixelColor(place).name() == DARK.accent
    feed(panel, trainer, 39)
    assert len(panel._each.dots.getData()[0]) == 40
    feed(panel, trainer, 1)
    assert len(panel._each.dots.getData()[0]) == 0


def test_an_explosion_is_a_line_that_goes_up_and_stays_up(panel: LossPanel) -> None:
    begun(panel)
    mse = np.concatenate([np.geomspace(1.0, 0.1, 300), np.geomspace(1.0, 1e299, 100), np.full(200, 1e299)])
    for part in np.split(mse, 12):
        panel.receive((Scalars(1, part, part, part, ()),), None)
        settle(panel)
        _, (bottom, top) = panel.plot.shown()
        assert bottom < np.log10(part).min()
        assert np.log10(part).max() < top
    _, y = panel._each.curve.getData()
    np.testing.assert_allclose(y, np.log10(mse))
    assert not panel._beyond.isVisible()
    panel._log_button.click()
    settle(panel)
    assert panel._beyond.isVisible()
    assert panel._beyond.text() == "↑ off the scale"


def test_the_menu_switches_the_axis(panel: LossPanel) -> None:
    begun(panel)
    action = panel.menu().actions()[0]
    assert action.isCheckable()
    assert action.isChecked()
    action.trigger()
    assert not panel.log_y
    assert not panel._log_button.isChecked()
    assert not panel.menu().actions()[0].isChecked()


def test_another_theme_recolours_curves_guides_and_figure(panel: LossPanel) -> None:
    feed(panel, begun(panel))
    panel.apply_theme(LIGHT)
    settle(panel)
    assert panel._mean.curve.opts["pen"].color().name() == LIGHT.accent
    assert panel._held_out.curve.opts["pen"].color().name() == LIGHT.other
    assert panel._guides.levels["noise floor σ²"][0].pen.color().name() == LIGHT.good
    assert panel._figure.colour == LIGHT.accent


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_every_preset_is_painted_from_start_to_end(panel: LossPanel, preset: Preset) -> None:
    trainer = begun(panel, preset.config)
    many = 700 if preset.config.training.batch == 1 else 20
    for updates in (0, 1, many):
        feed(panel, trainer, updates)
        assert np.isfinite(panel.plot.shown()).all()
        assert not panel.grab().isNull()


def test_a_run_too_long_to_keep_every_update_keeps_every_extreme(
    panel: LossPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyramid, "VALUES", 1000)
    monkeypatch.setattr(pyramid, "BINS", 128)
    mse = million(panel)
    settle(panel)
    width = panel._record.losses.width
    table = panel.table()
    assert len(table["update_from"]) == -(-len(mse) // width) <= 128
    assert table["update_to"][-1] == len(mse)
    starts = np.arange(0, len(mse), width)
    np.testing.assert_array_equal(table["mse_least"], np.minimum.reduceat(mse, starts))
    np.testing.assert_array_equal(table["mse_greatest"], np.maximum.reduceat(mse, starts))
    low, high = mse[:width].min(), mse[:width].max()
    assert panel.readout(3.0, 0.0).endswith(f"among {width:,} updates {short(low, 3)} to {short(high, 3)}")

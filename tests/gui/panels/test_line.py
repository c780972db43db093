"""The loss along a line on the screen: the probe's own numbers, the steps, and views that hold them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from gui.panels.line.panel import LinePanel
from gui.panels.plots.axes import LogAxis, NumberAxis
from gui.theme import DARK, LIGHT, SMALL, font
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.observing.probes.line import Line, Step
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, begun, details, settle, shown

REQUEST = SnapshotRequest(probes=frozenset({"line"}))
CLIPPED = load_preset("clipped").config


@pytest.fixture
def panel(qtbot: QtBot) -> LinePanel:
    return shown(qtbot, LinePanel)


def feed(panel: LinePanel, trainer: Trainer, updates: int = 0, **changes: Any) -> Line:
    """Train on, and draw the line of that moment, with other figures where a test needs them."""
    scalars = trainer.advance(updates)
    snapshot = trainer.snapshot(REQUEST)
    line = snapshot.probe(Line)
    assert line is not None
    line = dataclasses.replace(line, **changes)
    panel.receive((scalars,), dataclasses.replace(snapshot, probes={"line": line}))
    settle(panel)
    return line


def run(panel: LinePanel, config: RunConfig = ARTICLE, updates: int = 0, **changes: Any) -> Line:
    return feed(panel, begun(panel, config), updates, **changes)


def in_losses(panel: LinePanel, heights: np.ndarray) -> np.ndarray:
    return 10.0**heights if panel.axis.log else heights


def test_the_curve_is_the_loss_at_every_distance_and_the_tangent_touches_it(panel: LinePanel) -> None:
    line = run(panel)
    x, y = panel.curve.getData()
    np.testing.assert_array_equal(x, line.distances)
    np.testing.assert_allclose(in_losses(panel, y), line.losses, rtol=1e-12)
    x, y = panel.tangent.getData()
    there = np.isfinite(y) & (np.abs(x) < 0.01 * line.reach)
    np.testing.assert_allclose(in_losses(panel, y)[there], line.loss + line.slope * x[there], rtol=1e-9)
    assert there.sum() >= 3
    assert panel.plot.shown()[0] == (-0.5 * line.reach, line.reach)


def test_the_arrow_leads_to_where_the_step_ends(panel: LinePanel) -> None:
    line = run(panel)
    (x,), (y,) = panel.sgd.dot.getData()
    assert x == line.sgd.length
    assert in_losses(panel, y) == pytest.approx(line.sgd.loss, rel=1e-12)
    np.testing.assert_allclose(panel.sgd.shaft.getData()[0], [0.0, line.sgd.length])
    assert panel.sgd.head.isVisible()
    assert len(panel.clipped.dot.getData()[0]) == 0
    assert panel._figure.text() == "the next update: 1.5 → 0.11"
    assert details(panel).startswith("update 0 · SGD's next update; ")
    assert panel._figure.colour == DARK.good
    assert panel.summary() == (
        "Before the first update SGD's next update on this sequence, 0.52 long, "
        "changes the loss from 1.5 to 0.11."
    )


def test_a_clipped_step_stands_beside_the_one_it_replaces(panel: LinePanel) -> None:
    line = run(panel, CLIPPED, 2)
    assert line.clipped is not None
    assert panel.clipped.dot.getData()[0][0] == line.clipped.length < line.sgd.length
    assert panel.sgd.dot.getData()[0][0] == line.sgd.length
    assert "scaled down to 7" in details(panel)
    assert "clipped to 0.84" in panel.summary()
    assert panel.clipped.label.isVisible()
    assert panel.clipped.label.text().startswith("clipped ")
    assert panel.sgd.shaft.opts["pen"].style() == Qt.PenStyle.DotLine


@pytest.mark.parametrize(("end", "colour"), [(0.5, DARK.good), (1.5, DARK.bad)])
def test_each_step_has_the_colour_of_its_outcome(panel: LinePanel, end: float, colour: str) -> None:
    other = {DARK.good: DARK.bad, DARK.bad: DARK.good}[colour]
    steps = {"sgd": Step(1.3, 2.0 - end), "clipped": Step(0.8, end)}
    run(panel, CLIPPED, 2, loss=1.0, **steps)
    for mark, expected in ((panel.clipped, colour), (panel.sgd, other)):
        assert mark.shaft.opts["pen"].color().name() == expected
    assert panel._figure.colour == colour


def test_the_labels_have_as_many_digits_as_the_figure(panel: LinePanel) -> None:
    run(panel, CLIPPED, 2, loss=0.2212, sgd=Step(1.3, 0.5787), clipped=Step(0.8, 0.2189))
    assert panel._figure.text().endswith("0.221 → 0.219")
    marks = (panel.now, panel.sgd, panel.clipped)
    assert [mark.label.text() for mark in marks] == ["now 0.221", "SGD unclipped 0.579", "clipped 0.219"]


def test_a_clip_that_is_not_reached_is_mentioned(panel: LinePanel) -> None:
    run(panel, CLIPPED, 2, clipped=None, norm=0.18)
    assert "clip 7.0 not reached: ‖g‖ of sequence 1 is 0.18" in panel._caption._standing


def test_a_step_that_makes_it_worse_is_told_in_the_colour_of_errors(panel: LinePanel) -> None:
    line = run(panel, load_preset("exploding").config, 3)
    assert line.step.loss > line.loss
    assert panel._figure.colour == DARK.bad


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"training.optimizer": "adam"}, "plain SGD's update; Adam goes elsewhere"),
        ({"training.clip_value": 0.1}, "by value turns the gradient step"),
        ({"training.weight_decay": 0.1}, "weight decay is left out"),
    ],
)
def test_what_the_arrows_leave_out_is_said(panel: LinePanel, changes: dict[str, Any], words: str) -> None:
    run(panel)
    assert words not in details(panel)
    run(panel, ARTICLE.with_values(changes))
    assert words in details(panel)


def test_whose_step_it_is_is_said_and_one_that_is_not_taken_is_no_promise(panel: LinePanel) -> None:
    run(panel, updates=1)
    assert "an SGD update on this sequence; next is 2; " in details(panel)
    assert panel._figure.text() == "an SGD update here would: 0.11 → 0.10"
    assert panel.summary().startswith("After 1 update an SGD update on this sequence, ")
    assert panel._figure.colour == DARK.good
    for changes, words in (
        ({"training.batch": 8}, "SGD on this sequence alone; a batch has 8; "),
        ({"training.optimizer": "adam"}, "plain SGD's update; Adam goes elsewhere; "),
        ({"training.clip_value": 0.1}, "clipping by value turns the gradient step"),
    ):
        run(panel, ARTICLE.with_values(changes))
        assert words in details(panel)
        assert "would: " in panel._figure.text()
        assert panel._figure.colour == DARK.muted
    run(panel, ARTICLE.with_values({"training.shuffle": True}))
    assert "an SGD update on this sequence; next is any; " in details(panel)
    panel.resize(330, 268)
    settle(panel)
    assert panel._figure.seen == "1.5 → 0.11"
    assert not panel._figure.is_cut


def test_the_near_view_ends_behind_the_step_that_is_taken(panel: LinePanel) -> None:
    far = Step(400.0, 3.0)
    line = run(panel, CLIPPED, 2)
    assert line.clipped is not None
    feed(panel, begun(panel, CLIPPED), 2, sgd=far)
    panel._near_button.click()
    settle(panel)
    left, right = panel.plot.shown()[0]
    assert (left, right) == (-0.5 * line.near, line.near)
    x = np.asarray(panel.curve.getData()[0])
    seen = x[(x >= left) & (x <= right)]
    assert (seen[0], seen[-1]) == (left, right)
    assert np.diff(seen).max() <= 0.05 * (right - left)
    assert 1.2 * line.clipped.length <= right <= 3.2 * line.clipped.length
    panel._near_button.click()
    settle(panel)
    assert panel.plot.shown()[0] == (-0.5 * line.reach, line.reach)


def test_losses_over_many_decades_are_drawn_in_decades_and_others_are_not(panel: LinePanel) -> None:
    line = run(panel)
    rising = np.geomspace(1e-2, 1e4, len(line.losses))
    feed(panel, begun(panel), losses=rising)
    assert (panel.axis.log, type(panel.plot.left)) == (True, LogAxis)
    assert panel.plot.left.labelText == "mean square error, log"
    assert details(panel).endswith("a straight line that the log axis bends")
    np.testing.assert_allclose(10.0 ** panel.curve.getData()[1], rising, rtol=1e-9)
    feed(panel, begun(panel), losses=np.geomspace(1.0, 6.0, len(line.losses)))
    assert panel.axis.log  # a little under the span that brings decades, they stay
    feed(panel, begun(panel), losses=np.linspace(1.0, 2.0, len(line.losses)))
    assert details(panel).endswith("dashed: what its slope promises")
    assert (panel.axis.log, type(panel.plot.left)) == (False, NumberAxis)


def test_the_end_of_what_is_finite_is_marked_with_a_word(panel: LinePanel) -> None:
    line = run(panel)
    losses = line.losses.copy()
    losses[line.distances > 0.6 * line.reach] = np.inf
    losses[line.distances > 0.8 * line.reach] = np.nan
    feed(panel, begun(panel), losses=losses)
    assert panel.ends.label.isVisible()
    assert panel.ends.label.text() == "not finite from here on"
    (left, right), (bottom, top) = panel.plot.shown()
    assert np.isfinite([left, right, bottom, top]).all()
    edge = line.distances[line.distances > 0.6 * line.reach][0]
    np.testing.assert_array_equal(panel.ends.lines.getData()[0], [edge, edge])
    assert "is not finite" in panel.readout(float(line.distances[-1]), 0.0)


@pytest.mark.parametrize(("norm", "words"), [(0.0, "no gradient"), (np.inf, "not finite")])
def test_without_a_gradient_there_is_no_line_and_that_is_said(
    panel: LinePanel, norm: float, words: str
) -> None:
    nothing = np.zeros(0)
    run(panel, distances=nothing, losses=nothing, reach=0.0, norm=norm)
    assert panel._figure.text() == words
    assert panel.curve.getData()[0] is None or len(panel.curve.getData()[0]) == 0
    assert panel.readout(0.0, 0.0) == ""
    assert "no line" in panel.summary()
    assert panel.sentence.label.isVisible()
    assert panel.sentence.label.text().startswith("the gradient is ")
    run(panel)
    assert not panel.sentence.label.isVisible()


def test_the_readout_tells_loss_slope_and_share_of_the_step(panel: LinePanel) -> None:
    line = run(panel)
    text = panel.readout(line.step.length, 0.0)
    assert text.startswith("0.517 against the gradient: loss 0.108")
    assert text.endswith("1.0 of the gradient step")
    assert panel.readout(-0.3 * line.reach, 0.0).split()[1] == "along"
    assert panel.readout(1.1 * line.reach, 0.0) == ""
    assert "its slope promises less than 0 · " in panel.readout(line.reach, 0.0)
    assert line.loss + line.slope * line.reach < 0.0


def test_the_table_holds_the_line_and_the_steps(panel: LinePanel) -> None:
    line = run(panel, CLIPPED, 2)
    table = panel.table()
    assert table["distance"] == line.distances.tolist()
    assert table["mse"] == line.losses.tolist()
    assert table["place"] == ["now", "sgd", "clipped"]
    assert table["place_mse"] == [line.loss, line.sgd.loss, line.clipped.loss if line.clipped else None]


def test_it_can_be_painted_after_a_divergence_and_in_both_themes(panel: LinePanel) -> None:
    trainer = begun(panel, load_preset("exploding").config.with_values({"model.nonlinearity": "relu"}))
    trainer.advance(1000)
    assert trainer.divergence is not None
    feed(panel, trainer)
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        settle(panel)
        assert not panel.grab().isNull()
    assert np.isfinite(panel.plot.shown()).all()


def test_a_step_that_no_picture_holds_is_told_in_its_place(panel: LinePanel) -> None:
    config = load_preset("exploding").config.with_values({"training.epochs": 400})
    line = run(panel, config, 4_000)
    assert line.step.length > 1e100
    panel.resize(330, 268)
    settle(panel)
    assert panel.sentence.label.isVisible()
    assert panel.sentence.label.text().startswith("a gradient step here would be off any scale:")
    assert panel.sentence.label.size()[0] <= panel.plot.box.width()
    assert not panel.ends.label.isVisible()
    assert len(panel.now.dot.getData()[0]) == 0


def test_the_left_axis_has_room_for_its_numbers(qtbot: QtBot, panel: LinePanel) -> None:
    line = run(panel)
    small = 1e-4 * np.linspace(4.6, 5.4, len(line.losses))
    feed(panel, begun(panel), losses=small, sgd=Step(line.sgd.length, 4.6e-4), loss=5e-4)
    axis = panel.plot.left
    height = panel.plot.box.height()
    spacing, values = axis.tickValues(*panel.plot.shown()[1], height)[0]
    texts = axis.tickStrings(values, 1.0, spacing)
    widest = max(QFontMetrics(font(SMALL)).horizontalAdvance(text) for text in texts)
    assert widest > 40
    label = axis.label.boundingRect()
    qtbot.waitUntil(lambda: axis.width() >= widest + axis.style["tickTextOffset"][0] + 0.8 * label.height())
    middle = axis.label.mapRectToParent(label).center().y()
    assert middle == pytest.approx(0.5 * axis.height(), abs=2.0)


def test_words_cover_neither_each_other_nor_a_dot(panel: LinePanel) -> None:
    trainer = begun(panel, CLIPPED)
    panel.resize(330, 268)
    for updates in (0, 2, 8, 50, 60):
        feed(panel, trainer, updates)
        marks = [mark for mark in (panel.now, panel.sgd, panel.clipped) if mark.label.isVisible()]
        words = [QRectF(mark.label.pos(), QSizeF(*mark.label.size())) for mark in marks]
        for place, word in enumerate(words):
            assert not any(word.intersects(other) for other in words[:place])
            assert not any(word.intersects(mark.around) for mark in (panel.now, panel.sgd, panel.clipped))


def test_a_new_run_forgets_the_old_one(panel: LinePanel) -> None:
    run(panel)
    begun(panel)
    assert panel.table() == {}
    assert panel._figure.text() == panel.summary() == ""


def test_a_snapshot_without_a_line_leaves_the_last_one(panel: LinePanel) -> None:
    line = run(panel)
    snapshot: Snapshot = Trainer(ARTICLE).snapshot(SnapshotRequest())
    panel.receive((), snapshot)
    settle(panel)
    assert panel.table()["distance"] == line.distances.tolist()

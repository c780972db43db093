"""The gradient through time on the screen: the probe's own numbers, its verdict, and finite axes."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.panels.flow import FlowPanel
from gui.theme import DARK
from rnn.config import RunConfig
from rnn.probes import Flow
from rnn.snapshot import Snapshot
from rnn.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, REQUEST, begun, feed, settle, shown

LONG = ARTICLE.with_values(
    {"task.length": 61, "task.span": 4, "model.layers": 16, "model.initializer": "gaussian"}
)


@pytest.fixture
def panel(qtbot: QtBot) -> FlowPanel:
    return shown(qtbot, FlowPanel)


def flow_of(trainer: Trainer) -> Flow:
    flow = trainer.snapshot(REQUEST).probe(Flow)
    assert flow is not None
    return flow


def with_flow(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """The same moment with other norms, as no training brings them on demand."""
    flow = snapshot.probe(Flow)
    assert flow is not None
    return dataclasses.replace(snapshot, probes={"flow": dataclasses.replace(flow, **changes)})


def test_the_curve_is_that_of_the_last_steps_loss_alone(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 120)
    flow = flow_of(trainer)
    for item, norms in ((panel._curve, flow.last), (panel._bound, flow.bound)):
        x, y = item.getData()
        np.testing.assert_array_equal(x, np.arange(1, 11))
        (_, _), (bottom, top) = panel.plot.shown()
        inside = (y > bottom) & (y < top)
        np.testing.assert_allclose(10.0 ** y[inside], norms[inside], rtol=1e-12)
    assert inside.any()
    assert "last step's loss alone" in panel._caption.text()
    assert "∂L<sub>T</sub>" in panel.plot.getAxis("left").labelText


def test_the_whole_loss_is_shown_on_request_and_the_caption_warns(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 120)
    verdict = panel._figure.text()
    panel._whole_button.click()
    settle(panel)
    np.testing.assert_allclose(10.0 ** panel._curve.getData()[1], flow_of(trainer).total, rtol=1e-12)
    assert "refills" in panel._caption.text()
    assert "the verdict is the last step's" in panel._caption.text()
    assert "bound" not in panel._caption.text()
    assert len(panel._bound.getData()[0]) == 0
    assert "∂L/∂h" in panel.plot.getAxis("left").labelText
    assert panel._figure.text() == verdict
    panel._whole_button.click()
    settle(panel)
    np.testing.assert_allclose(10.0 ** panel._curve.getData()[1], flow_of(trainer).last, rtol=1e-12)
    assert len(panel._bound.getData()[0]) > 0
    assert "refills" not in panel._caption.text()
    assert "bound by" in panel._caption.text()


def linear(radius: float) -> RunConfig:
    """A network whose weights alone turn and scale: W_h = ρ·Q, and almost nothing for tanh to squash."""
    return ARTICLE.with_values(
        {
            "task.length": 21,
            "task.noise": 0.0,
            "model.layers": 8,
            "model.initializer": "orthogonal",
            "model.spectral_radius": radius,
            "training.learning_rate": 0.0,
        }
    )


@pytest.mark.parametrize(
    ("radius", "verdict", "colour"),
    [(0.5, "vanishing", DARK.other), (1.6, "exploding", DARK.bad), (1.05, "steady", DARK.good)],
)
def test_the_verdict_names_the_measured_factor_in_its_colour(
    panel: FlowPanel, radius: float, verdict: str, colour: str
) -> None:
    trainer = begun(panel, linear(radius))
    # Tiny inputs keep tanh on its straight part, where the factor a step is known: ρ.
    trainer.network.parameters["l0.Wx"][...] *= 1e-6
    trainer.network.parameters["l0.b"][...] = 0.0
    feed(panel, trainer, 0)
    assert panel._figure.text() == f"{verdict} · ×{radius:.2f} a step"
    assert colour in panel._figure.styleSheet()


def test_the_thresholds_and_what_is_left_are_written_in_the_plot(panel: FlowPanel) -> None:
    begun(panel)
    assert panel._note.text() == "vanishing below ×0.9 a step\nexploding above ×1.1 a step"
    trainer = begun(panel, linear(0.5))
    trainer.network.parameters["l0.Wx"][...] *= 1e-6
    trainer.network.parameters["l0.b"][...] = 0.0
    feed(panel, trainer, 0)
    assert panel._note.text().startswith("after 19 steps 1.9·10⁻⁶ of it is left\nvanishing below")
    assert pytest.approx(1.9e-6, rel=0.01) == 0.5**19


def test_the_note_stays_in_the_plot_and_off_the_curve(panel: FlowPanel) -> None:
    trainer = begun(panel, LONG)
    for _ in range(12):
        feed(panel, trainer, 20)
        if panel._note.isVisible():
            room = panel.plot.getPlotItem().getViewBox().boundingRect()
            place = panel._note.boundingRect().translated(panel._note.pos())
            assert room.contains(place)
            x, y = panel.plot.to_pixels(*panel._curve.getData())
            on = (x > place.left()) & (x < place.right()) & (y > place.top()) & (y < place.bottom())
            assert not on.any()
    assert panel._note.isVisible()


def test_the_band_holds_the_last_hundred_snapshots_and_no_moment_twice(panel: FlowPanel) -> None:
    trainer = begun(panel)
    seen = []
    for _ in range(130):
        trainer.advance(1)
        snapshot = trainer.snapshot(REQUEST)
        seen.append(flow_of(trainer).last)
        panel.receive((), snapshot)
        panel.receive((), snapshot)
    settle(panel)
    assert len(panel._last_band) == 100
    np.testing.assert_allclose(10.0 ** panel._lower.getData()[1], np.min(seen[-100:], axis=0), rtol=1e-12)
    np.testing.assert_allclose(10.0 ** panel._upper.getData()[1], np.max(seen[-100:], axis=0), rtol=1e-12)


def test_another_sequence_or_a_new_run_begins_a_new_band(panel: FlowPanel) -> None:
    trainer = begun(panel)
    for _ in range(5):
        feed(panel, trainer, 5)
    assert len(panel._last_band) == 5
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, sequence=3)))
    assert len(panel._last_band) == len(panel._whole_band) == 1
    begun(panel)
    assert len(panel._last_band) == 0
    assert len(panel._curve.getData()[0]) == 0


def test_a_snapshot_without_the_flow_changes_nothing(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 10)
    _, y = panel._curve.getData()
    trainer.advance(10)
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, probes=frozenset({"fit"}))))
    settle(panel)
    np.testing.assert_array_equal(panel._curve.getData()[1], y)


def test_the_view_does_not_jump_from_snapshot_to_snapshot(panel: FlowPanel) -> None:
    trainer = begun(panel)
    views = []
    for _ in range(300):
        feed(panel, trainer, 3)
        views.append(panel.plot.shown())
    assert {x for x, _ in views} == {views[0][0]}
    changes = sum(first != second for first, second in itertools.pairwise(views))
    assert changes < 12


def test_the_bound_may_leave_the_view_and_never_widens_it(panel: FlowPanel) -> None:
    config = LONG.with_values({"model.spectral_radius": 3.0})
    trainer = begun(panel, config)
    feed(panel, trainer, 1)
    flow = flow_of(trainer)
    _, (bottom, top) = panel.plot.shown()
    assert np.log10(flow.bound.max()) > top + 10.0
    assert top - bottom < 1.3 * max(2.0, np.log10(flow.last.max() / flow.last.min()))
    assert panel._bound.getData()[1].max() < top + 25.0 * (top - bottom)


@pytest.mark.parametrize(
    "last",
    [
        np.zeros(10),
        np.r_[np.zeros(4), np.geomspace(1e-300, 1.0, 6)],
        np.r_[np.full(3, np.inf), np.geomspace(1e300, 1.0, 7)],
        np.full(10, np.nan),
        np.full(10, 1e-320),
        np.r_[1.0, np.zeros(9)],
        np.ones(10),
    ],
)
def test_every_kind_of_norm_is_painted_on_finite_axes(panel: FlowPanel, last: np.ndarray) -> None:
    trainer = begun(panel)
    snapshot = with_flow(trainer.snapshot(REQUEST), last=last, total=last, bound=last * 2.0)
    panel.receive((), snapshot)
    settle(panel)
    for whole in (False, True):
        panel._whole_button.setChecked(whole)
        settle(panel)
        assert np.isfinite(panel.plot.shown()).all()
        assert not panel.grab().isNull()
        for t in (1.0, 5.0, 10.0):
            panel.readout(t, 0.0)
    numbers = np.isfinite(last) & (last > 0.0)
    assert np.isfinite(panel._curve.getData()[1]).sum() == numbers.sum()


def test_without_a_rate_the_figure_says_why(panel: FlowPanel) -> None:
    trainer = begun(panel)
    assert panel._figure.text() == "no gradient yet"
    assert DARK.muted in panel._figure.styleSheet()
    snapshot = trainer.snapshot(REQUEST)
    for last, words in (
        (np.zeros(10), "no gradient yet"),
        (np.full(10, np.nan), "not finite"),
        (np.r_[0.0, np.ones(9)], "vanishing · nothing is left"),
    ):
        panel.receive((), with_flow(snapshot, last=last))
        settle(panel)
        assert panel._figure.text() == words


def test_a_single_time_step_is_a_dot_without_a_rate(panel: FlowPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"task.length": 2}))
    feed(panel, trainer, 10)
    np.testing.assert_array_equal(panel._dots.getData()[0], [1.0])
    assert panel._figure.text() == "one time step: no rate"
    assert panel.readout(1.0, 0.0).startswith("time step 1: ")
    assert panel.table()["through_tanh"] == []


def test_a_long_sequence_is_drawn_with_few_points(panel: FlowPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"task.length": 10_000, "task.sequences": 1}))
    panel.receive((), trainer.snapshot(REQUEST))
    flow = flow_of(trainer)
    settle(panel)
    assert len(panel._curve.getData()[0]) < 4 * panel.plot.columns + 10
    assert panel.table()["last"] == flow.last.tolist()
    assert not panel.grab().isNull()


def test_the_readout_splits_the_factor_of_the_step(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 200)
    flow = flow_of(trainer)
    text = panel.readout(4.3, 0.0)
    assert text.startswith("time step 4: ")
    plain = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    step, norm, share, other, tanh, weights = map(
        float, re.findall(r"[\d.]+(?:e-?\d+)?", plain.replace("·10", "e"))
    )
    assert (step, other) == (4.0, 10.0)
    assert norm == pytest.approx(flow.last[3], rel=0.06)
    assert share == pytest.approx(flow.last[3] / flow.last[-1], rel=0.06)
    assert tanh == pytest.approx(flow.through_tanh[3], rel=0.06)
    assert weights == pytest.approx(flow.through_weights[3], rel=0.06)
    assert tanh * weights == pytest.approx(flow.last[3] / flow.last[4], rel=0.12)
    assert "the weights multiply it by" in text
    assert "tanh" not in panel.readout(10.0, 0.0)
    assert panel.readout(0.2, 0.0) == panel.readout(10.8, 0.0) == ""


def test_the_table_holds_the_probes_numbers(panel: FlowPanel) -> None:
    assert panel.table() == {}
    trainer = begun(panel)
    feed(panel, trainer, 50)
    flow = flow_of(trainer)
    table = panel.table()
    assert list(table) == ["time_step", "last", "total", "bound", "through_tanh", "through_weights"]
    assert table["time_step"] == list(range(1, 11))
    for name in list(table)[1:]:
        assert table[name] == getattr(flow, name).tolist()


def test_after_a_divergence_the_panel_is_readable(panel: FlowPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"training.learning_rate": 1.7, "model.layers": 16}))
    while not trainer.finished:
        feed(panel, trainer, 10)
    assert trainer.divergence is not None
    feed(panel, trainer)
    (left, right), (bottom, top) = panel.plot.shown()
    assert 0.0 < left < 1.0
    assert 10.0 < right < 11.0
    assert all(map(math.isfinite, (bottom, top)))
    assert not panel.grab().isNull()


def test_the_menu_switches_to_the_whole_loss(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 5)
    panel.menu().actions()[0].trigger()
    assert panel.whole_loss
    assert panel._whole_button.isChecked()
    assert panel.menu().actions()[0].isChecked()


def test_words_change_all_at_once_and_no_faster_than_they_can_be_read(
    panel: FlowPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    panel.told.connect(told.append)
    trainer = begun(panel, linear(0.5))
    feed(panel, trainer, 0)
    assert told[-1].startswith("Going back one step keeps")

    def words() -> tuple[str, str, str]:
        return panel._figure.text(), panel._note.text(), told[-1]

    before = words()
    _, curve = panel._curve.getData()
    doubled = 0.01 * 2.0 ** np.arange(19, -1, -1)
    later = dataclasses.replace(with_flow(trainer.snapshot(REQUEST), last=doubled), update=7)
    monkeypatch.setattr(FlowPanel, "words_interval", 3600.0)
    panel.receive((), later)
    panel.refresh()
    assert words() == before
    assert not np.array_equal(panel._curve.getData()[1], curve)
    assert panel.dirty  # the words are still to come, even if no snapshot does
    monkeypatch.setattr(FlowPanel, "words_interval", 0.01)

    def written() -> bool:
        panel.refresh()
        return words() != before

    qtbot.waitUntil(written)
    assert panel._figure.text() == "exploding · ×2.00 a step"
    assert panel._note.text().startswith("after 19 steps it is 520,000 times")
    assert told[-1].startswith("Going back one step multiplies")
    assert not panel.dirty

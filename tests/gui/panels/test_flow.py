"""The gradient through time on the screen: the probe's own numbers, its verdict, and finite axes."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.panels.flow.panel import FlowPanel
from gui.panels.frame.unhurried import Unhurried
from gui.panels.keys.legend import Stroke
from gui.theme import DARK, LIGHT
from rnn.config import RunConfig
from rnn.number_format import factor_words, short
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow, Split
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, REQUEST, begun, details, feed, settle, shown
from tests.rnn.cases import write_data

LONG = ARTICLE.with_values({"task.length": 61, "model.layers": 16, "model.initializer": "gaussian"})


@pytest.fixture
def panel(qtbot: QtBot) -> FlowPanel:
    return shown(qtbot, FlowPanel)


def whole_flow(snapshot: Snapshot) -> Flow:
    flow = snapshot.probe(Flow)
    assert flow is not None
    return flow


def flow_of(trainer: Trainer, layer: int = -1) -> LayerFlow:
    """The flow of one layer, the top one unless another is asked for."""
    return whole_flow(trainer.snapshot(REQUEST)).layers[layer]


def split_of(flow: LayerFlow) -> Split:
    assert flow.split is not None
    return flow.split


def with_flow(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """The same moment with other norms, as no training brings them on demand."""
    flow = whole_flow(snapshot)
    (layer,) = flow.layers
    if "bound" in changes:
        changes["split"] = dataclasses.replace(split_of(layer), bound=changes.pop("bound"))
    changed = dataclasses.replace(flow, layers=(dataclasses.replace(layer, **changes),))
    return dataclasses.replace(snapshot, probes={"flow": changed})


def bands(panel: FlowPanel) -> dict[tuple[int, str], int]:
    """How many snapshots each band holds."""
    return {key: len(band) for key, band in panel._bands.items()}


def test_the_curve_is_that_of_the_last_steps_loss_alone(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 120)
    flow = flow_of(trainer)
    for item, norms in ((panel.norms["h"].curve, flow.last), (panel.bound, split_of(flow).bound)):
        x, y = item.getData()
        np.testing.assert_array_equal(x, np.arange(1, 11))
        (_, _), (bottom, top) = panel.plot.shown()
        inside = (y > bottom) & (y < top)
        np.testing.assert_allclose(10.0 ** y[inside], norms[inside], rtol=1e-12)
    assert inside.any()
    assert panel._caption.text().startswith("Read from right to left: how strongly the last answer's error")
    assert "∂L<sub>T</sub>" in panel.plot.left.labelText


def test_the_whole_loss_is_shown_on_request_and_the_caption_warns(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 120)
    verdict = panel._figure.text()
    panel.losses.second.click()
    settle(panel)
    np.testing.assert_allclose(
        10.0 ** panel.norms["h"].curve.getData()[1], flow_of(trainer).total, rtol=1e-12
    )
    assert "refills" in panel.says_first
    assert "the verdict is the last time step's" in details(panel)
    assert "σₘₐₓ" not in details(panel)
    assert len(panel.bound.getData()[0]) == 0
    assert "∂L/∂h" in panel.plot.left.labelText
    assert panel._figure.text() == verdict
    panel.losses.second.click()
    settle(panel)
    np.testing.assert_allclose(10.0 ** panel.norms["h"].curve.getData()[1], flow_of(trainer).last, rtol=1e-12)
    assert len(panel.bound.getData()[0]) > 0
    assert "refills" not in panel.says_first
    assert "σₘₐₓ lets the line be, not the band" in details(panel)


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
    assert panel._figure.text().startswith(f"{verdict} · ×{radius:.2f} per time step, ")
    assert panel._figure.colour == colour


def test_the_thresholds_and_what_is_left_are_written_in_the_plot(panel: FlowPanel) -> None:
    begun(panel)
    assert panel.note.text() == "vanishing below ×0.9 per time step\nexploding above ×1.1"
    trainer = begun(panel, linear(0.5))
    trainer.network.parameters["l0.Wx"][...] *= 1e-6
    trainer.network.parameters["l0.b"][...] = 0.0
    feed(panel, trainer, 0)
    assert panel.note.text().startswith("1.9·10⁻⁶ left after 19 time steps\nvanishing below")
    assert pytest.approx(1.9e-6, rel=0.01) == 0.5**19


def test_the_note_stays_in_the_plot_and_off_the_curve(panel: FlowPanel) -> None:
    trainer = begun(panel, LONG)
    for _ in range(12):
        feed(panel, trainer, 20)
        if panel.note.isVisible():
            room = panel.plot.box.boundingRect()
            place = panel.note.boundingRect().translated(panel.note.pos())
            assert room.contains(place)
            x, y = panel.plot.to_pixels(*panel.norms["h"].curve.getData())
            on = (x > place.left()) & (x < place.right()) & (y > place.top()) & (y < place.bottom())
            assert not on.any()
    assert panel.note.isVisible()


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
    assert bands(panel) == {(0, "last"): 100, (0, "total"): 100}
    np.testing.assert_allclose(
        10.0 ** panel.norms["h"].lower.getData()[1], np.min(seen[-100:], axis=0), rtol=1e-12
    )
    np.testing.assert_allclose(
        10.0 ** panel.norms["h"].upper.getData()[1], np.max(seen[-100:], axis=0), rtol=1e-12
    )


def test_another_sequence_or_a_new_run_begins_a_new_band(panel: FlowPanel) -> None:
    trainer = begun(panel)
    for _ in range(5):
        feed(panel, trainer, 5)
    assert set(bands(panel).values()) == {5}
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, sequence=3)))
    assert bands(panel) == {(0, "last"): 1, (0, "total"): 1}
    begun(panel)
    assert not bands(panel)
    assert len(panel.norms["h"].curve.getData()[0]) == 0


def test_a_snapshot_without_the_flow_changes_nothing(panel: FlowPanel) -> None:
    trainer = begun(panel)
    feed(panel, trainer, 10)
    _, y = panel.norms["h"].curve.getData()
    trainer.advance(10)
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, probes=frozenset({"fit"}))))
    settle(panel)
    np.testing.assert_array_equal(panel.norms["h"].curve.getData()[1], y)


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
    assert np.log10(split_of(flow).bound.max()) > top + 10.0
    assert top - bottom < 1.3 * max(2.0, np.log10(flow.last.max() / flow.last.min()))
    assert panel.bound.getData()[1].max() < top + 25.0 * (top - bottom)


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
        panel.losses.toggle() if whole else None
        settle(panel)
        assert np.isfinite(panel.plot.shown()).all()
        assert not panel.grab().isNull()
        for t in (1.0, 5.0, 10.0):
            panel.readout(t, 0.0)
    numbers = np.isfinite(last) & (last > 0.0)
    assert np.isfinite(panel.norms["h"].curve.getData()[1]).sum() == numbers.sum()


def test_without_a_rate_the_figure_says_why(panel: FlowPanel) -> None:
    trainer = begun(panel)
    assert panel._figure.text() == "no gradient yet"
    assert panel._figure.colour == DARK.muted
    snapshot = trainer.snapshot(REQUEST)
    for last, words in (
        (np.zeros(10), "no gradient"),
        (np.full(10, np.nan), "not finite"),
        (np.r_[0.0, np.ones(9)], "vanishing · nothing left after 9 time steps"),
    ):
        panel.receive((), with_flow(snapshot, last=last))
        settle(panel)
        assert panel._figure.text() == words


def test_a_single_time_step_is_a_dot_without_a_rate(panel: FlowPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"task.length": 2}))
    feed(panel, trainer, 10)
    np.testing.assert_array_equal(panel.norms["h"].dots.getData()[0], [1.0])
    assert panel._figure.text() == "one time step: no rate"
    assert panel.readout(1.0, 0.0).startswith("time step 1: ")
    assert panel.table()["through_units"] == []


def test_a_long_sequence_is_drawn_with_few_points(panel: FlowPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"task.length": 10_000, "task.sequences": 1}))
    panel.receive((), trainer.snapshot(REQUEST))
    flow = flow_of(trainer)
    settle(panel)
    assert len(panel.norms["h"].curve.getData()[0]) < 4 * panel.plot.columns + 10
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
    assert tanh == pytest.approx(split_of(flow).through_units[3], rel=0.06)
    assert weights == pytest.approx(split_of(flow).through_weights[3], rel=0.06)
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
    assert list(table) == ["time_step", "last", "total", "bound", "through_units", "through_weights"]
    assert table["time_step"] == list(range(1, 11))
    for name in list(table)[1:]:
        assert table[name] == getattr(flow if name in ("last", "total") else flow.split, name).tolist()


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
    assert panel.losses.is_second
    assert panel.menu().actions()[0].isChecked()


def test_words_change_all_at_once_and_no_faster_than_they_can_be_read(
    panel: FlowPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    panel.told.connect(told.append)
    trainer = begun(panel, linear(0.5))
    feed(panel, trainer, 0)
    assert told[-1].startswith("Going back, the gradient is vanishing: ×0.46 per time step, ")

    def words() -> tuple[str, str, str]:
        return panel._figure.text(), panel.note.text(), told[-1]

    before = words()
    _, curve = panel.norms["h"].curve.getData()
    doubled = 0.01 * 2.0 ** np.arange(19, -1, -1)
    later = dataclasses.replace(with_flow(trainer.snapshot(REQUEST), last=doubled), update=7)
    monkeypatch.setattr(Unhurried, "interval", 3600.0)
    panel.receive((), later)
    panel.refresh()
    assert words() == before
    assert not np.array_equal(panel.norms["h"].curve.getData()[1], curve)
    assert panel.dirty  # the words are still to come, even if no snapshot does
    monkeypatch.setattr(Unhurried, "interval", 0.01)

    def written() -> bool:
        panel.refresh()
        return words() != before

    qtbot.waitUntil(written)
    assert (
        panel._figure.text() == "exploding · ×2.00 per time step, 520,000 times as large after 19 time steps"
    )
    assert panel.note.text().startswith("520,000 times as large after 19 time steps")
    assert told[-1].startswith("Going back, the gradient is exploding: ")
    assert not panel.dirty


def deep(cell: str = "vanilla", widths: str = "6,5", length: int = 21, **changes: object) -> RunConfig:
    """Two layers on twenty time steps, unless asked otherwise."""
    values = {
        "task.length": length,
        "task.sequences": 5,
        "model.cell": cell,
        "model.layers": widths,
        "model.initializer": "orthogonal",
        "training.learning_rate": 0.05,
    }
    return ARTICLE.with_values(values | {key.replace("__", "."): value for key, value in changes.items()})


def drawn(item: pg.PlotCurveItem) -> tuple[np.ndarray, np.ndarray]:
    """Time steps and norms."""
    x, y = item.getData()
    return (np.empty(0), np.empty(0)) if x is None else (x, 10.0**y)


def assert_drawn(item: pg.PlotCurveItem, steps: range, norms: np.ndarray) -> None:
    x, y = drawn(item)
    np.testing.assert_array_equal(x, steps)
    np.testing.assert_allclose(y, norms, rtol=1e-12)


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_the_chosen_layer_is_shown_with_its_own_verdict_and_sentence(panel: FlowPanel, cell: str) -> None:
    trainer = begun(panel, deep(cell))
    told: list[str] = []
    panel.told.connect(told.append)
    feed(panel, trainer, 20)
    assert panel.layer.text() == "layer 2 ▾"
    for layer in (1, 0):
        panel.layer.choose(layer)
        settle(panel)
        flow = flow_of(trainer, layer)
        assert_drawn(panel.norms["h"].curve, range(1, 21), flow.last)
        assert details(panel).startswith(f"layer {layer + 1} of 2. ")
        assert flow.rate is not None
        assert panel._figure.text() == f"{flow.verdict} · {flow.rate.figures}"
        assert flow.rate.figures in told[-1]
        assert told[-1].startswith(f"In layer {layer + 1} of 2, going back, the gradient is ")
        assert panel.table()[f"layer_{layer + 1}_last"] == flow.last.tolist()
        has_bound = cell == "vanilla" and layer == 1
        assert (len(drawn(panel.bound)[0]) > 0) == has_bound == ("σₘₐₓ" in details(panel))
        assert ("the weights multiply it by" in panel.readout(3.0, 0.0)) == has_bound
        assert (f"layer_{layer + 1}_bound" in panel.table()) == has_bound


def test_the_layer_stays_chosen_in_a_new_run_as_far_as_it_is_there(panel: FlowPanel) -> None:
    begun(panel, deep())
    assert panel.layer.isVisible()
    panel.layer.menu().actions()[0].trigger()
    for config, layer in ((deep("gru"), 0), (ARTICLE, 0), (deep(widths="3,4,5"), 0)):
        trainer = begun(panel, config)
        feed(panel, trainer, 2)
        assert panel.layer.value == layer
        assert panel.layer.isVisible() == (config is not ARTICLE)
        np.testing.assert_allclose(drawn(panel.norms["h"].curve)[1], flow_of(trainer, 0).last, rtol=1e-12)


def test_each_layer_has_a_band_of_its_own(panel: FlowPanel) -> None:
    trainer = begun(panel, deep("lstm"))
    seen = []
    for _ in range(4):
        feed(panel, trainer, 3)
        seen.append([flow_of(trainer, layer) for layer in (0, 1)])
    panel.layer.choose(0)
    settle(panel)
    for name, array in (("h", "last"), ("c", "last_cell")):
        rows = [getattr(layers[0], array) for layers in seen]
        np.testing.assert_allclose(drawn(panel.norms[name].lower)[1], np.min(rows, axis=0), rtol=1e-12)
        np.testing.assert_allclose(drawn(panel.norms[name].upper)[1], np.max(rows, axis=0), rtol=1e-12)


def test_an_lstm_has_a_curve_for_h_and_one_for_c(panel: FlowPanel) -> None:
    trainer = begun(panel, deep("lstm", widths="6"))
    feed(panel, trainer, 30)
    flow = flow_of(trainer)
    assert flow.last_cell is not None
    assert flow.total_cell is not None
    assert_drawn(panel.norms["h"].curve, range(1, 21), flow.last)
    assert_drawn(panel.norms["c"].curve, range(1, 21), flow.last_cell)
    colours = {name: norms.curve.opts["pen"].color().name() for name, norms in panel.norms.items()}
    assert colours == {"h": DARK.accent, "c": DARK.target}
    assert [entry.text for entry in panel.legend.entries] == ["to h, with c held", "to the cell state c"]
    assert panel.legend.isVisible()
    assert "h alone, with c held, looks as if the cell forgot" in details(panel)
    assert "∂c<sub>t</sub>" in panel.plot.left.labelText
    text = panel.readout(5.0, 0.0)
    assert f"to h {short(flow.last[4])}, " in text
    assert f"to c {short(flow.last_cell[4])}, " in text
    table = panel.table()
    assert table["last_cell"] == flow.last_cell.tolist()
    factor = (flow.last_cell[0] / flow.last_cell[-1]) ** (1 / 19)
    assert flow.rate is not None
    assert panel._figure.text() == f"vanishing · ×{factor:.2f} per time step, " + flow.rate.remainder
    panel.losses.second.click()
    settle(panel)
    assert_drawn(panel.norms["c"].curve, range(1, 21), flow.total_cell)
    assert f"to c {short(flow.total_cell[4])} · of the last time step's loss alone to h" in panel.readout(
        5.0, 0.0
    )
    # Another cell has no c.
    feed(panel, begun(panel, ARTICLE), 5)
    assert len(drawn(panel.norms["c"].curve)[0]) == 0
    assert panel.legend.entries == ()
    assert "∂c" not in panel.plot.left.labelText


@pytest.mark.parametrize("nonlinearity", ["relu", "logistic", "identity"])
def test_the_readout_and_the_sentence_name_the_nonlinearity(panel: FlowPanel, nonlinearity: str) -> None:
    told: list[str] = []
    panel.told.connect(told.append)
    trainer = begun(panel, deep(model__nonlinearity=nonlinearity, training__learning_rate=0.002))
    feed(panel, trainer, 20)
    split = split_of(flow_of(trainer))
    name = {"relu": "ReLU", "logistic": "the logistic function"}.get(nonlinearity)
    grown = f"the weights multiply it by {factor_words(split.through_weights[9])}"
    passed = f"{name} passes on {factor_words(split.through_units[9])}, " if name else ""
    assert panel.readout(10.0, 0.0).endswith(f" of time step 20's · {passed}{grown}")
    assert "tanh" not in told[-1]
    assert_drawn(panel.norms["h"].curve, range(1, 21), flow_of(trainer).last)


@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_what_truncation_cuts_off_is_drawn_apart_and_the_stops_are_marked(
    panel: FlowPanel, cell: str
) -> None:
    trainer = begun(panel, deep(cell, training__truncation=6))
    feed(panel, trainer, 20)
    flow = flow_of(trainer)
    arrays = {"h": (flow.last, flow.total), "c": (flow.last_cell, flow.total_cell)}
    for name in ("h", "c") if cell == "lstm" else ("h",):
        last, total = arrays[name]
        assert last is not None
        assert total is not None
        assert_drawn(panel.norms[name].curve, range(19, 21), last[18:])
        assert_drawn(panel.norms[name].cut, range(1, 20), last[:19])
        np.testing.assert_array_equal(panel.norms[name].dots.getData()[0], [19, 20])
    assert panel.norms["h"].cut.opts["pen"].style() == Qt.PenStyle.DotLine
    np.testing.assert_array_equal(panel.stops.first.getData()[0], [18.5, 18.5])
    np.testing.assert_array_equal(panel.stops.others.getData()[0], np.repeat([6.5, 12.5], 2))
    assert panel.stops.label.isVisible()
    assert panel.stops.label.text() == "gradient stops here"
    assert "cut off by truncation" in details(panel)
    assert panel.legend.entries[-1].text == "cut off by truncation"
    assert "cut off by truncation" in panel.readout(18.0, 0.0)
    assert "cut off by truncation" not in panel.readout(19.0, 0.0)
    # The whole loss is stopped already: all of it is trained on.
    panel.losses.second.click()
    settle(panel)
    assert_drawn(panel.norms["h"].curve, range(1, 21), flow.total)
    assert len(drawn(panel.norms["h"].cut)[0]) == 0
    assert len(panel.stops.first.getData()[0]) == 2
    assert "Truncated as in training" in details(panel)
    assert all(entry.text != "cut off by truncation" for entry in panel.legend.entries)
    # A run that is not truncated has none of it.
    feed(panel, begun(panel, deep(cell, training__truncation=20)), 5)
    assert len(panel.stops.first.getData()[0]) == len(panel.stops.others.getData()[0]) == 0
    assert not panel.stops.label.isVisible()
    assert "truncat" not in details(panel)


@pytest.mark.parametrize("truncation", [1, 19])
def test_the_word_for_the_stop_is_in_the_plot_and_off_the_curves(panel: FlowPanel, truncation: int) -> None:
    trainer = begun(panel, deep("lstm", training__truncation=truncation))
    for _ in range(5):
        feed(panel, trainer, 10)
        label = panel.stops.label
        assert label.isVisible()
        place = label.boundingRect().translated(label.pos())
        assert panel.plot.box.boundingRect().contains(place)
        assert not place.intersects(panel.note.boundingRect().translated(panel.note.pos()))
        for item in (panel.norms["h"].cut, panel.norms["c"].cut, panel.norms["h"].curve):
            x, y = panel.plot.to_pixels(*item.getData())
            on = (x > place.left()) & (x < place.right()) & (y > place.top()) & (y < place.bottom())
            assert not on.any()


def test_stops_that_would_be_a_wall_are_one_line(panel: FlowPanel) -> None:
    trainer = begun(panel, deep(length=801, widths="4", training__truncation=2))
    feed(panel, trainer, 1)
    assert len(panel.stops.others.getData()[0]) == 0
    np.testing.assert_array_equal(panel.stops.first.getData()[0], [798.5, 798.5])


def masked(folder: Path) -> RunConfig:
    """Sequences of 12 time steps, of which the 2nd and the 7th count; in the second one the 9th does too."""
    rng = np.random.default_rng(0)
    mask = np.zeros((4, 12), dtype=bool)
    mask[:, [1, 6]] = True
    mask[1, 8] = True
    file = write_data(
        folder / "data.npz",
        x=rng.standard_normal((4, 12, 2)),
        y=rng.standard_normal((4, 12, 1)),
        mask=mask,
    )
    return deep("vanilla", widths="5").with_values(
        {"task.name": "data", "task.file": file, "training.truncation": 4, "training.learning_rate": 0.01}
    )


def test_the_time_axis_is_the_sequences_where_the_last_scored_step_is_not_its_end(
    panel: FlowPanel, tmp_path: Path
) -> None:
    trainer = begun(panel, masked(tmp_path))
    feed(panel, trainer, 3)
    assert panel.plot.shown()[0][1] > 12.0
    assert_drawn(panel.norms["h"].curve, range(5, 8), flow_of(trainer).last[4:])
    assert_drawn(panel.norms["h"].cut, range(1, 6), flow_of(trainer).last[:5])
    np.testing.assert_array_equal(panel.stops.first.getData()[0], [4.5, 4.5])
    np.testing.assert_array_equal(panel.stops.others.getData()[0], [8.5, 8.5])
    assert "the last answer is that of time step 7" in details(panel)
    assert panel.readout(10.0, 0.0) == "time step 10: after the last scored one, 7, nothing comes back"
    assert "of time step 7's" in panel.readout(6.0, 0.0)
    assert panel.table()["time_step"] == list(range(1, 8))
    assert panel.note.text().partition("\n")[0].endswith(" left after 6 time steps")
    # Another sequence ends elsewhere.
    panel.receive((), trainer.snapshot(dataclasses.replace(REQUEST, sequence=1)))
    settle(panel)
    assert "the last answer is that of time step 9" in details(panel)
    np.testing.assert_array_equal(panel.stops.first.getData()[0], [8.5, 8.5])
    assert set(bands(panel).values()) == {1}


def test_temporal_order_is_drawn_with_any_cell(panel: FlowPanel) -> None:
    for cell in ("vanilla", "gru", "lstm"):
        trainer = begun(panel, RunConfig().with_values({"task.name": "temporal-order", "model.cell": cell}))
        feed(panel, trainer, 2)
        flow = whole_flow(trainer.snapshot(REQUEST))
        assert len(drawn(panel.norms["h"].curve)[0]) == flow.end < trainer.info().steps + 1
        assert panel.plot.shown()[0][1] > trainer.info().steps


def test_new_colours_reach_every_stroke(panel: FlowPanel) -> None:
    trainer = begun(panel, deep("lstm", training__truncation=6))
    feed(panel, trainer, 3)
    panel.apply_theme(LIGHT)
    settle(panel)
    for norms, colour in zip(panel.norms.values(), (LIGHT.accent, LIGHT.target), strict=True):
        assert norms.curve.opts["pen"].color().name() == norms.cut.opts["pen"].color().name() == colour
    marks = [entry.mark for entry in panel.legend.entries]
    assert all(isinstance(mark, Stroke) for mark in marks)
    assert [mark.pen.color().name() for mark in marks if isinstance(mark, Stroke)] == [
        LIGHT.accent,
        LIGHT.target,
        LIGHT.accent,
    ]


def test_one_bad_snapshot_moves_the_axis_only_while_it_is_on_show(panel: FlowPanel) -> None:
    trainer = begun(panel)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    steps = len(flow_of(trainer).last)
    usual = np.geomspace(1e-3, 1.0, steps)
    for update, norms in enumerate((usual, np.geomspace(1e-200, 1.0, steps), usual)):
        moment = dataclasses.replace(with_flow(snapshot, last=norms, split=None), update=update)
        panel.receive((), moment)
        settle(panel)
        bottom, _ = panel.plot.shown()[1]
        assert (bottom < -190.0) == (update == 1)
    assert -7.0 < bottom < -4.0  # three decades of the curve, two of the band, and room


def test_a_gradient_that_ends_on_the_way_says_where(panel: FlowPanel) -> None:
    trainer = begun(panel)
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    norms = np.geomspace(1e-30, 1.0, len(flow_of(trainer).last))
    norms[:4] = 0.0
    panel.receive((), with_flow(snapshot, last=norms, split=None))
    settle(panel)
    assert panel.note.text().startswith("nothing arrives before time step 5")


def test_a_gradient_too_small_for_a_float_keeps_its_rate(panel: FlowPanel) -> None:
    snapshot = begun(panel).snapshot(SnapshotRequest(probes=panel.probes))
    panel.receive((), with_flow(snapshot, last=0.47 ** np.arange(999, -1, -1.0), split=None))
    settle(panel)
    assert (
        panel._figure.text()
        == "vanishing · ×0.47 per time step, too small for a float64 after 938 time steps"
    )
    # 0.47^938 is the last one above 2^-1022.
    assert panel.note.text().startswith("too small for a float64 after 938 time steps")


def test_with_no_room_for_all_of_the_note_its_first_line_stays(panel: FlowPanel) -> None:
    trainer = begun(panel)
    panel.resize(240, 190)
    feed(panel, trainer, 20)
    note, box = panel.note, panel.plot.box
    wall = [(np.full(2, x), np.array([14.0, box.height()])) for x in np.arange(0.0, box.width(), 3.0)]
    note.write("one\ntwo\nthree")
    _, one_line = note.size()
    note.place(wall, [])
    assert note.text() == "one"
    assert note.isVisible()
    assert note.size()[1] < one_line


def test_with_choosers_the_title_is_whole_in_a_small_window(qtbot: QtBot) -> None:
    panel = shown(qtbot, FlowPanel, (440, 330))
    feed(panel, begun(panel, deep("lstm")), 5)
    assert panel.layer.isVisible()
    qtbot.waitUntil(lambda: not (panel._title.is_cut or panel._figure.is_cut))

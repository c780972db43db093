"""The gradient over training: every column is a gradient that was measured, in the colour of its size."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from gui.panels.flow_history.panel import FlowHistoryPanel
from gui.panels.flow_history.record import FlowRecord
from gui.panels.plots.history import MOST
from gui.theme import DARK, LIGHT
from rnn.observing.probes import Flow
from rnn.observing.snapshot import Snapshot
from tests.gui.panels.feeding import begun, settle, shown
from tests.gui.panels.measured import CELLS, look, small


@pytest.fixture
def panel(qtbot: QtBot) -> FlowHistoryPanel:
    return shown(qtbot, FlowHistoryPanel)


def last_of(snapshot: Snapshot, layer: int = -1) -> np.ndarray:
    flow = snapshot.probe(Flow)
    assert flow is not None
    return flow.layers[layer].last


def columns(panel: FlowHistoryPanel) -> np.ndarray:
    """(n, T) the norms in the table."""
    return np.array([values for name, values in panel.table().items() if "step_" in name]).T


def colour_at(panel: FlowHistoryPanel, epoch: float, step: int) -> int:
    """The colour of the cell that is drawn there, from 1 to 255; 0 is none."""
    rect = panel.image.mapRectToParent(panel.image.boundingRect())
    image = panel.image.image
    column = int((epoch - rect.left()) / rect.width() * image.shape[1])
    return int(image[step - 1, min(column, image.shape[1] - 1)])


def test_each_column_is_the_gradient_of_its_moment(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    measured = [last_of(look(panel, trainer, updates)) for updates in (0, 10, 10, 10, 10)]
    assert panel.table()["update"] == [0, 10, 20, 30, 40]
    assert panel.table()["epoch"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    np.testing.assert_allclose(columns(panel), measured, rtol=1e-12)


def test_the_colours_are_log10_of_the_norms_between_the_numbers_of_the_key(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    measured = [last_of(look(panel, trainer, updates)) for updates in (0, 10, 10, 10, 10)]
    low, high = panel.levels.range
    assert low == round(low)
    assert high == round(high)
    for epoch in range(5):
        for step in (1, 5, 10):
            share = (np.log10(measured[epoch][step - 1]) - low) / (high - low)
            drawn = (colour_at(panel, epoch, step) - 1) / 254
            assert drawn == pytest.approx(np.clip(share, 0.0, 1.0), abs=1.0 / 200)


def test_the_picture_ends_at_the_newest_epoch_and_the_steps_of_the_sequence(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    for _ in range(7):
        look(panel, trainer, 10)
    rect = panel.image.mapRectToParent(panel.image.boundingRect())
    assert (rect.left(), rect.right()) == (0.0, pytest.approx(7.0))
    assert (rect.top(), rect.bottom()) == (0.5, 10.5)
    (left, right), (bottom, top) = panel.plot.shown()
    assert (left, right) == (0.0, 8.0)
    assert (bottom, top) == (0.5, 10.5)
    assert panel.plot.bottom.labelText == "epoch"


def test_within_the_first_epoch_the_axis_counts_updates(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small(training__epochs=20))
    for _ in range(3):
        look(panel, trainer, 2)
    assert panel.plot.bottom.labelText == "update"
    assert panel.table()["update"] == [2, 4, 6]
    assert panel.image.mapRectToParent(panel.image.boundingRect()).right() == pytest.approx(6.0)


def test_there_is_a_column_an_epoch_at_most_and_the_newest_is_there(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small(training__epochs=100))
    for _ in range(25):
        look(panel, trainer, 4)
    updates = np.array(panel.table()["update"])
    assert updates[-1] == 100
    assert (np.diff(updates)[:-1] >= 10).all()


def test_a_long_training_takes_no_more_room(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small(training__epochs=100, task__sequences=1, model__layers=(2,)))
    snapshot = look(panel, trainer, 1)
    for update in range(2, 2_000):
        panel.receive((), _at(snapshot, update))
    settle(panel)
    updates = np.array(panel.table()["update"])
    assert len(updates) <= MOST
    assert updates[0] == 1
    assert updates[-1] == 1_999
    assert panel.image.image.shape[1] <= panel.plot.columns


def _at(snapshot: Snapshot, update: int) -> Snapshot:
    fields = {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}
    return Snapshot(**{**fields, "update": update})


def test_another_sequence_or_a_reset_begins_anew(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 10)
    look(panel, trainer, 10)
    other = look(panel, trainer, 0, sequence=3)
    assert panel.table()["update"] == [20]
    np.testing.assert_allclose(columns(panel)[0], last_of(other), rtol=1e-12)
    trainer.reset()
    panel.begin(trainer.info())
    settle(panel)
    assert panel.table() == {}
    assert panel.image.image is None


def test_of_an_lstm_c_and_h_are_told_apart(panel: FlowHistoryPanel) -> None:
    flow = look(panel, begun(panel, small("lstm")), 10).probe(Flow)
    assert flow is not None
    for layer, of_layer in enumerate(flow.layers):
        cell = of_layer.last_cell
        assert cell is not None
        for state, expected in enumerate((cell, of_layer.last)):
            panel.layer.choose(layer)
            panel.state.choose(state)
            settle(panel)
            np.testing.assert_allclose(columns(panel)[0], expected, rtol=1e-12)
    panel.state.choose(1)
    settle(panel)
    assert "c held as if the cell forgot" in panel._caption.text()


@pytest.mark.parametrize("kind", ["vanilla", "gru"])
def test_a_cell_with_one_state_has_no_choice_of_states(panel: FlowHistoryPanel, kind: str) -> None:
    look(panel, begun(panel, small(kind)), 10)
    assert not panel.state.isVisible()
    assert panel.layer.isVisible() == (kind == "gru")


def test_relative_colours_leave_the_rate_alone(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    for _ in range(3):
        look(panel, trainer, 10)
    panel.relative.toggle()
    settle(panel)
    low, high = panel.levels.range
    assert high >= 0.0
    for epoch in (1, 2, 3):
        assert (colour_at(panel, epoch, 10) - 1) / 254 == pytest.approx(-low / (high - low), abs=0.005)
    assert len({tuple(row) for row in columns(panel)}) == 3


def test_colours_stay_while_the_gradient_stays_within_them(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 100)
    before = panel.levels.range
    for _ in range(10):
        look(panel, trainer, 10)
        low, high = panel.levels.range
        assert low <= before[0]
        assert high >= before[1]
        before = (low, high)


def test_the_cursor_is_told_and_marks_the_row(panel: FlowHistoryPanel) -> None:
    look(panel, begun(panel, small()), 10)
    told: list[int | None] = []
    panel.cursor_moved.connect(told.append)
    for y in (3.2, 3.4, 8.0):
        panel.plot.hovered.emit(QPointF(0.5, y))
    panel.plot.hovered.emit(None)
    assert told == [3, 8, None]
    assert not panel.row.isVisible()
    panel.show_cursor(6)
    assert panel.row.isVisible()
    assert panel.row.value() == 6
    panel.show_cursor(None)
    assert not panel.row.isVisible()


def test_under_the_cursor_is_the_cell_of_the_nearest_moment(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    for _ in range(3):
        snapshot = look(panel, trainer, 10)
    value = last_of(snapshot)[9]
    assert panel.readout(2.9, 10.0).startswith("update 30, epoch 3 · time step 10: ")
    shown_value = panel.readout(2.9, 10.0).rpartition(": ")[2]
    if "·10" not in shown_value:
        assert float(shown_value) == pytest.approx(value, rel=0.06)
    assert panel.readout(1.6, 4.0).startswith("update 20, epoch 2 · time step 4: ")
    assert panel.readout(3.5, 4.0) == ""
    assert panel.readout(1.0, 12.0) == ""


def test_moments_that_are_far_apart_have_a_gap_between_them(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    for updates in (10, 10, 10, 10, 60):  # after which nothing was measured for long
        look(panel, trainer, updates)
    image = panel.image.image
    drawn = image.any(axis=0)
    pixels = len(drawn) / 10.0  # of an epoch
    for epoch in (1, 2, 3, 4, 10):
        assert drawn[round(epoch * pixels) - 1], epoch
    for between in (1.5, 2.5, 3.5, 7.0):
        assert not drawn[round(between * pixels)], between
        assert panel.readout(between, 5.0) == ""
    edges = np.flatnonzero(drawn[1:] != drawn[:-1])
    assert len(edges) == 9  # four gaps between five columns, and what lies before the first
    last = edges[-1] - edges[-2]
    assert last > 5 * (edges[2] - edges[1])


def test_moments_that_share_pixels_have_none() -> None:
    record = FlowRecord(1)
    for update in range(0, 4_000, 3):
        record.history.add(update, np.zeros(0))
    assert (record.seen_at(np.linspace(0.0, 3_996.0, 600), 3_996.0 / 600) >= 0).all()


def test_a_snapshot_of_the_same_moment_is_not_drawn_again(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    snapshot = look(panel, trainer, 10)
    panel.receive((), snapshot)
    assert not panel.dirty


def test_gradients_that_are_zero_or_not_finite_are_drawn(panel: FlowHistoryPanel) -> None:
    config = small(model__nonlinearity="relu", model__spectral_radius=8.0, training__learning_rate=20.0)
    trainer = begun(panel, config)
    look(panel, trainer, 0)
    look(panel, trainer)
    assert trainer.divergence is not None
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        settle(panel)
        panel.grab()
    assert panel.summary()


def test_a_zero_has_the_lowest_colour_and_a_nan_none(panel: FlowHistoryPanel) -> None:
    trainer = begun(panel, small())
    snapshot = look(panel, trainer, 10)
    flow = snapshot.probe(Flow)
    assert flow is not None
    row = flow.layers[0].last.copy()
    row[2], row[4] = 0.0, np.nan
    fields = {name: getattr(flow.layers[0], name) for name in type(flow.layers[0]).__dataclass_fields__}
    altered = Flow((type(flow.layers[0])(**{**fields, "last": row}),), None)
    values = {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}
    panel.receive((), Snapshot(**{**values, "update": 20, "probes": {"flow": altered}}))
    settle(panel)
    assert colour_at(panel, 1.99, 3) == 1
    assert colour_at(panel, 1.99, 5) == 0
    assert colour_at(panel, 1.99, 10) > 1


@pytest.mark.parametrize("kind", CELLS)
def test_the_figure_and_the_summary_tell_rate_and_remainder(panel: FlowHistoryPanel, kind: str) -> None:
    trainer = begun(panel, small(kind))
    look(panel, trainer, 0)
    assert panel.summary().startswith("Before the first update, the gradient is ")
    flow = look(panel, trainer, 100).probe(Flow)
    assert flow is not None
    rate = flow.layers[-1].rate
    assert rate is not None
    assert f"the gradient is {rate.verdict} on its way back: {rate.figures}; before " in panel.summary()
    before = re.findall(r"before training it was [a-z]+: (×[\d.]+) per time step, ", panel.summary())[0]
    assert panel._figure.text() == f"{rate.verdict} · {before} → {rate.figures}"


def test_the_explanation_is_neither_short_nor_long(panel: FlowHistoryPanel) -> None:
    words = re.sub("<[^>]*>", " ", panel.explanation).split()
    assert 80 <= len(words) <= 200

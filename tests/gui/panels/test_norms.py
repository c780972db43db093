"""The norms panel: every update's gradient, what was clipped, and each parameter beside its last step."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.panels.norms.panel import NormsPanel
from gui.theme import DARK, LIGHT
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import begun, details, settle, shown
from tests.gui.panels.measured import CELLS, column, look, of_curve, small


@pytest.fixture
def panel(qtbot: QtBot) -> NormsPanel:
    return shown(qtbot, NormsPanel)


def choose(panel: NormsPanel, view: object) -> None:
    panel.view.choose(list(panel.views).index(view))  # type: ignore[arg-type]
    settle(panel)


def cut(panel: NormsPanel) -> tuple[list[float], np.ndarray, np.ndarray]:
    """The strokes of what clipping cut off: updates, lower and upper ends."""
    x, y = of_curve(panel.gradient.cut)
    return x[::2].tolist(), 10.0 ** y[::2], 10.0 ** y[1::2]


def test_the_norm_of_every_update_is_drawn(panel: NormsPanel) -> None:
    trainer = begun(panel, small(training__epochs=6))
    scalars = trainer.advance(50)
    panel.receive((scalars,), None)
    settle(panel)
    x, y = of_curve(panel.gradient.curves[0])
    assert x.tolist() == list(range(1, 51))
    np.testing.assert_allclose(10.0**y, scalars.grad_norm)
    assert panel.table()["grad_norm"] == scalars.grad_norm.tolist()
    assert panel.table()["clip_norm"] == [""] * 50
    assert cut(panel)[0] == []
    assert panel._figure.text().startswith("‖g‖ ")


def test_before_the_first_update_it_says_that_nothing_is_measured_yet(panel: NormsPanel) -> None:
    trainer = begun(panel, small())
    for view in (panel.gradient, panel.ratios):
        choose(panel, view)
        assert view._sentence.label.isVisible()
    look(panel, trainer, 5)
    for view in (panel.gradient, panel.ratios):
        choose(panel, view)
        assert not view._sentence.label.isVisible()


def test_exactly_the_updates_are_marked_whose_step_was_shortened(panel: NormsPanel) -> None:
    rate, limit = 0.1, 0.5
    trainer = begun(panel, small(training__clip_norm=limit, training__learning_rate=rate, training__epochs=6))
    shortened, sizes = [], []
    for update in range(1, 61):
        before = trainer.network.parameters.vector.copy()
        scalars = trainer.advance(1)
        panel.receive((scalars,), None)
        step = float(np.linalg.norm(trainer.network.parameters.vector - before))
        if step < 0.9999 * rate * scalars.grad_norm[0]:
            shortened.append(update)
            sizes.append(float(scalars.grad_norm[0]))
    settle(panel)
    assert 0 < len(shortened) < 60
    updates, low, high = cut(panel)
    assert updates == shortened
    np.testing.assert_allclose(low, limit)
    np.testing.assert_allclose(high, sizes)
    share = 100.0 * len(shortened) / 60
    assert panel._figure.text() == f"{share:.1f} % clipped"
    assert [k + 1 for k, one in enumerate(panel.table()["clipped"]) if one] == shortened
    assert f"{len(shortened)} of 60 updates were clipped" in panel.summary()
    text = panel.readout(shortened[0], 0.0)
    assert "clipped to 0.50: ×" in text


def test_the_threshold_follows_what_is_set_while_it_trains(panel: NormsPanel) -> None:
    trainer = begun(panel, small(training__clip_norm=0.5))
    look(panel, trainer, 10)
    trainer.set_live("training.clip_norm", 0.2)
    look(panel, trainer, 10)
    trainer.set_live("training.clip_norm", None)
    look(panel, trainer, 10)
    assert panel.table()["clip_norm"] == [0.5] * 10 + [0.2] * 10 + [""] * 10
    x, limits = panel.record.threshold(100.0)
    assert x.tolist() == [0.5, 10.5, 10.5, 20.5, 20.5, 100.0]
    np.testing.assert_array_equal(limits, [0.5, 0.5, 0.2, 0.2, np.nan, np.nan])
    drawn_x, drawn_y = of_curve(panel.gradient.curves[1])
    assert drawn_x.tolist() == [0.5, 10.5, 10.5, 20.5]
    np.testing.assert_allclose(10.0**drawn_y, [0.5, 0.5, 0.2, 0.2])
    at = panel.record.limits_at(np.array([1, 10, 11, 20, 21]))
    assert at.tolist() == [0.5, 0.5, 0.2, 0.2, np.inf]
    norms, clips = np.array(panel.table()["grad_norm"]), np.repeat([0.5, 0.2, np.inf], 10)
    assert panel.record.clipped_count == int((norms > clips).sum())


def test_an_update_whose_gradient_is_a_hair_under_the_limit_is_one_that_was_shortened(
    panel: NormsPanel,
) -> None:
    begun(panel, small(training__epochs=6))
    norms, limits = np.array([0.4999999, 0.499, 0.5, 0.6]), np.full(4, 0.5)
    factors = np.minimum(1.0, limits / (norms + 1e-6))  # as PyTorch's clip_grad_norm_ has it
    panel.receive((Scalars(1, norms, norms, limits, ()),), None)
    settle(panel)
    shortened = [update for update in range(1, 5) if factors[update - 1] < 1.0]
    assert shortened == [1, 3, 4]
    assert cut(panel)[0] == shortened
    assert panel.record.clipped_count == 3


def test_clipping_by_value_is_told_from_the_update_on_that_it_is_set_at(panel: NormsPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 10)
    assert "by value" not in details(panel)
    trainer.set_live("training.clip_value", 0.01)
    look(panel, trainer, 0)
    assert "by value" not in details(panel)
    look(panel, trainer, 10)
    assert details(panel).startswith(
        "norm of the whole gradient, before clipping; clipping by value is not drawn"
    )
    trainer.reset()
    trainer.set_live("training.clip_value", None)
    panel.begin(trainer.info())
    look(panel, trainer, 10)
    assert "by value" not in details(panel)


def test_the_step_before_one_that_diverged_is_not_told_as_nothing(panel: NormsPanel) -> None:
    trainer = begun(panel, small(training__learning_rate=0.01))
    look(panel, trainer, 5)
    trainer.advance(2)
    trainer.network.parameters["head.b"][...] = 1e308
    trainer.advance(5)
    look(panel, trainer, 0)
    assert trainer.divergence is not None
    assert trainer.update == 7
    choose(panel, panel.parameters)
    assert np.isnan(column(panel, "step_norm")).all()
    assert len(panel.parameters.dots["last update"].getData()[0]) == 0
    assert not any(label.isVisible() for label in panel.parameters.ratios)
    assert panel._figure.text() == ""
    assert panel.readout(-1.0, 2.0).endswith("last update not known")


def test_a_long_run_is_drawn_with_few_points_and_loses_no_spike(panel: NormsPanel) -> None:
    trainer = begun(panel, small(training__clip_norm=0.5, training__epochs=2_000))
    look(panel, trainer, 5_000)
    x, y = of_curve(panel.gradient.curves[0])
    assert len(x) <= 6 * panel.plot.columns
    norms = np.array(panel.table()["grad_norm"])
    assert 10.0 ** y.max() == pytest.approx(norms.max())
    _, _, high = cut(panel)
    assert high.max() == pytest.approx(norms.max())


def test_all_gradients_of_an_explosion_are_in_view(panel: NormsPanel) -> None:
    config = small(model__spectral_radius=8.0, training__learning_rate=5.0, model__nonlinearity="relu")
    trainer = begun(panel, config)
    look(panel, trainer)
    assert trainer.divergence is not None
    norms = np.array(panel.table()["grad_norm"])
    _, (bottom, top) = panel.plot.shown()
    positive = norms[norms > 0.0]
    assert bottom <= np.log10(positive.min())
    assert np.log10(positive.max()) <= top


@pytest.mark.parametrize("kind", CELLS)
def test_the_parameters_are_drawn_with_their_norms_gradients_and_last_steps(
    panel: NormsPanel, kind: str
) -> None:
    trainer = begun(panel, small(kind))
    trainer.advance(9)
    before = {name: value.copy() for name, value in trainer.network.parameters.items()}
    look(panel, trainer, 1)
    choose(panel, panel.parameters)
    table = panel.table()
    now = trainer.network.parameters
    assert table["parameter"] == list(now)
    weights = np.array([np.linalg.norm(value) for value in now.values()])
    steps = np.array([np.linalg.norm(now[name] - before[name]) for name in now])
    np.testing.assert_allclose(column(panel, "weight_norm"), weights)
    np.testing.assert_allclose(column(panel, "step_norm"), steps, rtol=1e-9)
    np.testing.assert_allclose(column(panel, "step_over_weight"), steps / weights, rtol=1e-9)
    for name, values in (("weight", weights), ("last update", steps)):
        x, y = panel.parameters.dots[name].getData()
        np.testing.assert_allclose(10.0**x, values, rtol=1e-9)
        assert y.tolist() == list(range(len(weights), 0, -1))
    shown_ratios = [label.text() for label in panel.parameters.ratios if label.isVisible()]
    assert len(shown_ratios) == len(weights)


def test_rows_are_named_by_weight_and_layer(panel: NormsPanel) -> None:
    look(panel, begun(panel, small("two layers")), 5)
    choose(panel, panel.parameters)
    assert panel.readout(-1.0, 8.0).startswith("Wₓ of layer 1: gradient ")
    assert panel.readout(-1.0, 4.0).startswith("Wₕ of layer 2: gradient ")
    assert panel.readout(-1.0, 1.0).startswith("bₒ: gradient ")
    assert panel.readout(-1.0, 9.0) == ""


def test_before_the_first_update_there_is_no_step(panel: NormsPanel) -> None:
    look(panel, begun(panel, small()), 0)
    choose(panel, panel.parameters)
    assert not any(label.isVisible() for label in panel.parameters.ratios)
    assert len(panel.parameters.dots["last update"].getData()[0]) == 0
    choose(panel, panel.ratios)
    assert panel.table()["update"] == []


def test_the_ratio_of_step_to_weight_is_kept_over_training(panel: NormsPanel) -> None:
    trainer = begun(panel, small())
    expected = []
    for _ in range(4):
        trainer.advance(9)
        before = trainer.network.parameters["l0.Wh"].copy()
        look(panel, trainer, 1)
        after = trainer.network.parameters["l0.Wh"]
        expected.append(np.linalg.norm(after - before) / np.linalg.norm(after))
    choose(panel, panel.ratios)
    assert panel.table()["update"] == [10, 20, 30, 40]
    np.testing.assert_allclose(column(panel, "ratio_l0.Wh"), np.array(expected), rtol=1e-9)
    x, y = of_curve(panel.ratios.curves[1])
    assert x.tolist() == [10.0, 20.0, 30.0, 40.0]
    np.testing.assert_allclose(10.0**y, expected, rtol=1e-9)
    assert panel.ratios.band.getRegion() == pytest.approx(np.log10([3e-4, 3e-3]))
    assert "rule of thumb" in panel.ratios.caption
    near = panel.readout(22.0, float(np.log10(expected[1])))
    assert near.startswith("update 20, epoch 2 · Wₕ: ")


def saturated(trainer: Trainer, layer: int, sequence: int = 0) -> float:
    batch = trainer.data.train.batch(slice(sequence, sequence + 1))
    h = trainer.network.forward(batch.x).cells[layer].h[1:]
    return float((1.0 - h**2 < 0.05).mean())


def test_the_share_of_saturated_units_is_kept_for_each_layer(panel: NormsPanel) -> None:
    trainer = begun(panel, small("two layers", model__spectral_radius=3.0))
    expected = []
    for _ in range(3):
        look(panel, trainer, 10)
        expected.append([saturated(trainer, 0), saturated(trainer, 1)])
    choose(panel, panel.saturated)
    table = panel.table()
    np.testing.assert_allclose(np.array([table["saturated_l0"], table["saturated_l1"]]).T, expected)
    assert max(map(max, expected)) > 0.0
    np.testing.assert_allclose(of_curve(panel.saturated.curves[0])[1], 100.0 * np.array(expected)[:, 0])
    assert [entry.text for entry in panel.legend.entries] == ["layer 1", "layer 2"]


def test_another_sequence_begins_saturation_anew_and_nothing_else(panel: NormsPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 10)
    look(panel, trainer, 10)
    look(panel, trainer, 0, sequence=4)
    assert panel.record.saturated.updates.tolist() == [20]
    assert panel.record.ratios.updates.tolist() == [10, 20]
    assert panel.record.saturated.rows[0, 0] == pytest.approx(saturated(trainer, 0, 4))


@pytest.mark.parametrize(("nonlinearity", "word"), [("tanh", "saturated"), ("relu", "inactive")])
def test_units_that_pass_on_nothing_are_called_what_they_are(
    panel: NormsPanel, nonlinearity: str, word: str
) -> None:
    look(panel, begun(panel, small(model__nonlinearity=nonlinearity)), 10)
    choose(panel, panel.saturated)
    assert panel.on_show.figure().endswith(f" % {word}")
    assert panel.readout(10.0, 0.0).endswith(f" % {word}")


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_cell_with_gates_has_no_saturated_units_and_says_so(panel: NormsPanel, kind: str) -> None:
    look(panel, begun(panel, small(kind)), 10)
    choose(panel, panel.saturated)
    assert panel.saturated.caption.startswith("None for a cell with gates")
    assert panel._figure.text() == "no single nonlinearity"
    assert panel.table() == {"update": []}


def test_nothing_new_is_not_drawn_again(panel: NormsPanel) -> None:
    trainer = begun(panel, small())
    snapshot = look(panel, trainer, 10)
    panel.receive((), snapshot)
    assert not panel.dirty
    panel.receive((trainer.advance(1),), None)
    assert panel.dirty


def test_a_run_that_begins_again_forgets_the_one_before(panel: NormsPanel) -> None:
    trainer = begun(panel, small(training__clip_norm=0.1))
    look(panel, trainer, 30)
    trainer.reset()
    panel.begin(trainer.info())
    settle(panel)
    assert panel.summary() == ""
    assert panel.record.clipped_count == 0
    assert panel.table()["update"] == []
    look(panel, trainer, 5)
    assert panel.table()["update"] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("kind", CELLS)
def test_every_view_is_drawn_before_the_first_run_within_it_and_in_both_themes(
    panel: NormsPanel, kind: str
) -> None:
    for view in panel.views:
        choose(panel, view)
        panel.grab()
    look(panel, begun(panel, small(kind)), 20)
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        for view in panel.views:
            choose(panel, view)
            panel.grab()
            assert panel.table()
    assert panel.summary().endswith(".")
    words = re.sub("<[^>]*>", " ", panel.explanation).split()
    assert 80 <= len(words) <= 200

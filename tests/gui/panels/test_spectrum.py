"""The spectrum panel: what it draws is what NumPy says of the weights, and its sentence multiplies out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.panels.spectrum.panel import SpectrumPanel
from gui.theme import DARK, LIGHT
from rnn.observing.probes import Flow, Jacobians
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import begun, settle, shown
from tests.gui.panels.measured import CELLS, column, look, of_curve, small


@pytest.fixture
def panel(qtbot: QtBot) -> SpectrumPanel:
    return shown(qtbot, SpectrumPanel)


def choose(panel: SpectrumPanel, view: object) -> None:
    panel.view.choose(list(panel.views).index(view))  # type: ignore[arg-type]
    settle(panel)


def drawn_eigenvalues(panel: SpectrumPanel) -> np.ndarray:
    parts = [np.array(dots.getData()) for dots in (panel.plane.inside, panel.plane.outside)]
    x, y = np.concatenate(parts, axis=1)
    return np.sort_complex(x + 1j * y)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+|\d+", text)]


def test_the_eigenvalues_are_those_of_w_h_and_the_figures_are_rho_and_sigma_max(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 30)
    weights = trainer.network.parameters["l0.Wh"]
    eigenvalues = np.linalg.eigvals(weights)
    np.testing.assert_allclose(drawn_eigenvalues(panel), np.sort_complex(eigenvalues), atol=1e-12)
    beyond = int((np.abs(eigenvalues) > 1.0).sum())
    assert len(panel.plane.outside.getData()[0]) == beyond
    assert [entry.text for entry in panel.legend.entries] == [
        f"{7 - beyond} with |λ| ≤ 1",
        f"{beyond} with |λ| > 1",
    ]
    rho, sigma = np.abs(eigenvalues).max(), np.linalg.norm(weights, 2)
    assert panel.plane.figure() == f"ρ {rho:.2f}   σₘₐₓ {sigma:.2f}"


@pytest.mark.parametrize("size", [(480, 330), (900, 400), (400, 700)])
def test_the_plane_is_as_wide_as_high_and_the_whole_circle_is_seen(
    panel: SpectrumPanel, size: tuple[int, int]
) -> None:
    look(panel, begun(panel, small()), 0)
    panel.resize(*size)
    settle(panel)
    x, y = panel.plot.to_pixels(np.array([-1.0, 1.0]), np.array([-1.0, 1.0]))
    assert x[1] - x[0] == pytest.approx(y[0] - y[1], rel=1e-6)
    box = panel.plot.box
    assert min(*x, *y) >= 0.0
    assert x[1] <= box.width()
    assert y[0] <= box.height()


def test_the_plane_widens_for_large_eigenvalues(panel: SpectrumPanel) -> None:
    config = small(model__spectral_radius=4.0)
    look(panel, begun(panel, config), 0)
    (left, right), (bottom, top) = panel.plot.shown()
    assert min(-left, right, -bottom, top) > 4.0
    assert "ρ 4.00" in panel.plane.figure()


def test_each_gate_of_each_layer_has_a_w_h_of_its_own(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small("lstm"))
    look(panel, trainer, 5)
    panel.layer.choose(0)
    panel.gate.choose(1)
    settle(panel)
    assert panel.gate.name == "forget gate"
    block = trainer.network.parameters["l0.Wh"][:, 6:12]
    np.testing.assert_allclose(
        drawn_eigenvalues(panel), np.sort_complex(np.linalg.eigvals(block)), atol=1e-12
    )
    choose(panel, panel.singular)
    np.testing.assert_allclose(
        of_curve(panel.singular.curves[2])[1], np.linalg.svd(block, compute_uv=False), atol=1e-12
    )
    assert "forget gate, layer 1" in panel.on_show.caption


@pytest.mark.parametrize("kind", ["vanilla", "gru", "lstm"])
def test_the_weights_of_one_gate_are_no_ceiling(panel: SpectrumPanel, kind: str) -> None:
    look(panel, begun(panel, small(kind)), 3)
    for view in (panel.plane, panel.singular, panel.training):
        choose(panel, view)
        promises = [word for word in ("ceiling", "hint", "no time step stretches") if word in view.caption]
        assert bool(promises) == (kind == "vanilla")
        assert panel.spectra.weights in view.caption


def test_choosers_are_there_where_the_view_depends_on_them(panel: SpectrumPanel) -> None:
    look(panel, begun(panel, small("lstm")), 0)
    seen = {}
    for view in panel.views:
        choose(panel, view)
        seen[view.button] = (panel.layer.isVisible(), panel.gate.isVisible())
    assert seen == {
        "eigenvalues": (True, True),
        "singular values": (True, True),
        "over training": (True, True),
        "Jacobians": (False, False),
        "factors": (True, False),
    }


def test_the_sentence_is_the_exact_split_and_multiplies_to_the_factor(panel: SpectrumPanel) -> None:
    snapshot = look(panel, begun(panel, small()), 40)
    flow = snapshot.probe(Flow)
    assert flow is not None
    layer = flow.layers[0]
    T = len(layer.last)
    factor = (layer.last[0] / layer.last[-1]) ** (1.0 / (T - 1))
    sentence = panel.strip.text()
    split = r"Exact: tanh passes on [\d.]+, Wₕ makes it [\d.]+ times: each time step back keeps [\d.]+\."
    assert re.fullmatch(split, sentence)
    units, weights, keeps = numbers(sentence)
    assert keeps == pytest.approx(factor, rel=0.06)
    assert units * weights == pytest.approx(factor, rel=0.12)
    assert 0.0 < units <= 1.0
    assert sentence.removeprefix("Exact: ") in panel.summary()


def test_a_linear_network_is_said_to_pass_on_all(panel: SpectrumPanel) -> None:
    look(panel, begun(panel, small(model__nonlinearity="identity")), 0)
    assert panel.strip.text().startswith("Exact: the units pass on all of it, Wₕ makes it ")


@pytest.mark.parametrize("kind", CELLS)
def test_the_factors_are_those_of_the_measured_gradient(panel: SpectrumPanel, kind: str) -> None:
    snapshot = look(panel, begun(panel, small(kind)), 20)
    flow = snapshot.probe(Flow)
    assert flow is not None
    choose(panel, panel.split)
    top = flow.layers[-1]
    state = top.last if top.last_cell is None else top.last_cell
    x, y = of_curve(panel.split.curves[len(panel.split.lines()) - 1])
    np.testing.assert_allclose(10.0**y, state[:-1] / state[1:], rtol=1e-10)
    assert x.tolist() == list(range(1, len(state)))
    has_split = kind in ("vanilla", "two layers")
    assert ("through_units" in panel.table()) == has_split
    assert ("no split" in panel.split.caption) == (not has_split)
    if has_split:
        table = panel.table()
        product = np.array(table["through_units"]) * np.array(table["through_weights"])
        np.testing.assert_allclose(product, column(panel, "factor"), rtol=1e-10)
    else:
        assert "no split" in panel.strip.text()


def test_a_lower_layer_has_no_split_and_says_why(panel: SpectrumPanel) -> None:
    look(panel, begun(panel, small("two layers")), 20)
    panel.layer.choose(0)
    settle(panel)
    assert "comes down from the layer above, so there is no split" in panel.strip.text()


@pytest.mark.parametrize("kind", CELLS)
def test_the_jacobians_of_the_steps_are_drawn_with_what_is_left_of_all(
    panel: SpectrumPanel, kind: str
) -> None:
    trainer = begun(panel, small(kind))
    choose(panel, panel.steps)
    jacobians = look(panel, trainer, 10).probe(Jacobians)
    assert jacobians is not None
    _, largest, median, smallest, together = (10.0 ** of_curve(c)[1] for c in panel.steps.curves[:5])
    values = jacobians.singular_values
    np.testing.assert_allclose(largest, values[:, 0], rtol=1e-10)
    np.testing.assert_allclose(median, np.median(values, axis=1), rtol=1e-10)
    assert (np.abs(smallest / values[:, -1] - 1.0) < 1e-9).all()
    np.testing.assert_allclose(together, jacobians.to_last, rtol=1e-10)
    assert together[-1] == pytest.approx(1.0)
    assert panel.table()["sigma_1"] == values[:, 0].tolist()
    texts = [entry.text for entry in panel.legend.entries]
    assert ("ceiling: σₘₐₓ" in texts) == (kind in ("vanilla", "two layers"))


def test_no_step_is_stretched_beyond_the_ceiling(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    choose(panel, panel.steps)
    look(panel, trainer, 30)
    ceiling = of_curve(panel.steps.curves[5])[1]
    assert (of_curve(panel.steps.curves[1])[1] <= ceiling[0] + 1e-9).all()


def test_jacobians_are_measured_only_while_they_are_drawn(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    changes: list[frozenset[str]] = []
    panel.probes_changed.connect(lambda: changes.append(panel.probes))
    for view in panel.views:
        choose(panel, view)
        assert ("jacobians" in panel.probes) == (view is panel.steps)
    always = frozenset({"spectrum", "flow"})
    assert changes == [always | {"jacobians"}, always]
    choose(panel, panel.steps)
    look(panel, trainer, 5)
    assert panel.table()
    choose(panel, panel.plane)
    choose(panel, panel.steps)
    assert panel.table() == {}  # those that were measured then are not those of now
    look(panel, trainer, 5)
    assert panel.table()
    assert panel.spectra.history.updates.tolist() == [5, 10]


def test_rho_and_sigma_max_are_kept_over_training(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    expected = []
    for _ in range(4):
        look(panel, trainer, 10)
        weights = trainer.network.parameters["l0.Wh"]
        slope = (
            1.0 - trainer.network.forward(trainer.data.train.batch(slice(0, 1)).x).cells[0].h[1:] ** 2
        ).mean()
        expected.append((np.abs(np.linalg.eigvals(weights)).max(), np.linalg.norm(weights, 2), slope))
    choose(panel, panel.training)
    table = panel.table()
    assert table["update"] == [10, 20, 30, 40]
    columns = np.array([table["rho"], table["sigma_max"], table["mean_slope"]]).T
    np.testing.assert_allclose(columns, expected, rtol=1e-10)
    np.testing.assert_allclose(of_curve(panel.training.curves[2])[1], columns[:, 0])
    assert panel.readout(25.0, 0.0).startswith("update 20, epoch 2: ρ ")


def test_a_snapshot_with_nothing_new_is_not_drawn_again(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    snapshot = look(panel, trainer, 10)
    panel.receive((), snapshot)
    assert not panel.dirty
    look(panel, trainer, 1)
    assert panel.spectra.history.updates[-1] == 11


def test_a_run_that_begins_again_forgets_the_one_before(panel: SpectrumPanel) -> None:
    trainer = begun(panel, small())
    look(panel, trainer, 50)
    trainer.reset()
    panel.begin(trainer.info())
    settle(panel)
    assert panel.table() == {}
    assert panel.summary() == ""
    assert len(drawn_eigenvalues(panel)) == 0
    look(panel, trainer, 0)
    assert panel.spectra.history.updates.tolist() == [0]


def test_the_cursor_is_told_and_shown_where_the_axis_is_time(panel: SpectrumPanel) -> None:
    look(panel, begun(panel, small()), 10)
    told: list[int | None] = []
    panel.cursor_moved.connect(told.append)
    panel.plot.hovered.emit(panel.plot.box.viewRect().center())
    panel.point_at(4)
    assert told == []
    assert not panel.step_line.isVisible()
    choose(panel, panel.steps)
    assert panel.step_line.isVisible()
    assert panel.step_line.value() == 4
    place = panel.plot.box.viewRect().center()
    place.setX(3.2)
    panel.plot.hovered.emit(place)
    panel.plot.hovered.emit(None)
    assert told == [3, None]
    panel.show_cursor(None)
    assert not panel.step_line.isVisible()


def test_under_the_cursor_is_the_nearest_eigenvalue_and_how_fast_it_turns(panel: SpectrumPanel) -> None:
    look(panel, begun(panel, small()), 0)
    values = np.linalg.eigvals(panel_weights(panel))
    turning = values[np.argmax(values.imag)]
    text = panel.readout(turning.real, turning.imag)
    assert f"|λ| = {abs(turning):.3f}" in text
    steps = 2.0 * np.pi / abs(np.angle(turning))
    assert float(re.findall(r"once in ([\d.,]+) time steps", text)[0].replace(",", "")) == pytest.approx(
        steps, rel=0.01
    )


def panel_weights(panel: SpectrumPanel) -> np.ndarray:
    info = panel.spectra.info
    assert info is not None
    return Trainer(info.config).network.parameters["l0.Wh"]


def test_a_training_that_diverged_is_still_drawn_in_every_view_and_theme(panel: SpectrumPanel) -> None:
    config = small(model__nonlinearity="relu", model__spectral_radius=6.0, training__learning_rate=50.0)
    trainer = begun(panel, config)
    for view in panel.views:
        choose(panel, view)
    choose(panel, panel.steps)
    last = look(panel, trainer)
    assert trainer.divergence is not None
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        for view in panel.views:
            choose(panel, view)
            panel.receive((), last)
            settle(panel)
            panel.grab()
            for x in (-1.0, 1.0, 5.0):
                panel.readout(x, 0.5)


@pytest.mark.parametrize("kind", CELLS)
def test_every_view_has_words_and_numbers(panel: SpectrumPanel, kind: str) -> None:
    trainer = begun(panel, small(kind))
    look(panel, trainer, 0)
    look(panel, trainer, 20)
    for view in panel.views:
        choose(panel, view)
        look(panel, trainer, 1)
        assert panel.table()
        assert panel.readout(1.0, 0.1)
        assert panel.on_show.figure()
    assert panel.summary().endswith(".")
    words = re.sub("<[^>]*>", " ", panel.explanation).split()
    assert 80 <= len(words) <= 200

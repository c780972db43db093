"""What a gradient flow means: every figure in the sentences is that of the flow."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow, Split
from rnn.observing.probes.flow_sentence import describe
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer

ARTICLE = load_preset("article").config


def one_layer(last: Array, units: Array, weights: Array, nonlinearity: str = "tanh") -> Flow:
    """A flow of these norms and parts."""
    return Flow((LayerFlow(last, last, None, None, Split(nonlinearity, units, weights, last, 1.0)),), None)


def rated(
    factor: float, steps: int, end: float = 1e-3, units: float = 0.5, nonlinearity: str = "tanh"
) -> Flow:
    """A flow that changes by ``factor`` with every step back, ``units`` of it by the units."""
    last = end * factor ** np.arange(steps - 1, -1, -1.0)
    through = np.full(steps - 1, units)
    return one_layer(last, through, through * 0.0 + factor / units, nonlinearity)


def real(config: RunConfig, updates: int = 100, bias: float | None = None) -> Flow:
    """The flow of a training."""
    trainer = Trainer(config)
    trainer.advance(updates)
    if bias is not None:
        trainer.network.parameters["l0.b"][...] = bias
    flow = trainer.snapshot(SnapshotRequest(probes=frozenset({"flow"}))).probe(Flow)
    assert flow is not None
    return flow


def told(flow: Flow) -> str:
    return describe(flow, len(flow.layers) - 1)


def test_a_vanishing_gradient_is_told_by_its_rate_and_what_is_left() -> None:
    text = told(rated(0.62, 40))
    assert text.startswith(
        "Going back, the gradient is vanishing: ×0.62 per time step, 8·10⁻⁹ left after 39 time steps. "
        "One update teaches it next to nothing from that far back. "
    )
    assert text.endswith("At each time step tanh passes on 0.50 of it, and the weights multiply it by 1.24.")


def test_what_is_lost_on_the_last_steps_is_not_told_of_all() -> None:
    last = 10.0 ** np.array([-5.0] * 18 + [-3.5, -2.0])
    flow = one_layer(last, np.full(19, 0.5), np.ones(19))
    lost = "Nearly all of that is lost on the last 2 time steps; further back it hardly changes. "
    assert lost in told(flow)
    assert "Nearly all" not in told(rated(0.62, 40))


def test_an_exploding_gradient_is_told_by_its_rate_and_how_large_it_becomes() -> None:
    text = told(rated(1.3, 40))
    assert "is exploding: ×1.30 per time step, 28,000 times as large after 39 time steps. " in text
    assert "One update can throw the weights far off." in text


@pytest.mark.parametrize(("factor", "left"), [(0.98, "45 % left"), (1.01, "1.5 times as large")])
def test_in_a_steady_one_what_is_left_is_told_without_a_warning(factor: float, left: str) -> None:
    assert f"is steady: ×{factor:.2f} per time step, {left} after 40 time steps. At each" in told(
        rated(factor, 41)
    )


def test_a_steady_factor_over_many_steps_leaves_nothing_to_learn_from() -> None:
    flow = rated(0.95, 201)
    assert flow.layers[0].verdict == "steady"
    assert "3.5·10⁻⁵ left after 200 time steps. One update teaches it next to nothing" in told(flow)


def test_where_there_is_no_rate_the_reason_is_given() -> None:
    nothing = np.zeros(5)
    assert "single time step" in told(rated(0.5, 1))
    assert "its error is zero" in told(one_layer(nothing, nothing[1:], nothing[1:]))
    lost = np.array([np.nan, 1.0])
    assert "not finite" in told(one_layer(lost, lost[1:], lost[1:]))


def test_a_gradient_that_dies_on_the_way_is_told_as_it_is() -> None:
    last = np.array([0.0, 0.0, 1e-3, 1.0])
    gap = np.array([np.nan, 0.0, 1e-3])
    text = told(one_layer(last, gap, gap))
    assert "nothing left after 3 time steps: the units are saturated, so tanh passes on almost " in text
    assert "At each time step" not in text


def test_the_parts_of_a_real_flow_multiply_to_its_factor() -> None:
    flow = real(ARTICLE, 250)
    factor = flow.layers[0].factor
    assert factor is not None
    words = told(flow).split()
    assert float(words[words.index("per") - 1].removeprefix("×")) == pytest.approx(factor, rel=0.06)
    tanh = float(words[words.index("passes") + 2])
    weights = float(words[words.index("multiply") + 3].removesuffix("."))
    assert tanh * weights == pytest.approx(factor, rel=0.1)


def test_where_all_losses_together_hide_what_becomes_of_each_it_is_said() -> None:
    hidden = "That of all time steps' losses looks flatter: each one's own loss refills it."
    vanishing = rated(0.5, 30)
    flat = dataclasses.replace(vanishing.layers[0], total=np.ones(30))
    assert hidden in describe(dataclasses.replace(vanishing, layers=(flat,)), 0)
    same = dataclasses.replace(vanishing.layers[0], total=vanishing.layers[0].last)
    assert hidden not in describe(dataclasses.replace(vanishing, layers=(same,)), 0)


def test_saturated_units_are_named_where_they_are_why_nothing_arrives() -> None:
    reason = "the units are saturated, so tanh passes on almost nothing"
    text = told(rated(0.2, 10, end=1e9, units=0.05))
    assert text.endswith(
        f"At each time step tanh passes on 0.050 of it, and the weights multiply it by 4.00: {reason}."
    )
    assert reason not in told(rated(0.2, 10, units=0.2))  # the weights are why
    assert reason not in told(rated(1.1, 10, units=0.05))  # it arrives all the same


def test_units_that_saturate_to_the_last_bit_are_named_too() -> None:
    flow = real(ARTICLE, 0, bias=50.0)
    assert flow.layers[0].last[-1] > 0.0
    assert told(flow).startswith(
        "Going back, the gradient is vanishing: nothing left after 9 time steps: the units are saturated, "
        "so tanh passes on almost nothing. "
    )


def test_a_gradient_too_small_to_be_represented_does_not_make_units_saturated() -> None:
    last = np.array([0.0, 5e-324, 1e-200, 1.0])
    text = told(one_layer(last, np.array([0.0, 0.5, 0.5]), np.array([np.nan, 0.0, 2e-200])))
    assert text.startswith(
        "Going back, the gradient is vanishing: ×1·10⁻²⁰⁰ per time step, too small for a float64 after "
        "1 time step. One update teaches"
    )
    assert text.endswith(" tanh passes on 0.50 of it, and the weights multiply it by 2·10⁻²⁰⁰.")


def deep(cell: str = "vanilla", nonlinearity: str = "tanh", **changes: object) -> RunConfig:
    values = {"model.cell": cell, "model.layers": "6,5", "model.initializer": "orthogonal", "task.length": 13}
    if cell == "vanilla":
        values["model.nonlinearity"] = nonlinearity
    return ARTICLE.with_values(values | {k.replace("__", "."): v for k, v in changes.items()})


def test_each_layer_is_told_by_its_number_and_a_lower_one_has_no_parts() -> None:
    flow = real(deep())
    lower, upper = describe(flow, 0), describe(flow, 1)
    assert lower.startswith("In layer 1 of 2, going back, the gradient is ")
    assert upper.startswith("In layer 2 of 2, going back, the gradient is ")
    assert "tanh passes on" in upper
    assert "passes on" not in lower
    assert lower.endswith("It also comes down from the layer above at every time step.")
    assert "comes down" not in upper


@pytest.mark.parametrize(
    ("nonlinearity", "words"),
    [
        ("relu", "At each time step ReLU passes on "),
        ("logistic", " of it (at most 0.25), and the weights"),
        ("identity", "The units pass on all of it: the weights alone multiply it by "),
    ],
)
def test_the_units_are_called_by_what_they_apply(nonlinearity: str, words: str) -> None:
    text = told(real(deep(nonlinearity=nonlinearity, training__learning_rate=0.01)))
    assert words in text
    assert "tanh" not in text


def test_units_of_a_relu_that_pass_nothing_on_are_inactive() -> None:
    text = told(rated(0.2, 10, units=0.05, nonlinearity="relu"))
    assert text.endswith("multiply it by 4.00: the units are inactive, so ReLU passes on almost nothing.")


def test_a_logistic_unit_is_measured_by_its_own_steepest_slope() -> None:
    assert "saturated" not in told(rated(0.2, 10, units=0.05, nonlinearity="logistic"))
    assert "so the logistic function passes on almost nothing" in told(
        rated(0.2, 10, units=0.02, nonlinearity="logistic")
    )


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_gated_cell_is_told_without_parts(cell: str) -> None:
    flow = real(deep(cell))
    factor = flow.layers[1].factor
    assert factor is not None
    text = told(flow)
    assert f"×{factor:.2f} per time step, " in text
    assert "passes on" not in text
    assert ("cell state c" in text) == (cell == "lstm")


def test_an_lstm_says_which_way_the_gradient_comes() -> None:
    steady = np.ones(5)

    def ways(h: float, c: float) -> str:
        last, cell = steady.copy(), steady.copy()
        last[0], cell[0] = h, c
        return told(Flow((LayerFlow(last, last, 2.0 * cell, cell, None),), None))

    text = ways(0.02, 0.8)
    assert ", 80 % left after 4 time steps." in text
    assert text.endswith("That is by the cell state c; by h alone, with c held, 0.020 would be left.")
    assert ", 2 % left after 4 time steps." in ways(0.8, 0.02)


def test_truncation_is_told_by_the_step_that_training_goes_back_to() -> None:
    assert told(real(deep(training__truncation=5))).endswith("lets it go back to time step 11 only.")
    assert told(real(deep(training__truncation=1))).endswith(" Truncation lets none of it go back.")
    assert "Truncation" not in told(real(deep(training__truncation=12)))


def test_a_lower_layer_that_nothing_reaches_says_so() -> None:
    layers = [LayerFlow(norms, norms, None, None, None) for norms in (np.zeros(4), np.ones(4))]
    text = describe(Flow(tuple(layers), None), 0)
    assert text == "The last time step's loss sends no gradient down to layer 1 at this moment."

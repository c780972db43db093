"""What a gradient flow means: every figure in the sentences is that of the flow."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.presets import load_preset
from rnn.probes import Flow
from rnn.probes.flow import LayerFlow, Split
from rnn.probes.flow_sentence import describe
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer

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


def test_a_vanishing_gradient_is_told_by_its_factor_its_half_life_and_what_is_left() -> None:
    text = told(rated(0.62, 40))
    assert text.startswith(
        "Going back one step keeps 0.62 of the gradient on average: it halves every 1.4 steps."
    )
    assert (
        "After 39 steps 8·10⁻⁹ of it is left, so one update teaches it next to nothing from that far back."
        in text
    )
    assert text.endswith("At each step tanh passes on 0.50 of it, and the weights multiply it by 1.24.")


def test_one_that_loses_more_than_half_says_so() -> None:
    assert "keeps 0.30 of the gradient on average: it loses more than half with every step." in told(
        rated(0.3, 10)
    )


def test_what_is_lost_on_the_last_steps_is_not_told_of_all() -> None:
    last = 10.0 ** np.array([-5.0] * 18 + [-3.5, -2.0])
    flow = one_layer(last, np.full(19, 0.5), np.ones(19))
    assert "on average, but nearly all is lost on the last 2 steps; further back it hardly changes. " in told(
        flow
    )
    assert "halves" not in told(flow)


def test_an_exploding_gradient_is_told_by_how_fast_it_doubles_and_how_large_it_becomes() -> None:
    text = told(rated(1.3, 40))
    assert "multiplies the gradient by 1.30 on average: it doubles every 2.6 steps." in text
    assert "After 39 steps it is 28,000 times as large, so one update can throw the weights far off." in text
    assert "more than doubles with every step" in told(rated(2.5, 10))


@pytest.mark.parametrize(
    ("factor", "left"), [(0.98, "0.45 of it is left"), (1.01, "it is 1.5 times as large")]
)
def test_in_a_steady_one_what_is_left_is_told_without_a_warning(factor: float, left: str) -> None:
    assert f"After 40 steps {left}. At each step" in told(rated(factor, 41))


def test_a_factor_of_one_neither_halves_nor_doubles() -> None:
    text = told(rated(1.0, 20))
    assert "keeps 1.00 of the gradient on average." in text
    assert "halves" not in text
    assert "doubles" not in text


def test_a_steady_factor_over_many_steps_leaves_nothing_to_learn_from() -> None:
    flow = rated(0.95, 201)
    assert flow.layers[0].verdict == "steady"
    assert "After 200 steps 3.5·10⁻⁵ of it is left, so one update teaches it next to nothing" in told(flow)


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
    assert "becomes too small to be represented: the units are saturated, so tanh passes on almost " in text
    assert "After 3 steps nothing of it is left" in text
    assert "At each step" not in text


def test_the_parts_of_a_real_flow_multiply_to_its_factor() -> None:
    flow = real(ARTICLE, 250)
    factor = flow.layers[0].factor
    assert factor is not None
    words = told(flow).split()
    assert float(words[words.index("keeps") + 1]) == pytest.approx(factor, rel=0.06)
    tanh, weights = float(words[words.index("passes") + 2]), float(words[-1].removesuffix("."))
    assert tanh * weights == pytest.approx(factor, rel=0.1)


def test_saturated_units_are_named_where_they_are_why_nothing_arrives() -> None:
    reason = "the units are saturated, so tanh passes on almost nothing"
    text = told(rated(0.2, 10, end=1e9, units=0.05))
    assert text.endswith(
        f"At each step tanh passes on 0.050 of it, and the weights multiply it by 4.00: {reason}."
    )
    assert reason not in told(rated(0.2, 10, units=0.2))  # the weights are why
    assert reason not in told(rated(1.1, 10, units=0.05))  # it arrives all the same


def test_units_that_saturate_to_the_last_bit_are_named_too() -> None:
    flow = real(ARTICLE, 0, bias=50.0)
    assert flow.layers[0].last[-1] > 0.0
    assert told(flow).startswith(
        "Going back, the gradient becomes too small to be represented: the units are saturated, "
        "so tanh passes on almost nothing. After "
    )


def test_a_gradient_too_small_to_be_represented_does_not_make_units_saturated() -> None:
    last = np.array([0.0, 5e-324, 1e-200, 1.0])
    text = told(one_layer(last, np.array([0.0, 0.5, 0.5]), np.array([np.nan, 0.0, 2e-200])))
    assert text.startswith(
        "Going back one step keeps 1·10⁻²⁰⁰ of the gradient on average: it loses more than "
    )
    assert "It can be followed for 1 step; further back it is too small for a float64, so one update" in text
    assert text.endswith("At each step tanh passes on 0.50 of it, and the weights multiply it by 2·10⁻²⁰⁰.")


def deep(cell: str = "vanilla", nonlinearity: str = "tanh", **changes: object) -> RunConfig:
    values = {"model.cell": cell, "model.layers": "6,5", "model.initializer": "orthogonal", "task.length": 13}
    if cell == "vanilla":
        values["model.nonlinearity"] = nonlinearity
    return ARTICLE.with_values(values | {k.replace("__", "."): v for k, v in changes.items()})


def test_each_layer_is_told_by_its_number_and_a_lower_one_has_no_parts() -> None:
    flow = real(deep())
    lower, upper = describe(flow, 0), describe(flow, 1)
    assert lower.startswith("In layer 1 of 2, going back one step ")
    assert upper.startswith("In layer 2 of 2, going back one step ")
    assert "tanh passes on" in upper
    assert "passes on" not in lower
    assert lower.endswith("It also comes down from the layer above at every step.")
    assert "comes down" not in upper


@pytest.mark.parametrize(
    ("nonlinearity", "words"),
    [
        ("relu", "At each step ReLU passes on "),
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
    assert f"keeps {factor:.2f} of the gradient" in text
    assert "passes on" not in text
    assert ("cell state c" in text) == (cell == "lstm")


def test_an_lstm_says_which_way_the_gradient_comes() -> None:
    steady = np.ones(5)

    def ways(h: float, c: float) -> str:
        last, cell = steady.copy(), steady.copy()
        last[0], cell[0] = h, c
        return told(Flow((LayerFlow(last, last, 2.0 * cell, cell, None),), None))

    text = ways(0.02, 0.8)
    assert "After 4 steps 0.80 of it is left." in text
    assert text.endswith("That is by the cell state c; by h alone, with c held, 0.020 would be left.")
    assert "×" not in ways(0.8, 0.02)
    assert "After 4 steps 0.020 of it is left." in ways(0.8, 0.02)


def test_truncation_is_told_by_the_step_that_training_goes_back_to() -> None:
    assert told(real(deep(training__truncation=5))).endswith(" Truncation lets it go back to step 11 only.")
    assert told(real(deep(training__truncation=1))).endswith(" Truncation lets none of it go back.")
    assert "Truncation" not in told(real(deep(training__truncation=12)))


def test_a_lower_layer_that_nothing_reaches_says_so() -> None:
    layers = [LayerFlow(norms, norms, None, None, None) for norms in (np.zeros(4), np.ones(4))]
    text = describe(Flow(tuple(layers), None), 0)
    assert text == "The last step's loss sends no gradient down to layer 1 at this moment."

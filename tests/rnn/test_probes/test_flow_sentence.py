"""What a gradient flow means: every figure in the sentences is that of the flow."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.presets import load_preset
from rnn.probes import Flow
from rnn.probes.flow_sentence import describe
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer


def rated(factor: float, steps: int, end: float = 1e-3, tanh: float = 0.5) -> Flow:
    """A flow that changes by ``factor`` with every step back, ``tanh`` of it by tanh."""
    last = end * factor ** np.arange(steps - 1, -1, -1.0)
    through = np.full(steps - 1, tanh)
    return Flow(last, last, last, through, through * 0.0 + factor / tanh, 1.0)


def test_a_vanishing_gradient_is_told_by_its_factor_its_half_life_and_what_is_left() -> None:
    text = describe(rated(0.62, 40))
    assert text.startswith(
        "Going back one step keeps 0.62 of the gradient on average: it halves every 1.4 steps."
    )
    assert "After 39 steps 8·10⁻⁹ of it is left, so this network can hardly learn from that far back." in text
    assert text.endswith("At each step tanh passes on 0.50 of it, and the weights multiply it by 1.2.")


def test_one_that_loses_more_than_half_says_so() -> None:
    assert "keeps 0.30 of the gradient on average: it loses more than half with every step." in describe(
        rated(0.3, 10)
    )


def test_an_exploding_gradient_is_told_by_how_fast_it_doubles_and_how_large_it_becomes() -> None:
    text = describe(rated(1.3, 40))
    assert "multiplies the gradient by 1.30 on average: it doubles every 2.6 steps." in text
    assert "After 39 steps it is 28,000 times as large, so one update can throw the weights far off." in text
    assert "more than doubles with every step" in describe(rated(2.5, 10))


@pytest.mark.parametrize(
    ("factor", "left"), [(0.98, "0.45 of it is left"), (1.01, "it is 1.5 times as large")]
)
def test_in_a_steady_one_what_is_left_is_told_without_a_warning(factor: float, left: str) -> None:
    assert f"After 40 steps {left}. At each step" in describe(rated(factor, 41))


def test_a_factor_of_one_neither_halves_nor_doubles() -> None:
    text = describe(rated(1.0, 20))
    assert "keeps 1.0 of the gradient on average." in text
    assert "halves" not in text
    assert "doubles" not in text


def test_a_steady_factor_over_many_steps_leaves_nothing_to_learn_from() -> None:
    flow = rated(0.95, 201)
    assert flow.verdict == "steady"
    assert "After 200 steps 3.5·10⁻⁵ of it is left, so this network can hardly learn" in describe(flow)


def test_where_there_is_no_rate_the_reason_is_given() -> None:
    nothing = np.zeros(5)
    assert "single time step" in describe(rated(0.5, 1))
    assert "its error is zero" in describe(Flow(nothing, nothing, nothing, nothing[1:], nothing[1:], 1.0))
    lost = np.array([np.nan, 1.0])
    assert "not finite" in describe(Flow(lost, lost, lost, lost[1:], lost[1:], 1.0))


def test_a_gradient_that_dies_on_the_way_is_told_as_it_is() -> None:
    last = np.array([0.0, 0.0, 1e-300, 1.0])
    gap = np.array([np.nan, 0.0, 1e-300])
    text = describe(Flow(last, last, last, gap, gap, 1.0))
    assert "becomes too small to be represented: the units are saturated, so tanh passes on almost " in text
    assert "After 3 steps nothing of it is left" in text
    assert "At each step" not in text


def test_the_parts_of_a_real_flow_multiply_to_its_factor() -> None:
    trainer = Trainer(load_preset("article").config)
    trainer.advance(250)
    flow = trainer.snapshot(SnapshotRequest(probes=frozenset({"flow"}))).probe(Flow)
    assert flow is not None
    assert flow.factor is not None
    words = describe(flow).split()
    assert float(words[words.index("keeps") + 1]) == pytest.approx(flow.factor, rel=0.06)
    tanh, weights = float(words[words.index("passes") + 2]), float(words[-1].removesuffix("."))
    assert tanh * weights == pytest.approx(flow.factor, rel=0.1)


def test_saturated_units_are_named_where_they_are_why_nothing_arrives() -> None:
    reason = "the units are saturated, so tanh passes on almost nothing"
    text = describe(rated(0.2, 10, end=1e9, tanh=0.05))
    assert text.endswith(
        f"At each step tanh passes on 0.050 of it, and the weights multiply it by 4.0: {reason}."
    )
    assert reason not in describe(rated(0.2, 10, tanh=0.2))  # the weights are why
    assert reason not in describe(rated(1.1, 10, tanh=0.05))  # it arrives all the same


def test_units_that_saturate_to_the_last_bit_are_named_too() -> None:
    trainer = Trainer(load_preset("article").config)
    trainer.network.parameters["l0.b"][...] = 50.0
    flow = trainer.snapshot(SnapshotRequest(probes=frozenset({"flow"}))).probe(Flow)
    assert flow is not None
    assert flow.last[-1] > 0.0
    assert describe(flow).startswith(
        "Going back, the gradient becomes too small to be represented: the units are saturated, "
        "so tanh passes on almost nothing. After "
    )


def test_a_gradient_too_small_to_be_represented_does_not_make_units_saturated() -> None:
    last = np.array([0.0, 5e-324, 1e-200, 1.0])
    text = describe(Flow(last, last, last, np.array([0.0, 0.5, 0.5]), np.full(3, 1e-100), 1.0))
    assert "becomes too small to be represented. After 3 steps nothing of it is left" in text

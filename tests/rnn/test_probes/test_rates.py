"""The rate of a gradient on its way back and the horizon of one: by hand, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.probes.rates import horizon, rate


def test_a_rate_is_the_geometric_mean_of_the_steps_back() -> None:
    found = rate(np.array([0.5, 7.0, 2.0, 4.0]))
    assert found is not None
    assert (found.left, found.steps) == (0.125, 3)
    assert found.factor == pytest.approx(0.5)
    assert found.verdict == "vanishing"


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.89, "vanishing"), (0.91, "steady"), (1.09, "steady"), (1.11, "exploding")]
)
def test_the_verdict_is_by_the_factor(factor: float, verdict: str) -> None:
    found = rate(factor ** np.arange(9, -1, -1.0))
    assert found is not None
    assert found.verdict == verdict


@pytest.mark.parametrize(
    "norms",
    [[1.0], [], [1.0, 0.0], [np.nan, 1.0], [1.0, np.inf], [np.inf, 1.0], [1e200, 1e-200]],
    ids=["one step", "none", "no gradient", "lost", "infinite", "exploded", "beyond numbers"],
)
def test_without_a_finite_gradient_on_a_way_back_there_is_no_rate(norms: list[float]) -> None:
    assert rate(np.array(norms)) is None


def test_a_gradient_that_does_not_arrive_has_the_rate_nothing() -> None:
    found = rate(np.array([0.0, 0.0, 1.0]))
    assert found is not None
    assert (found.factor, found.verdict) == (0.0, "vanishing")


@pytest.mark.parametrize(
    ("left", "lag"),
    [([9.0, 0.6, 0.5, 0.0], 2), ([0.5, 0.0], 0), ([0.1, 3.0, 0.2], 2), ([9.0, 8.0, 7.0], 3)],
)
def test_the_horizon_is_the_first_lag_after_which_never_more_than_a_twentieth_is_left(
    left: list[float], lag: int
) -> None:
    assert horizon(np.array(left), 10.0) == lag


def test_without_a_gradient_there_is_no_horizon() -> None:
    assert horizon(np.zeros(3), 0.0) is None
    assert horizon(np.array([1.0, np.nan]), 1.0) is None
    assert horizon(np.array([1.0, 0.0]), np.nan) is None

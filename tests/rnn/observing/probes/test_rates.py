"""The rate of a gradient on its way back and the horizon of one: by hand, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.observing.probes.rates import horizon, lost_within, rate


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


@pytest.mark.parametrize("factor", [0.47, 0.3, 1e-4])
@pytest.mark.parametrize("length", [1000, 3000])
def test_one_that_becomes_too_small_for_a_float_has_the_rate_of_the_steps_before(
    factor: float, length: int
) -> None:
    found = rate(0.02 * factor ** np.arange(length - 1, -1, -1.0))
    assert found is not None
    assert (found.left, found.steps, found.verdict) == (0.0, length - 1, "vanishing")
    assert found.factor == pytest.approx(factor, rel=1e-12)
    # The smallest normal number is 2^-1022 (IEEE 754, binary64).
    assert found.followed == int((math.log(0.02) + 1022 * math.log(2.0)) / -math.log(factor))


def test_a_rate_does_not_rest_on_numbers_that_have_lost_digits() -> None:
    norms = 0.5 ** np.arange(1074, -1, -1.0)  # the first is the smallest number that there is
    found = rate(norms * 0.9)
    assert found is not None
    assert (found.steps, found.followed) == (1074, 1021)
    assert found.left > 0.0
    assert found.factor == pytest.approx(0.5, rel=1e-14)


def test_one_that_falls_out_of_reach_in_a_single_step_is_followed_up_to_there() -> None:
    found = rate(np.array([0.0, 1e-200, 1.0]))
    assert found is not None
    assert (found.followed, found.factor) == (1, pytest.approx(1e-200))


def test_one_that_is_cut_off_while_it_is_large_is_followed_to_its_end() -> None:
    found = rate(np.r_[np.zeros(3), 0.5 ** np.arange(400, -1, -1.0)])
    assert found is not None
    assert (found.factor, found.followed, found.steps) == (0.0, 403, 403)


def test_the_factor_is_known_where_what_is_left_is_not() -> None:
    found = rate(0.4 ** np.arange(750, -51, -1.0))
    assert found is not None
    assert (found.left, found.followed) == (pytest.approx(0.4**800, abs=1e-315), 800)
    assert found.factor == pytest.approx(0.4, rel=1e-12)


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


@pytest.mark.parametrize(
    ("lost", "within"),
    [
        ([3.0, 0.1] + [0.0] * 10, 1),
        ([1.5, 1.5] + [0.02, -0.02] * 5, 2),
        ([0.3] * 12, None),  # as much with every step
        ([0.0] * 10 + [1.5, 1.5], None),  # far back
        ([2.0, 0.0, -1.5] + [0.1] * 10, None),  # and then it grows
        ([0.4, 0.4] + [0.0] * 10, None),  # not much
        ([-2.0] + [0.0] * 11, None),  # it explodes
        ([3.0] + [0.0] * 6, None),  # a short way
        ([4.0] * 5 + [0.1] * 34, None),  # and then 2,500 times more
        ([90.0] * 3 + [2.0] * 30, None),  # too small for a float64 in the end
    ],
)
def test_where_nearly_all_is_lost_on_a_few_steps_it_is_said_on_how_many(
    lost: list[float], within: int | None
) -> None:
    norms = 10.0 ** -np.append(0.0, np.cumsum(lost))[::-1]
    found = rate(norms)
    assert found is not None
    assert lost_within(norms, found.followed) == within

"""The nonlinearities: values, slopes and limits, against formulas and differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.model.nonlinearities import NONLINEARITIES

FORMULAS = {
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
    "logistic": lambda a: 1.0 / (1.0 + math.exp(-a)) if a > 0 else math.exp(a) / (1.0 + math.exp(a)),
    "identity": lambda a: a,
}


@pytest.mark.parametrize("name", NONLINEARITIES)
@given(a=st.floats(-700.0, 700.0))
def test_the_value_is_the_formula_and_lies_in_its_range(name: str, a: float) -> None:
    g = NONLINEARITIES[name]
    given_array = np.array([a])
    out = np.empty(1)
    assert g.apply(given_array, out) is out
    assert out[0] == pytest.approx(FORMULAS[name](a), rel=1e-12, abs=1e-15)
    assert g.low <= out[0] <= g.high
    assert given_array[0] == a


@pytest.mark.parametrize("name", NONLINEARITIES)
@given(a=st.floats(-20.0, 20.0).filter(lambda a: abs(a) > 1e-3))
def test_the_slope_is_that_of_central_differences_and_nowhere_above_the_steepest(name: str, a: float) -> None:
    g = NONLINEARITIES[name]
    slope = g.slope(g.apply(np.array([a]), np.empty(1)))[0]
    step = 1e-5
    above, below = (g.apply(np.array([a + part * step]), np.empty(1))[0] for part in (1, -1))
    assert slope == pytest.approx((above - below) / (2 * step), abs=1e-8)
    assert abs(slope) <= g.steepest


@pytest.mark.parametrize("name", NONLINEARITIES)
def test_what_is_not_a_number_stays_so_in_value_and_slope(name: str) -> None:
    g = NONLINEARITIES[name]
    h = g.apply(np.array([np.nan]), np.empty(1))
    assert np.isnan(h[0])
    if name != "identity":
        assert np.isnan(g.slope(h)[0])


@pytest.mark.parametrize("name", ["tanh", "logistic"])
def test_the_largest_numbers_overflow_nowhere(name: str) -> None:
    g = NONLINEARITIES[name]
    with np.errstate(all="raise"):
        h = g.apply(np.array([-1e308, 1e308]), np.empty(2))
    np.testing.assert_array_equal(h, [g.low, g.high])

"""The optimizers and the clipping, by their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn.array import Array
from rnn.optimizers import OPTIMIZERS, clip_norm, norm

VECTORS = arrays(np.float64, st.integers(1, 8), elements=st.floats(-1e6, 1e6))


@given(VECTORS)
def test_the_norm_is_the_euclidean_one(vector: Array) -> None:
    assert norm(vector) == pytest.approx(math.sqrt(math.fsum(value * value for value in vector)), rel=1e-12)


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_the_norm_of_what_is_not_finite_is_not_finite(bad: float) -> None:
    assert not math.isfinite(norm(np.array([1.0, bad, 2.0])))


@given(VECTORS, st.floats(1e-3, 1e3))
def test_clipping_is_the_formula(gradient: Array, limit: float) -> None:
    size = float(np.linalg.norm(gradient))
    clipped = gradient.copy()
    clip_norm(clipped, size, limit)
    np.testing.assert_allclose(clipped, gradient * min(1.0, limit / (size + 1e-6)), rtol=1e-15)
    assert np.linalg.norm(clipped) <= limit * (1.0 + 1e-12)


def test_clipping_keeps_the_direction_and_a_small_gradient() -> None:
    long, short = np.array([30.0, -40.0]), np.array([0.3, -0.4])
    clip_norm(long, 50.0, 1.0)
    np.testing.assert_allclose(long, [0.6, -0.8], rtol=1e-7)
    clip_norm(short, 0.5, 1.0)
    np.testing.assert_array_equal(short, [0.3, -0.4])


def test_sgd_takes_the_rate_times_the_gradient_off() -> None:
    parameters = np.array([1.0, 2.0, 3.0])
    OPTIMIZERS["sgd"](3).step(parameters, np.array([10.0, 0.0, -4.0]), 0.1)
    np.testing.assert_array_equal(parameters, [1.0 - 0.1 * 10.0, 2.0, 3.0 + 0.1 * 4.0])

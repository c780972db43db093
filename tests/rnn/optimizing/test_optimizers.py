"""The optimizers and the clipping, by their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn.array import Array
from rnn.optimizing.optimizers import OPTIMIZERS, clip_norm, clip_value, norm

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


@given(VECTORS, st.floats(1e-3, 1e3))
def test_clipping_by_element_leaves_none_beyond_the_limit(gradient: Array, limit: float) -> None:
    clipped = gradient.copy()
    clip_value(clipped, limit)
    np.testing.assert_array_equal(clipped, [min(max(value, -limit), limit) for value in gradient])


def test_clipping_by_element_changes_the_direction() -> None:
    gradient = np.array([3.0, 0.5])
    clip_value(gradient, 1.0)
    np.testing.assert_array_equal(gradient, [1.0, 0.5])


FORMULAS = ["momentum", "nesterov", "rmsprop", "adam"]


def by_formula(name: str, gradients: list[float], rate: float) -> float:
    """One parameter from 1.0 on, written out from the publications' equations in PyTorch's form."""
    theta, v, s, m = 1.0, 0.0, 0.0, 0.0
    for t, g in enumerate(gradients, 1):
        v = 0.9 * v + g
        if name == "momentum":
            theta -= rate * v
        elif name == "nesterov":
            theta -= rate * (g + 0.9 * v)
        elif name == "rmsprop":
            s = 0.99 * s + 0.01 * g**2
            theta -= rate * g / (math.sqrt(s) + 1e-8)
        else:
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            theta -= rate * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return theta


@pytest.mark.parametrize("name", FORMULAS)
@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=8), st.floats(1e-5, 1.0))
def test_consecutive_steps_are_the_formula(name: str, gradients: list[float], rate: float) -> None:
    optimizer = OPTIMIZERS[name](1)
    parameters = np.ones(1)
    for gradient in gradients:
        optimizer.step(parameters, np.array([gradient]), rate)
    assert parameters[0] == pytest.approx(by_formula(name, gradients, rate), rel=1e-9, abs=1e-9)


def test_every_optimizer_has_a_title_of_its_own_and_remembers_nothing_of_another_run() -> None:
    assert len({optimizer.title for optimizer in OPTIMIZERS.values()}) == len(OPTIMIZERS)
    for optimizer in OPTIMIZERS.values():
        ends = []
        for _ in range(2):
            fresh, parameters = optimizer(2), np.array([1.0, -1.0])
            fresh.step(parameters, np.array([0.5, -2.0]), 0.1)
            fresh.step(parameters, np.array([0.25, 1.0]), 0.1)
            ends.append(parameters)
        np.testing.assert_array_equal(ends[0], ends[1])

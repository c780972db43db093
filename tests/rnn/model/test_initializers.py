"""The initializers: each draws from the distribution that it is named for."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.array import Array
from rnn.model.initializers import INITIALIZERS, spectral_radius

SHAPE = (300, 200)
SQUARE = (200, 200)
ROLES = ("input_weight", "recurrent_weight", "readout_weight")


def drawn(name: str, role: str, shape: tuple[int, ...], seed: int = 0) -> Array:
    values: Array = getattr(INITIALIZERS[name], role)(np.random.default_rng(seed), shape)
    assert values.shape == shape
    return values


@pytest.mark.parametrize("role", [*ROLES, "bias"])
def test_uniform_fills_zero_to_one(role: str) -> None:
    values = drawn("uniform", role, SQUARE)
    assert values.min() >= 0.0
    assert values.max() < 1.0
    # the mean of 40,000 has a standard deviation of 0.0014, their variance one of 0.0004
    assert values.mean() == pytest.approx(0.5, abs=0.006)
    assert values.var() == pytest.approx(1.0 / 12.0, abs=0.002)


@pytest.mark.parametrize("role", ROLES)
def test_glorot_is_uniform_up_to_its_limit(role: str) -> None:
    values = drawn("glorot", role, SHAPE)
    limit = np.sqrt(6.0 / 500.0)
    assert np.abs(values).max() <= limit
    assert np.abs(values).max() > 0.99 * limit
    assert values.mean() == pytest.approx(0.0, abs=0.002)
    assert values.var() == pytest.approx(2.0 / 500.0, rel=0.03)


@pytest.mark.parametrize("role", ROLES)
def test_gaussian_has_the_variance_of_one_over_its_inputs(role: str) -> None:
    values = drawn("gaussian", role, SHAPE)
    assert values.mean() == pytest.approx(0.0, abs=0.002)
    assert values.var() == pytest.approx(1.0 / 300.0, rel=0.03)
    share_within_one_deviation = np.mean(np.abs(values) < np.sqrt(1.0 / 300.0))
    assert share_within_one_deviation == pytest.approx(0.6827, abs=0.01)


def test_a_gaussian_matrix_of_32_has_the_spectral_radius_that_theory_gives() -> None:
    radii = [spectral_radius(drawn("gaussian", "recurrent_weight", (32, 32), seed)) for seed in range(100)]
    assert np.mean(radii) == pytest.approx(1.07, abs=0.04)
    assert np.std(radii) == pytest.approx(0.08, abs=0.03)


def test_orthogonal_is_orthogonal() -> None:
    q = drawn("orthogonal", "recurrent_weight", SQUARE)
    np.testing.assert_allclose(q.T @ q, np.eye(200), atol=1e-13)
    assert spectral_radius(q) == pytest.approx(1.0, abs=1e-12)


def test_orthogonal_has_no_favoured_sign() -> None:
    # A QR whose signs are left as they come makes every one of these negative or positive.
    corners = [drawn("orthogonal", "recurrent_weight", (4, 4), seed)[0, 0] for seed in range(400)]
    traces = [np.trace(drawn("orthogonal", "recurrent_weight", (4, 4), seed)) for seed in range(400)]
    assert np.mean(corners) == pytest.approx(0.0, abs=0.1)
    assert np.mean(traces) == pytest.approx(0.0, abs=0.2)
    assert np.var(traces) == pytest.approx(1.0, abs=0.3)


def test_identity_is_the_identity() -> None:
    np.testing.assert_array_equal(drawn("identity", "recurrent_weight", (7, 7)), np.eye(7))


@pytest.mark.parametrize("name", sorted(set(INITIALIZERS) - {"uniform"}))
def test_biases_begin_at_zero_but_for_the_article(name: str) -> None:
    np.testing.assert_array_equal(drawn(name, "bias", (9,)), np.zeros(9))


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("role", [*ROLES, "bias"])
def test_the_same_seed_draws_the_same_weights(name: str, role: str) -> None:
    shape = (9,) if role == "bias" else (9, 9)
    np.testing.assert_array_equal(drawn(name, role, shape, 5), drawn(name, role, shape, 5))


def test_every_initializer_has_a_title_of_its_own() -> None:
    titles = [initializer.title for initializer in INITIALIZERS.values()]
    assert len(set(titles)) == len(titles)


def test_the_spectral_radius_is_that_of_a_matrix_whose_eigenvalues_are_known() -> None:
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])  # ±2i
    assert spectral_radius(turn) == pytest.approx(2.0, abs=1e-14)
    assert spectral_radius(np.array([[0.5, 100.0], [0.0, -0.25]])) == pytest.approx(0.5, abs=1e-14)

"""The flow probe: the reference norms, the rates of networks whose rate is known, and the bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.initializers import INITIALIZERS
from rnn.network import Network
from rnn.probes.flow import EXPLODING_ABOVE, VANISHING_BELOW, Flow, flow
from rnn.probes.moment import Moment
from rnn.tasks import Sequences
from tests.rnn.cases import golden, golden_network


def moment_of(network: Network, x: Array, y: Array, start: Array | None = None) -> Moment:
    states = network.start(x.shape[1]) if start is None else [start]
    tape = network.forward(x, states)
    return Moment(network, Sequences(x, y), 0, 1, states, tape, y, False, {})


def drawn(seed: int, T: int, width: int, gain: float) -> Flow:
    rng = np.random.default_rng(seed)
    network = Network(1, (width,), 1)
    network.parameters.vector[:] = gain * rng.standard_normal(network.parameters.vector.size)
    return flow(moment_of(network, rng.standard_normal((T, 1, 1)), rng.standard_normal((T, 1, 1))))


def linear(rho: float, T: int, width: int = 8) -> Flow:
    """A network that stays at zero, where tanh passes everything on and W_h = ρ·Q turns and scales."""
    network = Network(1, (width,), 1)
    rng = np.random.default_rng(0)
    weights = network.parameters
    weights["l0.Wh"][...] = rho * INITIALIZERS["orthogonal"].recurrent_weight(rng, (width, width))
    weights["head.W"][...] = rng.standard_normal((width, 1))
    return flow(moment_of(network, np.zeros((T, 1, 1)), np.ones((T, 1, 1))))


@pytest.mark.parametrize("name", ["vanilla_tanh_article", "vanilla_tanh_batch"])
def test_the_norms_are_those_of_the_reference_cases(name: str) -> None:
    case = golden(name)
    found = flow(moment_of(golden_network(case), case["x"], case["y"], case["h0_l0"]))
    np.testing.assert_allclose(found.last, case["dLi_dhj_norm_l0"][-1], rtol=1e-10)
    np.testing.assert_allclose(found.total, case["dL_dh_norm_l0"], rtol=1e-10)
    sigma_max = np.linalg.svd(case["param.rnn.weight_hh_l0"], compute_uv=False)[0]
    assert found.sigma_max == pytest.approx(sigma_max, rel=1e-12)


@pytest.mark.parametrize("rho", [0.5, 0.9, 1.0, 1.2])
def test_a_linear_network_multiplies_by_rho_at_every_step(rho: float) -> None:
    found = linear(rho, T=21)
    np.testing.assert_allclose(found.last / found.last[-1], rho ** np.arange(20, -1, -1.0), rtol=1e-12)
    np.testing.assert_allclose(found.bound, found.last, rtol=1e-12)
    np.testing.assert_allclose(found.through_tanh, np.ones(20), rtol=1e-14)
    np.testing.assert_allclose(found.through_weights, np.full(20, rho), rtol=1e-12)
    assert found.factor == pytest.approx(rho, rel=1e-12)
    assert found.left == pytest.approx(rho**20, rel=1e-12)


def test_twenty_steps_at_nine_tenths_leave_an_eighth() -> None:
    assert linear(0.9, T=21).left == pytest.approx(0.121577, abs=1e-6)


@pytest.mark.parametrize(
    ("rho", "verdict"),
    [
        (VANISHING_BELOW - 0.01, "vanishing"),
        (VANISHING_BELOW + 0.01, "steady"),
        (1.0, "steady"),
        (EXPLODING_ABOVE - 0.01, "steady"),
        (EXPLODING_ABOVE + 0.01, "exploding"),
    ],
)
def test_the_verdict_follows_from_the_factor(rho: float, verdict: str) -> None:
    assert linear(rho, T=11).verdict == verdict


def test_a_small_gradient_is_not_a_vanishing_one() -> None:
    found = linear(1.0, T=11)
    tiny = Flow(found.last * 1e-9, found.total, found.bound, found.through_tanh, found.through_weights, 1.0)
    assert tiny.factor == pytest.approx(found.factor)
    assert tiny.verdict == "steady"


@pytest.mark.parametrize(("rho", "T"), [(0.5, 1000), (2.0, 1000), (0.5, 600), (1.5, 800)])
def test_the_factor_is_right_where_the_squares_of_the_norms_leave_the_floats(rho: float, T: int) -> None:
    assert linear(rho, T).factor == pytest.approx(rho, rel=1e-9)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 12), st.floats(0.01, 3.0))
def test_the_bound_is_never_crossed(seed: int, T: int, width: int, gain: float) -> None:
    found = drawn(seed, T, width, gain)
    assert (found.last <= found.bound * (1.0 + 1e-9)).all()


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 12), st.floats(0.01, 3.0))
def test_the_two_parts_of_a_step_multiply_to_the_step(seed: int, T: int, width: int, gain: float) -> None:
    found = drawn(seed, T, width, gain)
    there = found.last > 0.0  # a unit that is saturated to the last bit lets nothing through
    steps = there[:-1] & there[1:]
    whole = found.last[:-1][steps] / found.last[1:][steps]
    np.testing.assert_allclose((found.through_tanh * found.through_weights)[steps], whole, rtol=1e-9)
    assert (found.through_tanh[steps] <= 1.0 + 1e-12).all()
    assert (found.through_weights[steps] <= found.sigma_max * (1.0 + 1e-9)).all()
    if there.all():
        assert found.factor == pytest.approx(np.exp(np.log(whole).mean()), rel=1e-9)
    else:
        assert found.factor == 0.0


def test_a_single_time_step_has_no_rate() -> None:
    found = drawn(0, T=1, width=3, gain=1.0)
    assert found.last.shape == (1,)
    assert found.through_tanh.shape == found.through_weights.shape == (0,)
    assert found.factor is found.left is found.verdict is None


def test_no_error_is_no_gradient_and_no_verdict() -> None:
    network = Network(1, (3,), 1)
    found = flow(moment_of(network, np.zeros((4, 1, 1)), np.zeros((4, 1, 1))))
    np.testing.assert_array_equal(found.last, np.zeros(4))
    assert found.factor is found.left is found.verdict is None


def test_a_gradient_that_dies_on_the_way_vanishes() -> None:
    network = Network(1, (2,), 1)  # W_h is zero: nothing goes further back than the last step
    network.parameters["head.W"][...] = 1.0
    found = flow(moment_of(network, np.zeros((4, 1, 1)), np.ones((4, 1, 1))))
    assert found.left == found.factor == 0.0
    assert found.verdict == "vanishing"


@pytest.mark.parametrize(("first", "last"), [(np.inf, 1.0), (1.0, np.inf), (np.nan, 1.0), (1e300, 1e-300)])
def test_what_is_not_finite_has_no_rate(first: float, last: float) -> None:
    norms = np.array([first, 1.0, last])
    found = Flow(norms, norms, norms, norms[1:], norms[1:], 1.0)
    assert found.factor is found.left is found.verdict is None


def test_every_array_is_read_only() -> None:
    found = drawn(0, 5, 3, 1.0)
    arrays = (found.last, found.total, found.bound, found.through_tanh, found.through_weights)
    assert not any(array.flags.writeable for array in arrays)

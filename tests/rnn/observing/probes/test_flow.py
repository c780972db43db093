"""The flow probe: the reference norms, the rates of networks whose rate is known, bound, and truncation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks.base import Data, Sequences
from rnn.model.batch import Batch, Mask, Target
from rnn.model.initializers import INITIALIZERS
from rnn.model.network import Network, States
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.observing.probes.flow import Flow, LayerFlow, Split, flow
from rnn.observing.probes.flow_sentence import describe
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.rates import EXPLODING_ABOVE, VANISHING_BELOW
from rnn.observing.snapshot import SnapshotRequest
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import MANIFEST, golden, golden_network, golden_start

CASES = [name for name, case in MANIFEST.items() if not name.startswith("article")]


def moment_of(
    network: Network,
    x: Array,
    y: Target,
    start: States | None = None,
    *,
    truncation: int | None = None,
    scored: Mask | None = None,
) -> Moment:
    start = network.start(x.shape[1]) if start is None else start
    data = Data(Sequences(x, y, scored), None, network.outputs)
    return Moment(
        network=network,
        data=data,
        batches=Batches(x.shape[1], 1, carried=False),
        sequence=0,
        end=data.train.end(0),
        start=start,
        batch=Batch(x, y, scored),
        tape=network.forward(x, start),
        request=SnapshotRequest(),
        training=TrainingConfig(truncation=truncation),
        tolerance=None,
        kept={},
        update=0,
        before=network.parameters.vector,
    )


def random_network(seed: int, widths: tuple[int, ...], gain: float, cell: str, g: str = "tanh") -> Network:
    network = Network(1, widths, 1, cell=EVERY_CELL[cell](g))
    vector = network.parameters.vector
    vector[:] = gain * np.random.default_rng(seed).standard_normal(vector.size)
    return network


def drawn(seed: int, T: int, width: int, gain: float, g: str = "tanh") -> LayerFlow:
    rng = np.random.default_rng(seed)
    network = random_network(seed, (width,), gain, "vanilla", g)
    return flow(moment_of(network, rng.standard_normal((T, 1, 1)), rng.standard_normal((T, 1, 1)))).layers[0]


def split_of(found: LayerFlow) -> Split:
    assert found.split is not None
    return found.split


def rated(last: Array, split: Split | None = None) -> LayerFlow:
    """A flow of these norms."""
    return LayerFlow(last, last, None, None, split)


def linear(rho: float, T: int, width: int = 8, nonlinearity: str = "tanh") -> LayerFlow:
    """A network that stays at zero, where tanh passes everything on and W_h = ρ·Q turns and scales."""
    network = Network(1, (width,), 1, cell=EVERY_CELL["vanilla"](nonlinearity))
    rng = np.random.default_rng(0)
    weights = network.parameters
    weights["l0.Wh"][...] = rho * INITIALIZERS["orthogonal"].recurrent_weight(rng, (width, width))
    weights["head.W"][...] = rng.standard_normal((width, 1))
    return flow(moment_of(network, np.zeros((T, 1, 1)), np.ones((T, 1, 1)))).layers[0]


@pytest.mark.parametrize("name", CASES)
def test_the_norms_are_those_of_the_reference_cases(name: str) -> None:
    case, truncation = golden(name), MANIFEST[name]["truncation"]
    found = flow(
        moment_of(golden_network(name), case["x"], case["y"], golden_start(case), truncation=truncation)
    )
    assert len(found.layers) == len(MANIFEST[name]["layer_widths"])
    for number, layer in enumerate(found.layers):
        np.testing.assert_allclose(layer.total, case[f"dL_dh_norm_l{number}"], rtol=1e-10)
        whole = case[f"dLi_dhj_norm_l{number}"][-1]
        seen = slice(found.first_trained - 1, None)  # the case stops where training does, ours goes on
        np.testing.assert_allclose(layer.last[seen], whole[seen], rtol=1e-10)
        if MANIFEST[name]["cell"] == "lstm":
            assert layer.total_cell is not None
            np.testing.assert_allclose(layer.total_cell, case[f"dL_dc_norm_l{number}"], rtol=1e-10)
        else:
            assert layer.total_cell is layer.last_cell is None
        assert (layer.split is not None) == (
            MANIFEST[name]["cell"] == "rnn" and number == len(found.layers) - 1
        )
        if layer.split is not None:
            sigma_max = np.linalg.svd(case[f"param.rnn.weight_hh_l{number}"], compute_uv=False)[0]
            assert layer.split.sigma_max == pytest.approx(sigma_max, rel=1e-12)


def test_an_lstms_cell_state_has_the_gradient_of_central_differences_with_h_following_it() -> None:
    rng = np.random.default_rng(5)
    T, width, network = 6, 4, random_network(5, (4,), 0.7, "lstm")
    x, y = rng.standard_normal((T, 1, 1)), rng.standard_normal((T, 1, 1))
    found = flow(moment_of(network, x, y)).layers[0]
    assert found.last_cell is not None
    tape = network.forward(x).cells[0]
    for t in range(1, T):
        o, c = tape.signals["output gate"][t - 1], tape.states[1][t]

        def loss(c: Array, o: Array = o, t: int = t) -> float:
            output = network.forward(x[t:], [(o * np.tanh(c), c)]).output
            return 0.5 * float(((output[-1] - y[-1]) ** 2).sum()) / T

        slopes = [(loss(c + step) - loss(c - step)) / 2e-6 for step in 1e-6 * np.eye(width)[:, None]]
        assert found.last_cell[t - 1] == pytest.approx(np.linalg.norm(slopes), rel=1e-6)
    assert found.state is found.last_cell
    assert found.left == pytest.approx(found.last_cell[0] / found.last_cell[-1], rel=1e-12)


@pytest.mark.parametrize("cell", list(EVERY_CELL))
def test_truncation_stops_the_whole_loss_and_not_the_measured_way_back(cell: str) -> None:
    rng = np.random.default_rng(1)
    network = random_network(1, (3, 4), 0.7, cell)
    x, y = rng.standard_normal((11, 1, 1)), rng.standard_normal((11, 1, 1))
    whole, cut = flow(moment_of(network, x, y)), flow(moment_of(network, x, y, truncation=4))
    assert (whole.truncation, whole.first_trained, cut.first_trained) == (None, 1, 9)
    for free, stopped in zip(whole.layers, cut.layers, strict=True):
        np.testing.assert_array_equal(stopped.last, free.last)
        np.testing.assert_allclose(stopped.total[8:], free.total[8:], rtol=1e-12)
        assert not np.isclose(stopped.total[:8], free.total[:8], rtol=1e-6).any()


@pytest.mark.parametrize(("truncation", "first"), [(1, 10), (3, 10), (4, 9), (5, 6), (9, 10), (10, 1)])
def test_training_lets_the_last_loss_back_to_the_start_of_its_chunk(truncation: int, first: int) -> None:
    network = random_network(0, (2,), 1.0, "vanilla")
    found = flow(moment_of(network, np.ones((10, 1, 1)), np.ones((10, 1, 1)), truncation=truncation))
    assert found.first_trained == first


def test_the_way_back_begins_at_the_last_scored_step() -> None:
    rng = np.random.default_rng(2)
    network = random_network(2, (3,), 0.8, "vanilla")
    x, y = rng.standard_normal((9, 1, 1)), rng.standard_normal((9, 1, 1))
    scored = np.zeros((9, 1), dtype=bool)
    scored[[1, 5]] = True
    found, short = flow(moment_of(network, x, y, scored=scored)), flow(moment_of(network, x[:6], y[:6]))
    assert found.end == short.end == len(found.layers[0].total) == 6
    # The mean is over two steps instead of six.
    np.testing.assert_allclose(found.layers[0].last, 3.0 * short.layers[0].last, rtol=1e-12)
    assert found.layers[0].factor == pytest.approx(short.layers[0].factor, rel=1e-12)
    np.testing.assert_allclose(found.layers[0].total[2:], found.layers[0].last[2:], rtol=1e-12)
    assert not np.isclose(found.layers[0].total[:2], found.layers[0].last[:2], rtol=1e-6).any()


@pytest.mark.parametrize(("nonlinearity", "factor"), [("identity", 0.8), ("logistic", 0.2)])
def test_the_rate_at_zero_is_that_of_the_nonlinearity(nonlinearity: str, factor: float) -> None:
    found = linear(0.8, T=2, nonlinearity=nonlinearity)
    split = split_of(found)
    if nonlinearity == "logistic":  # h_1 is half of each unit, so that only the first step is at zero
        assert (split.through_units <= 0.25).all()
        assert split.bound[0] == pytest.approx(factor * split.bound[1])
    else:
        assert found.factor == pytest.approx(factor)
        np.testing.assert_allclose(split.through_units, 1.0)
    assert split.nonlinearity == nonlinearity


@pytest.mark.parametrize("rho", [0.5, 0.9, 1.0, 1.2])
def test_a_linear_network_multiplies_by_rho_at_every_step(rho: float) -> None:
    found = linear(rho, T=21)
    np.testing.assert_allclose(found.last / found.last[-1], rho ** np.arange(20, -1, -1.0), rtol=1e-12)
    split = split_of(found)
    np.testing.assert_allclose(split.bound, found.last, rtol=1e-12)
    np.testing.assert_allclose(split.through_units, np.ones(20), rtol=1e-14)
    np.testing.assert_allclose(split.through_weights, np.full(20, rho), rtol=1e-12)
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
    tiny = rated(found.last * 1e-9)
    assert tiny.factor == pytest.approx(found.factor)
    assert tiny.verdict == "steady"


@pytest.mark.parametrize(("rho", "T"), [(0.5, 1000), (2.0, 1000), (0.5, 600), (1.5, 800)])
def test_the_factor_is_right_where_the_squares_of_the_norms_leave_the_floats(rho: float, T: int) -> None:
    assert linear(rho, T).factor == pytest.approx(rho, rel=1e-9)


@pytest.mark.parametrize("rho", [0.47, 0.1])
def test_the_factor_of_a_gradient_that_leaves_the_floats_is_that_of_its_way_before(rho: float) -> None:
    found = linear(rho, T=1000)
    assert found.last[0] == found.left == 0.0
    assert found.factor == pytest.approx(rho, rel=1e-9)
    assert found.rate is not None
    followed = int(
        np.log(found.last[-1] / 2.0**-1022) / -np.log(rho)
    )  # 2^-1022 is the smallest normal number
    assert found.rate.followed == followed
    text = describe(Flow((found,), None), 0)
    assert (
        f"vanishing: ×{rho:.2f} per time step, too small for a float64 after {followed} time steps." in text
    )
    assert f"tanh passes on 1.00 of it, and the weights multiply it by {rho:.2f}." in text


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 30),
    st.integers(1, 12),
    st.floats(0.01, 3.0),
    st.sampled_from(list(NONLINEARITIES)),
)
def test_the_bound_is_never_crossed(seed: int, T: int, width: int, gain: float, g: str) -> None:
    found = drawn(seed, T, width, gain, g)
    assert (found.last <= split_of(found).bound * (1.0 + 1e-9)).all()


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 30),
    st.integers(1, 12),
    st.floats(0.01, 3.0),
    st.sampled_from(list(NONLINEARITIES)),
)
def test_the_two_parts_of_a_step_multiply_to_the_step(
    seed: int, T: int, width: int, gain: float, g: str
) -> None:
    found = drawn(seed, T, width, gain, g)
    split = split_of(found)
    there = found.last > 0.0  # a unit that is saturated to the last bit lets nothing through
    steps = there[:-1] & there[1:]
    whole = found.last[:-1][steps] / found.last[1:][steps]
    np.testing.assert_allclose((split.through_units * split.through_weights)[steps], whole, rtol=1e-9)
    assert (split.through_units[steps] <= NONLINEARITIES[g].steepest + 1e-12).all()
    assert (split.through_weights[steps] <= split.sigma_max * (1.0 + 1e-9)).all()
    if (found.last >= np.finfo(float).tiny).all():
        assert found.factor == pytest.approx(np.exp(np.log(whole).mean()), rel=1e-9)
    elif found.last[-2] == 0.0:
        assert found.factor == 0.0


def test_a_single_time_step_has_no_rate() -> None:
    found = drawn(0, T=1, width=3, gain=1.0)
    assert found.last.shape == (1,)
    assert split_of(found).through_units.shape == split_of(found).through_weights.shape == (0,)
    assert found.factor is found.left is found.verdict is None


def test_no_error_is_no_gradient_and_no_verdict() -> None:
    network = Network(1, (3,), 1)
    found = flow(moment_of(network, np.zeros((4, 1, 1)), np.zeros((4, 1, 1)))).layers[0]
    np.testing.assert_array_equal(found.last, np.zeros(4))
    assert found.factor is found.left is found.verdict is None


def test_a_gradient_that_dies_on_the_way_vanishes() -> None:
    network = Network(1, (2,), 1)  # W_h is zero: nothing goes further back than the last step
    network.parameters["head.W"][...] = 1.0
    found = flow(moment_of(network, np.zeros((4, 1, 1)), np.ones((4, 1, 1)))).layers[0]
    assert found.left == found.factor == 0.0
    assert found.verdict == "vanishing"


@pytest.mark.parametrize(("first", "last"), [(np.inf, 1.0), (1.0, np.inf), (np.nan, 1.0), (1e300, 1e-300)])
def test_what_is_not_finite_has_no_rate(first: float, last: float) -> None:
    norms = np.array([first, 1.0, last])
    found = rated(norms)
    assert found.factor is found.left is found.verdict is None


def test_every_array_is_read_only() -> None:
    found = drawn(0, 5, 3, 1.0)
    split = split_of(found)
    arrays = (found.last, found.total, split.bound, split.through_units, split.through_weights)
    assert not any(array.flags.writeable for array in arrays)

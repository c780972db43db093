"""The network: outputs, losses and gradients against PyTorch's and against central differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.cells import CELLS, CellTape, Vanilla, Weights
from rnn.errors import ConfigError
from rnn.initializers import INITIALIZERS, Initializer, spectral_radius
from rnn.network import Network, States
from rnn.parameters import Parameters
from rnn.readout import READOUTS, SquaredError
from tests.rnn.cases import MANIFEST, ONE_LAYER_TANH, golden, golden_network, in_torch_names


def agree(ours: Array, reference: Array) -> None:
    np.testing.assert_allclose(ours, reference, rtol=1e-10, atol=1e-10 * np.abs(reference).max())


def test_the_reference_cases_are_the_three_that_they_should_be() -> None:
    assert ONE_LAYER_TANH == ["vanilla_tanh_article", "vanilla_tanh_batch", "vanilla_tanh_truncated"]


@pytest.mark.parametrize("name", ONE_LAYER_TANH)
def test_a_reference_case_agrees_in_outputs_losses_states_and_gradients(name: str) -> None:
    case = golden(name)
    network = golden_network(case)
    x, y = case["x"], case["y"]
    T = len(x)
    chunk = MANIFEST[name]["truncation"] or T
    states: States = [case["h0_l0"]]
    tapes = []
    for begin in range(0, T, chunk):
        tapes.append(network.forward(x[begin : begin + chunk], states))
        states = tapes[-1].final
    output = np.concatenate([tape.output for tape in tapes])
    loss, dy = network.readout.loss(output, y)

    agree(output, case["output"])
    agree(np.array(loss), case["loss"])
    agree(network.readout.loss_terms(output, y), case["loss_terms"])
    agree(np.concatenate([tape.cells[0].h[1:] for tape in tapes]), case["hidden_l0"])

    total = Parameters(network.parameters.shapes)
    dh: list[Array] = []
    for number, tape in enumerate(tapes):
        gradients = network.backward(tape, dy[number * chunk : (number + 1) * chunk])
        total.vector += gradients.parameters.vector
        dh.append(gradients.dh[0][1:, 0])
    for key, gradient in in_torch_names(total).items():
        agree(gradient, case[f"grad.{key}"])
    agree(np.linalg.norm(np.concatenate(dh), axis=1), case["dL_dh_norm_l0"])


def loss_of(network: Network, x: Array, y: Array, start: States) -> float:
    return network.readout.loss(network.forward(x, start).output, y)[0]


def differences(network: Network, values: Array, x: Array, y: Array, start: States) -> Array:
    """Central differences of the loss by each entry of ``values``, which is changed in place and back."""
    slopes = np.empty_like(values)
    flat, out = values.reshape(-1), slopes.reshape(-1)
    for index, value in enumerate(flat):
        flat[index] = value + 1e-6
        above = loss_of(network, x, y, start)
        flat[index] = value - 1e-6
        out[index] = (above - loss_of(network, x, y, start)) / 2e-6
        flat[index] = value
    return slopes


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("readout", READOUTS)
@settings(max_examples=40)
@given(
    T=st.integers(1, 7),
    B=st.integers(1, 3),
    D=st.integers(1, 3),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=2),
    outputs=st.integers(1, 3),
    gain=st.sampled_from([0.1, 0.5, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_gradient_agrees_with_central_differences(
    *,
    cell: str,
    readout: str,
    T: int,
    B: int,
    D: int,
    widths: list[int],
    outputs: int,
    gain: float,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    network = Network(D, widths, outputs, cell=CELLS[cell], readout=READOUTS[readout])
    network.parameters.vector[:] = gain * rng.standard_normal(network.parameters.vector.size)
    x, y = rng.standard_normal((T, B, D)), rng.standard_normal((T, B, outputs))
    start = [rng.uniform(-1.0, 1.0, (B, width)) for width in widths]
    tape = network.forward(x, start)
    loss, dy = network.readout.loss(tape.output, y)
    gradients = network.backward(tape, dy)

    pairs = {f"state {layer}": (gradients.dh[layer][0], start[layer]) for layer in range(len(widths))}
    pairs |= {name: (gradients.parameters[name], weight) for name, weight in network.parameters.items()}
    for name, (analytic, values) in pairs.items():
        numeric = differences(network, values, x, y, start)
        scale = max(np.linalg.norm(analytic), np.linalg.norm(numeric))
        worst = np.abs(analytic - numeric).max()
        assert worst <= 1e-7 * scale + 1e-9 * max(1.0, abs(loss)), f"{name} is off by {worst:.2g}"


def test_every_gradient_agrees_with_the_article_weights_too() -> None:
    network = Network(1, (10,), 1)
    network.initialize(np.random.default_rng(3), "uniform")
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((10, 1, 1)), rng.standard_normal((10, 1, 1))
    tape = network.forward(x)
    loss, dy = network.readout.loss(tape.output, y)
    gradients = network.backward(tape, dy).parameters
    for name, weight in network.parameters.items():
        numeric = differences(network, weight, x, y, network.start(1))
        scale = max(np.linalg.norm(gradients[name]), np.linalg.norm(numeric))
        assert np.abs(gradients[name] - numeric).max() <= 1e-7 * scale + 1e-9 * max(1.0, loss)


def test_a_network_is_made_of_the_cell_and_the_readout_that_it_is_given() -> None:
    class Biased(Vanilla):
        @staticmethod
        def forward(weights: Weights, x: Array, h0: Array) -> CellTape:
            return Vanilla.forward(dict(weights) | {"b": weights["b"] + 0.5}, x, h0)

    class DoubledError(SquaredError):
        @staticmethod
        def loss(output: Array, y: Array) -> tuple[float, Array]:
            loss, dy = SquaredError.loss(output, y)
            return 2.0 * loss, 2.0 * dy

    plain, other = Network(1, (3,), 1), Network(1, (3,), 1, cell=Biased, readout=DoubledError)
    for network in (plain, other):
        network.initialize(np.random.default_rng(0), "uniform")
    x = np.ones((4, 1, 1))
    output = other.forward(x).output
    assert other.readout.loss(output, x)[0] == 2.0 * plain.readout.loss(output, x)[0]
    assert not np.array_equal(output, plain.forward(x).output)
    plain.parameters["l0.b"][...] += 0.5
    np.testing.assert_array_equal(output, plain.forward(x).output)


def test_a_state_handed_on_is_the_same_as_one_long_forward() -> None:
    network = Network(2, (3,), 1)
    network.initialize(np.random.default_rng(0), "gaussian")
    x = np.random.default_rng(1).standard_normal((12, 2, 2))
    whole = network.forward(x)
    first = network.forward(x[:5])
    second = network.forward(x[5:], first.final)
    np.testing.assert_array_equal(np.concatenate([first.output, second.output]), whole.output)
    np.testing.assert_array_equal(second.final[0], whole.final[0])


def test_a_forward_without_a_start_begins_at_zero() -> None:
    network = Network(1, (3,), 1)
    network.initialize(np.random.default_rng(0), "uniform")
    tape = network.forward(np.ones((2, 4, 1)))
    np.testing.assert_array_equal(tape.cells[0].h[0], np.zeros((4, 3)))


def test_the_forward_pass_is_the_recursion_written_out() -> None:
    network = Network(1, (2,), 1)
    network.initialize(np.random.default_rng(5), "gaussian")
    weights = network.parameters
    h = np.zeros((1, 2))
    x = np.array([0.3, -1.2, 0.7]).reshape(3, 1, 1)
    tape = network.forward(x)
    for t in range(3):
        h = np.tanh(x[t] @ weights["l0.Wx"] + h @ weights["l0.Wh"] + weights["l0.b"])
        np.testing.assert_allclose(tape.output[t], h @ weights["head.W"] + weights["head.b"], rtol=1e-14)


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("radius", [0.0, 0.7, 1.0, 1.5])
def test_every_initializer_reaches_the_spectral_radius_asked_for(name: str, radius: float) -> None:
    network = Network(2, (12,), 1)
    network.initialize(np.random.default_rng(2), name, radius)
    assert spectral_radius(network.parameters["l0.Wh"]) == pytest.approx(radius, abs=1e-12)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_spectral_radius_changes_no_other_weight(name: str) -> None:
    plain, scaled = Network(2, (5,), 3), Network(2, (5,), 3)
    plain.initialize(np.random.default_rng(2), name)
    scaled.initialize(np.random.default_rng(2), name, 0.5)
    for weight in ("l0.Wx", "l0.b", "head.W", "head.b"):
        np.testing.assert_array_equal(plain.parameters[weight], scaled.parameters[weight])


def test_a_matrix_of_zeros_cannot_reach_a_spectral_radius(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing(Initializer):
        def recurrent_weight(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
            return 0.0 * rng.random(shape)

    monkeypatch.setitem(INITIALIZERS, "nothing", Nothing())
    network = Network(1, (3,), 1)
    with pytest.raises(ConfigError, match="spectral_radius cannot be reached"):
        network.initialize(np.random.default_rng(0), "nothing", 0.9)

"""The network: outputs, losses and gradients against PyTorch's and against central differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.cells import CELLS, CellTape, State, Vanilla, Weights
from rnn.model.initializers import INITIALIZERS, Initializer, spectral_radius
from rnn.model.network import Network, Tape
from rnn.model.readout import READOUTS, SquaredError
from rnn.weights import gradients_in_torch_names
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import CELL_NAMES, MANIFEST, golden, golden_network, golden_start
from tests.rnn.differences import off_by, quantities


def agree(ours: Array, reference: Array) -> None:
    np.testing.assert_allclose(ours, reference, rtol=1e-10, atol=1e-10 * np.abs(reference).max())


def test_the_reference_cases_cover_every_cell_and_readout() -> None:
    cases = MANIFEST.values()
    assert {CELL_NAMES[case["cell"]] for case in cases} == set(CELLS)
    assert {case["loss"] for case in cases} == set(READOUTS)
    assert any(case["truncation"] for case in cases)
    assert any(len(case["layer_widths"]) > 1 for case in cases)


@pytest.mark.parametrize("name", MANIFEST)
def test_a_reference_case_agrees_in_outputs_losses_states_and_gradients(name: str) -> None:
    case = golden(name)
    network = golden_network(name)
    layers = range(len(network.widths))
    batch = Batch(case["x"], case["y"])
    tape = network.forward(batch.x, golden_start(case))
    loss, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy, MANIFEST[name]["truncation"])

    agree(tape.output, case["output"])
    agree(np.array(loss), case["loss"])
    agree(network.readout.loss_terms(tape.output, batch), case["loss_terms"])
    for key, gradient in gradients_in_torch_names(network, gradients.parameters).items():
        agree(gradient, case[f"grad.{key}"])
    for layer in layers:
        for kind, state, of_state, key in zip(
            ("hidden", "cell"), tape.cells[layer].states, gradients.states[layer], ("dh", "dc"), strict=False
        ):
            agree(state[1:], case[f"{kind}_l{layer}"])
            agree(np.linalg.norm(of_state[1:, 0], axis=1), case[f"dL_{key}_norm_l{layer}"])


def random_batch(
    rng: np.random.Generator, readout: str, sizes: tuple[int, int, int, int], masked: bool
) -> Batch:
    T, B, D, outputs = sizes
    numbers, classes = rng.standard_normal((T, B, outputs)), rng.integers(outputs, size=(T, B))
    y = classes if READOUTS[readout].classes else numbers
    scored = None
    if masked:
        scored = rng.random((T, B)) < 0.5
        scored[rng.integers(T)] = True
    return Batch(rng.standard_normal((T, B, D)), y, scored)


def near_a_kink(network: Network, tape: Tape) -> bool:
    """Whether some ReLU stands so close to its kink that a difference would step over it."""
    if network.cell.nonlinearity != "relu":
        return False
    below = tape.cells[0].x
    for layer, cell in enumerate(tape.cells):
        weights = network.parameters.group(f"l{layer}")
        sums = below @ weights["Wx"] + cell.h[:-1] @ weights["Wh"] + weights["b"]
        if np.abs(sums).min() < 1e-3:
            return True
        below = cell.h[1:]
    return False


KINDS = [(cell, nonlinearity) for cell in EVERY_CELL for nonlinearity in EVERY_CELL[cell].nonlinearities]


@pytest.mark.parametrize(("cell", "nonlinearity"), KINDS)
@pytest.mark.parametrize("readout", READOUTS)
@settings(max_examples=25)
@given(
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    masked=st.booleans(),
    gain=st.sampled_from([0.1, 0.5, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_gradient_agrees_with_central_differences(
    *,
    cell: str,
    nonlinearity: str,
    readout: str,
    sizes: tuple[int, int, int, int],
    widths: list[int],
    masked: bool,
    gain: float,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    _, B, D, outputs = sizes
    network = Network(D, widths, outputs, cell=EVERY_CELL[cell](nonlinearity), readout=READOUTS[readout])
    network.parameters.vector[:] = gain * rng.standard_normal(network.parameters.vector.size)
    batch = random_batch(rng, readout, sizes, masked)
    start = [tuple(rng.uniform(-1.0, 1.0, array.shape) for array in state) for state in network.start(B)]
    tape = network.forward(batch.x, start)
    assume(not near_a_kink(network, tape))
    _, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy)
    for name, analytic, values in quantities(network, gradients, start):
        worst, allowed = off_by(network, analytic, values, batch, start)
        assert worst <= allowed, f"{name} is off by {worst:.2g}"


@pytest.mark.parametrize("cell", EVERY_CELL)
@settings(max_examples=25)
@given(
    T=st.integers(1, 9),
    k=st.integers(1, 9),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_truncated_gradient_is_that_of_chunks_which_begin_in_given_states(
    cell: str, T: int, k: int, widths: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    network = Network(2, widths, 2, cell=EVERY_CELL[cell]())
    network.initialize(rng, "gaussian")
    batch = random_batch(rng, "mse", (T, 3, 2, 2), masked=False)
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    truncated = network.backward(tape, dy, k).parameters.vector.copy()
    chunks, start = np.zeros_like(truncated), network.start(3)
    for begin in range(0, T, k):
        part = network.forward(batch.x[begin : begin + k], start)
        chunks += network.backward(part, dy[begin : begin + k]).parameters.vector
        start = part.final
    np.testing.assert_allclose(truncated, chunks, rtol=1e-10, atol=1e-14)
    if k >= T:
        whole = network.backward(tape, dy).parameters.vector
        np.testing.assert_array_equal(truncated, whole)


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_two_passes_after_each_other_do_not_disturb_each_other(cell: str) -> None:
    network = Network(2, (3, 2), 1, cell=EVERY_CELL[cell]())
    network.initialize(np.random.default_rng(0), "glorot")
    batch = random_batch(np.random.default_rng(1), "mse", (5, 2, 2, 1), masked=False)
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    first = network.backward(tape, dy).parameters.vector
    network.backward(tape, 2.0 * dy).parameters.vector[:] = 0.0
    np.testing.assert_array_equal(network.backward(tape, dy).parameters.vector, first)
    assert first.any()
    again = network.forward(batch.x)
    np.testing.assert_array_equal(again.output, tape.output)
    np.testing.assert_array_equal(network.backward(again, dy).parameters.vector, first)


def test_every_gradient_agrees_with_the_article_weights_too() -> None:
    network = Network(1, (10,), 1)
    network.initialize(np.random.default_rng(3), "uniform")
    rng = np.random.default_rng(4)
    batch = Batch(rng.standard_normal((10, 1, 1)), rng.standard_normal((10, 1, 1)))
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy).parameters
    for name, weight in network.parameters.items():
        worst, allowed = off_by(network, gradients[name], weight, batch, network.start(1))
        assert worst <= allowed, f"{name} is off by {worst:.2g}"


def test_a_network_is_made_of_the_cell_and_the_readout_that_it_is_given() -> None:
    class Biased(Vanilla):
        def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
            return super().forward(dict(weights) | {"b": weights["b"] + 0.5}, x, start)

    class DoubledError(SquaredError):
        @classmethod
        def loss(cls, output: Array, batch: Batch) -> tuple[float, Array]:
            loss, dy = SquaredError.loss(output, batch)
            return 2.0 * loss, 2.0 * dy

    plain, other = Network(1, (3,), 1), Network(1, (3,), 1, cell=Biased(), readout=DoubledError)
    for network in (plain, other):
        network.initialize(np.random.default_rng(0), "uniform")
    x = np.ones((4, 1, 1))
    output = other.forward(x).output
    assert other.readout.loss(output, Batch(x, x))[0] == 2.0 * plain.readout.loss(output, Batch(x, x))[0]
    assert not np.array_equal(output, plain.forward(x).output)
    plain.parameters["l0.b"][...] += 0.5
    np.testing.assert_array_equal(output, plain.forward(x).output)


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_state_handed_on_is_the_same_as_one_long_forward(cell: str) -> None:
    network = Network(2, (3, 2), 1, cell=EVERY_CELL[cell]())
    network.initialize(np.random.default_rng(0), "gaussian")
    x = np.random.default_rng(1).standard_normal((12, 2, 2))
    whole = network.forward(x)
    first = network.forward(x[:5])
    second = network.forward(x[5:], first.final)
    np.testing.assert_allclose(np.concatenate([first.output, second.output]), whole.output, rtol=1e-13)
    for ours, one in zip(second.final, whole.final, strict=True):
        np.testing.assert_allclose(ours, one, rtol=1e-13)


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
    with pytest.raises(ValueError, match="the recurrent weights were drawn with ρ = 0"):
        network.initialize(np.random.default_rng(0), "nothing", 0.9)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_each_gate_is_drawn_by_itself(cell: str) -> None:
    network = Network(2, (6,), 1, cell=EVERY_CELL[cell]())
    network.initialize(np.random.default_rng(0), "orthogonal")
    Wh = network.parameters["l0.Wh"]
    for begin in range(0, Wh.shape[1], 6):
        block = Wh[:, begin : begin + 6]
        np.testing.assert_allclose(block @ block.T, np.eye(6), atol=1e-13)
    network.initialize(np.random.default_rng(0), "identity")
    np.testing.assert_array_equal(Wh, np.tile(np.eye(6), Wh.shape[1] // 6))

"""The loss of every step sent back by itself: against PyTorch's, against the whole, and against a formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.network import Network, Tape
from rnn.model.readout import READOUTS
from rnn.observing.probes.parts import LayerParts, by_lag, parts
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import MANIFEST, golden, golden_network, golden_start


def agree(ours: Array, reference: Array) -> None:
    np.testing.assert_allclose(ours, reference, rtol=1e-10, atol=1e-10 * np.nanmax(np.abs(reference)))


def of_sequence(
    network: Network, batch: Batch, start: list[tuple[Array, ...]], number: int, truncation: int | None
) -> tuple[Tape, list[LayerParts]]:
    """The parts of one sequence of a batch, in the loss of the whole batch."""
    _, dy = network.readout.loss(network.forward(batch.x, start).output, batch)
    part = slice(number, number + 1)
    tape = network.forward(batch.x[:, part], [tuple(array[part] for array in state) for state in start])
    return tape, parts(network, tape, dy[:, part], truncation)


@pytest.mark.parametrize("name", MANIFEST)
def test_who_taught_whom_is_as_in_the_reference(name: str) -> None:
    case, network = golden(name), golden_network(name)
    batch = Batch(case["x"], case["y"])
    _, found = of_sequence(network, batch, golden_start(case), 0, MANIFEST[name]["truncation"])
    for layer, part in enumerate(found):
        agree(part.norms[0], case[f"dLi_dhj_norm_l{layer}"])


@pytest.mark.parametrize(
    "name", [name for name in MANIFEST if "lag_contribution_weight_hh_norm" in golden(name)]
)
def test_the_lags_of_a_batch_are_as_in_the_reference(name: str) -> None:
    case, network = golden(name), golden_network(name)
    batch, start = Batch(case["x"], case["y"]), golden_start(case)
    total = np.zeros((len(batch.x), *network.parameters["l0.Wh"].shape))
    for number in range(batch.x.shape[1]):
        tape, found = of_sequence(network, batch, start, number, MANIFEST[name]["truncation"])
        total += by_lag(network, tape, found[0].sums, "l0.Wh")
    agree(np.linalg.norm(total, axis=(1, 2)), case["lag_contribution_weight_hh_norm"])


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("readout", READOUTS)
@settings(max_examples=20)
@given(
    T=st.integers(1, 8),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    truncation=st.none() | st.integers(1, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_parts_add_up_to_every_gradient(
    *, cell: str, readout: str, T: int, widths: list[int], truncation: int | None, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    network = Network(2, widths, 3, cell=EVERY_CELL[cell](), readout=READOUTS[readout])
    network.parameters.vector[:] = rng.standard_normal(network.parameters.vector.size)
    y = rng.integers(3, size=(T, 1)) if readout == "nll" else rng.standard_normal((T, 1, 3))
    batch = Batch(rng.standard_normal((T, 1, 2)), y)
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    found = parts(network, tape, dy, truncation)
    whole = network.backward(tape, dy, truncation).parameters
    for name, gradient in whole.items():
        if not name.startswith("head"):
            added = by_lag(network, tape, found[int(name[1])].sums, name).sum(axis=0)
            np.testing.assert_allclose(added, gradient, rtol=1e-10, atol=1e-12 * np.abs(whole.vector).max())


def test_one_loss_alone_is_its_row() -> None:
    network = Network(2, (4, 3), 1, cell=EVERY_CELL["lstm"]())
    network.initialize(np.random.default_rng(0), "gaussian")
    rng = np.random.default_rng(1)
    batch = Batch(rng.standard_normal((6, 1, 2)), rng.standard_normal((6, 1, 1)))
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    found = parts(network, tape, dy)
    for i in range(6):
        only = np.zeros_like(dy)
        only[i] = dy[i]
        states = network.backward(tape, only).states
        for layer in range(2):
            for ours, state in zip(found[layer].norms, states[layer], strict=True):
                expected = np.linalg.norm(state[1:, 0], axis=1)
                np.testing.assert_allclose(ours[i, : i + 1], expected[: i + 1], rtol=1e-12)
                assert np.isnan(ours[i, i + 1 :]).all()


def test_a_linear_orthogonal_network_keeps_the_power_of_rho() -> None:
    network = Network(1, (8,), 1, cell=EVERY_CELL["vanilla"]("identity"))
    network.initialize(np.random.default_rng(0), "orthogonal", 0.9)
    rng = np.random.default_rng(1)
    batch = Batch(rng.standard_normal((25, 1, 1)), rng.standard_normal((25, 1, 1)))
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    (norms,) = parts(network, tape, dy)[0].norms
    assert norms[24, 4] / norms[24, 24] == pytest.approx(0.9**20, rel=1e-12)


def test_the_last_steps_alone_are_a_part_of_all() -> None:
    network = Network(2, (4, 3), 1, cell=EVERY_CELL["gru"]())
    network.initialize(np.random.default_rng(0), "gaussian")
    rng = np.random.default_rng(1)
    batch = Batch(rng.standard_normal((9, 1, 2)), rng.standard_normal((9, 1, 1)))
    tape = network.forward(batch.x)
    _, dy = network.readout.loss(tape.output, batch)
    for truncation in (None, 4):
        whole, last = parts(network, tape, dy, truncation), parts(network, tape, dy, truncation, first=5)
        for layer in range(2):
            np.testing.assert_array_equal(last[layer].norms[0], whole[layer].norms[0][5:, 5:])
            np.testing.assert_array_equal(last[layer].sums, whole[layer].sums[:4, 5:])

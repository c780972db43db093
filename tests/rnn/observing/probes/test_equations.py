"""The equations written a second time: the same losses, and derivatives to all digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.cells import CELLS, Vanilla
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.equations import Copies, losses, no_complex_step
from tests.rnn.observing.probes.checking import some_network, some_target

SMOOTH = [
    (cell, nonlinearity)
    for cell in CELLS
    for nonlinearity in CELLS[cell].nonlinearities
    if nonlinearity != "relu"
]


def loss_of(network: Network, batch: Batch, name: str, entries: list[int], steps: list[complex]) -> Array:
    """The losses of copies, from the zero state, through all steps."""
    copies = Copies(network.parameters, name, np.array(entries), np.array(steps))
    work = losses(network, copies, batch, [(0, len(batch.x))], [network.start(1)])
    try:
        while True:
            next(work)
    except StopIteration as done:
        return np.asarray(done.value)


@pytest.mark.parametrize(("cell", "nonlinearity"), SMOOTH)
@pytest.mark.parametrize("readout", READOUTS)
def test_a_copy_has_the_loss_of_the_network_with_that_entry_changed(
    cell: str, nonlinearity: str, readout: str
) -> None:
    network = some_network(1, (3, 2), cell, nonlinearity, readout=readout)
    x, y = some_target(network, 4, seed=2)
    scored = np.array([[True], [False], [True], [True]])
    batch = Batch(x, y, scored)
    for name, weight in network.parameters.items():
        flat = weight.reshape(-1)
        steps = [0.3 + 0.1 * place for place in range(flat.size)]
        ours = loss_of(network, batch, name, list(range(flat.size)), list(map(complex, steps)))
        for entry, step in enumerate(steps):
            before = flat[entry]
            flat[entry] += step
            expected, _ = network.readout.loss(network.forward(x).output, batch)
            flat[entry] = before
            assert ours[entry].real == pytest.approx(expected, rel=1e-12), f"{name} {entry}"


@pytest.mark.parametrize(("cell", "nonlinearity"), SMOOTH)
@pytest.mark.parametrize("readout", READOUTS)
@settings(max_examples=15)
@given(
    T=st.integers(1, 6),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    gain=st.sampled_from([0.1, 0.5]),
    seed=st.integers(0, 2**32 - 1),
)
def test_complex_steps_agree_with_backpropagation_to_all_digits(
    *, cell: str, nonlinearity: str, readout: str, T: int, widths: list[int], gain: float, seed: int
) -> None:
    network = some_network(seed, tuple(widths), cell, nonlinearity, readout=readout, gain=gain)
    batch = Batch(*some_target(network, T, seed))
    tape = network.forward(batch.x)
    loss, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy).parameters
    largest = np.abs(gradients.vector).max()
    for name, gradient in gradients.items():
        steps = [1e-30j] * gradient.size
        exact = loss_of(network, batch, name, list(range(gradient.size)), steps)
        np.testing.assert_allclose(exact.real, loss, rtol=1e-13)
        slopes = exact.imag.reshape(gradient.shape) / 1e-30
        assert np.linalg.norm(gradient - slopes) <= 1e-14 * max(largest, np.linalg.norm(slopes)), name


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize(
    ("cell", "nonlinearity"), [("gru", "tanh"), ("lstm", "tanh"), ("vanilla", "logistic")]
)
def test_sums_far_from_zero_overflow_nowhere(cell: str, nonlinearity: str, readout: str) -> None:
    network = some_network(1, (3,), cell, nonlinearity, readout=readout, gain=2000.0)
    batch = Batch(*some_target(network, 3, seed=2))
    found = loss_of(network, batch, "l0.b", [0, 1, 2], [1e-30j] * 3)
    assert np.isfinite(found).all()
    expected, _ = network.readout.loss(network.forward(batch.x).output, batch)
    np.testing.assert_allclose(found.real, expected, rtol=1e-12)


def test_it_is_said_where_complex_steps_have_no_meaning() -> None:
    assert no_complex_step(some_network(1, (3,), "vanilla", "relu")) == (
        "ReLU has a kink, complex steps need a smooth function"
    )
    for cell, nonlinearity in SMOOTH:
        assert no_complex_step(some_network(1, (3,), cell, nonlinearity)) is None

    class Other(Vanilla):
        pass

    network = Network(1, (3,), 1, cell=Other())
    assert no_complex_step(network) == "the equations are not known here"

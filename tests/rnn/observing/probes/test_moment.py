"""The states that a displayed sequence begins in."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.observing.probes.moment import LOOK_BACK, start_of

CARRIED = Batches(10, 1, True)


@pytest.fixture
def network() -> Network:
    """One that forgets nothing: W_h turns the state and makes it no smaller."""
    network = Network(1, (4,), 1, cell=CELLS["vanilla"]("identity"))
    network.initialize(np.random.default_rng(0), "orthogonal")
    return network


def sequences(count: int, steps: int) -> Sequences:
    x = np.random.default_rng(1).standard_normal((steps, count, 1))
    return Sequences(x, x)


@pytest.mark.parametrize("sequence", [1, 5, 9])
def test_a_carried_state_is_the_end_of_all_before(network: Network, sequence: int) -> None:
    data = sequences(10, 7)
    states = network.start(1)
    for number in range(sequence):
        states = network.forward(data.batch(slice(number, number + 1)).x, states).final
    np.testing.assert_allclose(start_of(network, data, CARRIED, sequence)[0][0], states[0][0], rtol=1e-12)


def test_the_first_sequence_begins_at_zero(network: Network) -> None:
    np.testing.assert_array_equal(start_of(network, sequences(3, 5), CARRIED, 0)[0][0], np.zeros((1, 4)))


def test_it_looks_back_over_a_thousand_steps_and_no_further(network: Network) -> None:
    steps = LOOK_BACK // 2 + 1  # two sequences are enough
    data = sequences(5, steps)
    before = network.forward(data.x[:, 2:3]).final
    expected = network.forward(data.x[:, 3:4], before).final[0][0]
    found = start_of(network, data, Batches(5, 1, True), 4)[0][0]
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    for first in (0, 1, 3):  # what a look further back, or less far, would find is something else
        x = data.x[:, first:4].swapaxes(0, 1).reshape(-1, 1, 1)
        assert np.abs(network.forward(x).final[0][0] - found).max() > 0.1


def test_where_no_state_is_carried_it_is_zero(network: Network) -> None:
    np.testing.assert_array_equal(
        start_of(network, sequences(3, 5), Batches(3, 1, False), 2)[0][0], np.zeros((1, 4))
    )


def test_a_stream_begins_at_zero(network: Network) -> None:
    data = sequences(10, 7)
    streams = Batches(10, 3, True)  # windows 1 to 4, 5 to 7, 8 to 10
    np.testing.assert_array_equal(start_of(network, data, streams, 4)[0][0], np.zeros((1, 4)))
    after_one = network.forward(data.x[:, 4:5]).final[0][0]
    np.testing.assert_allclose(start_of(network, data, streams, 5)[0][0], after_one, rtol=1e-12)

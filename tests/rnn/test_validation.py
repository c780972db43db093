"""Validation: the mean over the held-out sequences, in slices that do not change it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.network import Network
from rnn.tasks import Sequences
from rnn.validation import STEPS_A_SLICE, Validation


def held_out(count: int, steps: int) -> tuple[Network, Sequences]:
    network = Network(2, (3,), 2)
    network.initialize(np.random.default_rng(0), "gaussian")
    rng = np.random.default_rng(1)
    return network, Sequences(rng.standard_normal((steps, count, 2)), rng.standard_normal((steps, count, 2)))


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (1, 700), (5, 100), (6, 100), (600, 1)])
@pytest.mark.parametrize("deadline", [math.inf, -math.inf])
def test_it_is_the_mean_square_error_over_all_sequences(count: int, steps: int, deadline: float) -> None:
    network, sequences = held_out(count, steps)
    validation = Validation(network, sequences, carry=False)
    calls = 1
    while (mse := validation.advance(deadline)) is None:
        calls += 1
    at_once = max(1, STEPS_A_SLICE // steps)
    assert calls == (1 if deadline > 0 else math.ceil(count / at_once))
    errors = network.forward(sequences.x).output - sequences.y
    assert mse == pytest.approx((errors**2).sum() / (count * steps), rel=1e-12)


def test_a_carried_state_goes_on_from_sequence_to_sequence() -> None:
    network, sequences = held_out(4, 6)
    mse = Validation(network, sequences, carry=True).advance(math.inf)
    x, y = (array.swapaxes(0, 1).reshape(-1, 1, 2) for array in (sequences.x, sequences.y))
    errors = network.forward(x).output - y
    assert mse == pytest.approx((errors**2).sum() / 24, rel=1e-12)

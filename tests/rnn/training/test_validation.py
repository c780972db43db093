"""Validation: the mean over the held-out sequences, in slices that do not change it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.data.tasks import Sequences
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.training.validation import STEPS_A_SLICE, Validation


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


def test_accuracy_is_the_share_of_scored_answers_that_are_right() -> None:
    network, sequences = held_out(5, 4)
    plain = Validation(network, sequences, carry=False)
    plain.advance(math.inf)
    assert plain.accuracy is None
    output = network.forward(sequences.x).output
    scored = np.random.default_rng(2).random((4, 5)) < 0.5
    scored[0] = True
    masked = Sequences(sequences.x, sequences.y, scored)
    for tolerance in (0.5, 1.5):
        validation = Validation(network, masked, carry=False, tolerance=tolerance)
        mse = validation.advance(math.inf)
        right = (np.abs(output - sequences.y) <= tolerance).all(axis=2)
        assert validation.accuracy == pytest.approx(np.asarray(right)[scored].mean(), rel=1e-12)
        assert validation.accuracy not in (None, 0.0, 1.0)
        assert mse == pytest.approx(((output - sequences.y) ** 2).sum(axis=2)[scored].mean(), rel=1e-12)


def test_with_uneven_masks_every_scored_answer_has_the_same_weight() -> None:
    network, sequences = held_out(12, 100)
    scored = np.random.default_rng(3).random((100, 12)) < np.linspace(0.05, 0.95, 12)
    scored[-1] = True
    masked = Sequences(sequences.x, sequences.y, scored)
    validation = Validation(network, masked, carry=False, tolerance=1.0)
    calls = 1
    while (mse := validation.advance(-math.inf)) is None:
        calls += 1
    assert calls == 3  # of unequal numbers of scored steps
    missed = network.forward(sequences.x).output - sequences.y
    assert mse == pytest.approx((missed**2).sum(axis=2)[scored].mean(), rel=1e-12)
    right = (np.abs(missed) <= 1.0).all(axis=2)
    assert validation.accuracy == pytest.approx(np.asarray(right)[scored].mean(), rel=1e-12)


def test_classes_are_right_where_they_are_the_likeliest() -> None:
    network = Network(2, (3,), 4, readout=READOUTS["nll"])
    network.initialize(np.random.default_rng(0), "gaussian")
    rng = np.random.default_rng(1)
    sequences = Sequences(rng.standard_normal((6, 50, 2)), rng.integers(4, size=(6, 50)))
    validation = Validation(network, sequences, carry=False)
    nll = validation.advance(math.inf)
    output = network.forward(sequences.x).output
    p = np.exp(output) / np.exp(output).sum(axis=2, keepdims=True)
    came = np.take_along_axis(p, sequences.y[:, :, None], axis=2)
    assert nll == pytest.approx(-np.log(came).mean(), rel=1e-12)
    assert validation.accuracy == pytest.approx((p.argmax(axis=2) == sequences.y).mean(), rel=1e-12)


def test_a_carried_state_goes_on_from_sequence_to_sequence() -> None:
    network, sequences = held_out(4, 6)
    mse = Validation(network, sequences, carry=True).advance(math.inf)
    x, y = (array.swapaxes(0, 1).reshape(-1, 1, 2) for array in (sequences.x, sequences.y))
    errors = network.forward(x).output - y
    assert mse == pytest.approx((errors**2).sum() / 24, rel=1e-12)

"""The readouts: their losses by the formulas, over scored steps alone, and safe for any logits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.readout import READOUTS, SoftmaxNll, SquaredError, bits, log_softmax, perplexity

OUTPUT = np.array([[[1.0, 2.0]], [[0.0, -1.0]], [[3.0, 0.5]]])
TARGET = np.array([[[0.0, 2.0]], [[2.0, -1.0]], [[3.0, 1.5]]])
X = np.zeros((3, 1, 1))
NUMBERS = Batch(X, TARGET)
CLASSES = Batch(X, np.array([[0], [1], [1]]))
PROBABILITIES = np.exp(OUTPUT) / np.exp(OUTPUT).sum(axis=2, keepdims=True)


def test_squared_error_is_half_the_mean_square_summed_over_features() -> None:
    loss, dy = SquaredError.loss(OUTPUT, NUMBERS)
    assert loss == pytest.approx((1.0 + 4.0 + 1.0) / (2 * 3), rel=1e-15)
    np.testing.assert_allclose(dy, (OUTPUT - TARGET) / 3, rtol=1e-15)
    np.testing.assert_allclose(SquaredError.loss_terms(OUTPUT, NUMBERS), [1 / 6, 4 / 6, 1 / 6], rtol=1e-15)


def test_the_nll_is_the_mean_of_minus_the_logarithm_of_the_probability_of_what_came() -> None:
    loss, dy = SoftmaxNll.loss(OUTPUT, CLASSES)
    came = PROBABILITIES[[0, 1, 2], 0, [0, 1, 1]]
    assert loss == pytest.approx(-np.log(came).mean(), rel=1e-14)
    np.testing.assert_allclose(dy, (PROBABILITIES - np.eye(2)[CLASSES.y]) / 3, rtol=1e-14)
    np.testing.assert_allclose(SoftmaxNll.loss_terms(OUTPUT, CLASSES), -np.log(came) / 3, rtol=1e-14)


def test_the_probability_of_a_sequence_is_the_product_of_its_steps() -> None:
    came = PROBABILITIES[[0, 1, 2], 0, [0, 1, 1]]
    assert math.exp(-SoftmaxNll.losses(OUTPUT, CLASSES).sum()) == pytest.approx(came.prod(), rel=1e-14)


@pytest.mark.parametrize(("readout", "batch"), [("mse", NUMBERS), ("nll", CLASSES)])
def test_only_scored_steps_count_and_they_alone_are_averaged(readout: str, batch: Batch) -> None:
    scored = np.array([[True], [False], [True]])
    masked = Batch(X, batch.y, scored)
    loss, dy = READOUTS[readout].loss(OUTPUT, masked)
    kept = [0, 2]
    expected, dy_kept = READOUTS[readout].loss(OUTPUT[kept], Batch(X[kept], batch.y[kept]))
    assert masked.scores == 2
    assert loss == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(dy[kept], dy_kept, rtol=1e-15)
    np.testing.assert_array_equal(dy[1], 0.0)
    terms = READOUTS[readout].loss_terms(OUTPUT, masked)
    assert terms[1] == 0.0
    assert terms.sum() == pytest.approx(loss, rel=1e-15)


@pytest.mark.parametrize(("readout", "batch"), [("mse", NUMBERS), ("nll", CLASSES)])
def test_a_batch_is_averaged(readout: str, batch: Batch) -> None:
    twice = Batch(*(np.concatenate([array, array], axis=1) for array in (batch.x, batch.y)))
    output = np.concatenate([OUTPUT, OUTPUT], axis=1)
    one = READOUTS[readout].loss(OUTPUT, batch)[0]
    assert READOUTS[readout].loss(output, twice)[0] == pytest.approx(one, rel=1e-15)
    assert READOUTS[readout].loss_terms(output, twice).sum() == pytest.approx(one, rel=1e-15)


def test_an_unscored_step_counts_for_nothing_even_where_its_answer_is_not_finite() -> None:
    output = OUTPUT.copy()
    output[1] = np.inf
    scored = np.array([[True], [False], [True]])
    with np.errstate(all="ignore"):
        for readout, batch in ((SquaredError, NUMBERS), (SoftmaxNll, CLASSES)):
            loss, dy = readout.loss(output, Batch(X, batch.y, scored))
            assert math.isfinite(loss)
            assert np.isfinite(dy).all()


LOGITS = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6)


@given(LOGITS)
def test_the_softmax_is_one_for_any_logits(logits: list[float]) -> None:
    log_p = log_softmax(np.array(logits))
    assert (log_p <= 0.0).all()
    assert np.exp(log_p).sum() == pytest.approx(1.0, abs=1e-12)
    assert np.argmax(log_p) == np.argmax(logits)


@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=6), st.floats(-1e3, 1e3))
def test_the_same_added_to_all_logits_changes_nothing(logits: list[float], shift: float) -> None:
    values: Array = np.array(logits)
    np.testing.assert_allclose(log_softmax(values + shift), log_softmax(values), atol=1e-10)


def test_the_nll_of_a_hopeless_answer_is_its_distance_and_not_infinite() -> None:
    batch = Batch(np.zeros((1, 1, 1)), np.array([[0]]))
    loss, dy = SoftmaxNll.loss(np.array([[[-5e3, 5e3]]]), batch)
    assert loss == 1e4
    np.testing.assert_array_equal(dy, [[[-1.0, 1.0]]])


def test_a_number_is_right_within_the_tolerance_and_a_class_by_the_largest_logit() -> None:
    np.testing.assert_array_equal(SquaredError.correct(OUTPUT, NUMBERS, 1.0), [[True], [False], [True]])
    assert not SquaredError.rates(None)
    assert SquaredError.rates(1.0)
    assert SoftmaxNll.rates(None)
    np.testing.assert_array_equal(SoftmaxNll.correct(OUTPUT, CLASSES, None), [[False], [False], [False]])
    right = Batch(X, np.array([[1], [0], [0]]))
    np.testing.assert_array_equal(SoftmaxNll.correct(OUTPUT, right, None), [[True], [True], [True]])


def test_a_uniform_answer_is_as_perplexed_as_there_are_classes() -> None:
    loss, _ = SoftmaxNll.loss(np.zeros((1, 1, 8)), Batch(np.zeros((1, 1, 1)), np.array([[3]])))
    assert perplexity(loss) == pytest.approx(8.0, rel=1e-14)
    assert bits(loss) == pytest.approx(3.0, rel=1e-14)
    assert perplexity(1e6) == math.inf

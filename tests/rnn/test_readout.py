"""The readout's loss, by its formula."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.readout import SquaredError

OUTPUT = np.array([[[1.0, 2.0]], [[0.0, -1.0]], [[3.0, 0.5]]])
TARGET = np.array([[[0.0, 2.0]], [[2.0, -1.0]], [[3.0, 1.5]]])


def test_the_loss_is_half_the_mean_square_summed_over_features() -> None:
    loss, dy = SquaredError.loss(OUTPUT, TARGET)
    assert loss == pytest.approx((1.0 + 4.0 + 1.0) / (2 * 3), rel=1e-15)
    np.testing.assert_allclose(dy, (OUTPUT - TARGET) / 3, rtol=1e-15)


def test_the_parts_of_the_time_steps_add_up_to_the_loss() -> None:
    terms = SquaredError.loss_terms(OUTPUT, TARGET)
    np.testing.assert_allclose(terms, [1.0 / 6, 4.0 / 6, 1.0 / 6], rtol=1e-15)


def test_a_batch_is_averaged() -> None:
    twice = np.concatenate([OUTPUT, OUTPUT], axis=1), np.concatenate([TARGET, TARGET], axis=1)
    assert SquaredError.loss(*twice)[0] == pytest.approx(SquaredError.loss(OUTPUT, TARGET)[0], rel=1e-15)
    assert SquaredError.loss_terms(*twice).sum() == pytest.approx(SquaredError.loss(*twice)[0], rel=1e-15)

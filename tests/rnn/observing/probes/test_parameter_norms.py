"""The norms of every parameter, of its gradient and of its last step."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.observing.probes import ParameterNorms
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import small

LOOK = SnapshotRequest(sequence=1, probes=frozenset({"parameter_norms"}))


def measured(trainer: Trainer) -> ParameterNorms:
    found = trainer.snapshot(LOOK).probe(ParameterNorms)
    assert found is not None
    return found


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("cell", EVERY_CELL)
def test_they_are_the_norms_of_the_displayed_gradient_the_weights_and_the_last_step(cell: str) -> None:
    trainer = Trainer(small(model__cell=cell, training__optimizer="adam", training__learning_rate=0.01))
    trainer.advance(3)
    before = {name: weight.copy() for name, weight in trainer.network.parameters.items()}
    trainer.advance(1)
    found = measured(trainer)
    batch = trainer.data.train.batch(slice(1, 2))
    tape = trainer.network.forward(batch.x)
    gradient = trainer.network.backward(tape, trainer.network.readout.loss(tape.output, batch)[1]).parameters
    assert found.update == 4
    assert found.names == tuple(trainer.network.parameters)
    for place, (name, weight) in enumerate(trainer.network.parameters.items()):
        assert found.gradient[place] == pytest.approx(np.linalg.norm(gradient[name]), rel=1e-12)
        assert found.weight[place] == pytest.approx(np.linalg.norm(weight), rel=1e-12)
        assert found.step[place] == pytest.approx(np.linalg.norm(weight - before[name]), rel=1e-12)
    np.testing.assert_allclose(found.ratio, found.step / found.weight, rtol=1e-15)


def test_before_the_first_update_nothing_has_moved() -> None:
    found = measured(Trainer(small(model__initializer="glorot")))
    np.testing.assert_array_equal(found.step, 0.0)
    assert np.isnan(found.ratio[found.names.index("l0.b")])


def test_saturated_is_where_one_minus_the_square_is_under_a_twentieth() -> None:
    trainer = Trainer(small(model__layers=16))
    h = trainer.snapshot(LOOK).signals[0]["h"][1:]
    found = measured(trainer)
    assert found.saturated is not None
    assert found.saturated[0] == pytest.approx((1.0 - h**2 < 0.05).mean())
    assert (1.0 - h**2 < 0.05).mean() > 0.3
    assert measured(Trainer(small(model__cell="gru"))).saturated is None


def test_the_limit_of_every_update_is_told_with_its_norm() -> None:
    trainer = Trainer(small())
    assert np.isinf(trainer.advance(2).clip_norm).all()
    trainer.set_live("training.clip_norm", 0.5)
    scalars = trainer.advance(3)
    np.testing.assert_array_equal(scalars.clip_norm, [0.5] * 3)
    assert scalars.grad_norm.shape == (3,)

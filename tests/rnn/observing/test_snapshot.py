"""A snapshot is frozen: what it shows stays as it was, whatever the training does."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest

from rnn.observing.probes import PROBES, Fit, Flow
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.cases import small

ALL = frozenset(PROBES)


def taken(updates: int = 10, sequence: int = 2, **changes: object) -> tuple[Trainer, Snapshot]:
    trainer = Trainer(small(**changes))
    trainer.advance(updates)
    return trainer, trainer.snapshot(SnapshotRequest(sequence, 2, ALL))


def test_it_shows_the_displayed_sequence_under_the_weights_of_now() -> None:
    trainer, snapshot = taken()
    batch = trainer.data.train.batch(slice(2, 3))
    x, y = batch.x, batch.y
    tape = trainer.network.forward(x)
    assert (snapshot.epoch, snapshot.update, snapshot.sequence) == (1, 10, 2)
    np.testing.assert_array_equal(snapshot.x, x[:, 0])
    np.testing.assert_array_equal(snapshot.y, y[:, 0])
    np.testing.assert_array_equal(snapshot.output, tape.output[:, 0])
    assert len(snapshot.signals) == 1
    np.testing.assert_array_equal(snapshot.signals[0]["h"], tape.cells[0].h[:, 0])
    np.testing.assert_array_equal(snapshot.signals[0]["h"][0], np.zeros(4))


def test_with_a_carried_state_row_0_is_where_the_sequence_before_ends() -> None:
    trainer, snapshot = taken(task__carry_state=True)
    before = trainer.snapshot(SnapshotRequest(1))
    np.testing.assert_allclose(snapshot.signals[0]["h"][0], before.signals[0]["h"][-1], rtol=1e-12)
    assert np.abs(snapshot.signals[0]["h"][0]).min() > 0.0


@pytest.mark.parametrize(("asked", "shown"), [(-3, 0), (0, 0), (6, 6), (7, 6), (10**9, 6)])
def test_a_sequence_that_is_not_there_is_the_nearest_that_is(asked: int, shown: int) -> None:
    trainer, _ = taken()
    assert trainer.snapshot(SnapshotRequest(asked)).sequence == shown


def test_only_the_probes_that_are_asked_for_are_computed() -> None:
    trainer, snapshot = taken()
    assert set(snapshot.probes) == set(PROBES)
    assert snapshot.probe(Fit) is snapshot.probes["fit"]
    assert snapshot.probe(Flow) is snapshot.probes["flow"]
    bare = trainer.snapshot(SnapshotRequest())
    assert dict(bare.probes) == {}
    assert bare.probe(Flow) is None


def test_its_arrays_are_read_only_and_independent_of_the_training() -> None:
    trainer, snapshot = taken()
    arrays = [snapshot.x, snapshot.y, snapshot.output, *(layer["h"] for layer in snapshot.signals)]
    assert not any(array.flags.writeable for array in arrays)
    copies = [array.copy() for array in arrays]
    trainer.advance()
    trainer.network.parameters.vector[:] = 0.0
    trainer.data.train.x[:] = trainer.data.train.y[:] = 0.0
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_nothing_of_it_can_be_exchanged() -> None:
    _, snapshot = taken()
    with pytest.raises(AttributeError):
        snapshot.update = 3  # type: ignore[misc]
    assert isinstance(snapshot.probes, MappingProxyType)


@pytest.mark.parametrize("updates", [0, 7, 21])
def test_it_can_be_taken_at_any_moment(updates: int) -> None:
    _, snapshot = taken(updates)
    assert snapshot.update == updates
    assert np.isfinite(snapshot.output).all()

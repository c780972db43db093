"""How long a snapshot with everything measured takes."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from rnn.config import RunConfig
from rnn.observing.probes import PROBES
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer


@pytest.mark.parametrize(("T", "H"), [(10, 10), (50, 32)])
def test_a_snapshot_with_all_probes(benchmark: BenchmarkFixture, T: int, H: int) -> None:
    changes = {
        "task.length": T + 1,
        "task.validation_sequences": 0,
        "model.layers": H,
        "model.initializer": "orthogonal",
        "training.learning_rate": 1e-4,
    }
    trainer = Trainer(RunConfig().with_values(changes), frozenset({1}))
    trainer.advance(100)
    snapshot = benchmark(trainer.snapshot, SnapshotRequest(1, 4, frozenset(PROBES)))
    assert snapshot.signals[0]["h"].shape == (T + 1, H)
    assert set(snapshot.probes) == set(PROBES)

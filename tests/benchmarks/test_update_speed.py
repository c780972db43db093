"""How long one update and one snapshot take; run with `pytest tests/benchmarks/test_update_speed.py`."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from rnn.config import RunConfig
from rnn.probes import PROBES
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer

SIZES = [(10, 1, 10), (50, 1, 32)]
UPDATES = 100


def trainer_of(T: int, width: int) -> Trainer:
    changes = {
        "task.length": T + 1,
        "task.sequences": UPDATES,
        "task.validation_sequences": 0,
        "model.layers": width,
        "model.initializer": "orthogonal",
        "training.learning_rate": 1e-4,
        "training.epochs": 10_000_000,
    }
    trainer = Trainer(RunConfig().with_values(changes), frozenset({1}))
    trainer.advance(UPDATES)
    return trainer


@pytest.mark.parametrize(("T", "B", "H"), SIZES)
def test_a_hundred_updates(benchmark: BenchmarkFixture, T: int, B: int, H: int) -> None:
    trainer = trainer_of(T, H)
    assert trainer.data.train.batch(slice(0, 1)).x.shape == (T, B, 1)
    benchmark.extra_info["updates"] = UPDATES
    scalars = benchmark(trainer.advance, UPDATES)
    assert len(scalars.loss) == UPDATES


@pytest.mark.parametrize(("T", "B", "H"), SIZES)
def test_a_snapshot_with_all_probes(benchmark: BenchmarkFixture, T: int, B: int, H: int) -> None:
    trainer = trainer_of(T, H)
    snapshot = benchmark(trainer.snapshot, SnapshotRequest(1, 4, frozenset(PROBES)))
    assert snapshot.hidden[0].shape == (T + B, H)
    assert set(snapshot.probes) == set(PROBES)

"""The same config gives the same run: that of the reference, and the same bits however it is driven."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.observing.probes import PROBES
from rnn.observing.snapshot import SnapshotRequest
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.trainer import Trainer
from tests.rnn.cases import GOLDEN, golden, small

LOOK = SnapshotRequest(sequence=2, span=3, probes=frozenset(PROBES))


RUNS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
    "sgd_clip0.25": {"optimizer": "sgd", "learning_rate": 0.1, "clip_norm": 0.25},
    "sgd_momentum": {"optimizer": "momentum", "learning_rate": 0.02},
    "sgd_nesterov": {"optimizer": "nesterov", "learning_rate": 0.02},
    "adam": {"optimizer": "adam", "learning_rate": 0.01},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.003},
}


def test_there_is_a_reference_run_for_every_optimizer() -> None:
    assert {run["optimizer"] for run in RUNS.values()} == set(OPTIMIZERS)


@pytest.mark.parametrize("run", RUNS)
def test_a_reference_run_agrees_update_for_update(run: str) -> None:
    reference = golden("article_training")
    config = RunConfig().with_values(
        {
            "task.name": "data",
            "task.file": str(GOLDEN / "article_data.npz"),
            "model.weights": str(GOLDEN / "article_weights.npz"),
        }
        | {f"training.{name}": value for name, value in RUNS[run].items()}
    )
    trainer = Trainer(config)
    scalars = trainer.advance(300)
    np.testing.assert_allclose(scalars.loss, reference[f"{run}.mse"].ravel()[:300], rtol=0, atol=1e-8)
    np.testing.assert_allclose(
        scalars.grad_norm, reference[f"{run}.grad_norm"].ravel()[:300], rtol=0, atol=1e-8
    )
    if run != "sgd":
        return
    trainer.advance()
    assert trainer.finished
    for name, weight in (("Wx", "l0.Wx"), ("Wh", "l0.Wh"), ("b", "l0.b"), ("Wy", "head.W"), ("by", "head.b")):
        final = reference[f"sgd.final.{name}"]
        np.testing.assert_allclose(trainer.network.parameters[weight], final, rtol=0, atol=1e-6)


def driven(trainer: Trainer, seed: int, watched: bool) -> tuple[Array, Array, list[EpochResult]]:
    """The whole run in bursts of random sizes, some without time, with or without snapshots in between."""
    rng = np.random.default_rng(seed)
    parts: list[Scalars] = []
    epochs: list[EpochResult] = []
    while not trainer.finished:
        seconds = 0.0 if rng.random() < 0.3 else np.inf
        parts.append(trainer.advance(int(rng.integers(1, 6)), seconds))
        epochs += parts[-1].epochs
        if watched:
            trainer.snapshot(LOOK)
    firsts = np.cumsum([1, *(len(part.loss) for part in parts[:-1])])
    np.testing.assert_array_equal([part.first for part in parts], firsts)
    return np.concatenate([p.loss for p in parts]), np.concatenate([p.grad_norm for p in parts]), epochs


FAMILY: list[dict[str, Any]] = [
    {},
    {"task.carry_state": True},
    {"model.cell": "gru", "model.layers": "3,2", "training.batch": 3, "training.shuffle": True},
    {
        "model.cell": "lstm",
        "task.carry_state": True,
        "training.batch": 2,
        "training.truncation": 2,
        "training.optimizer": "adam",
        "training.schedule": "cosine",
        "training.learning_rate": 0.01,
    },
]


@pytest.mark.parametrize("changes", FAMILY, ids=["plain", "carried", "gru", "lstm"])
@pytest.mark.parametrize("watched", [False, True])
def test_the_same_config_gives_the_same_bits_however_it_is_driven(
    changes: dict[str, Any], watched: bool
) -> None:
    config = small(seed=11, task__validation_sequences=200).with_values(changes)
    alone = Trainer(config)
    whole = alone.advance()
    for seed in range(3):
        trainer = Trainer(config, frozenset({1, 2}))
        mse, norms, epochs = driven(trainer, seed, watched)
        assert mse.tobytes() == whole.loss.tobytes()
        assert norms.tobytes() == whole.grad_norm.tobytes()
        assert tuple(epochs) == whole.epochs
        assert trainer.network.parameters.vector.tobytes() == alone.network.parameters.vector.tobytes()


def test_another_seed_gives_another_run() -> None:
    first, second = Trainer(small(seed=0)), Trainer(small(seed=1))
    assert (first.data.train.x != second.data.train.x).all()
    assert (first.network.parameters.vector != second.network.parameters.vector).all()


def test_the_task_and_the_weights_are_drawn_independently() -> None:
    narrow, wide = Trainer(small(model__layers=2)), Trainer(small(model__layers=9))
    np.testing.assert_array_equal(narrow.data.train.x, wide.data.train.x)
    few, many = Trainer(small(task__sequences=2)), Trainer(small(task__sequences=50))
    np.testing.assert_array_equal(few.network.parameters.vector, many.network.parameters.vector)


@pytest.mark.parametrize("updates", [0, 3, 7, 21])
@pytest.mark.parametrize("changes", FAMILY, ids=["plain", "carried", "gru", "lstm"])
def test_after_a_reset_it_is_the_first_run_again(updates: int, changes: dict[str, Any]) -> None:
    trainer = Trainer(small().with_values(changes), frozenset({1}))
    first = Trainer(trainer.config).advance()
    trainer.advance(updates)
    trainer.extend(5)
    trainer.reset()
    assert (trainer.update, trainer.epoch, trainer.kept, trainer.finished) == (0, 0, {}, False)
    again = trainer.advance()
    assert again.loss.tobytes() == first.loss.tobytes()
    assert again.epochs == first.epochs


def test_a_reset_in_the_middle_of_a_validation_forgets_it() -> None:
    trainer = Trainer(small(task__length=65, task__validation_sequences=100, training__epochs=1))
    while not trainer.validating:
        trainer.advance(seconds=0.0)
    trainer.advance(seconds=0.0)
    trainer.reset()
    assert trainer.advance().epochs == Trainer(trainer.config).advance().epochs

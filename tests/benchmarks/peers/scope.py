"""RNN Scope as its trainer runs it, on the engine that the command line names."""

from __future__ import annotations

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rnn.config import RunConfig
from rnn.training.trainer import Trainer
from tests.benchmarks.peers.answering import Train, answer
from tests.benchmarks.peers.case import Array, Case

ENGINE = sys.argv[1] if len(sys.argv) > 1 else "compiled"


def make(case: Case, arrays: dict[str, Array]) -> Train:
    with tempfile.TemporaryDirectory() as folder:
        data, weights = Path(folder) / "data.npz", Path(folder) / "weights.npz"
        np.savez(data, x=_sequences(arrays.pop("x")), y=_sequences(arrays.pop("y")))
        np.savez(weights, allow_pickle=False, **arrays)
        changes = {
            "engine": ENGINE,
            "task.name": "data",
            "task.file": str(data),
            "model.cell": case.cell,
            "model.weights": str(weights),
            "training.batch": case.B,
            "training.optimizer": case.optimizer,
            "training.learning_rate": case.rate,
            "training.epochs": 10_000_000,
        }
        trainer = Trainer(RunConfig().with_values(changes))

    def train(updates: int) -> list[float]:
        scalars = trainer.advance(updates)
        assert len(scalars.loss) == updates
        assert trainer.choice is not None
        assert trainer.choice.engine.name == ENGINE, trainer.choice.sentence
        return list(scalars.loss.tolist())

    return train


def _sequences(batches: Array) -> Array:
    """(N, T, 1) the sequences of batches (n, T, B, 1), one batch after the other."""
    n, T, B, D = batches.shape
    return batches.swapaxes(1, 2).reshape(n * B, T, D)


if __name__ == "__main__":
    packages = ["numpy", "numba"] if ENGINE == "compiled" else ["numpy"]
    answer(make, ", ".join(f"{name} {version(name)}" for name in packages))

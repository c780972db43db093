"""Small trainings on the memory tasks, and what the network answers, computed one sequence at a time."""

from __future__ import annotations

import dataclasses

import numpy as np

from gui.panels.frame.panel import Panel
from rnn.array import Array
from rnn.config import RunConfig
from rnn.observing.probes import Answers
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import settle


def memory_run(task: str, **changes: object) -> Trainer:
    """An untrained run; ``task__delay=4`` stands for task.delay."""
    values: dict[str, object] = {
        "task.name": task,
        "task.sequences": 100,
        "task.validation_sequences": 50,
        "model.cell": "gru",
        "model.layers": "8",
        "model.initializer": "orthogonal",
        "training.optimizer": "adam",
        "training.learning_rate": 0.02,
        "training.batch": 10,
        "training.epochs": 1000,
    }
    changed = {key.replace("__", "."): value for key, value in changes.items()}
    return Trainer(RunConfig().with_values(values | changed))


def look(panel: Panel, trainer: Trainer, updates: int = 0, sequence: int = 0) -> Answers:
    """Train so far, give the panel what came of it, drawn, and return the answers that it should show."""
    scalars = trainer.advance(updates)
    snapshot = trainer.snapshot(SnapshotRequest(sequence, probes=panel.probes))
    panel.receive((scalars,), snapshot)
    settle(panel)
    assert not panel.grab().toImage().isNull()
    found = snapshot.probe(Answers)
    assert found is not None
    return found


def broken(snapshot: Snapshot, value: float) -> Snapshot:
    """The same snapshot with answers that hold ``value`` wherever there was a number of the network's."""
    found = snapshot.probe(Answers)
    assert found is not None
    bad = dataclasses.replace(
        found,
        course=np.full_like(found.course, value),
        answered=np.full_like(found.answered, -1 if found.probabilities is not None else value),
        probabilities=None if found.probabilities is None else np.full_like(found.probabilities, value),
        right=np.zeros(len(found.asked), dtype=bool),
    )
    return dataclasses.replace(snapshot, probes={"answers": bad})


def logits(trainer: Trainer, sequence: int) -> Array:
    """(T, O) the output for one sequence alone."""
    return trainer.network.forward(trainer.data.train.batch(slice(sequence, sequence + 1)).x).output[:, 0]

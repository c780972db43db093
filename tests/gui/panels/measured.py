"""Real trainings that feed a panel with just the probes that it asks for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gui.panels.frame.panel import Panel
from rnn.config import RunConfig
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, settle

CELLS: dict[str, dict[str, Any]] = {
    "vanilla": {"model.layers": (7,)},
    "two layers": {"model.layers": (7, 5)},
    "gru": {"model.cell": "gru", "model.layers": (6, 4)},
    "lstm": {"model.cell": "lstm", "model.layers": (6, 4)},
}


def small(kind: str = "vanilla", **changes: Any) -> RunConfig:
    """The article's task, a few sequences of it, for a kind of network in `CELLS`."""
    values = {"task.sequences": 10, "training.epochs": 200, "model.initializer": "gaussian", **CELLS[kind]}
    return ARTICLE.with_values({**values, **{name.replace("__", "."): v for name, v in changes.items()}})


def look(panel: Panel, trainer: Trainer, updates: float = math.inf, sequence: int = 0) -> Snapshot:
    """Train so many updates further, and have the panel draw them and what it asks for."""
    scalars = trainer.advance(updates) if updates else None
    snapshot = trainer.snapshot(SnapshotRequest(sequence=sequence, probes=panel.probes))
    panel.receive(() if scalars is None else (scalars,), snapshot)
    settle(panel)
    return snapshot


def of_curve(curve: Any) -> tuple[np.ndarray, np.ndarray]:
    """The places of a drawn line."""
    x, y = curve.getData()
    empty = np.empty(0)
    return (empty, empty) if x is None else (np.asarray(x), np.asarray(y))


def column(panel: Panel, name: str) -> np.ndarray:
    """One column of the panel's table, as numbers."""
    return np.array(panel.table()[name], dtype=float)

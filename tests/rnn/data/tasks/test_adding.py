"""The README's section on adding one: its code is run as it stands there, and what it adds is trained."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.data.tasks import TASKS
from rnn.model.cells import CELLS
from rnn.model.initializers import INITIALIZERS
from rnn.observing.snapshot import SnapshotRequest
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.optimizing.schedules import SCHEDULES
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import code_for

REGISTRIES: dict[str, tuple[dict[str, Any], str]] = {
    "task": (TASKS, "task.name"),
    "cell": (CELLS, "model.cell"),
    "initializer": (INITIALIZERS, "model.initializer"),
    "optimizer": (OPTIMIZERS, "training.optimizer"),
    "schedule": (SCHEDULES, "training.schedule"),
}


@contextmanager
def running_the_readme(kind: str) -> Iterator[str]:
    """Inside, the code for this kind has been run; gives the name under which its registry now has it."""
    registry, _ = REGISTRIES[kind]
    before = dict(registry)
    module = ModuleType("added")
    sys.modules["added"] = module
    try:
        exec(code_for(kind), module.__dict__)
        (name,) = set(registry) - set(before)
        yield name
    finally:
        del sys.modules["added"]
        registry.clear()
        registry.update(before)


@pytest.fixture(params=REGISTRIES)
def added(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """What kind was added, and its name."""
    with running_the_readme(request.param) as name:
        yield request.param, name


def test_it_trains_and_is_watched(added: tuple[str, str]) -> None:
    kind, name = added
    config = RunConfig().with_values({REGISTRIES[kind][1]: name, "training.epochs": 2})
    trainer = Trainer(config)
    scalars = trainer.advance()
    assert trainer.finished
    assert trainer.divergence is None
    assert scalars.epochs[1].train_loss < scalars.epochs[0].train_loss
    snapshot = trainer.snapshot(SnapshotRequest(probes=frozenset({"flow"})))
    assert np.isfinite(snapshot.output).all()
    assert RunConfig().with_values(config.values()) == config


def test_it_is_on_the_command_line_and_writes_its_run(added: tuple[str, str], tmp_path: Path) -> None:
    from rnn.commands.train import main

    kind, name = added
    assert main(["--set", f"{REGISTRIES[kind][1]}={name}", "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert f'"{name}"' in (tmp_path / "run.toml").read_text(encoding="utf-8")

"""The README's section on adding one: its code is run as it stands there, and what it adds is trained."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rnn.batch import Batch
from rnn.cells import CELLS
from rnn.config import RunConfig
from rnn.initializers import INITIALIZERS
from rnn.network import Network
from rnn.optimizers import OPTIMIZERS
from rnn.schedules import SCHEDULES
from rnn.snapshot import SnapshotRequest
from rnn.tasks import TASKS
from rnn.trainer import Trainer
from tests.rnn.differences import off_by, quantities

README = Path(__file__).parent.parent.parent / "README.md"
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


def code_for(kind: str) -> str:
    """The block of Python under the README's heading of this kind, one class and one line of a registry."""
    section = re.search(rf"^#### An? {kind}$(.*?)(?=^#|\Z)", README.read_text(encoding="utf-8"), re.M | re.S)
    assert section is not None, f"the README has no section on adding a {kind}"
    (code,) = re.findall(r"^```python$(.*?)^```$", section[1], re.M | re.S)
    assert len(re.findall(r"^class ", code, re.M)) == 1
    assert len(re.findall(r"^[A-Z]+\[", code, re.M)) == 1
    return code


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


@pytest.mark.parametrize("truncation", [None, 2])
def test_the_gradient_of_the_added_cell_is_that_of_central_differences(truncation: int | None) -> None:
    with running_the_readme("cell") as name:
        rng = np.random.default_rng(0)
        network = Network(2, (3, 2), 2, cell=CELLS[name]())
        network.initialize(rng, "gaussian")
        batch = Batch(rng.standard_normal((5, 2, 2)), rng.standard_normal((5, 2, 2)))
        start = network.start(2)
        tape = network.forward(batch.x, start)
        _, dy = network.readout.loss(tape.output, batch)
        if truncation is None:
            gradients = network.backward(tape, dy)
            for quantity, analytic, values in quantities(network, gradients, start):
                worst, allowed = off_by(network, analytic, values, batch, start)
                assert worst <= allowed, f"{quantity} is off by {worst:.2g}"
            return
        truncated = network.backward(tape, dy, truncation).parameters.vector.copy()
        chunks = np.zeros_like(truncated)
        for begin in range(0, 5, truncation):
            part = network.forward(batch.x[begin : begin + truncation], start)
            chunks += network.backward(part, dy[begin : begin + truncation]).parameters.vector
            start = part.final
        np.testing.assert_allclose(truncated, chunks, rtol=1e-10, atol=1e-14)

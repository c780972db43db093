"""The list of settings in the help: each one, what it may be, and where it applies."""

from __future__ import annotations

import pytest

from rnn.commands.settings_text import settings_text
from rnn.config import ModelConfig, RunConfig, TrainingConfig
from rnn.data.tasks import TASKS
from rnn.settings import Settings, declarations


@pytest.fixture(scope="module")
def heads() -> list[str]:
    """What is said of each setting before its help, each on one line."""
    lines: list[str] = []
    for line in settings_text().splitlines():
        if line.startswith("    ") and not line.startswith("      "):
            lines[-1] += line[3:]
        elif line.startswith("  ") and not line.startswith("    "):
            lines.append(line.strip())
    return lines


def test_every_setting_is_told_with_its_help(heads: list[str]) -> None:
    text = " ".join(settings_text().replace("-", "−").split())
    parts: list[type[Settings]] = [RunConfig, *TASKS.values(), ModelConfig, TrainingConfig]
    for part in parts:
        for name, declared, _ in declarations(part):
            assert any(head.startswith(f"{part.key(name)} (") for head in heads)
            assert declared.help.replace("-", "−") in text


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_told_its_settings_once(heads: list[str], task: str) -> None:
    def mentions(head: str) -> bool:
        return task in head.partition("for task.name=")[2].rstrip(")").replace(" or ", ", ").split(", ")

    told = [head.partition(" ")[0] for head in heads if head.startswith("task.") and mentions(head)]
    assert sorted(told) == sorted(TASKS[task].key(name) for name, _, _ in declarations(TASKS[task]))


@pytest.mark.parametrize(
    "head",
    [
        "seed (from 0 to 9,007,199,254,740,992; 0 by default)",
        "task.column (TEXT; for task.name=series)",
        "task.file (FILE; for task.name=data)",
        "model.cell (vanilla, gru or lstm; vanilla by default)",
        "model.nonlinearity (tanh, relu, logistic or identity; tanh by default; for model.cell=vanilla)",
        "model.readout (mse or nll; mse by default; for task.name=data)",
        "model.spectral_radius (from 0 to 100 or off; off by default; for model.cell=vanilla)",
        "model.weights (FILE or off; off by default)",
        "training.step_epochs (from 1 to 10,000,000; 10 by default; for training.schedule=step)",
        "training.batch (from 1 to 100,000; 1 by default)",
        "training.shuffle (true or false; false by default; for task.carry_state=false)",
    ],
)
def test_what_it_may_be_its_default_and_where_it_applies(heads: list[str], head: str) -> None:
    assert head in heads


def test_no_line_is_too_long() -> None:
    assert max(map(len, settings_text().splitlines())) <= 100

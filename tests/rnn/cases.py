"""What several tests begin from: the reference cases, small runs, and files as a person brings them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.config import RunConfig
from rnn.model.network import Network, States
from rnn.model.readout import READOUTS
from rnn.training.trainer import Trainer
from rnn.weights import from_torch, npz_bytes

GOLDEN = Path(__file__).parent.parent / "golden"
MANIFEST = json.loads((GOLDEN / "MANIFEST.json").read_text())
CELL_NAMES = {"rnn": "vanilla", "gru": "gru", "lstm": "lstm"}
ONE_LAYER_TANH = [
    name
    for name, case in MANIFEST.items()
    if (case["nonlinearity"], case["loss"], len(case["layer_widths"])) == ("tanh", "mse", 1)
]


def golden(name: str) -> dict[str, Array]:
    """The arrays of a reference case."""
    with np.load(GOLDEN / f"{name}.npz") as archive:
        return {key: archive[key] for key in archive.files}


def golden_network(name: str) -> Network:
    """The network of a reference case."""
    case = MANIFEST[name]
    return from_torch(
        {
            key.removeprefix("param."): array
            for key, array in golden(name).items()
            if key.startswith("param.")
        },
        name,
        nonlinearity=case["nonlinearity"] or "tanh",
        readout=READOUTS[case["loss"]],
    )


def golden_start(case: Mapping[str, Array]) -> States:
    """The states that a reference case begins in."""
    layers = range(sum(name.startswith("h0_l") for name in case))
    return [tuple(case[name] for name in (f"h0_l{k}", f"c0_l{k}") if name in case) for k in layers]


def small(**changes: Any) -> RunConfig:
    """A quick sine run; ``task__noise=0`` stands for task.noise."""
    values: dict[str, Any] = {
        "task.sequences": 7,
        "task.length": 6,
        "task.validation_sequences": 3,
        "training.epochs": 3,
    }
    return RunConfig().with_values(values | {key.replace("__", "."): value for key, value in changes.items()})


def write_data(file: Path, **arrays: Any) -> str:
    """An .npz file of ``arrays``, and its name."""
    file.write_bytes(npz_bytes({name: np.asarray(array) for name, array in arrays.items()}))
    return str(file)


def data_trainer(folder: Path, width: int = 2, initializer: str = "orthogonal", **arrays: Any) -> Trainer:
    """A trainer on a file of ``arrays``."""
    file = write_data(folder / "data.npz", **arrays)
    return Trainer(
        RunConfig().with_values(
            {
                "task.name": "data",
                "task.file": file,
                "model.layers": width,
                "model.initializer": initializer,
                "training.epochs": 2,
                "training.learning_rate": 0.01,
            }
        )
    )

"""A run of train in a test, and the tables that it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.commands.run_files import NAMES

QUICK = ["--set", "task.sequences=6", "task.validation_sequences=2", "--epochs", "3"]
Train = Callable[..., tuple[int, str]]


def rows(file: str) -> list[list[str]]:
    header, *lines = Path(file).read_text().splitlines()
    return [header.split(","), *(line.split(",") for line in lines)]


def column(table: list[list[str]], name: str) -> Array:
    return np.array([float(row[table[0].index(name)]) for row in table[1:]])


def all_bytes(folder: str) -> dict[str, bytes]:
    return {name: (Path(folder) / name).read_bytes() for name in NAMES}

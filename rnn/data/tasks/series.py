"""A series that a person brings in a file: predict the next value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.data.tables import read_column, titles
from rnn.data.tasks.base import Data, Reference, Task, carry_setting
from rnn.data.tasks.wave import length_setting, next_point, windows
from rnn.errors import ConfigError, DataError
from rnn.settings import setting


@dataclass(frozen=True, slots=True)
class Series(Task):
    """One column of a file, cut into windows of ``length`` values that share their end points.

    The last windows are held out: ``held_out`` of all, and at least one where it is not 0. Scaling is
    measured on the training part alone. Values after the last whole window are left out.
    """

    name: ClassVar[str] = "series"
    title: ClassVar[str] = "Series from a file"

    file: str = setting(
        "",
        "File",
        "A CSV file, or another table of text, one row a time step; or an .npy or .npz file. No value may be "
        "missing.",
        file=True,
        endings=(".csv", ".tsv", ".txt", ".dat", ".npy", ".npz"),
    )
    column: str = setting(
        "",
        "Column",
        "The name of the column to learn, or its number from 1; in an .npz file the array, or array:number. "
        "Empty takes the only one that may be meant.",
        empty="the only one",
        among=lambda values: column_titles(values["task.file"]),
        of="file",
    )
    length: int = length_setting(21)
    held_out: float = setting(
        0.2,
        "Held out",
        "The share of the sequences, at the end of the series, that is never trained on; 0 is none.",
        minimum=0.0,
        maximum=0.9,
        unit="of the series",
    )
    scaling: str = setting(
        "standardize",
        "Scaling",
        "standardize: mean 0 and standard deviation 1; minmax: from 0 to 1; both measured on the training "
        "part alone.",
        choices=lambda: tuple(SCALINGS),
    )
    carry_state: bool = carry_setting()

    def generate(self, rng: Generator) -> Data:
        if not self.file:
            raise ConfigError("task.file", "must name a CSV, .npy or .npz file with the series")
        column = read_column(self.file, self.column)
        values = column.values
        count, kept_out = self._counts(len(values))
        train = values[: (count - kept_out) * (self.length - 1) + 1]
        points = windows(self._scaled(column.title, train, values), self.length, count)
        sequences = next_point(points[:, : count - kept_out])
        held_out = next_point(points[:, count - kept_out :]) if kept_out else None
        told = f"{Path(self.file).name}: {column.told}"
        settled = {self.key("column"): column.title}
        return Data(replace(sequences, notes=(told,)), held_out, outputs=1, settled=settled)

    def references(self, data: Data) -> tuple[Reference, ...]:
        """Mean square errors over the training sequences, measured on them."""
        x, y = data.train.x, data.train.y
        with np.errstate(over="ignore", invalid="ignore"):
            lines = (
                Reference("always the mean", float(np.mean((y - y.mean()) ** 2))),
                Reference("repeat the last value", float(np.mean((y - x) ** 2))),
            )
        return tuple(line for line in lines if line.loss > 0.0 and math.isfinite(line.loss))

    def _counts(self, values: int) -> tuple[int, int]:
        """How many sequences there are, and how many of them are held out."""
        kinds = 1 if self.held_out == 0.0 else 2
        least = kinds * (self.length - 1) + 1
        if values < least:
            what = "a training and a held-out sequence" if kinds == 2 else "a sequence"
            raise DataError(
                self.file,
                "",
                f"expected at least {least:,} values for {what} of {self.length:,} points, found {values:,}",
            )
        count = (values - 1) // (self.length - 1)
        if kinds == 1:
            return count, 0
        return count, min(max(round(self.held_out * count), 1), count - 1)

    def _scaled(self, column: str, train: Array, values: Array) -> Array:
        place = f"column {column}"
        if self.scaling != "none" and train.min() == train.max():
            raise DataError(
                self.file,
                place,
                f"expected values that differ, but all of the training part are {train[0]:g}; "
                "task.scaling must be none",
            )
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            centre, scale = SCALINGS[self.scaling](train)
            scaled = (values - centre) / scale
        if not (math.isfinite(centre) and math.isfinite(scale) and np.isfinite(scaled).all()):
            raise DataError(
                self.file,
                place,
                "expected values that can be scaled, but these differ by too much or too little",
            )
        return np.asarray(scaled)


def column_titles(path: str | Path) -> tuple[str, ...]:
    """What the columns of numbers in a file are called; none where it cannot be read."""
    try:
        return titles(path)
    except DataError:
        return ()


def _standardize(train: Array) -> tuple[float, float]:
    return float(train.mean()), float(train.std())


def _minmax(train: Array) -> tuple[float, float]:
    return float(train.min()), float(train.max() - train.min())


def _none(_: Array) -> tuple[float, float]:
    return 0.0, 1.0


# What is subtracted from a series, and what the rest is divided by.
SCALINGS: dict[str, Callable[[Array], tuple[float, float]]] = {
    "none": _none,
    "standardize": _standardize,
    "minmax": _minmax,
}

"""Sequences that a person brings as an .npz file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnn.array import Array
from rnn.batch import Classes, Mask, Target
from rnn.errors import ConfigError, DataError
from rnn.figures import counted
from rnn.files.npz import numeric, place, read_npz
from rnn.readout import READOUTS
from rnn.settings import setting
from rnn.tasks.base import Data, Kind, Sequences, Task, carry_setting

NAMES = ("x", "y", "mask", "x_validation", "y_validation", "mask_validation")
Y_AXES = "(sequence, time step, output), or of class numbers (sequence, time step)"
MOST_CLASSES = 65_536
_START = re.compile(r"([hc]0_l(?:0|[1-9]\d{0,3}))(_validation)?")

Item = TypeVar("Item", bound=np.generic)


@dataclass(frozen=True, slots=True)
class DataFile(Task):
    """x (N, T, D) and y of an .npz file: numbers (N, T, O), or integers (N, T), which are class numbers.

    ``mask`` (N, T) holds which time steps are scored, one or more of each sequence; without it all are.
    ``h0_l0``, ``h0_l1``, … and ``c0_l0``, … (N, H) are the states that the sequences begin in, zero where
    they are left out.
    ``x_validation``, ``y_validation``, … are held out.
    """

    name: ClassVar[str] = "data"
    title: ClassVar[str] = "Data file"
    targets: ClassVar[tuple[Kind, ...]] = ("numbers", "classes")

    file: str = setting(
        "",
        "File",
        "An .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs) or "
        "(sequences, time steps) of class numbers. mask (sequences, time steps) is 1 where a step is scored, "
        "as one or more of each sequence must be; h0_l0, c0_l0 and so on (sequences, units) are the states "
        "that the sequences begin in. "
        "x_validation, y_validation and so on are held out.",
        file=True,
        endings=(".npz",),
    )
    carry_state: bool = carry_setting()

    def fitting_readout(self) -> str | None:
        """The one that fits y; what is wrong with a file that cannot be read is said when it is used."""
        try:
            classes = np.ndim(read_npz(self.file)["y"]) == 2
        except (DataError, KeyError):
            return None
        return next(name for name in self.readouts() if READOUTS[name].classes == classes)

    def generate(self, rng: Generator) -> Data:
        if not self.file:
            raise ConfigError("task.file", "must name an .npz file with x and y")
        arrays = read_npz(self.file)
        train = sequences_of(self.file, arrays)
        if not any(name.endswith("_validation") for name in arrays):
            return Data(train, None, _outputs(train))
        held_out = sequences_of(self.file, arrays, "_validation")
        if train.y.ndim != held_out.y.ndim:
            kind = "class numbers" if train.y.ndim == 2 else "numbers (sequence, time step, output)"
            raise DataError(self.file, "y_validation", f"expected {kind} as in training")
        if train.y.ndim == 2:
            pairs = {"x_validation": (train.x, held_out.x)}
        else:
            pairs = {"x_validation": (train.x, held_out.x), "y_validation": (train.y, held_out.y)}
        for name, (ours, theirs) in pairs.items():
            expected, found = ours.shape[2], theirs.shape[2]
            if found != expected:
                raise DataError(self.file, name, f"expected {expected} features as in training, not {found}")
        return Data(train, held_out, max(_outputs(train), _outputs(held_out)))


def sequences_of(path: str, arrays: Mapping[str, Any], ending: str = "") -> Sequences:
    """The sequences in the ``arrays`` of a file whose names have this ``ending``.

    Raises:
        DataError: an array is missing, is none that is read here, or does not fit the others.
    """
    if unknown := sorted(name for name in arrays if name not in NAMES and not _START.fullmatch(name)):
        known = ", ".join([*NAMES, "h0_l0, c0_l0, h0_l1, …"])
        raise DataError(path, unknown[0], f"is not among the arrays that are read: {known}")
    x_name, y_name, mask_name = (name + ending for name in ("x", "y", "mask"))
    x = numeric(path, arrays, x_name, ("sequence", "time step", "input"))
    scored = None
    if mask_name in arrays:
        values = numeric(path, arrays, mask_name, ("sequence", "time step"))
        _refuse_other_shape(path, mask_name, values, x_name, x)
        mask = _mask(path, mask_name, values)
        scored = _time_major(mask)
        arrays = {**arrays, **_without_unscored(arrays, y_name, mask)}
    y = _targets(path, arrays, y_name)
    _refuse_other_shape(path, y_name, y, x_name, x)
    return Sequences(_time_major(x), _time_major(y), scored, start=_given_start(path, arrays, len(x), ending))


def _targets(path: str, arrays: Mapping[str, Any], name: str) -> Target:
    """Numbers (N, T, O), or class numbers (N, T)."""
    if name not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise DataError(path, "", f"expected an array {name} {Y_AXES}, found {found}")
    axes = np.ndim(arrays[name])
    if axes == 2:
        return _classes(path, arrays, name)
    if axes != 3:
        raise DataError(path, name, f"expected the axes {Y_AXES}, found the shape {np.shape(arrays[name])}")
    return numeric(path, arrays, name, ("sequence", "time step", "output"))


def _given_start(path: str, arrays: Mapping[str, Any], count: int, ending: str) -> dict[str, Array]:
    """The states (N, H) that the ``count`` sequences begin in, by names such as ``h0_l0``."""
    found: dict[str, Array] = {}
    for name in sorted(arrays):
        match = _START.fullmatch(name)
        if match is None or (match[2] or "") != ending:
            continue
        given = numeric(path, arrays, name, ("sequence", "unit"))
        if len(given) != count:
            raise DataError(path, name, f"expected {count} sequences as in x{ending}, found {len(given)}")
        found[match[1]] = given
    return found


def _classes(path: str, arrays: Mapping[str, Any], name: str) -> Classes:
    """The class numbers (N, T) of an array of integers."""
    array = np.asarray(arrays[name])
    if array.dtype.kind not in "iu":
        raise DataError(
            path,
            name,
            "expected numbers (sequence, time step, output) or integers (sequence, time step) that are class "
            f"numbers, found {array.dtype} of the shape {array.shape}",
        )
    if array.size == 0:
        raise DataError(path, name, f"expected at least one value, found the shape {array.shape}")
    bad = np.argwhere((array < 0) | (array >= MOST_CLASSES))
    if bad.size:
        sequence, step = bad[0]
        found = array[sequence, step]
        hint = "; a mask says which steps are not scored" if found < 0 else ""
        raise DataError(
            path,
            place(name, ("sequence", "time step"), bad[0]),
            f"expected a class number from 0 to {MOST_CLASSES - 1:,}, found {found}{hint}",
        )
    return array.astype(np.int64)


def _without_unscored(arrays: Mapping[str, Any], name: str, mask: Mask) -> dict[str, Any]:
    """The targets with 0 where they do not count: padding may hold anything there, NaN and −1 included."""
    y = np.asarray(arrays.get(name))
    if y.shape[:2] != mask.shape or y.dtype.kind not in "fiu":
        return {}
    y = y.copy()
    y[~mask] = 0
    return {name: y}


def _mask(path: str, name: str, values: Array) -> Mask:
    """The scored steps (N, T) of an array of 0 and 1."""
    bad = np.argwhere((values != 0.0) & (values != 1.0))
    if bad.size:
        sequence, step = bad[0]
        raise DataError(
            path,
            place(name, ("sequence", "time step"), bad[0]),
            f"expected 0 or 1, found {values[sequence, step]:g}",
        )
    mask: Mask = values == 1.0
    unscored = np.flatnonzero(~mask.any(axis=1))
    if unscored.size:
        raise DataError(
            path, place(name, ("sequence",), unscored[:1]), "expected at least one time step that is scored"
        )
    return mask


def _refuse_other_shape(path: str, name: str, array: NDArray[Any], x_name: str, x: Array) -> None:
    if array.shape[:2] != x.shape[:2]:
        expected = f"{counted(x.shape[0], 'sequence')} of {counted(x.shape[1], 'time step')}"
        found = f"{array.shape[0]:,} of {array.shape[1]:,}"
        raise DataError(path, name, f"expected {expected} as in {x_name}, found {found}")


def _time_major(array: NDArray[Item]) -> NDArray[Item]:
    return np.ascontiguousarray(array.swapaxes(0, 1))


def _outputs(sequences: Sequences) -> int:
    """O, or the number of classes up to the largest that is there."""
    return int(sequences.y.max()) + 1 if sequences.y.ndim == 2 else int(sequences.y.shape[2])

"""Sequences that a person brings as an .npz file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.errors import ConfigError, DataError
from rnn.settings import setting
from rnn.tasks.base import Data, Sequences, Task

NAMES = ("x", "y", "x_validation", "y_validation")


@dataclass(frozen=True, slots=True)
class DataFile(Task):
    """x (N, T, D) and y (N, T, O) of an .npz file; ``x_validation`` and ``y_validation`` are held out."""

    name: ClassVar[str] = "data"
    title: ClassVar[str] = "Data file"

    file: str = setting(
        "",
        "File",
        "An .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs); "
        "x_validation and y_validation are held out where they are given.",
        file=True,
    )
    carry_state: bool = setting(
        False,
        "Carry state",
        "Start each sequence in the state that the one before ended in, instead of at zero. "
        "Every epoch begins at zero.",
    )

    def generate(self, rng: Generator) -> Data:
        if not self.file:
            raise ConfigError("task.file", "must name an .npz file with x and y")
        arrays = read_npz(self.file)
        if unknown := sorted(arrays.keys() - set(NAMES)):
            raise DataError(
                self.file, unknown[0], f"is not among the arrays that are read: {', '.join(NAMES)}"
            )
        train = _sequences(self.file, arrays, "x", "y")
        if "x_validation" not in arrays and "y_validation" not in arrays:
            return Data(train, None)
        held_out = _sequences(self.file, arrays, "x_validation", "y_validation")
        pairs = {"x_validation": (train.x, held_out.x), "y_validation": (train.y, held_out.y)}
        for name, (ours, theirs) in pairs.items():
            expected, found = ours.shape[2], theirs.shape[2]
            if found != expected:
                raise DataError(self.file, name, f"expected {expected} features as in training, not {found}")
        return Data(train, held_out)


def read_npz(path: str | Path) -> dict[str, Any]:
    """All arrays of an .npz file.

    Raises:
        DataError: it is missing, is no .npz file, or is damaged.
    """
    try:
        with Path(path).open("rb") as stream, zipfile.ZipFile(stream) as archive:
            # A damaged header may ask for less than there is, so that no checksum would be looked at, and a
            # damaged directory may name an array twice, or hide one in a comment.
            entries = archive.infolist()
            if archive.testzip() is not None or len({entry.filename for entry in entries}) < len(entries):
                raise zipfile.BadZipFile
            if any(entry.comment for entry in entries):
                raise zipfile.BadZipFile
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise DataError(path, "", "there is no such file") from None
    except MemoryError:
        raise DataError(path, "", "is too large for the memory of this machine") from None
    except OSError as error:
        raise DataError(path, "", f"cannot be read ({error.strerror or error})") from None
    except Exception:  # zipfile, zlib, the parser of headers: damaged bytes raise errors of a dozen kinds
        raise DataError(
            path, "", "expected an .npz file of plain arrays; this is of another kind, or damaged"
        ) from None


def numeric(path: str | Path, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> Array:
    """The array ``name`` as finite float64 with these axes.

    Raises:
        DataError: it is missing, not numeric, of another dimension, empty, or holds a NaN or an infinity.
    """
    if name not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise DataError(path, "", f"expected an array {name} ({', '.join(axes)}), found {found}")
    array = np.asarray(arrays[name])
    if array.dtype.kind not in "fiub":
        raise DataError(path, name, f"expected real numbers, found {array.dtype}")
    if array.ndim != len(axes):
        raise DataError(path, name, f"expected the axes ({', '.join(axes)}), found the shape {array.shape}")
    if array.size == 0:
        raise DataError(path, name, f"expected at least one value, found the shape {array.shape}")
    with np.errstate(over="ignore"):
        values = np.asarray(array, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if bad.size:
        place = ", ".join(f"{axis} {index}" for axis, index in zip(axes, bad[0], strict=True))
        raise DataError(path, f"{name} at {place}", "expected a finite number")
    return values


def _sequences(path: str, arrays: Mapping[str, Any], x_name: str, y_name: str) -> Sequences:
    x = numeric(path, arrays, x_name, ("sequence", "time step", "input"))
    y = numeric(path, arrays, y_name, ("sequence", "time step", "output"))
    if x.shape[:2] != y.shape[:2]:
        raise DataError(
            path,
            y_name,
            f"expected {x.shape[0]} sequences of {x.shape[1]} time steps as in {x_name}, "
            f"found {y.shape[0]} of {y.shape[1]}",
        )
    return Sequences(np.ascontiguousarray(x.swapaxes(0, 1)), np.ascontiguousarray(y.swapaxes(0, 1)))

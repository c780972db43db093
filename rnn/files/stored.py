"""Arrays in a file: their names and shapes are known before any of them is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.errors import DataError

MOST_NUMBERS = 1 << 27  # of all that is wanted of a file, each a float64 here: 1 GiB
OBJECTS = "Python objects"
REAL = "biuf"  # kinds of NumPy


@dataclass(frozen=True, slots=True, eq=False)
class StoredArray:
    """An array that is read where it is wanted: ``np.asarray`` reads it, anew for every call.

    Attributes:
        shape: as the file says.
        dtype: of what is read; that of an object stands for all that is not read.
        kind: what it holds in words, such as ``float32``, ``BF16`` or ``Python objects``.
        read: reads it, or raises DataError.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    kind: str
    read: Callable[[], NDArray[Any]]

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self.read(), dtype)


def stored_array(
    path: str | Path,
    name: str,
    pieces: Callable[[], Iterable[bytes]],
    *,
    there: int,
    kind: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any] | None,
    transposed: bool = False,
) -> StoredArray:
    """The array whose bytes are the ``pieces`` of a file, which are asked for when it is read.

    Arguments:
        there: how many bytes there are.
        kind: what it holds, in words.
        dtype: what its numbers are; None where they are of a type that is not read.
        transposed: whether the first axis varies fastest.
    """
    size = math.prod(shape)

    def read() -> NDArray[Any]:
        if dtype is None:
            raise DataError(path, name, not_real(kind))
        if size * dtype.itemsize != there:
            reason = f"expected {size:,} numbers as its header says, found {there / dtype.itemsize:,g}"
            raise DataError(path, name, reason)
        refuse_numbers(path, name, math.prod(max(length, 1) for length in shape))
        array = np.empty(shape[::-1] if transposed else shape, dtype)
        room = bytes_of(array)
        reached = 0
        for piece in pieces():
            room[reached : reached + len(piece)] = piece
            reached += len(piece)
        if reached != there:
            raise DataError(path, name, "was cut while it was read")
        return array.T if transposed else array

    return StoredArray(shape, np.dtype(object) if dtype is None else dtype, kind, read)


def numeric(path: str | Path, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> Array:
    """The array ``name`` as finite float64 with these axes.

    Raises:
        DataError: it is missing, not numeric, of another dimension, empty, or holds a NaN, an infinity or a
            whole number that would be rounded.
    """
    refuse_other_axes(path, arrays, name, axes)
    return as_floats(path, np.asarray(arrays[name]), lambda indices: place(name, axes, indices))


def refuse_other_axes(path: str | Path, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> None:
    """Raise DataError where ``name`` is no array of real numbers with these axes; it is not read for that."""
    if name not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise DataError(path, "", f"expected an array {name} ({', '.join(axes)}), found {found}")
    array = arrays[name]
    if array.dtype.kind not in REAL:
        raise DataError(path, name, not_real(kind_of_array(array)))
    if array.ndim != len(axes):
        reason = f"expected the axes ({', '.join(axes)}), found the shape {array.shape}"
        raise DataError(path, name, reason)
    if array.size == 0:
        raise DataError(path, name, f"expected at least one value, found the shape {array.shape}")


def refuse_too_many(path: str | Path, arrays: Mapping[str, Any]) -> None:
    """Raise DataError where all ``arrays`` together are more than may be read; none is read for that."""
    refuse_numbers(path, ", ".join(arrays), sum(array.size for array in arrays.values()))


def refuse_numbers(path: str | Path, place: str, numbers: int) -> None:
    """Raise DataError where so many numbers are more than may be read."""
    if numbers > MOST_NUMBERS:
        raise DataError(path, place, f"expected at most {MOST_NUMBERS:,} numbers, found {numbers:,}")


def as_floats(path: str | Path, array: NDArray[Any], where: Callable[[Sequence[int]], str]) -> Array:
    """``array`` as float64.

    Arguments:
        where: the place of an entry in words, by its indices.

    Raises:
        DataError: it holds a NaN, an infinity, or a whole number that would be rounded.
    """
    with np.errstate(over="ignore"):
        values = np.asarray(array, dtype=np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        at = _first(~finite)
        raise DataError(path, where(at), f"expected a finite number, found {array[tuple(at)]}")
    if array.dtype.kind in "iu" and array.dtype.itemsize > 4:
        rounded = _is_rounded(array, values)
        if rounded.any():
            at = _first(rounded)
            reason = f"expected a whole number that float64 holds, as up to 2^53, found {array[tuple(at)]}"
            raise DataError(path, where(at), reason)
    return values


def bytes_of(array: NDArray[Any]) -> memoryview:
    """The bytes of an array that lies in the order of its axes, to read or to write."""
    return array.reshape(-1).view(np.uint8).data


def kind_of_array(array: Any) -> str:
    """What an array holds, in words."""
    return array.kind if isinstance(array, StoredArray) else str(array.dtype)


def not_real(kind: str) -> str:
    """Why an array that holds something else than real numbers is not read, and what to do."""
    way_out = "; pad sequences of several lengths to one, and say in mask which time steps count"
    return f"expected real numbers, found {kind}{way_out if kind == OBJECTS else ''}"


def place(name: str, axes: Sequence[str], indices: Iterable[int]) -> str:
    """Where in the array ``name`` something is, such as ``y at sequence 0, time step 2, counted from 0``."""
    numbered = ", ".join(f"{axis} {index}" for axis, index in zip(axes, indices, strict=True))
    return f"{name} at {numbered}, counted from 0"


def _is_rounded(whole: NDArray[Any], values: Array) -> NDArray[np.bool_]:
    """Where ``values`` are not the ``whole`` numbers that they were made of."""
    beyond = values >= float(np.iinfo(whole.dtype).max)  # as a float64 one more than the largest
    back = np.where(beyond, 0.0, values).astype(whole.dtype)
    return np.asarray(beyond | (back != whole))


def _first(where: NDArray[np.bool_]) -> list[int]:
    return [int(index) for index in np.unravel_index(int(np.argmax(where)), where.shape)]

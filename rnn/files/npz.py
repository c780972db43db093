"""Arrays that a person brings in an .npz file, checked one by one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.errors import DataError


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
        raise DataError(path, place(name, axes, bad[0]), "expected a finite number")
    return values


def place(name: str, axes: Sequence[str], indices: Iterable[int]) -> str:
    """Where in the array ``name`` something is, such as ``y at sequence 0, time step 2, counted from 0``."""
    numbered = ", ".join(f"{axis} {index}" for axis, index in zip(axes, indices, strict=True))
    return f"{name} at {numbered}, counted from 0"

"""Arrays in .safetensors files: a header in JSON, and the numbers behind it.

Those that this program wrote hold a checksum: whatever was changed since is told.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.errors import DataError
from rnn.files.reading import PlainFile, pieces_of, plain_file
from rnn.files.stored import StoredArray, bytes_of, refuse_too_many, stored_array

MOST_IN_HEADER = 1 << 22  # bytes: some twenty thousand arrays
_METADATA = "__metadata__"
# In the key and in the value, so that a damaged key does not make it the file of another program.
_KEY, _MARK = "rnn-scope.checksum", "rnn-scope sha256 "
_BFLOAT16 = "BF16"  # the upper half of a float32
_TYPES = {
    "BOOL": "?",
    "U8": "u1",
    "I8": "i1",
    "U16": "<u2",
    "I16": "<i2",
    "U32": "<u4",
    "I32": "<i4",
    "U64": "<u8",
    "I64": "<i8",
    "F16": "<f2",
    _BFLOAT16: "<u2",
    "F32": "<f4",
    "F64": "<f8",
}


def read_safetensors(path: str | Path, what: str = "a .safetensors file") -> dict[str, StoredArray]:
    """The arrays of a .safetensors file by their names; each is read where it is wanted.

    Arguments:
        what: it should be, in words.

    Raises:
        DataError: it is missing, is no .safetensors file, or is damaged.
    """
    with plain_file(path) as stream:
        try:
            begin, header = _header(stream)
            metadata = header.pop(_METADATA, {})
            if b"\0" in "".join(header).encode():  # UnicodeEncodeError is a ValueError
                raise ValueError  # these names could not be written again
            is_ours = _KEY in metadata or any(value.startswith(_MARK) for value in metadata.values())
            spans = sorted((_span(entry), name) for name, entry in header.items())
            ends = [0, *(end for (_, end), _ in spans)]
            if [*(start for (start, _), _ in spans), stream.size - begin] != ends:
                raise ValueError  # a gap, an overlap, or something behind the last array
            arrays = {name: _array(path, name, header[name], stream, begin) for _, name in spans}
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            raise DataError(path, "", f"expected {what}; this is of another kind, or damaged") from None
    return _vouched_for(path, arrays, metadata.get(_KEY)) if is_ours else arrays


def safetensors_bytes(arrays: Mapping[str, Array]) -> bytes:
    """``arrays`` as the content of a .safetensors file."""
    stream = io.BytesIO()
    write_safetensors(stream, arrays)
    return stream.getvalue()


def write_safetensors(stream: BinaryIO, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write ``arrays`` as a .safetensors file, with their checksum."""
    rows = [(name, _kind_of(array), np.ascontiguousarray(array)) for name, array in arrays.items()]
    rows.sort(key=lambda row: -row[2].itemsize)  # so that each begins where its numbers may
    header: dict[str, Any] = {_METADATA: {_KEY: _checksum(rows)}}
    end = 0
    for name, kind, array in rows:
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": (begin, end)}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    stream.write(len(text).to_bytes(8, "little") + text)
    for _, _, array in rows:
        stream.write(bytes_of(array))


def _kind_of(array: NDArray[Any]) -> str:
    """What the file calls such numbers."""
    return next(kind for kind, code in _TYPES.items() if np.dtype(code) == array.dtype and kind != _BFLOAT16)


def _vouched_for(
    path: str | Path, arrays: Mapping[str, StoredArray], checksum: str
) -> dict[str, StoredArray]:
    """The same arrays, all of them read; refused where they are others than this program wrote."""
    refuse_too_many(path, arrays)
    found = {name: array.read() for name, array in arrays.items()}
    if checksum != _checksum((name, arrays[name].kind, array) for name, array in found.items()):
        raise DataError(path, "", "is damaged, or was changed by a program that kept its old checksum")
    return {name: replace(array, read=partial(found.__getitem__, name)) for name, array in arrays.items()}


def _checksum(arrays: Iterable[tuple[str, str, NDArray[Any]]]) -> str:
    """Of the names, types, shapes and numbers of all arrays."""
    digest = hashlib.sha256()
    for name, kind, array in sorted(arrays, key=lambda entry: entry[0]):
        digest.update(json.dumps([name, kind, array.shape]).encode())
        digest.update(bytes_of(array))
    return f"{_MARK}{digest.hexdigest()}"


def _header(stream: PlainFile) -> tuple[int, dict[str, Any]]:
    """Where the numbers begin, and what is said of each array; a ValueError says that there is no header."""
    length = int.from_bytes(stream.read(8), "little")
    if length > min(MOST_IN_HEADER, stream.size - 8):
        raise ValueError
    header = json.loads(stream.read(length).decode(), object_pairs_hook=_once)
    if not isinstance(header, dict):
        raise TypeError
    return 8 + length, header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _span(entry: dict[str, Any]) -> tuple[int, int]:
    start, end = entry["data_offsets"]
    whole = all(type(number) is int and number >= 0 for number in (start, end, *entry["shape"]))
    if not whole or start > end or not isinstance(entry["dtype"], str):
        raise ValueError
    return start, end


def _array(path: str | Path, name: str, entry: dict[str, Any], stream: PlainFile, begin: int) -> StoredArray:
    kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), _span(entry)
    dtype = np.dtype(_TYPES[kind]) if kind in _TYPES else None
    if dtype is not None and math.prod(shape) * dtype.itemsize != end - start:
        raise ValueError
    pieces = pieces_of(path, stream, begin + start, begin + end)
    stored = stored_array(path, name, pieces, there=end - start, kind=kind, shape=shape, dtype=dtype)
    if kind != _BFLOAT16:
        return stored
    return StoredArray(shape, np.dtype(np.float32), kind, lambda: _widened(stored.read()))


def _widened(halves: NDArray[Any]) -> NDArray[np.float32]:
    return (halves.astype(np.uint32) << 16).view(np.float32)

"""Arrays in .npz and .npy files. No header is evaluated, and no object of Python is made of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnn.errors import DataError
from rnn.files.archive import Damaged, Member, members
from rnn.files.kinds import NPY, NPZ, ZIP
from rnn.files.reading import PlainFile, pieces_of, plain_file, refuse_kind
from rnn.files.stored import OBJECTS, StoredArray, stored_array

LONGEST_HEADER = 12_000  # bytes
_MAGIC = re.compile(rb"\x93NUMPY(?:\x01\x00(..)|[\x02\x03]\x00(..\x00\x00))", re.DOTALL)
_WHOLE = re.compile(r"\s*\{.*\}\s*", re.DOTALL)
_DESCRIPTION = re.compile(r"""['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z?])(\d{0,9})(?:\[\w{1,9}\])?['"]""")
_ORDER = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)""")
_SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([\d,\sL]{0,400})\)""")
_AXIS = re.compile(r"\d{1,15}")
_MOST_AXES = 32
_READ = re.compile(r"\?|[biufc]\d+")  # types of NumPy that are read at all
_WORDS = {"O": OBJECTS, "V": "raw bytes", "U": "text", "S": "text", "M": "dates", "m": "spans of time"}


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the numbers of an array; by default there is none."""

    shape: tuple[int, ...] = ()
    kind: str = "no array, or a damaged one"
    dtype: np.dtype[Any] | None = None
    transposed: bool = False
    length: int = 0

    def array(
        self, path: str | Path, name: str, pieces: Callable[[], Iterable[bytes]], size: int
    ) -> StoredArray:
        """The array that the ``pieces`` behind it are; with it, they are ``size`` bytes."""
        return stored_array(
            path,
            name,
            pieces,
            there=size - self.length,
            kind=self.kind,
            shape=self.shape,
            dtype=self.dtype,
            transposed=self.transposed,
        )


def read_npz(path: str | Path) -> dict[str, StoredArray]:
    """The arrays of an .npz file by their names; each is read where it is wanted.

    Raises:
        DataError: it is missing, is no .npz file, is damaged, or has two arrays of one name.
    """
    arrays: dict[str, StoredArray] = {}
    with plain_file(path) as stream:
        refuse_kind(path, stream, "an .npz file", but=(NPZ, ZIP))
        try:
            for member in members(stream):
                name = member.entry.filename.removesuffix(".npy")
                if name in arrays:
                    raise DataError(path, name, "is there more than once")
                arrays[name] = _in_archive(path, name, stream, member)
        except Damaged:
            reason = "expected an .npz file of plain arrays; this is of another kind, or damaged"
            raise DataError(path, "", reason) from None
    return arrays


def read_npy(path: str | Path) -> StoredArray:
    """The array of an .npy file, which is read where it is wanted.

    Raises:
        DataError: it is missing, or is no .npy file.
    """
    with plain_file(path) as stream:
        refuse_kind(path, stream, "an .npy file", but=(NPY,))
        header = _header(stream.read(LONGEST_HEADER))
        pieces = pieces_of(path, stream, header.length, stream.size)
    if header == _Header():
        raise DataError(path, "", "expected an .npy file of one array; this is of another kind, or damaged")
    return header.array(path, "", pieces, stream.size)


def _in_archive(path: str | Path, name: str, stream: PlainFile, member: Member) -> StoredArray:
    header, identity = _header(member.beginning(stream, LONGEST_HEADER)), stream.identity

    def pieces() -> Iterator[bytes]:
        with plain_file(path, same=identity) as again:
            try:
                yield from member.unpacked(again, header.length)
            except Damaged:
                raise DataError(path, name, "is damaged") from None

    return header.array(path, name, pieces, member.entry.file_size)


def _header(start: bytes) -> _Header:
    """The header at the ``start`` of an array, read as text and in no other way."""
    magic = _MAGIC.match(start)
    if magic is None:
        return _Header()
    length = magic.end() + int.from_bytes(magic[1] or magic[2], "little")
    text = start[magic.end() : length].decode("latin-1")
    order, axes = _ORDER.search(text), _SHAPE.search(text)
    if length > len(start) or _WHOLE.fullmatch(text) is None or order is None or axes is None:
        return _Header()
    parts = [part.strip().removesuffix("L") for part in axes[1].split(",") if part.strip()]
    if len(parts) > _MOST_AXES or not all(_AXIS.fullmatch(part) for part in parts):
        return _Header()
    kind, dtype = _type(text)
    return _Header(tuple(map(int, parts)), kind, dtype, order[1] == "True", length)


def _type(text: str) -> tuple[str, np.dtype[Any] | None]:
    """What the numbers are that the ``text`` of a header describes, in words and for NumPy."""
    found = _DESCRIPTION.search(text)
    if found is None:
        return "records", None
    if _READ.fullmatch(found[2] + found[3]):
        try:
            dtype = np.dtype("".join(found.groups()))
        except TypeError:
            return "numbers of a size that is not known here", None
        return str(dtype), dtype
    return _WORDS.get(found[2], "something else"), None

"""The one way to read a file that a person names: a plain one, no larger than its kind may be."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from rnn.errors import DataError
from rnn.files.kinds import START, kind_of

MOST_IN_A_LINE = 1 << 20  # characters
PIECE = 1 << 18  # bytes that are read at a time of what is large
_BUFFER = 1 << 16
_SPECIAL = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class PlainFile(io.BufferedReader):
    """The bytes that a plain file had when it was opened; what is written behind them meanwhile is not read.

    Attributes:
        size: how many they are; of a file that the system makes up while it is read, such as those in /proc,
            none.
        identity: which file it is, and in which state.
    """

    def __init__(self, descriptor: int, status: os.stat_result) -> None:
        super().__init__(_Beginning(descriptor, status.st_size), _BUFFER)
        self.size = status.st_size
        self.identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class _Beginning(io.FileIO):
    """An open file up to the ``size`` that it had."""

    read = io.RawIOBase.read  # type: ignore[assignment]  # by readinto, as FileIO's own is not
    readall = io.RawIOBase.readall

    def __init__(self, descriptor: int, size: int) -> None:
        super().__init__(descriptor)
        self.size = size

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        left = max(self.size - self.tell(), 0)
        return super().readinto(memoryview(buffer)[:left])


@contextmanager
def plain_file(
    path: str | Path, most: int | None = None, same: tuple[int, ...] | None = None
) -> Iterator[PlainFile]:
    """Open a file to read its bytes; what the machine says meanwhile becomes one sentence on it.

    Arguments:
        most: how many bytes there may be.
        same: the identity that it had when it was opened before.

    Raises:
        DataError: it is missing, no plain file or a link to one, too large, another than before, or cannot be
            read.
    """
    try:
        with PlainFile(*_opened(path)) as stream:
            if same not in (None, stream.identity):
                raise DataError(path, "", "was changed while it was read")
            if most is not None and stream.size > most:
                raise DataError(path, "", f"expected at most {most:,} bytes, found {stream.size:,}")
            yield stream
    except FileNotFoundError:
        raise DataError(path, "", "there is no such file") from None
    except MemoryError:
        raise DataError(path, "", "is too large for the memory of this machine") from None
    except OSError as error:
        raise DataError(path, "", f"cannot be read ({error.strerror or error})") from None


def read_bytes(path: str | Path, most: int) -> bytes:
    """All bytes of a plain file; the rest is as in `plain_file`."""
    with plain_file(path, most) as stream:
        return stream.read()


def pieces_of(path: str | Path, stream: PlainFile, start: int, end: int) -> Callable[[], Iterator[bytes]]:
    """What opens an open file anew when it is called, and reads its bytes from ``start`` to ``end``."""
    identity = stream.identity

    def pieces() -> Iterator[bytes]:
        left = end - start
        with plain_file(path, same=identity) as again:
            again.seek(start)
            while piece := again.read(min(left, PIECE)):
                left -= len(piece)
                yield piece

    return pieces


def refuse_kind(path: str | Path, stream: PlainFile, expected: str, but: Collection[str] = ()) -> None:
    """Raise DataError where the file is of a kind that can be named, with the way out.

    Arguments:
        expected: what it should be, in words such as ``a CSV file``.
        but: the kinds that it may be all the same.
    """
    stream.seek(0)
    found = kind_of(stream.read(START))
    stream.seek(0)
    if found and found not in but:
        raise DataError(path, "", f"expected {expected}, found {found}")


@contextmanager
def plain_text(path: str | Path, most: int, expected: str) -> Iterator[io.TextIOWrapper]:
    """Open a file to read it as text in UTF-8; the rest is as in `plain_file` and `refuse_kind`."""
    with plain_file(path, most) as stream:
        refuse_kind(path, stream, expected)
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            yield text
        except UnicodeDecodeError:
            raise DataError(path, _first_not_utf8(stream), "expected text in UTF-8") from None


def text_lines(path: str | Path, stream: io.TextIOBase) -> Iterator[str]:
    """The lines of a text, with their ends.

    Raises:
        DataError: one is so long that this is no text of lines.
    """
    number = 1
    while line := stream.readline(MOST_IN_A_LINE + 1):
        if len(line) > MOST_IN_A_LINE:
            raise DataError(path, f"line {number:,}", f"expected at most {MOST_IN_A_LINE:,} characters")
        yield line
        number += 1


def _opened(path: str | Path) -> tuple[int, os.stat_result]:
    """The descriptor and the status of a plain file. Nothing else is opened, nor waited for."""
    try:
        _refuse_special(path, os.stat(path))
        # It may have become a pipe since; to open one without this would wait for somebody to write.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except ValueError:  # of a zero, or a character that no file name can have
        raise DataError(path, "", "is not the name of a file") from None
    try:
        status = os.fstat(descriptor)
        _refuse_special(path, status)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def special(status: os.stat_result) -> str:
    """What it is where it is no plain file, such as ``a pipe``; empty where it is one."""
    if stat.S_ISREG(status.st_mode):
        return ""
    return next((what for is_one, what in _SPECIAL if is_one(status.st_mode)), "something else")


def _refuse_special(path: str | Path, status: os.stat_result) -> None:
    if found := special(status):
        raise DataError(path, "", f"expected a file, found {found}")


def _first_not_utf8(stream: PlainFile) -> str:
    stream.seek(0)
    number = 1
    while line := stream.readline(MOST_IN_A_LINE):
        try:
            line.decode()
        except UnicodeDecodeError:
            return f"line {number}"
        number += 1
    return ""

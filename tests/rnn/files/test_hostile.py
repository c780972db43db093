"""Whatever is in the place of a file, every reader refuses it within a second of work and 200 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rnn.archives import npy_bytes, zip_bytes
from tests.rnn.readers import READERS

ROOT = Path(__file__).parents[3]
SECONDS, MEGABYTES = 1.0, 200


def sparse(file: Path, begin: bytes = b"", size: int = 1 << 40, end: bytes = b"") -> None:
    with file.open("wb") as stream:
        stream.write(begin)
        stream.seek(size - len(end))
        stream.write(end)
        stream.truncate(size)


def tensors(entries: dict[str, tuple[list[int], int, int]]) -> bytes:
    header = {
        name: {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
        for name, (shape, begin, end) in entries.items()
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


def packed(file: Path, members: dict[str, tuple[str, tuple[int, ...], int]]) -> None:
    """An archive of zeros: a header for each array, and so many bytes behind it."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, (kind, shape, size) in members.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                member.write(npy_bytes(kind, shape, b""))
                for _ in range(size >> 20):
                    member.write(bytes(1 << 20))


def of_numbers(kind: str, *shape: int) -> tuple[str, tuple[int, ...], int]:
    size = int(kind[-1])
    for length in shape:
        size *= length
    return kind, shape, size


def bomb(file: Path) -> None:
    packed(file, {"x": ("<f8", (1 << 26, 4, 1), 1 << 28), "y": ("<f8", (1 << 26, 4, 1), 1 << 20)})


def other_shapes(file: Path) -> None:
    packed(file, {"x": of_numbers("<f8", 1 << 17, 1 << 8, 1), "y": of_numbers("<f8", 1 << 17, 1 << 3, 1)})


def one_answer(file: Path) -> None:
    """What is one answer a sequence in the file has all time steps in memory."""
    packed(file, {"x": of_numbers("<f8", 1 << 10, 1 << 10, 1), "y": of_numbers("<f8", 1 << 10, 1 << 8)})


def not_asked_for(file: Path) -> None:
    packed(
        file,
        {"x": of_numbers("<f8", 1 << 10, 1 << 7, 1), "note": of_numbers("<f8", 1 << 5, 1 << 10, 1 << 10)},
    )


def many_members(file: Path) -> None:
    file.write_bytes(zip_bytes((f"{number:099}.npy", b"") for number in range(30_000)))


def long_directory(file: Path) -> None:
    size = 1 << 29
    end = b"PK\5\6" + bytes(8) + (size - 30).to_bytes(4, "little") + (8).to_bytes(4, "little") + bytes(2)
    sparse(file, b"PK\3\4" + bytes(4), size, end)


def huge_tensor(file: Path) -> None:
    begin = tensors({"rnn.weight_ih_l0": ([1 << 20, 1 << 17], 0, 1 << 39)})
    sparse(file, begin, len(begin) + (1 << 39))


def large_layers(file: Path) -> None:
    names = {
        "rnn.weight_ih_l0": [1 << 17, 1],
        "rnn.weight_hh_l0": [1 << 17, 1 << 17],
        "head.weight": [1, 1 << 17],
    }
    entries, end = {}, 0
    for name, shape in names.items():
        size = 4 * shape[0] * shape[1]
        entries[name], end = (shape, end, end + size), end + size
    begin = tensors(entries)
    sparse(file, begin, len(begin) + end)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a folder": lambda file: file.mkdir(),
    "a pipe": os.mkfifo,
    "an endless device": lambda file: file.symlink_to("/dev/zero"),
    "the standard input": lambda file: file.symlink_to("/dev/stdin"),
    "an endless link": lambda file: file.symlink_to(file.name),
    "a file of the system": lambda file: file.symlink_to("/proc/self/maps"),
    "the memory of the machine": lambda file: file.symlink_to("/proc/kcore"),
    "zeros": sparse,
    "half a gigabyte of zeros": lambda file: sparse(file, b"", 1 << 29),
    "a line without an end": lambda file: sparse(file, b"a,b\n1,2\n" + b"7" * 4096, 1 << 29),
    "a beginning of an archive": lambda file: sparse(file, b"PK\3\4"),
    "a bomb": bomb,
    "arrays of other shapes": other_shapes,
    "one answer of much": one_answer,
    "an array that nobody asked for": not_asked_for,
    "many members": many_members,
    "a long directory": long_directory,
    "a huge tensor": huge_tensor,
    "large layers": large_layers,
}


@pytest.fixture(scope="module")
def reading() -> Iterator[subprocess.Popen[str]]:
    """A process that reads one file after another, and says how it went."""
    command = [sys.executable, "-m", "tests.rnn.readers"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        yield process
        process.terminate()


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_reader_refuses_it_at_once(kind: str, reading: subprocess.Popen[str], tmp_path: Path) -> None:
    HOSTILE[kind](tmp_path / "made")
    assert reading.stdin is not None
    assert reading.stdout is not None
    for reader, (ending, _) in READERS.items():
        file = tmp_path / f"hostile{ending}"
        (tmp_path / "made").rename(file)
        reading.stdin.write(f"{json.dumps([reader, str(file)])}\n")
        reading.stdin.flush()
        said, seconds, megabytes = json.loads(reading.stdout.readline())
        assert said or reader.startswith("columns"), f"{reader} does not refuse it"  # names cost nothing
        assert len(said) < 300
        assert said.isprintable()
        assert seconds < SECONDS, reader
        assert megabytes < MEGABYTES, reader
        file.rename(tmp_path / "made")

"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rnn.errors import DataError
from rnn.files import scratch, write_all
from tests.rnn.within import within

ROOT = Path(__file__).parents[3]


def test_several_files_are_written_into_folders_that_are_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    write_all(within(folder, {"one.txt": b"1", "two.txt": b""}))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"one.txt": b"1", "two.txt": b""}


def test_a_stream_is_written_from_its_beginning(tmp_path: Path) -> None:
    with scratch(tmp_path / "long.txt") as stream:
        stream.write(b"x" * 3_000_000)
        write_all(within(tmp_path, {"long.txt": stream}))
    assert (tmp_path / "long.txt").read_bytes() == b"x" * 3_000_000
    assert os.listdir(tmp_path) == ["long.txt"]


def test_a_scratch_file_has_no_name(tmp_path: Path) -> None:
    with scratch(tmp_path / "new" / "rows") as stream:
        stream.write(b"rows")
        stream.flush()
        assert os.listdir(tmp_path / "new") == []


def test_a_new_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    write_all(within(tmp_path, {"ours": b""}))
    (tmp_path / "any").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old and longer")
    write_all(within(tmp_path, {"file": b"new"}))
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(b"old")
    (tmp_path / "second").mkdir()
    with pytest.raises(DataError, match="second: expected a file or nothing, found a folder"):
        write_all(within(tmp_path, {"first": b"new", "second": b"new"}))
    assert (tmp_path / "first").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["first", "second"]


class Meddling(io.BytesIO):
    """A content that changes the folder while it is read, after the files before it were prepared."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__(b"new")
        self.meddle = meddle

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.meddle()
        return super().seek(offset, whence)


def test_a_failure_at_the_third_move_takes_the_first_two_back(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(b"old")
    (tmp_path / "fourth").write_bytes(b"old too")
    files = {"first": b"new", "second": b"new", "third": b"new"}
    in_the_way = Meddling((tmp_path / "third").mkdir)
    with pytest.raises(DataError, match="third: expected a file or nothing, found a folder"):
        write_all(within(tmp_path, files | {"fourth": in_the_way}))
    assert sorted(os.listdir(tmp_path)) == ["first", "fourth", "third"]
    assert (tmp_path / "first").read_bytes() == b"old"
    assert (tmp_path / "fourth").read_bytes() == b"old too"


def test_a_new_file_that_cannot_be_moved_in_brings_the_old_one_back(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(b"old")

    def lose_the_second() -> None:
        (prepared,) = tmp_path.glob(".second.*")
        prepared.unlink()

    with pytest.raises(DataError, match="No such file"):
        write_all(within(tmp_path, {"first": b"new", "second": b"new", "third": Meddling(lose_the_second)}))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "first": b"old",
        "second": b"old",
    }


@pytest.mark.parametrize(
    "write", [lambda folder: write_all(within(folder, {"a": b""})), lambda folder: scratch(folder / "a")]
)
def test_a_folder_that_cannot_be_is_refused_and_none_is_made(write, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for impossible in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "new" / ("n" * 300)):
        reason = r"cannot be written \(" if "new" in impossible.parts else "there is a file in its way"
        with pytest.raises(DataError, match=reason):
            write(impossible)
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk.
    (tmp_path / "small").write_bytes(b"old")
    code = f"""
import resource
from pathlib import Path
from rnn.errors import DataError
from rnn.files import write_all
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    folder = Path({str(tmp_path)!r})
    write_all({{folder / "small": b"new", folder / "large": b"x" * 100_000}})
except DataError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == f"{tmp_path}: cannot be written (File too large)\n"
    assert os.listdir(tmp_path) == ["small"]
    assert (tmp_path / "small").read_bytes() == b"old"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode_and_is_never_more_readable(tmp_path: Path, mode: int) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "file").chmod(mode)
    modes = []

    def look() -> None:
        (draft,) = tmp_path.glob(".file.*")
        modes.append(stat.S_IMODE(draft.stat().st_mode))

    write_all(within(tmp_path, {"file": Meddling(look)}))
    assert modes == [mode]
    assert (tmp_path / "file").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path, there: bool) -> None:
    for name in ("folder", "elsewhere"):
        (tmp_path / name).mkdir()
    if there:
        (tmp_path / "elsewhere" / "file").write_bytes(b"old")
    (tmp_path / "folder" / "file").symlink_to("../elsewhere/file")
    write_all(within(tmp_path / "folder", {"file": b"new", "other": b""}))
    assert os.readlink(tmp_path / "folder" / "file") == "../elsewhere/file"
    assert (tmp_path / "elsewhere" / "file").read_bytes() == b"new"
    assert os.listdir(tmp_path / "elsewhere") == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_what_is_no_plain_file_is_not_written_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to(os.devnull)
    (tmp_path / "loop").symlink_to("loop")
    for name, reason in (
        ("pipe", "found a pipe"),
        ("null", "found a device"),
        ("loop", r"written \(Too many"),
    ):
        with pytest.raises(DataError, match=reason):
            write_all(within(tmp_path, {"first": b"new", name: b"new"}))
    assert sorted(os.listdir(tmp_path)) == ["loop", "null", "pipe"]


def test_without_hard_links_a_failure_leaves_what_was_there_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    test_a_new_file_that_cannot_be_moved_in_brings_the_old_one_back(tmp_path)
    write_all(within(tmp_path, {"first": b"new", "second": b"new"}))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "first": b"new",
        "second": b"new",
    }

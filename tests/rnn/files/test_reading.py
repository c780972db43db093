"""A plain file that is not too large is read; what is anything else is refused, and not waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from rnn.errors import DataError
from rnn.files import plain_file, plain_text, read_bytes, text_lines
from rnn.files.kinds import kind_of
from rnn.files.reading import MOST_IN_A_LINE


def refusal(file: Path | str, most: int = 1_000) -> str:
    with pytest.raises(DataError) as caught:
        read_bytes(file, most)
    assert str(caught.value.file) == str(file)
    return caught.value.expected


def test_a_plain_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some bytes")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_bytes(tmp_path / "file", 10) == read_bytes(tmp_path / "link", 10) == b"some bytes"


def test_what_is_no_plain_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    (tmp_path / "loose").symlink_to(tmp_path / "gone")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
    assert refusal(tmp_path) == "expected a file, found a folder"
    assert refusal(tmp_path / "pipe") == refusal(tmp_path / "link") == "expected a file, found a pipe"
    assert refusal(tmp_path / "socket") == "expected a file, found a socket"
    assert refusal("/dev/zero") == refusal("/dev/null") == "expected a file, found a device"
    assert refusal(tmp_path / "loose") == "there is no such file"
    assert refusal(tmp_path / ("n" * 300)) == "cannot be read (File name too long)"
    assert refusal("a\0b") == refusal("a\ud800b") == "is not the name of a file"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as stream:
        stream.truncate(1 << 40)
    assert refusal(tmp_path / "sparse") == "expected at most 1,000 bytes, found 1,099,511,627,776"


def test_what_is_written_behind_a_file_while_it_is_read_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"x" * 100_000)
    with plain_file(file) as stream, file.open("ab") as writer:
        assert stream.read(10) == b"x" * 10
        writer.write(b"y" * 100_000)
        writer.flush()
        assert stream.read() == b"x" * 99_990
        assert stream.read(1) == b""
        stream.seek(99_999)
        assert stream.read(10) == b"x"


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="there is no /proc")
def test_a_file_that_the_system_makes_up_has_nothing_in_it() -> None:
    assert read_bytes("/proc/self/maps", 1_000) == b""


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_bytes(b"a\n" + b"1" * (MOST_IN_A_LINE + 1))
    with (
        pytest.raises(DataError, match=r"long\.csv, line 2: expected at most 1,048,576 characters"),
        plain_text(file, 1 << 30, "a CSV file") as stream,
    ):
        list(text_lines(file, stream))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x93NUMPY\x01\0", ".npy"),
        (b"PK\x03\x04" + bytes(22) + b"\x13\0\0\0[Content_Types].xml", "a workbook"),
        (b"PK\x03\x04" + bytes(22) + b"\x10\0\0\0archive/data.pkl", "a file of torch.save:"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "an old torch.save:"),
        (b"\x80\x04\x95", "a pickle"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-be"), "UTF-16"),
    ],
)
def test_kinds_are_told_by_their_first_bytes(start: bytes, kind: str) -> None:
    assert kind in kind_of(start)


@pytest.mark.parametrize(
    "start", [b"", b"a", b"a,b\n1,2\n", "ä,∂\n".encode(), b"\0" * 4096, b"\x10\0\0\0\0\0\0\0{"]
)
def test_what_may_be_what_it_seems_has_no_kind(start: bytes) -> None:
    assert kind_of(start) == ""


@pytest.mark.parametrize("length", [0x0280, 0x0380, 0x8B1F, 0x5A42, 0xFEFF])
def test_a_safetensors_file_is_itself_whatever_the_length_of_its_header_spells(length: int) -> None:
    assert kind_of(length.to_bytes(8, "little") + b'{"a":{"dtype":"F32"') == ""

"""Texts as people bring them: read whole, or refused by the place that does not fit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.data.tasks import text_file
from rnn.data.tasks.text_file import read_text
from rnn.errors import DataError


def written(folder: Path, content: bytes) -> Path:
    file = folder / "t.txt"
    file.write_bytes(content)
    return file


def refusal(file: Path, characters: int | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read_text(file, characters)
    return str(caught.value)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1))
def test_any_text_is_read_as_it_is(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.txt"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_text(file) == text
    assert read_text(file, len(text)) == text


def test_every_kind_of_line_end_becomes_one(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"a\r\nb\rc\nd\r\n\r\n")) == "a\nb\nc\nd\n\n"


@pytest.mark.parametrize("characters", range(1, 9))
def test_a_limit_counts_characters_not_bytes(characters: int, tmp_path: Path) -> None:
    text = "äß€😀 ∂h₁\n" * 3
    assert read_text(written(tmp_path, text.encode()), characters) == text[:characters]


def test_a_byte_that_is_no_utf_8_is_named_by_line_and_place(tmp_path: Path) -> None:
    file = written(tmp_path, "one\ntwö\nthree".encode() + b"\xe9e")
    assert (
        refusal(file) == f"{file}, line 3, byte 15 of the file: expected text in UTF-8, found the byte 0xE9"
    )
    assert ", line 3, byte 18 of the file: " in refusal(
        written(tmp_path, b"\xef\xbb\xbf" + file.read_bytes())
    )


def test_a_character_cut_at_the_end_is_refused_in_a_whole_file_and_not_beyond_a_limit(
    tmp_path: Path,
) -> None:
    file = written(tmp_path, ("a" * 50 + "€").encode()[:-1])
    assert "line 1, byte 51" in refusal(file)
    assert read_text(file, 3) == "aaa"


def test_a_text_in_utf_16_is_refused(tmp_path: Path) -> None:
    assert "expected a text file, found text in UTF-16: save it as UTF-8" in refusal(
        written(tmp_path, "hello".encode("utf-16"))
    )


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes, tmp_path: Path) -> None:
    file = written(tmp_path, content)
    assert refusal(file) == f"{file}: expected a text, but there is nothing in it"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: expected a file, found a folder"
    assert refusal(tmp_path / "none.txt").endswith("none.txt: there is no such file")
    assert refusal(tmp_path / ("n" * 300)).endswith("cannot be read (File name too long)")
    assert "is not the name of a file" in refusal(tmp_path / "a\0b")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").endswith("expected a file, found a pipe")


def test_a_large_file_is_refused_whole_and_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert text_file.LARGEST == 5_000_000
    monkeypatch.setattr(text_file, "LARGEST", 1_000)
    assert len(read_text(written(tmp_path, b"ab" * 500))) == 1_000
    file = written(tmp_path, b"ab" * 500 + b"a")
    assert refusal(file).endswith(
        "expected at most 1,000 bytes; a limit of characters reads only its beginning"
    )
    assert read_text(file, 900) == "ab" * 450

"""The log: every traceback once, and never more than a megabyte of it all."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from gui.failures import log


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the log is opened."""
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path))
    before = list(logging.getLogger().handlers)
    log.open_log()
    yield tmp_path
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


def failing(kind: type[Exception]) -> None:
    try:
        raise kind("planted")
    except kind as error:
        log.note(error)


def test_what_fails_at_every_frame_is_noted_once(folder: Path, kept: list[str]) -> None:
    for _ in range(1000):
        failing(ZeroDivisionError)
        failing(KeyError)
    text = (folder / "rnn-scope.log").read_text(encoding="utf-8")
    assert text.count("Traceback") == 2
    assert len(kept) == 2
    kept.clear()


def test_a_person_is_told_where_the_rest_stands(folder: Path) -> None:
    told = log.sentence("It failed", ZeroDivisionError())
    assert told == f"It failed (ZeroDivisionError); details are in {folder / 'rnn-scope.log'}."


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
def test_a_pipe_in_the_place_of_the_log_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, temporary = tmp_path / "own", tmp_path / "temporary"
    for place in (own, temporary):
        place.mkdir()
    os.mkfifo(own / "rnn-scope.log")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(own))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = list(logging.getLogger().handlers)
    log.open_log()
    (handler,) = set(logging.getLogger().handlers) - set(before)
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert (temporary / "rnn-scope.log").is_file()


def test_the_log_takes_a_megabyte_at_most(folder: Path) -> None:
    writer = logging.getLogger("anything")
    for number in range(3 * log.FILE_BYTES // 1000):
        writer.error("%06d%s", number, "x" * 1000)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["rnn-scope.log", "rnn-scope.log.1"]
    assert sum(file.stat().st_size for file in files) <= 1_000_000
    assert f"{number:06d}" in files[0].read_text(encoding="utf-8")


def test_what_failed_lets_go_of_what_it_held(kept: list[str]) -> None:
    class Held:
        living = 0

        def __init__(self) -> None:
            Held.living += 1

        def __del__(self) -> None:
            Held.living -= 1

    def fail() -> None:
        held = Held()
        raise ZeroDivisionError(f"planted {held}")

    try:
        fail()
    except ZeroDivisionError as error:
        log.note(error)
        assert Held.living == 0
    kept.clear()

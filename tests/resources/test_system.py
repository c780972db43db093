"""What the system must have: found by loading it, and named with the line that installs it."""

import os
import sys
from pathlib import Path

import pytest

from resources.setup import system
from resources.setup.system import (
    has_font,
    how_to_install,
    is_debian,
    libraries,
    missing_from_system,
)

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves these to its packages")


@LINUX
def test_only_libraries_that_cannot_be_loaded_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    toys = {"libc.so.6": "libc6", "librnnscope.so.9": "librnnscope9"}
    monkeypatch.setattr(system, "libraries", {"toys": toys}.get)
    assert missing_from_system(["toys"]) == {"librnnscope.so.9": "librnnscope9"}


@LINUX
def test_the_system_that_runs_these_tests_lacks_nothing_for_them() -> None:
    assert missing_from_system(["offscreen"]) == {}


def test_a_command_that_needs_no_libraries_looks_for_none() -> None:
    assert missing_from_system([]) == {}


def test_a_font_is_found_at_any_depth(tmp_path: Path) -> None:
    assert not has_font(str(tmp_path))
    (tmp_path / "truetype" / "any").mkdir(parents=True)
    (tmp_path / "truetype" / "any" / "readme.txt").touch()
    assert not has_font(str(tmp_path))
    (tmp_path / "truetype" / "any" / "Any.TTF").touch()
    assert has_font(str(tmp_path))


@pytest.mark.skipif(not is_debian(), reason="the line is Debian's")
def test_on_debian_the_sentence_has_the_exact_line() -> None:
    sentence = how_to_install({"libEGL.so.1": "libegl1", "a font": "fonts-dejavu-core"})
    assert "lacks: libEGL.so.1, a font; install them " in sentence
    assert sentence.endswith("apt-get install fonts-dejavu-core libegl1")
    assert (" with: apt-get" in sentence) == (os.geteuid() == 0)
    assert "\n" not in sentence


def test_each_library_is_listed_once() -> None:
    listed = [libraries(kind) for kind in ("offscreen", "x11")]
    assert [len(kind) for kind in listed] == [len(set(kind.values())) for kind in listed] == [6, 9]
    assert len({name for kind in listed for name in kind}) == 15

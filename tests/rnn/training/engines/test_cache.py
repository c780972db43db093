"""The folders of machine code: their names, where they lie, what damages them, and when they go."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from rnn.training.engines.compiled import cache
from rnn.training.engines.compiled.cache import KERNELS, Kernels

NAME = "0123456789abcdef0123"

RIGHTS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")

pytest.importorskip("llvmlite", reason="there are no wheels of Numba for this machine")


@pytest.fixture
def kernels(tmp_path: Path) -> Kernels:
    """Sources: a folder and a file beside it."""
    (tmp_path / "kernels" / "deep").mkdir(parents=True)
    (tmp_path / "kernels" / "deep" / "a.py").write_text("a = 1\n", encoding="utf-8")
    (tmp_path / "engine.py").write_text("b = 2\n", encoding="utf-8")
    return Kernels("maker", "user", (tmp_path / "kernels", tmp_path / "engine.py"))


def filled(folder: Path, content: bytes = b"machine code") -> Path:
    """A sealed folder."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "step.o").write_bytes(content)
    (folder / "step.json").write_bytes(b"{}")
    cache.seal(folder)
    return folder


def aged(folder: Path, days: float) -> Path:
    """A folder as if it had been left alone for so many days."""
    then = time.time() - days * cache.DAY
    for path in (*folder.iterdir(), folder):
        os.utime(path, (then, then))
    return folder


def test_the_sources_of_the_step_are_there() -> None:
    assert KERNELS.user == "rnn.training.engines.compiled.engine"
    assert [source.exists() for source in KERNELS.sources] == [True] * len(KERNELS.sources)
    assert cache.OURS.fullmatch(cache.folder_name(KERNELS))


@pytest.mark.parametrize("file", ["kernels/deep/a.py", "engine.py", "kernels/new.py"])
def test_the_name_changes_with_every_source(kernels: Kernels, tmp_path: Path, file: str) -> None:
    before = cache.folder_name(kernels)
    assert cache.folder_name(kernels) == before
    (tmp_path / file).write_text("a = 3\n", encoding="utf-8")
    assert cache.folder_name(kernels) != before


def test_the_name_is_that_of_the_content_and_not_of_its_place_or_age(
    kernels: Kernels, tmp_path: Path
) -> None:
    before = cache.folder_name(kernels)
    (tmp_path / "kernels" / "notes.txt").touch()
    for file in tmp_path.rglob("*.py"):
        os.utime(file, (1e9, 1e9))
    other = tmp_path / "elsewhere"
    other.mkdir()
    for source in kernels.sources:
        source.rename(other / source.name)
    moved = Kernels("maker", "user", tuple(other / source.name for source in kernels.sources))
    assert cache.folder_name(moved) == before


def test_the_name_changes_with_what_numba_is_told(kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.folder_name(kernels)
    monkeypatch.setenv("NUMBA_OPT", "0")
    assert cache.folder_name(kernels) != before


def test_the_name_changes_with_the_version_of_a_library(
    kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cache.folder_name(kernels)
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: real(name) + (".1" if name == "numba" else ""))
    assert cache.folder_name(kernels) != before


@pytest.mark.parametrize(
    ("system", "variables", "first"),
    [
        ("linux", {"XDG_CACHE_HOME": "{home}/named"}, "named"),
        ("linux", {"XDG_CACHE_HOME": ""}, ".cache"),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, ".cache"),
        ("darwin", {}, "Library/Caches"),
        ("win32", {"LOCALAPPDATA": "{home}/local"}, "local"),
        ("win32", {"LOCALAPPDATA": ""}, "AppData/Local"),
    ],
)
def test_the_first_place_is_the_cache_of_the_user_as_each_system_has_it(
    system: str, variables: dict[str, str], first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=tmp_path))
    places = cache.places()
    assert places[0] == tmp_path / first / "rnn-scope" / "compiled"
    assert places[1].is_relative_to(Path(cache.__file__).parent / "__pycache__")
    assert not any(tmp_path.iterdir())


def test_a_home_that_does_not_exist_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "nowhere"))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert [place.name for place in cache.places()] == ["compiled"]
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_is_found_in_the_first_place_that_has_it_whole(tmp_path: Path) -> None:
    places = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    assert cache.find(NAME, places) is None
    for place in places[1:]:
        filled(place / NAME)
    assert cache.find(NAME, places) == tmp_path / "b" / NAME
    (tmp_path / "b" / NAME / "step.o").write_bytes(b"")
    assert cache.find(NAME, places) == tmp_path / "c" / NAME


@RIGHTS
@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757])
def test_a_place_or_a_folder_that_others_can_write_to_is_passed_over(tmp_path: Path, mode: int) -> None:
    places = [tmp_path / name for name in ("a", "b", "c")]
    for place in places:
        filled(place / NAME)
    places[0].chmod(mode)
    (places[1] / NAME).chmod(mode)
    assert cache.find(NAME, places) == places[2] / NAME
    with pytest.raises(PermissionError, match="others can write"):
        cache.draft(places[0], NAME)
    assert cache.publish(filled(cache.draft(places[1], NAME), b"ours"), NAME) == places[1] / NAME
    assert (places[1] / NAME / "step.o").read_bytes() == b"ours"
    places[0].chmod(0o755)
    assert cache.find(NAME, places) == places[0] / NAME


@RIGHTS
def test_a_place_and_a_folder_of_another_user_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / NAME)
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    assert cache.find(NAME, [tmp_path]) is None
    assert not cache.is_whole(tmp_path / NAME)
    with pytest.raises(PermissionError, match="others can write"):
        cache.draft(tmp_path, NAME)


@RIGHTS
def test_a_new_place_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        draft = cache.draft(tmp_path / "rnn-scope" / "compiled", NAME)
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (draft, draft.parent)] == [0o700, 0o700]


def test_that_a_folder_was_used_is_noted(tmp_path: Path) -> None:
    folder = aged(filled(tmp_path / NAME), 20)
    cache.find(NAME, [tmp_path])
    assert time.time() - (folder / cache.SEAL).stat().st_mtime < 60


def make_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "one bit": lambda file: file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:]),
    "garbage": lambda file: file.write_bytes(os.urandom(500)),
    "another": lambda file: file.write_bytes(b'["step.o"]'),
    "brackets": lambda file: file.write_bytes(b"[" * 200_000),
    "endless": lambda file: os.truncate(file, 1 << 40),
    "gone": lambda file: file.unlink(),
    "a folder": make_a_folder,
}
if sys.platform != "win32":
    DAMAGES["a pipe"] = make_a_pipe
    DAMAGES["a link"] = lambda file: file.symlink_to(file.rename(file.with_suffix(".b")))


@pytest.mark.parametrize("file", ["step.o", "step.json", cache.SEAL])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_of_any_kind_is_seen(tmp_path: Path, file: str, damage: Callable[[Path], object]) -> None:
    folder = filled(tmp_path / NAME)
    assert cache.is_whole(folder)
    damage(folder / file)
    assert not cache.is_whole(folder)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["step.json"],
        ["step.o"],
        ["step.json", "step.o", "more"],
        ["step.json", "../step.o"],
        ["step.json", "./step.o"],
        ["step.json", "step.o", "../outside"],
    ],
    ids=str,
)
def test_a_seal_names_the_files_that_are_used_and_no_other(tmp_path: Path, names: list[str]) -> None:
    folder = filled(tmp_path / NAME)
    assert list(json.loads((folder / cache.SEAL).read_bytes())) == ["step.json", "step.o"]
    for name in names:
        (folder / name).touch()
    checksums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / cache.SEAL).write_text(json.dumps(checksums), encoding="utf-8")
    assert not cache.is_whole(folder)


def test_a_refusal_is_under_the_seal(tmp_path: Path) -> None:
    folder = filled(tmp_path / NAME)
    cache.refuse(folder, "wrong")
    assert (cache.find(NAME, [tmp_path]), cache.refusal(folder)) == (folder, "wrong")
    (folder / cache.REFUSED).write_bytes(b"\xff")
    assert cache.find(NAME, [tmp_path]) is None
    (folder / cache.REFUSED).unlink()
    assert cache.find(NAME, [tmp_path]) is None


def test_a_draft_takes_the_place_of_nothing_and_of_a_damaged_folder(tmp_path: Path) -> None:
    place = tmp_path / "new" / "place"
    first = filled(cache.draft(place, NAME), b"first")
    assert cache.publish(first, NAME) == place / NAME
    (place / NAME / "step.o").write_bytes(b"fir")
    assert cache.publish(filled(cache.draft(place, NAME), b"second"), NAME) == place / NAME
    assert (place / NAME / "step.o").read_bytes() == b"second"
    assert [folder.name for folder in place.iterdir()] == [NAME]


def test_of_two_drafts_the_first_stays(tmp_path: Path) -> None:
    first, second = (filled(cache.draft(tmp_path, NAME), content) for content in (b"first", b"second"))
    assert cache.publish(first, NAME) == cache.publish(second, NAME) == tmp_path / NAME
    assert (tmp_path / NAME / "step.o").read_bytes() == b"first"
    assert [folder.name for folder in tmp_path.iterdir()] == [NAME]


def test_a_draft_that_cannot_get_its_name_is_used_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> Path:
        raise PermissionError(13, "another program looks at it")

    draft = filled(cache.draft(tmp_path, NAME))
    monkeypatch.setattr(Path, "rename", refuse)
    assert cache.publish(draft, NAME) == draft
    assert cache.is_whole(draft)
    assert list(tmp_path.iterdir()) == [draft]


def test_a_folder_that_another_program_publishes_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (filled(cache.draft(tmp_path, NAME), content) for content in (b"first", b"second"))
    (filled(tmp_path / NAME) / "step.o").write_bytes(b"damaged")
    clear = cache._clear

    def clear_late(folder: Path) -> None:
        assert cache.publish(first, NAME) == folder
        used.append(folder.stat().st_ino)
        clear(folder)

    def clear_once(folder: Path) -> None:
        monkeypatch.setattr(cache, "_clear", clear)
        clear_late(folder)

    used: list[int] = []
    monkeypatch.setattr(cache, "_clear", clear_once)
    assert cache.publish(second, NAME) == tmp_path / NAME
    assert [(tmp_path / NAME).stat().st_ino] == used
    assert (tmp_path / NAME / "step.o").read_bytes() == b"first"
    assert [folder.name for folder in tmp_path.iterdir()] == [NAME]


def test_on_windows_a_draft_that_somebody_reads_gets_its_name_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, refused = Path.rename, list[Path]()

    def refuse_thrice(path: Path, target: Path) -> Path:
        if len(refused) < 3:
            refused.append(path)
            raise PermissionError(13, "another program looks at it")
        return rename(path, target)

    draft = filled(cache.draft(tmp_path, NAME))
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(Path, "rename", refuse_thrice)
    assert cache.publish(draft, NAME) == tmp_path / NAME
    assert refused == [draft] * 3
    assert cache.is_whole(tmp_path / NAME)
    assert list(tmp_path.iterdir()) == [tmp_path / NAME]


def test_old_folders_and_drafts_go_and_all_else_stays(tmp_path: Path) -> None:
    other, draft = "f" * 20, "e" * 20 + ".abc_123x"
    stay = [filled(tmp_path / NAME), filled(tmp_path / other), filled(tmp_path / draft)]
    foreign = aged(filled(tmp_path / "somebody's"), 400)
    cache.tidy(tmp_path, NAME)
    assert all(map(cache.is_whole, [*stay, foreign]))
    aged(tmp_path / NAME, 400)
    aged(tmp_path / other, 29)
    aged(tmp_path / draft, 2)
    cache.tidy(tmp_path, NAME)
    assert [folder.exists() for folder in [*stay, foreign]] == [True, True, False, True]
    aged(tmp_path / other, 31)
    cache.tidy(tmp_path, NAME)
    assert [folder.exists() for folder in [*stay, foreign]] == [True, False, False, True]

"""A result has one writer at a time, and tells when its files are not of one run."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rnn.errors import DataError
from rnn.files import claimed, finish, refuse_mixture, scratch, seal, write_all, write_result
from tests.rnn.within import within

ROOT = Path(__file__).parents[3]
BESIDE = ("rows.csv", "weights.npz")
HOLDER = """
import sys, time
from pathlib import Path
from rnn.files import claimed

with claimed(Path(sys.argv[1])):
    print("claimed", flush=True)
    sys.stdin.read()
"""


def write(folder: Path, content: bytes, settings: str = "seed = 1\n") -> None:
    write_result(folder, dict.fromkeys(BESIDE, content), settings, "")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def claim_elsewhere(folder: Path) -> subprocess.Popen[str]:
    """A process that has claimed ``folder``."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "claimed\n"
    return holder


def lock_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows does, and some networks."""
    fcntl = pytest.importorskip("fcntl")
    flock = fcntl.flock

    def lock(descriptor: int, operation: int) -> None:
        if os.path.isdir(f"/dev/fd/{descriptor}"):
            raise OSError(errno.EBADF, "Bad file descriptor")
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock)


def test_a_claimed_folder_is_refused_to_another_process_until_that_ends_or_dies(tmp_path: Path) -> None:
    for end in (subprocess.Popen.kill, lambda holder: holder.communicate("")):
        with claim_elsewhere(tmp_path / "run") as holder:
            with pytest.raises(DataError, match="run: another command is writing into this folder"):
                claimed(tmp_path / "run").__enter__()
            end(holder)
        with claimed(tmp_path / "run"):
            assert os.listdir(tmp_path / "run") == []


def test_where_the_system_locks_files_alone_a_hidden_one_is_locked_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_files_alone(monkeypatch)
    with claimed(tmp_path / "run"):
        assert os.listdir(tmp_path / "run") == [".rnn-scope.lock"]
        with pytest.raises(DataError, match="another command"), claimed(tmp_path / "run"):
            pass
        assert os.listdir(tmp_path / "run") == [".rnn-scope.lock"]
    assert os.listdir(tmp_path) == []


def test_a_folder_that_was_made_for_a_claim_goes_where_nothing_came_into_it(tmp_path: Path) -> None:
    with claimed(tmp_path / "a" / "b"), claimed(tmp_path / "kept"):
        assert os.listdir(tmp_path / "a") == ["b"]
        write_all(within(tmp_path / "kept", {"file": b""}))
    assert os.listdir(tmp_path) == ["kept"]


def test_files_of_one_run_may_be_read_together_and_each_alone(tmp_path: Path) -> None:
    write(tmp_path, b"1")
    for name in (*BESIDE, seal.NAME):
        refuse_mixture(tmp_path / name)
        (tmp_path / "alone").mkdir()
        shutil.copy(tmp_path / name, tmp_path / "alone" / name)
        refuse_mixture(tmp_path / "alone" / name)
        shutil.rmtree(tmp_path / "alone")
    for name in BESIDE:
        (tmp_path / name).unlink()
        refuse_mixture(tmp_path / seal.NAME)


def test_what_is_said_otherwise_in_a_seal_is_no_mixture(tmp_path: Path) -> None:
    write(tmp_path, b"1")
    text = (tmp_path / seal.NAME).read_text()
    (tmp_path / seal.NAME).write_text(text.replace("seed = 1", "seed = 2 # mine"))
    refuse_mixture(tmp_path / seal.NAME)
    (tmp_path / seal.NAME).write_text("seed = 3\n")
    (tmp_path / "weights.npz").write_bytes(b"2")
    refuse_mixture(tmp_path / "weights.npz")


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_of_another_run_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, b"1")
    (tmp_path / name).write_bytes(b"2")
    for read in ("weights.npz", seal.NAME):
        expected = (
            rf"{read}: {name} and run\.toml in its folder are not of one run, .*; train into it again, or"
        )
        with pytest.raises(DataError, match=expected):
            refuse_mixture(tmp_path / read)
    refuse_mixture(tmp_path / "another.npz")


def test_nothing_is_written_over_a_file_of_a_run_but_another_run(tmp_path: Path) -> None:
    write(tmp_path, b"1")
    with pytest.raises(
        DataError, match=r"weights\.npz: is of the run of .*run\.toml and would be mixed with it"
    ):
        write_all(within(tmp_path, {"weights.npz": b"2"}))
    write_all(within(tmp_path, {"report.npz": b"2"}))
    write(tmp_path, b"2")
    assert contents(tmp_path)["weights.npz"] == b"2"


def test_what_is_missing_is_named_and_none_of_another_run_is_left(tmp_path: Path) -> None:
    write(tmp_path, b"1")
    write_result(tmp_path, {"rows.csv": None, "weights.npz": b"2"}, "", "cannot be written (No space)")
    assert sorted(os.listdir(tmp_path)) == [seal.NAME, "weights.npz"]
    assert "# rows.csv: missing; it cannot be written (No space)\n" in (tmp_path / seal.NAME).read_text()
    refuse_mixture(tmp_path / seal.NAME)
    (tmp_path / "rows.csv").write_bytes(b"1")
    with pytest.raises(DataError, match=r"rows\.csv and run\.toml in its folder are not of one run"):
        refuse_mixture(tmp_path / seal.NAME)


def left_before_moving(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, moves: int) -> None:
    """A result that was killed after so many moves, over what was there."""
    left = folder.with_name("left")
    write(folder, b"0") if not folder.exists() else None
    shutil.copytree(folder, left)
    replace, done = os.replace, 0

    def stop(source: str, target: str) -> None:
        nonlocal done
        if done == moves:
            shutil.rmtree(left)
            shutil.copytree(folder, left)
            raise OSError(errno.EIO, "killed")
        done += 1
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(DataError):
            write(folder, content)
    shutil.rmtree(folder)
    left.rename(folder)


def test_what_was_left_is_finished_or_removed_wherever_the_last_draft_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    left_before_moving(run, monkeypatch, b"1", 0)
    (draft,) = run.glob(".run.toml.*")
    whole = draft.read_bytes()
    for length in range(0, len(whole) - 1, 7):  # without the last line's end it is whole
        shutil.copytree(run, tmp_path / "cut")
        (tmp_path / "cut" / draft.name).write_bytes(whole[:length])
        with claimed(tmp_path / "cut"):
            finish(tmp_path / "cut", BESIDE)
        assert contents(tmp_path / "cut").keys() == {*BESIDE, seal.NAME}
        assert contents(tmp_path / "cut")["weights.npz"] == b"0"
        shutil.rmtree(tmp_path / "cut")
    finish(run, BESIDE)
    assert contents(run).keys() == {*BESIDE, seal.NAME}
    assert contents(run)["weights.npz"] == b"1"


def change(file: Path) -> None:
    file.write_bytes(b"of somebody else")


@pytest.mark.parametrize("harm", [Path.unlink, change])
def test_what_cannot_be_finished_is_removed_and_stays_a_mixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None]
) -> None:
    run = tmp_path / "run"
    left_before_moving(run, monkeypatch, b"1", 1)
    harm(next(run.glob(".weights.npz.rnn-scope-????????")))
    finish(run, BESIDE)
    assert contents(run).keys() == {*BESIDE, seal.NAME}
    with pytest.raises(DataError, match="are not of one run"):
        refuse_mixture(run / seal.NAME)


def test_hidden_files_of_others_and_files_that_a_seal_has_no_business_with_stay(tmp_path: Path) -> None:
    mine = {".weights.npz.swp": b"1", ".weights.npz.1a2b3c4d": b"2", "thesis.tex": b"3"}
    write_all(within(tmp_path, mine))
    text = seal.sealed("", {"thesis.tex": None, "..": None, "rows.csv": None}, "")
    (tmp_path / seal.NAME).write_text(text)
    (tmp_path / ".run.toml.rnn-scope-1a2b3c4d").write_text(text)
    finish(tmp_path, BESIDE)
    assert contents(tmp_path).keys() == {*mine, seal.NAME}


def test_what_lies_beside_a_link_is_finished_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "weights.npz").symlink_to(tmp_path / "store" / "w.npz")
    write(tmp_path / "run", b"0")
    assert os.listdir(tmp_path / "store") == ["w.npz"]
    with scratch(tmp_path / "store" / "w.npz"):
        (tmp_path / "store" / ".w.npz.rnn-scope-1a2b3c4d").write_bytes(b"1")
    finish(tmp_path / "run", BESIDE)
    assert os.listdir(tmp_path / "store") == ["w.npz"]
    refuse_mixture(tmp_path / "run" / seal.NAME)


def test_an_endless_file_in_a_result_is_told_by_its_size(tmp_path: Path) -> None:
    write(tmp_path, b"rows")
    with (tmp_path / "rows.csv").open("ab") as stream:
        stream.truncate(1 << 40)
    for name in ("weights.npz", seal.NAME):
        with pytest.raises(DataError, match=r"rows\.csv and run\.toml in its folder are not of one run"):
            refuse_mixture(tmp_path / name)

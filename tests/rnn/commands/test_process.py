"""train as a process of its own: Ctrl-C, a terminal, a full disk, and the real command line."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from rnn.commands import train
from rnn.commands.progress import WAITING
from rnn.commands.run_files import NAMES
from rnn.config import read_config
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer
from rnn.weights import npz_bytes

ROOT = Path(__file__).parent.parent.parent.parent
COMMAND = [sys.executable, str(ROOT / "main.py"), "train", "--no-setup"]


def ended(
    arguments: Sequence[str], folder: Path, limit: tuple[int, int] | None = None
) -> subprocess.CompletedProcess[str]:
    """The process after its end; ``limit`` is a resource of the system and how much of it there is."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=None if limit is None else lambda: resource.setrlimit(limit[0], (limit[1], limit[1])),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


def hear_hang_up() -> None:
    """A test that itself runs under nohup would hand on that SIGHUP is ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def in_terminal(arguments: Sequence[str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process with a terminal for its stderr, and the other end of that terminal."""
    ours, theirs = pty.openpty()
    try:
        command = [*COMMAND, *arguments]
        with subprocess.Popen(command, cwd=folder, stderr=theirs, preexec_fn=hear_hang_up) as process:  # noqa: PLW1509
            os.close(theirs)
            yield process, ours
    finally:
        os.close(ours)


def to_its_end(terminal: int) -> bytes:
    said = b""
    with contextlib.suppress(OSError):  # so ends a terminal whose other end is closed
        while part := os.read(terminal, 4096):
            said += part
    return said


def test_the_real_command_line_trains_and_its_config_runs_again(tmp_path: Path) -> None:
    first = ended(["--preset", "article", "--epochs", "2", "--seed", "3", "--out", "first"], tmp_path)
    assert (first.returncode, first.stdout) == (0, "")
    said = [line for line in first.stderr.splitlines() if line not in WAITING.values()]
    assert said[0] == "Epoch 1 of 2, update 0 of 200"
    assert said[1].startswith("Trained 2 epochs, 200 updates in ")
    assert len(said) == 2
    second = ended(["--config", "first/run.toml", "--out", "second"], tmp_path)
    assert second.returncode == 0
    for name in NAMES:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    # The process is told to use one thread; the figures are those of this process all the same.
    scalars = Trainer(read_config(tmp_path / "first" / "run.toml")).advance()
    written = np.loadtxt(tmp_path / "first" / "updates.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(written[:, 2], scalars.loss, rtol=1e-12)


def test_a_wrong_argument_of_the_real_command_line_ends_with_2(tmp_path: Path) -> None:
    refused = ended(["--out", "run", "--set", "seed=x"], tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "seed must be a whole number, not 'x'.\n"
    assert os.listdir(tmp_path) == []


def test_ctrl_c_writes_all_that_was_trained(tmp_path: Path) -> None:
    with in_terminal(["--epochs", "1000000", "--out", "run"], tmp_path) as (process, terminal):
        said = b""
        while b", mse " not in said:
            said += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        said += to_its_end(terminal)
        assert process.wait(timeout=300) == 130
    nothing, first, *between, blank, last = said.decode().removesuffix("\r\n").split("\r")
    assert nothing == blank.strip() == ""
    assert first == "Epoch 1 of 1,000,000, update 0 of 100,000,000"
    assert len(between) >= 1
    for line in between:
        if line.rstrip() in WAITING.values():  # as it is on a machine that is busy, or new
            continue
        assert re.fullmatch(r"Epoch [\d,]+ of 1,000,000, update .* of 100,000,000, mse [\d.e-]+, .*", line)
    sentence = r"Interrupted in epoch ([\d,]+) after update ([\d,]+); everything up to there is in run\."
    found = re.fullmatch(sentence, last)
    assert found is not None, last
    epoch, update = (int(group.replace(",", "")) for group in found.groups())
    assert update > 0

    trainer = Trainer(read_config(tmp_path / "run" / "run.toml"))
    assert trainer.target_epochs == 1_000_000
    scalars = trainer.advance(update)
    table = np.loadtxt(tmp_path / "run" / "updates.csv", delimiter=",", skiprows=1)
    np.testing.assert_array_equal(table[:, 1], np.arange(1, update + 1))
    np.testing.assert_allclose(table[:, 2], scalars.loss, rtol=1e-9)
    epochs = (tmp_path / "run" / "epochs.csv").read_text().splitlines()[1:]
    assert len(epochs) == epoch - 1
    assert sorted(os.listdir(tmp_path / "run")) == sorted(NAMES)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_sigterm_and_sighup_write_all_that_was_trained_too(tmp_path: Path, number: signal.Signals) -> None:
    with in_terminal(["--epochs", "1000000", "--out", "run"], tmp_path) as (process, terminal):
        said = b""
        while b", mse " not in said:
            said += os.read(terminal, 4096)
        process.send_signal(number)
        said += to_its_end(terminal)
        assert process.wait(timeout=300) == 128 + number
    sentence = rb"Interrupted in epoch [\d,]+ after update ([\d,]+); everything up to there is in run\."
    found = re.search(sentence, said)
    assert found is not None, said
    table = np.loadtxt(tmp_path / "run" / "updates.csv", delimiter=",", skiprows=1)
    assert len(table) == int(found.group(1).replace(b",", b""))
    assert sorted(os.listdir(tmp_path / "run")) == sorted(NAMES)


def test_under_nohup_the_end_of_a_terminal_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    advance = Trainer.advance

    def hung_up(trainer: Trainer, **_: float) -> Scalars:
        signal.raise_signal(signal.SIGHUP)
        return advance(trainer)

    monkeypatch.setattr(Trainer, "advance", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert train.main(["--epochs", "2", "--out", str(tmp_path / "run")]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "Trained 2 epochs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_stop_before_the_first_update_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    code: int,
) -> None:
    advance = Trainer.advance

    def stopped(trainer: Trainer, **_: float) -> Scalars:
        signal.raise_signal(number)
        return advance(trainer, updates=0)

    monkeypatch.setattr(Trainer, "advance", stopped)
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGHUP)
    hear_hang_up()
    try:
        assert train.main(["--epochs", "1000000", "--out", "of/run"]) == code
    finally:
        signal.signal(signal.SIGHUP, before)
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "Interrupted before the first update; nothing was written."
    assert os.listdir(tmp_path) == []


def test_a_terminal_shows_one_line_that_is_written_over(tmp_path: Path) -> None:
    arguments = ["--set", "task.sequences=2000", "--epochs", "4", "--out", "run"]
    with in_terminal(arguments, tmp_path) as (process, terminal):
        said = to_its_end(terminal)
        assert process.wait(timeout=300) == 0
    nothing, first, *between, blank, last = said.decode().removesuffix("\r\n").split("\r")
    assert nothing == ""
    assert first == "Epoch 1 of 4, update 0 of 8,000"
    for line in between:  # how many there are depends on the machine
        if line.rstrip() in WAITING.values():
            continue
        assert re.fullmatch(r"Epoch \d of 4, update [\d,]+ of 8,000, mse [\d.e-]+, [\d,]+ updates/s *", line)
    assert blank == " " * len([first, *between][-1].rstrip())  # what was there is wiped out
    assert last.startswith("Trained 4 epochs, 8,000 updates in ")
    assert "\n" not in last


def inspecting(folder: Path) -> list[str]:
    """inspect on a small model."""
    rng = np.random.default_rng(0)
    shapes = {"rnn.weight_ih_l0": (3, 1), "rnn.weight_hh_l0": (3, 3), "fc.weight": (1, 3)}
    weights = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    (folder / "model.npz").write_bytes(npz_bytes(weights))
    return [*COMMAND[:2], "inspect", "--no-setup", "model.npz", "--out", "report.npz"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is full")
@pytest.mark.parametrize("asked", [[], ["--help"]], ids=["summary", "help"])
def test_a_full_stdout_is_one_sentence(tmp_path: Path, asked: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*inspecting(tmp_path), *asked],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "Standard output cannot be written (No space left on device).\n"
    assert os.path.exists(tmp_path / "report.npz") == (not asked)


def test_a_reader_of_stdout_that_has_gone_is_no_mistake(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = inspecting(tmp_path)
    process = subprocess.Popen(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert process.communicate(timeout=300)[1] == ""
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_stdout_cannot_encode_is_replaced(tmp_path: Path, encoding: str) -> None:
    done = subprocess.run(
        inspecting(tmp_path),
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "σₘₐₓ".encode(encoding, "replace").decode(encoding) in done.stdout
    assert os.path.exists(tmp_path / "report.npz")


def test_a_closed_stderr_does_not_stop_a_training(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen([*COMMAND, "--epochs", "2", "--out", "run"], cwd=tmp_path, stderr=writing)
    os.close(writing)
    assert process.wait(timeout=300) == 0
    assert sorted(os.listdir(tmp_path / "run")) == sorted(NAMES)


def test_on_a_full_disk_the_weights_and_the_config_are_kept_before_the_tables(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk.
    arguments = ["--epochs", "200", "--out", "run"]
    assert ended(arguments, tmp_path).returncode == 0
    whole = {name: (tmp_path / "run" / name).read_bytes() for name in NAMES}
    for limit, lost in ((100_000, ["updates.csv"]), (5_000, ["updates.csv", "epochs.csv"])):
        done = ended(arguments, tmp_path, (resource.RLIMIT_FSIZE, limit))
        assert done.returncode == 2
        last = done.stderr.splitlines()[-1]
        assert last.startswith("Trained 200 epochs, 20,000 updates in ")
        told = f"; everything else is in run; {' and '.join(lost)} cannot be written (File too large)."
        assert last.endswith(told)
        kept = {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()}
        assert kept.keys() == set(NAMES) - set(lost)
        seal = kept.pop("run.toml").decode()
        assert kept == {name: whole[name] for name in kept}
        for name in lost:
            assert f"\n# {name}: missing; it cannot be written (File too large)\n" in seal
        assert read_config(tmp_path / "run" / "run.toml").training.epochs == 200


def test_a_disk_without_room_for_the_weights_is_one_sentence_and_leaves_what_was_there(
    tmp_path: Path,
) -> None:
    for folder in ("new", "mine"):
        (tmp_path / "mine").mkdir(exist_ok=True)
        done = ended(["--epochs", "20", "--out", folder], tmp_path, (resource.RLIMIT_FSIZE, 1_000))
        assert done.returncode == 2
        assert done.stderr.splitlines()[1:] == [f"{folder}: cannot be written (File too large)."]
        assert os.listdir(tmp_path) == ["mine"]
        assert os.listdir(tmp_path / "mine") == []


def test_a_second_training_into_one_folder_ends_at_once(tmp_path: Path) -> None:
    with in_terminal(["--epochs", "1000000", "--out", "run"], tmp_path) as (process, terminal):
        os.read(terminal, 1)
        second = ended(["--epochs", "1", "--out", "run"], tmp_path)
        assert (second.returncode, second.stderr) == (
            2,
            "run: another command is writing into this folder.\n",
        )
        process.kill()
    assert ended(["--epochs", "1", "--out", "run"], tmp_path).returncode == 0
    assert sorted(os.listdir(tmp_path / "run")) == sorted(NAMES)


def test_a_run_too_large_for_the_memory_is_refused(tmp_path: Path) -> None:
    large = ["--set", "task.sequences=100000", "task.length=10000", "--out", "run"]
    done = ended(large, tmp_path, (resource.RLIMIT_AS, 4 << 30))
    assert done.returncode == 2
    assert done.stderr == "This run is too large for the memory of this machine.\n"
    assert os.listdir(tmp_path) == []

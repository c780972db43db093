"""train --record and recording: the weights of any update, without a window."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from rnn.commands import recording
from tests.rnn.commands.tables import QUICK, Train, all_bytes

IN_NUMPY = ["--preset", "article", *QUICK, "--set", "engine=numpy", "training.optimizer=adam"]


def arrays_of(file: str) -> dict[str, bytes]:
    with np.load(file) as archive:
        return {name: archive[name].tobytes() for name in archive.files}


def taken_out(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The exit code of recording, and what it says."""
    code = recording.main([*map(str, arguments)])
    said = capsys.readouterr()
    assert said.out == ""
    return code, said.err


def test_the_weights_of_an_update_are_those_of_a_run_that_ends_there(
    train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(*IN_NUMPY, "--out", "all", "--record", "recordings/all")[0] == 0
    assert train(*IN_NUMPY, "--out", "plain")[0] == 0
    assert all_bytes("all") == all_bytes("plain")
    for epochs in (1, 2, 3):
        assert train(*IN_NUMPY, "--epochs", epochs, "--out", "some")[0] == 0
        code, said = taken_out(capsys, "recordings/all", "--update", 6 * epochs, "--weights", f"{epochs}.npz")
        assert (code, said) == (0, f"Weights of update {6 * epochs} of 18 are in {epochs}.npz.\n")
        assert arrays_of(f"{epochs}.npz") == arrays_of("some/weights.npz")
    assert taken_out(capsys, "recordings/all", "--update", 0, "--weights", "0.safetensors")[0] == 0


def test_a_compiled_run_is_recorded_too(train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--preset", "temporal-order", "--set", "task.sequences=40", "--epochs", "3"]
    assert train(*asked, "--out", "all", "--record", "all/run.recording")[0] == 0
    updates = len(Path("all/updates.csv").read_text().splitlines()) - 1
    code, _ = taken_out(capsys, "all/run.recording", "--update", updates, "--weights", "w.npz")
    assert code == 0
    assert arrays_of("w.npz") == arrays_of("all/weights.npz")


def test_a_run_that_diverges_is_recorded_up_to_there(
    train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    wild = ["model.nonlinearity=identity", "training.learning_rate=1000000", "training.optimizer=sgd"]
    code, _ = train(*IN_NUMPY, "--set", *wild, "--epochs", 50, "--out", "wild", "--record", "r")
    assert code == 3
    updates = len(Path("wild/updates.csv").read_text().splitlines()) - 1
    assert taken_out(capsys, "r", "--update", updates, "--weights", "w.npz")[0] == 0
    assert arrays_of("w.npz") == arrays_of("wild/weights.npz")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["r", "--update", "19", "--weights", "w.npz"],
            "--update must be from 0 to 18, the last one, not 19.",
        ),
        (
            ["r", "--update", "-1", "--weights", "w.npz"],
            "--update must be from 0 to 18, the last one, not -1.",
        ),
        (["r", "--update", "3", "--weights", "r"], "r: is the recording and would be written over"),
        (["r", "--update", "3", "--weights", "w.txt"], "w.txt: expected a name that ends in .npz or"),
        (["none", "--update", "3", "--weights", "w.npz"], "none: there is no such file."),
        (
            ["o/weights.npz", "--update", "3", "--weights", "w.npz"],
            "o/weights.npz: expected a recording, as ",
        ),
        (["r", "--update", "3"], "The following arguments are required: --weights"),
        (["r", "--update", "x", "--weights", "w.npz"], "Argument --update: invalid int value: 'x'"),
    ],
)
def test_what_cannot_be_taken_out_is_told(
    arguments: list[str], said: str, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(*IN_NUMPY, "--out", "o", "--record", "r")[0] == 0
    before = Path("r").read_bytes()
    code, found = taken_out(capsys, *arguments)
    assert (code, found[: len(said)]) == (2, said)
    assert found.count("\n") == 1
    assert len(found) <= 301
    assert sorted(os.listdir()) == ["o", "r"]
    assert Path("r").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--record", "o/run.toml"], "o/run.toml: is written by this run as something else; name another "),
        (["--record", "o/../o/updates.csv"], "o/../o/updates.csv: is written by this run as something else"),
        (["--record", "."], ".: expected a file or nothing, found a folder."),
        (["--record", "r", "--record-megabytes", "0"], "--record-megabytes must be at least 1, not 0."),
    ],
)
def test_what_cannot_be_recorded_is_told_before_it_is_trained(
    arguments: list[str], said: str, train: Train
) -> None:
    code, found = train(*IN_NUMPY, "--out", "o", *arguments)
    assert (code, found[: len(said)]) == (2, said)
    assert os.listdir() == []


def test_a_recording_is_not_written_over_what_the_run_reads(train: Train) -> None:
    rng = np.random.default_rng(0)
    np.savez("d.npz", x=rng.normal(size=(3, 4, 1)), y=rng.normal(size=(3, 4, 1)))
    code, said = train("--data", "d.npz", "--epochs", 1, "--out", "o", "--record", "d.npz")
    assert code == 2
    assert said == "d.npz: is read by this run and would be written over; name another --record.\n"

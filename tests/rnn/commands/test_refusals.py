"""Every wrong argument, file or value of train: one sentence, exit code 2, and nothing written."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnn.commands.train import main
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.weights import save_weights
from tests.rnn.cases import GOLDEN, golden, write_data

WEIGHTS, DATA = str(GOLDEN / "article_weights.npz"), str(GOLDEN / "article_data.npz")
X = np.ones((2, 3, 1))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all the wrong files in it."""
    monkeypatch.chdir(tmp_path)
    weights = golden("article_weights")
    files: dict[str, bytes] = {
        "empty": b"",
        "text.npz": b"hello",
        "broken.toml": b"seed: 3\n",
        "latin1.toml": b"# \xe9\n",
        "unknown.toml": b"[training]\nspeed = 3\n",
        "section.toml": b"training = 3\n",
        "two_widths.toml": b'[model]\nlayers = [8]\nweights = "good.npz"\n',
        "two_cells.toml": b'[model]\ncell = "lstm"\nweights = "good.npz"\n',
        "relu.toml": b'[model]\nnonlinearity = "relu"\nweights = "gru.npz"\n',
        "good.npz": Path(WEIGHTS).read_bytes(),
        "flipped.npz": _flipped(Path(WEIGHTS).read_bytes()),
    }
    for name, content in files.items():
        Path(name).write_bytes(content)
    os.mkdir("dir")
    os.makedirs("taken/weights.npz")
    write_data(Path("nan.npz"), x=X, y=np.array([[[1.0], [np.nan], [1.0]]] * 2))
    write_data(Path("unfit.npz"), x=X, y=X[:, :2])
    write_data(Path("only_x.npz"), x=X)
    write_data(Path("wide.npz"), x=np.ones((2, 3, 5)), y=X)
    write_data(Path("shapes.npz"), **weights | {"head.weight": np.ones((1, 7))})
    save_weights("gru.npz", Network(1, (5, 3), 1, cell=CELLS["gru"]()))
    write_data(Path("classes.npz"), x=X, y=np.ones((2, 3), dtype=int))
    renamed = {name.removeprefix("rnn.weight_"): array for name, array in weights.items()}
    write_data(Path("named.npz"), **renamed)
    return tmp_path


def _flipped(content: bytes) -> bytes:
    damaged = bytearray(content)
    damaged[len(content) // 4] ^= 4
    return bytes(damaged)


def everything(folder: Path) -> list[tuple[str, bytes]]:
    return sorted((str(p), p.read_bytes() if p.is_file() else b"") for p in folder.rglob("*"))


# Where a line names no --out, there is one behind it. Sentences may go on.
REFUSED = {
    "--out": "Argument --out: expected one argument; ",
    "--out ''": "--out must name a folder.",
    "--fast": "Unrecognized arguments: --fast; ",
    "--epoch 3": "Unrecognized arguments: --epoch 3; ",
    "extra": "Unrecognized arguments: extra; ",
    "--preset article --config c.toml": "Argument --config: not allowed with argument --preset; ",
    "--config c.toml --preset article": "Argument --preset: not allowed with argument --config; ",
    "--preset none": "preset must be one of ",
    "--preset ''": "preset must be one of ",
    "--preset ../article": "preset must be one of ",
    "--preset": "Argument --preset: expected one argument; ",
    "--epochs 0": "training.epochs must be from 1 to 10,000,000, not 0.",
    "--epochs -3": "training.epochs must be from 1 to 10,000,000, not -3.",
    "--epochs two": "training.epochs must be a whole number, not 'two'.",
    "--epochs ''": "training.epochs must be a whole number, not ''.",
    "--seed 1.5": "seed must be a whole number, not '1.5'.",
    f"--seed {'9' * 5000}": "seed must be a whole number, not ",
    "--set": "Argument --set: expected at least one argument; ",
    "--set seed": "--set takes KEY=VALUE, such as training.learning_rate=0.1, not 'seed'.",
    "--set =3": "--set takes KEY=VALUE, such as training.learning_rate=0.1, not '=3'.",
    "--set .seed=5": ".seed is not a setting; ",
    "--set seed=1 speed=2": "speed is not a setting; ",
    "--set training.learning_rate=nan": "training.learning_rate must be a finite number, not nan.",
    "--set training.learning_rate=": "training.learning_rate must be a number, not ''.",
    "--set training.epochs=off": "training.epochs must be a whole number, not 'off'.",
    "--set model.layers=4,0": "model.layers must be from 1 to 4,096, not 0.",
    "--set model.layers=": "model.layers must name at least one width.",
    "--set model.cell=rnn": "model.cell must be one of vanilla, gru, lstm, not 'rnn'.",
    "--set model.cell=gru model.nonlinearity=relu": "model.nonlinearity must be tanh with the cell gru",
    "--set model.nonlinearity=relu model.cell=gru": "model.nonlinearity must be tanh with the cell gru",
    "--set model.spectral_radius=1 model.cell=lstm": "model.spectral_radius must be off with the cell ",
    "--set training.step_epochs=3": "training.step_epochs must be 10 with the schedule constant, not 3.",
    "--set training.shuffle=on task.carry_state=on": "training.shuffle must be false where the state ",
    "--set model.readout=nll": "model.readout must be mse for the task sine, not nll.",
    "--set training.batch=101": "training.batch must be at most 100, the sequences that there are, not 101.",
    "--set training.truncation=11": "training.truncation must be at most 10, the time steps of a ",
    "--set task.name=adding task.noise=1": "task.noise is not a setting; here there are delay, ",
    "--data classes.npz --set model.readout=mse": "model.readout must be nll, since the targets ",
    "--data classes.npz --set task.name=sine": "task.name must be data with --data, not sine.",
    "--set model.head=decoder": "model.head must be empty without a file of weights, not decoder.",
    "--weights good.npz --set model.head=decoder": "good.npz, decoder.weight: expected it as the readout, ",
    "--set task.file=d.npz": "task.file is not a setting; ",
    "--set task.name=data": "task.file must name an .npz file with x and y.",
    "--set model.weights=": "model.weights must name an .npz or .safetensors file, or be off.",
    "--config none.toml": "none.toml: there is no such file.",
    "--config dir": "dir: expected a file, found a folder.",
    "--config broken.toml": "broken.toml: expected TOML (",
    "--config latin1.toml": "latin1.toml: expected TOML (",
    "--config unknown.toml": "training.speed is not a setting; ",
    "--config section.toml": "section.toml, training: expected a table [training].",
    "--data ''": "task.file must name an .npz file with x and y.",
    "--data none.npz": "none.npz: there is no such file, and task.file names it.",
    f"--data {'n' * 300}": f"{'n' * 33}…{'n' * 66}: cannot be read (File name too long).",
    "--data dir": "dir: expected a file, found a folder.",
    "--data empty": "empty: expected an .npz file of plain arrays; ",
    "--data text.npz": "text.npz: expected an .npz file of plain arrays; ",
    "--data nan.npz": "nan.npz, y at sequence 0, time step 1, output 0, counted from 0: "
    "expected a finite number, found nan.",
    "--data unfit.npz": "unfit.npz, y: expected 2 sequences of 3 time steps as in x, found 2 of 2.",
    "--data only_x.npz": "only_x.npz: expected an array y (sequence, time step, output), (sequence, ",
    "--data '\udcff'": "task.file must be text in UTF-8, not ",
    "--weights none.npz": "none.npz: there is no such file, and model.weights names it.",
    "--weights dir": "dir: expected a file, found a folder.",
    "--weights empty": "empty: expected an .npz or .safetensors file of weights; ",
    "--weights flipped.npz": "flipped.npz, rnn.weight_hh_l0: is damaged.",
    "--weights named.npz": "named.npz: expected a name that ends in weight_ih_l0 or weight_ih, found ",
    "--weights shapes.npz": "shapes.npz, head.weight: expected the shape (outputs, 10), found (1, 7).",
    "--weights good.npz --data wide.npz": "good.npz, rnn.weight_ih_l0: expected as many inputs as the data",
    "--weights good.npz --set model.layers=4": "model.layers must be 10, as in good.npz, not 4.",
    "--weights gru.npz --set model.layers=5": "model.layers must be 5,3, as in gru.npz, not 5.",
    "--weights gru.npz --set model.cell=vanilla": "model.cell must be gru, as in gru.npz, not vanilla.",
    "--weights gru.npz --set model.nonlinearity=relu": "model.nonlinearity must be tanh, as in gru.npz",
    "--config two_cells.toml": "model.cell must be vanilla, as in good.npz, not lstm.",
    "--config relu.toml": "model.nonlinearity must be tanh, as in gru.npz, not relu.",
    "--config two_widths.toml": "model.layers must be 10, as in good.npz, not 8.",
    "--out empty": "empty: expected a folder, but there is a file in its way.",
    "--out empty/below": "empty/below: expected a folder, but there is a file in its way.",
    f"--out new/{'n' * 300}": f"new/{'n' * 29}…{'n' * 66}: cannot be written (File name too long).",
    "--out taken": "taken/weights.npz: expected a file or nothing, found a folder.",
}


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence that train says."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: ascii(line)[1:60])
def test_it_is_refused_in_one_sentence_and_nothing_is_written(
    line: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(folder)
    out = [] if "--out" in line else ["--out", "out"]
    assert refused([*out, *shlex.split(line)], capsys).startswith(REFUSED[line])
    assert everything(folder) == before


def test_the_folder_must_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "The following arguments are required: --out; python3 main.py train --help tells all.\n"
    assert refused(["--preset", "article"], capsys) == sentence


Arrange = Callable[[], list[str]]


def weights_in_place() -> list[str]:
    os.mkdir("run")
    Path("run/weights.npz").write_bytes(Path(WEIGHTS).read_bytes())
    return ["--weights", "run/weights.npz", "--out", "run"]


def weights_by_another_name() -> list[str]:
    weights_in_place()
    os.symlink("run", "link")
    return ["--weights", "link/weights.npz", "--out", os.path.abspath("run")]


def data_under_a_name_that_is_written() -> list[str]:
    os.mkdir("run")
    Path("run/updates.csv").write_bytes(Path(DATA).read_bytes())
    return ["--data", "run/updates.csv", "--out", "./run"]


def weights_of_a_config() -> list[str]:
    weights_in_place()
    Path("c.toml").write_text('[model]\nweights = "run/weights.npz"\n')
    return ["--config", "c.toml", "--out", "run"]


@pytest.mark.parametrize(
    "arrange",
    [weights_in_place, weights_by_another_name, data_under_a_name_that_is_written, weights_of_a_config],
    ids=lambda arrange: arrange.__name__,
)
def test_a_file_that_the_run_reads_is_not_written_over(
    arrange: Arrange, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = arrange()
    before = everything(folder)
    said = refused(arguments, capsys)
    assert said.endswith(": is read by this run and would be written over; name another --out.\n")
    assert everything(folder) == before

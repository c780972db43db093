"""Targets as people have them: one answer a sequence, and numbers without an axis of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main as inspect
from rnn.commands.train import main as train
from rnn.config import RunConfig
from rnn.data.tasks import Data
from rnn.data.tasks.data_file import DataFile
from rnn.errors import DataError
from rnn.report.opening import Wish, look
from rnn.weights import npz_bytes
from tests.rnn.cases import write_data

N, T, D, H = 3, 5, 2, 4
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, T, D))
MASK = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0]])
LAST = [1, 4, 3]  # the last step of each sequence that it scores


def data(folder: Path, **arrays: Any) -> Data:
    return DataFile(file=write_data(folder / "d.npz", x=X, **arrays)).generate(np.random.default_rng(0))


def model(folder: Path, outputs: int) -> str:
    weights = {"gru.weight_ih_l0": (3 * H, D), "gru.weight_hh_l0": (3 * H, H), "fc.weight": (outputs, H)}
    arrays = {name: RNG.standard_normal(shape) for name, shape in weights.items()}
    (folder / "m.npz").write_bytes(npz_bytes(arrays))
    return str(folder / "m.npz")


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("y", "outputs"),
    [(np.array([2, 0, 1]), 3), (RNG.standard_normal(N), 1), (RNG.standard_normal((N, 2)), 2)],
)
def test_one_answer_a_sequence_is_that_of_its_last_scored_step(
    y: Any, outputs: int, masked: bool, tmp_path: Path
) -> None:
    found = data(tmp_path, y=y, **({"mask": MASK} if masked else {}))
    last = LAST if masked else [T - 1] * N
    assert found.outputs == outputs
    assert found.train.scored is not None
    assert found.train.scored.sum() == N
    places = (last, range(N))
    assert found.train.scored[places].all()
    np.testing.assert_array_equal(found.train.y[places].reshape(y.shape), y)
    assert [found.train.end(number) - 1 for number in range(N)] == last
    assert found.train.notes == (f"y {y.shape} is one answer a sequence, at its last scored time step",)
    # It is the same as with the axes written out.
    full = np.zeros((N, T, *y.shape[1:]) if y.dtype.kind == "i" else (N, T, outputs), y.dtype)
    full[range(N), last] = y.reshape(full.shape[:1] + full.shape[2:])
    scored = np.zeros((N, T))
    scored[range(N), last] = 1
    written_out = data(tmp_path, y=full, mask=scored)
    np.testing.assert_array_equal(found.train.y, written_out.train.y)
    np.testing.assert_array_equal(found.train.scored, written_out.train.scored)
    assert written_out.train.notes == ()
    # And inspect measures it so.
    batch = write_data(tmp_path / "b.npz", x=X, y=y, **({"mask": MASK} if masked else {}))
    other = write_data(tmp_path / "o.npz", x=X, y=full, mask=scored)
    reports = []
    for file in (batch, other):
        assert inspect([model_of(tmp_path, outputs), "--data", file, "--out", str(tmp_path / "r.npz")]) == 0
        reports.append(dict(np.load(tmp_path / "r.npz")))
    for name, array in reports[0].items():
        np.testing.assert_array_equal(array, reports[1][name])


def model_of(folder: Path, outputs: int) -> str:
    """The model of this folder, made once."""
    return str(folder / "m.npz") if (folder / "m.npz").exists() else model(folder, outputs)


def test_numbers_of_sequences_and_steps_have_one_output(tmp_path: Path) -> None:
    y = RNG.standard_normal((N, T))
    found = data(tmp_path, y=y, mask=MASK)
    np.testing.assert_array_equal(found.train.y[:, :, 0], np.where(MASK, y, 0.0).T)
    np.testing.assert_array_equal(found.train.scored, MASK.T)
    assert found.train.notes == ("y (3, 5) is one number a time step",)
    held_out = data(tmp_path, y=y, x_validation=X[:1], y_validation=y[:1])
    assert held_out.validation is not None
    assert held_out.validation.y.shape == (T, 1, 1)


def test_where_there_are_as_many_outputs_as_steps_both_readings_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, weights = write_data(tmp_path / "d.npz", x=X, y=RNG.standard_normal((N, T))), model(tmp_path, T)
    readings = f"y is one number a time step or {T} a sequence: give it the axes sequence, time step, output"
    assert inspect([weights, "--data", file, "--out", str(tmp_path / "r.npz")]) == 2
    assert readings in capsys.readouterr().err
    assert train(["--data", file, "--weights", weights, "--out", str(tmp_path / "run")]) == 2
    assert readings in capsys.readouterr().err
    assert readings in look(Wish(weights, file), RunConfig()).refusal
    assert sorted(each.name for each in tmp_path.iterdir()) == ["d.npz", "m.npz"]
    one = model(tmp_path, 1)
    assert inspect([one, "--data", file, "--out", str(tmp_path / "r.npz")]) == 0
    assert capsys.readouterr().out.startswith("y (3, 5) is one number a time step.\n")


def test_a_squared_error_for_0_and_1_is_said_to_be_assumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    y = (RNG.random((N, T, 1)) > 0.5).astype(np.float32)
    assumed = "y holds 0 and 1 alone; it is taken as numbers, with the squared error"
    file, weights = write_data(tmp_path / "d.npz", x=X, y=y), model(tmp_path, 1)
    assert inspect([weights, "--data", file, "--out", str(tmp_path / "r.npz")]) == 0
    assert capsys.readouterr().out.startswith(f"{assumed}.\n")
    arguments = ["--data", file, "--weights", weights, "--epochs", "1", "--out", str(tmp_path / "run")]
    assert train(arguments) == 0
    assert capsys.readouterr().err.startswith(f"{assumed}.\n")
    assert look(Wish(weights, file), RunConfig()).data.startswith(f"{assumed}. 3 sequences of 5 time steps")
    y[0, 0] = 0.5
    assert data(tmp_path, y=y).train.notes == ()
    y[:, 1], y[0, 1] = 1.0, 0.0
    assert data(tmp_path, y=y, mask=MASK * [0, 1, 0, 0, 0]).train.notes == (assumed,)


@pytest.mark.parametrize("shape", [(N, 1), (N, T - 1), (N + 1,)])
def test_class_numbers_of_another_shape_are_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"y: expected "):
        data(tmp_path, y=np.zeros(shape, dtype=int))

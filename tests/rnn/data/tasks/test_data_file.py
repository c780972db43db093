"""Data files: read as they are, and refused in one sentence that names the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.data.tasks import Data
from rnn.data.tasks.data_file import DataFile
from rnn.errors import ConfigError, DataError
from rnn.files.npz import read_npz
from tests.rnn.cases import write_data

X = np.arange(24.0).reshape(2, 4, 3)
Y = np.arange(8.0).reshape(2, 4, 1)
CLASSES = np.array([[0, 1, 2, 1], [2, 2, 0, 1]])
MASK = np.array([[False, True, True, False], [True, False, False, False]])


def generated(file: str) -> Data:
    return DataFile(file=file).generate(np.random.default_rng(0))


def with_value(array: Any, place: tuple[int, ...], value: float) -> Any:
    changed = array.copy()
    changed[place] = value
    return changed


def test_sequences_are_read_first_axis_first_and_held_time_major(tmp_path: Path) -> None:
    data = generated(write_data(tmp_path / "d.npz", x=X, y=Y))
    assert data.train.x.shape == (4, 2, 3)
    assert data.train.y.shape == (4, 2, 1)
    np.testing.assert_array_equal(data.train.x[3, 1], X[1, 3])
    np.testing.assert_array_equal(data.train.y[:, 0], Y[0])
    assert data.validation is None
    assert data.outputs == 1
    assert data.train.scored is None
    assert DataFile(file="d.npz").references(data) == ()


def test_validation_arrays_are_held_out(tmp_path: Path) -> None:
    data = generated(write_data(tmp_path / "d.npz", x=X, y=Y, x_validation=-X[:1], y_validation=-Y[:1]))
    assert data.validation is not None
    np.testing.assert_array_equal(data.validation.x[:, 0], -X[0])
    assert data.validation.count == 1


def test_states_to_begin_in_are_kept_by_layer_and_are_held_out_too(tmp_path: Path) -> None:
    h0, c1 = np.full((2, 5), 0.5, dtype=np.float32), np.arange(4.0).reshape(2, 2)
    file = write_data(
        tmp_path / "d.npz",
        x=X,
        y=Y,
        h0_l0=h0,
        c0_l1=c1,
        x_validation=X[:1],
        y_validation=Y[:1],
        h0_l0_validation=-h0[:1],
    )
    data = generated(file)
    assert set(data.train.start) == {"h0_l0", "c0_l1"}
    np.testing.assert_array_equal(data.train.start["h0_l0"], h0.astype(float))
    np.testing.assert_array_equal(data.train.start["c0_l1"], c1)
    assert data.validation is not None
    np.testing.assert_array_equal(data.validation.start["h0_l0"], -h0[:1])
    assert generated(write_data(tmp_path / "d.npz", x=X, y=Y)).train.start == {}


@pytest.mark.parametrize("kind", [np.float32, np.int16, np.uint8, np.bool_, np.float64])
def test_any_real_numbers_become_float64(kind: type, tmp_path: Path) -> None:
    data = generated(write_data(tmp_path / "d.npz", x=np.ones((1, 2, 1), kind), y=np.zeros((1, 2, 1), kind)))
    assert data.train.x.dtype == np.float64
    np.testing.assert_array_equal(data.train.x, np.ones((2, 1, 1)))


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.int16])
def test_integers_without_an_axis_of_outputs_are_class_numbers(kind: type, tmp_path: Path) -> None:
    data = generated(write_data(tmp_path / "d.npz", x=X, y=CLASSES.astype(kind)))
    assert data.train.y.dtype == np.int64
    np.testing.assert_array_equal(data.train.y, CLASSES.T)
    assert data.outputs == 3
    one_output = generated(write_data(tmp_path / "d.npz", x=X, y=CLASSES.astype(kind)[..., None]))
    assert (one_output.train.y.dtype, one_output.outputs) == (np.float64, 1)


@pytest.mark.parametrize(("trained", "held_out"), [(2, 5), (5, 2)])
def test_there_are_as_many_classes_as_training_or_validation_needs(
    trained: int, held_out: int, tmp_path: Path
) -> None:
    arrays = {"y": np.full((2, 4), trained), "y_validation": np.full((2, 4), held_out)}
    data = generated(write_data(tmp_path / "d.npz", x=X, x_validation=X, **arrays))
    assert data.outputs == 6


@pytest.mark.parametrize("kind", [np.bool_, np.int8, np.float64])
def test_a_mask_says_which_steps_are_scored(kind: type, tmp_path: Path) -> None:
    file = write_data(tmp_path / "d.npz", x=X, y=Y, mask=MASK.astype(kind), x_validation=X, y_validation=Y)
    data = generated(file)
    assert data.train.scored is not None
    assert data.train.scored.dtype == np.bool_
    np.testing.assert_array_equal(data.train.scored, MASK.T)
    assert [data.train.end(0), data.train.end(1)] == [3, 1]
    assert data.train.batch(slice(0, 2)).scores == 3
    assert data.validation is not None
    assert data.validation.scored is None


def test_a_mask_may_be_held_out_too(tmp_path: Path) -> None:
    held_out = {"x_validation": X, "y_validation": CLASSES, "mask_validation": MASK}
    data = generated(write_data(tmp_path / "d.npz", x=X, y=CLASSES, **held_out))
    assert data.validation is not None
    assert data.train.scored is None
    np.testing.assert_array_equal(data.validation.scored, MASK.T)


def test_a_compressed_file_is_read_too(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "d.npz", x=X, y=Y)
    np.testing.assert_array_equal(generated(str(tmp_path / "d.npz")).train.x, X.swapaxes(0, 1))


Y_AXES = (
    "expected an array y (sequence, time step, output), (sequence, output) or (sequence), or of class numbers"
)
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no y": ({"x": X}, Y_AXES + ", found x"),
    "no arrays": ({}, "expected an array x (sequence, time step, input), found nothing"),
    "one axis too few": (
        {"x": X[0], "y": Y},
        "expected the axes (sequence, time step, input), found the shape (4, 3)",
    ),
    "text": ({"x": np.full((2, 4, 3), "a"), "y": Y}, "x: expected real numbers, found text"),
    "complex": ({"x": X, "y": Y * 1j}, "y: expected real numbers, found complex128"),
    "no sequences": ({"x": X[:0], "y": Y[:0]}, "x: expected at least one value, found the shape (0, 4, 3)"),
    "no features": ({"x": X[..., :0], "y": Y}, "x: expected at least one value, found the shape (2, 4, 0)"),
    "nan": (
        {"x": with_value(X, (1, 2, 0), np.nan), "y": Y},
        "x at sequence 1, time step 2, input 0, counted from 0: expected a finite number, found nan",
    ),
    "inf": (
        {"x": X, "y": with_value(Y, (0, 3, 0), -np.inf)},
        "y at sequence 0, time step 3, output 0, counted from 0: expected a finite number, found -inf",
    ),
    "too large for float64": (
        {"x": np.full((1, 2, 1), "1e4000").astype(np.longdouble), "y": np.ones((1, 2, 1))},
        "x at sequence 0, time step 0, input 0, counted from 0: expected a finite number, found inf",
    ),
    "sequences that do not fit": (
        {"x": X, "y": Y[:1]},
        "y: expected 2 sequences of 4 time steps as in x, found 1 of 4",
    ),
    "steps that do not fit": (
        {"x": X, "y": Y[:, :2]},
        "y: expected 2 sequences of 4 time steps as in x, found 2 of 2",
    ),
    "an array that nothing reads": (
        {"x": X, "y": Y, "x_valid": X},
        "x_valid: is not among the arrays that are read: "
        "x, y, mask, x_validation, y_validation, mask_validation, output, loss, h0_l0, c0_l0, h0_l1, …",
    ),
    "a start of another number of sequences": (
        {"x": X, "y": Y, "h0_l0": np.ones((3, 4))},
        "h0_l0: expected 2 sequences as in x, found 3",
    ),
    "a start without units": (
        {"x": X, "y": Y, "c0_l1": np.ones(2)},
        "c0_l1: expected the axes (sequence, unit), found the shape (2,)",
    ),
    "a start that is not finite": (
        {"x": X, "y": Y, "h0_l1": np.array([[0.0, 1.0], [np.nan, 0.0]])},
        "h0_l1 at sequence 1, unit 0, counted from 0: expected a finite number, found nan",
    ),
    "a start of what is not held out": (
        {"x": X, "y": Y, "h0_l0_validation": np.ones((2, 4))},
        "expected an array x_validation (sequence, time step, input), found h0_l0_validation, x, y",
    ),
    "an answer for each of other sequences": (
        {"x": X, "y": np.ones(3)},
        "y: expected 2 sequences as in x, found 3",
    ),
    "an axis too many": (
        {"x": X, "y": np.ones((2, 4, 1, 1))},
        f"y: expected the axes {Y_AXES.partition(' y ')[2]}, found the shape (2, 4, 1, 1)",
    ),
    "tokens in the place of x": (
        {"x": np.ones((2, 4), dtype=int), "y": Y},
        "x: expected the axes (sequence, time step, input), found (2, 4) of integers; of tokens, x is what "
        "the model's embedding gives for them",
    ),
    "half a validation": (
        {"x": X, "y": Y, "x_validation": X},
        "array y_validation" + Y_AXES.removeprefix("expected an array y") + ", found x, x_validation, y",
    ),
    "a mask of what is not held out": (
        {"x": X, "y": Y, "mask_validation": MASK},
        "expected an array x_validation (sequence, time step, input), found mask_validation, x, y",
    ),
    "validation inputs of another kind": (
        {"x": X, "y": Y, "x_validation": X[..., :2], "y_validation": Y},
        "x_validation: expected 3 features as in training, not 2",
    ),
    "validation targets of another kind": (
        {"x": X, "y": Y, "x_validation": X, "y_validation": np.ones((2, 4, 5))},
        "y_validation: expected 1 features as in training, not 5",
    ),
    "classes that are held out alone": (
        {"x": X, "y": Y, "x_validation": X, "y_validation": CLASSES},
        "y_validation: expected numbers (sequence, time step, output) as in training",
    ),
    "classes that are trained on alone": (
        {"x": X, "y": CLASSES, "x_validation": X, "y_validation": Y},
        "y_validation: expected class numbers as in training",
    ),
    "classes that are truth values": (
        {"x": X, "y": CLASSES > 0},
        "y: expected numbers, or integers that are class numbers, found bool",
    ),
    "a negative class": (
        {"x": X, "y": CLASSES - 1},
        "y at sequence 0, time step 0, counted from 0: "
        "expected a class number from 0 to 65,535, found -1; a mask says "
        "which time steps are not scored",
    ),
    "a class beyond all": (
        {"x": X, "y": with_value(CLASSES.astype(np.uint64), (1, 2), 2**63)},
        "y at sequence 1, time step 2, counted from 0: "
        "expected a class number from 0 to 65,535, found 9223372036854775808",
    ),
    "a negative class held out": (
        {"x": X, "y": CLASSES, "x_validation": X, "y_validation": -CLASSES},
        "y_validation at sequence 0, time step 1, counted from 0: "
        "expected a class number from 0 to 65,535, found -1; a mask "
        "says which time steps are not scored",
    ),
    "no classes": ({"x": X, "y": CLASSES[:0]}, "y: expected at least one value, found the shape (0, 4)"),
    "classes that do not fit": (
        {"x": X, "y": CLASSES[:, :3]},
        "y: expected class numbers (sequence, time step) or (sequence), found the shape (2, 3); numbers have "
        "a point, as 1.0",
    ),
    "a mask that does not fit": (
        {"x": X, "y": Y, "mask": MASK[:1]},
        "mask: expected 2 sequences of 4 time steps as in x, found 1 of 4",
    ),
    "a mask that does not fit and scores nothing": (
        {"x": X, "y": Y, "mask": np.zeros((3, 1))},
        "mask: expected 2 sequences of 4 time steps as in x, found 3 of 1",
    ),
    "a mask that does not fit one step": (
        {"x": X[:1, :1], "y": Y[:1, :1], "mask": MASK},
        "mask: expected 1 sequence of 1 time step as in x, found 2 of 4",
    ),
    "a mask with an axis too many": (
        {"x": X, "y": Y, "mask": MASK[..., None]},
        "mask: expected the axes (sequence, time step), found the shape (2, 4, 1)",
    ),
    "a mask of weights": (
        {"x": X, "y": Y, "mask": with_value(MASK * 1.0, (1, 3), 0.5)},
        "mask at sequence 1, time step 3, counted from 0: expected 0 or 1, found 0.5",
    ),
    "a mask of words": (
        {"x": X, "y": Y, "mask": MASK.astype(str)},
        "mask: expected real numbers, found text",
    ),
    "a mask without a scored step": (
        {"x": X, "y": Y, "mask": MASK & [[True], [False]]},
        "mask at sequence 1, counted from 0: expected at least one time step that is scored",
    ),
    "a mask held out without a scored step": (
        {"x": X, "y": Y, "x_validation": X, "y_validation": Y, "mask_validation": MASK & False},
        "mask_validation at sequence 0, counted from 0: expected at least one time step that is scored",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_by_its_place(case: str, tmp_path: Path) -> None:
    arrays, expected = REFUSED[case]
    file = write_data(tmp_path / "d.npz", **arrays)
    with pytest.raises(DataError) as refusal:
        generated(file)
    assert str(refusal.value).startswith(file)
    assert str(refusal.value).endswith(expected)


OTHER_KIND = "expected an .npz file of plain arrays; this is of another kind, or damaged"
CONTENTS = {
    "empty": (b"", OTHER_KIND),
    "text": (b"time,value\n0,1\n", OTHER_KIND),
    "half": (b"PK\x03\x04" + bytes(26) + b"x.npy" + bytes(900), OTHER_KIND),
    "one array": (
        b"\x93NUMPY\x01\x00",
        "expected an .npz file, found a single array (.npy): save it with np.savez",
    ),
    "a pickle": (
        b"\x80\x04K\x01.",
        "expected an .npz file, found a pickle, which could run anything: save what is wanted of it with "
        "np.savez",
    ),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_another_kind_of_file_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "d.npz"
    content, expected = CONTENTS[kind]
    file.write_bytes(content)
    with pytest.raises(DataError) as refusal:
        read_npz(file)
    assert str(refusal.value) == f"{file}: {expected}"


def test_objects_are_named_where_they_are_what_is_needed(tmp_path: Path) -> None:
    ragged = np.empty(2, dtype=object)
    ragged[:] = [X[0], X[1][:2]]
    with pytest.raises(DataError, match=r"x: expected real numbers, found Python objects; pad sequences of"):
        generated(write_data(tmp_path / "d.npz", x=ragged, y=Y))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no such file$"):
        read_npz(tmp_path / "none.npz")
    with pytest.raises(DataError, match=r"expected a file, found a folder$"):
        read_npz(tmp_path)
    with pytest.raises(DataError, match=r"cannot be read \(File name too long\)$"):
        read_npz(tmp_path / ("n" * 300))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_no_flipped_bit_goes_unseen_or_unexplained(save: Any, tmp_path: Path) -> None:
    file = tmp_path / "d.npz"
    save(file, x=X, y=Y)
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    directory = whole.index(b"PK\x01\x02")
    bits = {*range(8 * directory, 8 * len(whole)), *rng.integers(0, 8 * directory, 300).tolist()}
    refused = 0
    for bit in bits:
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        file.write_bytes(damaged)
        try:
            arrays = {name: array.read() for name, array in read_npz(file).items()}
        except DataError:
            refused += 1
            continue
        # What is not needed for reading, such as a date, may differ; an array may never be wrong.
        np.testing.assert_array_equal(arrays["x"], X)
        np.testing.assert_array_equal(arrays["y"], Y)
    assert refused > 200


def test_no_file_is_a_matter_of_the_config() -> None:
    with pytest.raises(ConfigError, match=r"^task\.file must name an \.npz file with x and y$"):
        generated("")


def test_it_is_a_task_like_any_other(tmp_path: Path) -> None:
    file = write_data(tmp_path / "d.npz", x=X, y=Y)
    config = RunConfig().with_values({"task.name": "data", "task.file": file, "task.carry_state": "on"})
    assert config.task == DataFile(file=file, carry_state=True)

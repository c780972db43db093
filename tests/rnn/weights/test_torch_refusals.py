"""Weights that do not fit: refused in one sentence that names the array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.errors import DataError
from rnn.model.cells import CELLS
from rnn.weights import from_torch, to_torch
from tests.rnn.weights.names import FIRST, drawn

LSTM = "for LSTM, found"


SHAPES: list[tuple[str, str, tuple[int, ...], str]] = [
    ("vanilla", "rnn.weight_ih_l0", (4, 2), "expected the shape (3, inputs) for Vanilla, found (4, 2)"),
    ("vanilla", "rnn.bias_ih_l0", (1,), "expected the shape (3,) for Vanilla, found (1,)"),
    ("vanilla", "rnn.bias_hh_l0", (4,), "expected the shape (3,) for Vanilla, found (4,)"),
    ("vanilla", "head.weight", (4, 2), "expected the shape (outputs, 5), found (4, 2)"),
    ("vanilla", "head.bias", (1,), "expected the shape (4,), found (1,)"),
    ("vanilla", "head.bias", (4, 1), "expected the axes (output), found the shape (4, 1)"),
    ("vanilla", "head.weight", (0, 5), "expected at least one value, found the shape (0, 5)"),
    ("vanilla", "rnn.weight_ih_l1", (5, 2), "expected the shape (5, 3) for Vanilla, found (5, 2)"),
    ("vanilla", "rnn.weight_hh_l1", (5, 6), "expected the shape (6, 6) for Vanilla, found (5, 6)"),
    ("lstm", "rnn.weight_hh_l1", (15, 5), f"expected the shape (20, 5) {LSTM} (15, 5)"),
    ("lstm", "rnn.weight_ih_l0", (9, 2), f"expected the shape (12, inputs) {LSTM} (9, 2)"),
    ("lstm", "rnn.weight_ih_l1", (20, 4), f"expected the shape (20, 3) {LSTM} (20, 4)"),
    ("lstm", "rnn.bias_hh_l1", (5,), f"expected the shape (20,) {LSTM} (5,)"),
    (
        "vanilla",
        "head.weight",
        (5, 4),
        "expected the shape (outputs, 5), found (5, 4), which looks transposed",
    ),
    (
        "lstm",
        "rnn.weight_ih_l1",
        (3, 20),
        f"expected the shape (20, 3) {LSTM} (3, 20), which looks transposed",
    ),
    (
        "gru",
        "rnn.weight_ih_l0",
        (2, 9),
        "expected the shape (9, inputs) for GRU, found (2, 9), which looks transposed",
    ),
    (
        "gru",
        "rnn.weight_hh_l0",
        (3, 9),
        "expected the shape (H, H) for Vanilla or (3H, H) for GRU or (4H, H) for LSTM, found (3, 9), "
        "which looks transposed",
    ),
    (
        "gru",
        "rnn.weight_hh_l0",
        (6, 3),
        "expected the shape (H, H) for Vanilla or (3H, H) for GRU or (4H, H) for LSTM, found (6, 3)",
    ),
]


@pytest.mark.parametrize("kind", ["int64", "bool", "complex128", "longdouble", "U8"])
def test_what_is_no_float_is_refused(kind: str) -> None:
    arrays: dict[str, Any] = {**to_torch(drawn())}
    arrays["rnn.weight_hh_l0"] = arrays["rnn.weight_hh_l0"].real.astype(kind)
    found = str(np.dtype(kind))
    with pytest.raises(
        DataError,
        match=rf"^w\.npz, rnn\.weight_hh_l0: expected float16, float32 or float64, found {found}$",
    ):
        from_torch(arrays, "w.npz")


@pytest.mark.parametrize("name", [*FIRST, "head.weight", "rnn.weight_ih_l1", "rnn.bias_hh_l1"])
def test_a_missing_array_is_named(name: str) -> None:
    arrays: dict[str, Array] = to_torch(drawn(CELLS["lstm"](), (3, 3)))
    del arrays[name]
    with pytest.raises(DataError, match=rf"^w\.npz: expected an array {name} \("):
        from_torch(arrays, "w.npz")


@pytest.mark.parametrize("layer", [2, 10**30])
def test_a_gap_in_the_layers_is_named(layer: int) -> None:
    arrays = to_torch(drawn()) | {f"rnn.weight_ih_l{layer}": np.ones((3, 3))}
    with pytest.raises(DataError, match=r"^w\.npz: expected an array rnn.weight_ih_l1 \(row, unit below\)"):
        from_torch(arrays, "w.npz")


@pytest.mark.parametrize(("cell", "name", "shape", "expected"), SHAPES)
def test_a_wrong_shape_is_named(cell: str, name: str, shape: tuple[int, ...], expected: str) -> None:
    arrays = to_torch(drawn(CELLS[cell](), (3, 5))) | {name: np.ones(shape)}
    with pytest.raises(DataError) as refusal:
        from_torch(arrays, "w.npz")
    assert str(refusal.value) == f"w.npz, {name}: {expected}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rnn.weight_ih_l0_reverse", "belongs to a bidirectional network; expected one that "),
        ("rnn.bias_hh_l1_reverse", "belongs to a bidirectional network; expected one that "),
        ("rnn.weight_hr_l0", "is the projection of an LSTM made with proj_size; expected one without"),
        ("head.0.weight", "is not among the arrays that are read: rnn.weight_ih_l0, rnn.weight_hh_l0, "),
        ("rnn.weight_ih_l01", "is not among the arrays that are read: "),
        ("rnn.weight_ih_l", "is not among the arrays that are read: "),
        ("rnn.peephole_l0", "is not among the arrays that are read: "),
    ],
)
def test_a_network_of_more_than_this_is_not_taken_in_part(name: str, reason: str) -> None:
    with pytest.raises(DataError) as refusal:
        from_torch(to_torch(drawn()) | {name: np.ones((3, 3))}, "w.npz")
    assert str(refusal.value).startswith(f"w.npz, {name}: {reason}")


def test_weights_that_are_not_finite_are_refused() -> None:
    arrays = to_torch(drawn())
    arrays["head.weight"][2, 1] = np.nan
    with pytest.raises(
        DataError,
        match=r"^w\.npz, head\.weight at output 2, unit 1, counted from 0: "
        r"expected a finite number, found nan$",
    ):
        from_torch(arrays, "w.npz")


def test_biases_whose_sum_is_not_finite_are_refused() -> None:
    large: dict[str, Array] = dict.fromkeys(("rnn.bias_ih_l1", "rnn.bias_hh_l1"), np.full(3, 1e308))
    with pytest.raises(DataError, match=r"rnn.bias_hh_l1: expected a finite sum with rnn.bias_ih_l1"):
        from_torch(to_torch(drawn(widths=(3, 3))) | large, "w.npz")

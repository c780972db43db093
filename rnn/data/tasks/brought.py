"""Sequences out of arrays that a person brings, checked by their names and shapes before any is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.data.tasks.base import Sequences
from rnn.errors import DataError
from rnn.files.stored import (
    REAL,
    kind_of_array,
    numeric,
    place,
    refuse_numbers,
    refuse_other_axes,
    refuse_too_many,
)
from rnn.model.batch import Classes, Mask, Target
from rnn.number_format import counted, listed

CLAIMS = ("output", "loss")
NAMES = ("x", "y", "mask", "x_validation", "y_validation", "mask_validation", *CLAIMS)
AXES = ("sequence", "time step", "output")
X_AXES = (*AXES[:2], "input")
Y_AXES = "(sequence, time step, output), (sequence, output) or (sequence), or of class numbers"
A_STEP = "is one number a time step"
HELD_OUT = "_validation"
MOST_CLASSES, MOST_UNITS = 65_536, 65_536
_START = re.compile(r"([hc]0_l(?:0|[1-9]\d{0,3}))(_validation)?")

Item = TypeVar("Item", bound=np.generic)


def holds_classes(y: Any) -> bool:
    """Whether targets as a file holds them are class numbers: integers without an axis for outputs."""
    return y.ndim < 3 and y.dtype.kind in "iu"


def sequences_of(path: str, arrays: Mapping[str, Any], ending: str = "") -> Sequences:
    """The sequences in the ``arrays`` of a file whose names have this ``ending``.

    Raises:
        DataError: an array is missing, is none that is read here, or does not fit the others.
    """
    axes = _refuse_unfit(path, arrays, ending)  # and only then is anything read
    x_name, y_name, mask_name = (name + ending for name in NAMES[:3])
    x = numeric(path, arrays, x_name, X_AXES)
    mask = None
    if mask_name in arrays:
        mask = _mask(path, mask_name, numeric(path, arrays, mask_name, AXES[:2]))
        if axes[1:2] == AXES[1:2]:
            arrays = {**arrays, y_name: _without_unscored(arrays[y_name], mask)}
    shape, notes = arrays[y_name].shape, []
    y: Target = (_classes if holds_classes(arrays[y_name]) else numeric)(path, arrays, y_name, axes)
    if y.dtype.kind == "f" and AXES[2] not in axes:
        y = y[..., None]
    if AXES[1] not in axes:
        y, mask = _at_the_end(y, np.ones(x.shape[:2], dtype=bool) if mask is None else mask)
        notes.append(f"{y_name} {shape} is one answer a sequence, at its last scored time step")
    elif len(shape) < y.ndim:
        notes.append(f"{y_name} {shape} {A_STEP}")
    if y.dtype.kind == "f" and _only_0_and_1(y if mask is None else y[mask]):
        notes.append(f"{y_name} holds 0 and 1 alone; it is taken as numbers, with the squared error")
    scored = None if mask is None else _time_major(mask)
    start = _given_start(path, arrays, ending)
    claims = {} if ending else {name: _claim(path, arrays, name) for name in CLAIMS if name in arrays}
    return Sequences(_time_major(x), _time_major(y), scored, start=start, claims=claims, notes=tuple(notes))


def _only_0_and_1(values: Array) -> bool:
    return bool(values.any() and not values.all() and np.isin(values, (0.0, 1.0)).all())


def other_reading(sequences: Sequences, outputs: int) -> str:
    """What to say behind an error about the ``outputs`` of a network: how else y may be meant; or nothing."""
    if sequences.y.ndim == 3 and outputs > 1:
        if outputs == sequences.steps and any(note.endswith(A_STEP) for note in sequences.notes):
            return (
                f"; y is one number a time step or {outputs} a sequence: give it the axes {', '.join(AXES)}"
            )
        if sequences.y.shape[2] == 1:
            return "; class numbers are integers (sequence, time step) or (sequence)"
    return ""


def _claim(path: str, arrays: Mapping[str, Any], name: str) -> Array:
    """What the model that a file was brought for gives; padding may hold anything, also where it answers."""
    array = arrays[name]
    if array.dtype.kind not in "fiu" or (name == "loss" and array.size != 1):
        wanted = "one number" if name == "loss" else "real numbers"
        found = f"{kind_of_array(array)} of the shape {array.shape}"
        raise DataError(path, name, f"expected {wanted}, found {found}")
    return np.asarray(array, dtype=np.float64).reshape(() if name == "loss" else array.shape)


def refuse_other_held_out(path: str, arrays: Mapping[str, Any]) -> None:
    """Raise DataError where the shapes tell that what is held out is of another kind than the rest."""
    ours, theirs = (
        (holds_classes(arrays[f"y{ending}"]), arrays[f"x{ending}"].shape[2], _last_axis(arrays, axes, ending))
        for ending, axes in ((ending, _refuse_unfit(path, arrays, ending)) for ending in ("", HELD_OUT))
    )
    if ours[0] != theirs[0]:
        kind = "class numbers" if ours[0] else "numbers (sequence, time step, output)"
        raise DataError(path, f"y{HELD_OUT}", f"expected {kind} as in training")
    for name, expected, found in zip(NAMES, ours[1:], theirs[1:], strict=False):
        if found != expected:
            reason = f"expected {expected} features as in training, not {found}"
            raise DataError(path, f"{name}{HELD_OUT}", reason)


def _last_axis(arrays: Mapping[str, Any], axes: tuple[str, ...], ending: str) -> int:
    """How many outputs there are."""
    return int(arrays[f"y{ending}"].shape[-1]) if AXES[2] in axes else 1


def _refuse_unfit(path: str, arrays: Mapping[str, Any], ending: str) -> tuple[str, ...]:
    """The axes of y; DataError where the names, types and shapes of the arrays tell that they do not fit."""
    if unknown := sorted(name for name in arrays if name not in NAMES and not _START.fullmatch(name)):
        known = ", ".join([*NAMES, "h0_l0, c0_l0, h0_l1, …"])
        raise DataError(path, unknown[0], f"is not among the arrays that are read: {known}")
    x_name, y_name, mask_name = (name + ending for name in NAMES[:3])
    if x_name in arrays and arrays[x_name].ndim == 2 and arrays[x_name].dtype.kind in "iu":
        reason = f"expected the axes (sequence, time step, input), found {arrays[x_name].shape} of integers"
        raise DataError(path, x_name, f"{reason}; of tokens, x is what the model's embedding gives for them")
    refuse_other_axes(path, arrays, x_name, X_AXES)
    x = arrays[x_name]
    if mask_name in arrays:
        refuse_other_axes(path, arrays, mask_name, AXES[:2])
        _refuse_other_shape(path, mask_name, arrays[mask_name], x_name, x)
    axes = _target_axes(path, arrays, y_name, x.shape[1])
    refuse_other_axes(path, arrays, y_name, axes)
    y = arrays[y_name]
    if AXES[1] in axes:
        _refuse_other_shape(path, y_name, y, x_name, x)
    elif y.shape[0] != x.shape[0]:
        reason = f"expected {counted(x.shape[0], 'sequence')} as in {x_name}, found {y.shape[0]:,}"
        raise DataError(path, y_name, reason)
    else:
        refuse_numbers(path, f"{y_name} at every time step", y.size * x.shape[1])
    for name, given in arrays.items():
        if (match := _START.fullmatch(name)) is not None and (match[2] or "") == ending:
            refuse_other_axes(path, arrays, name, ("sequence", "unit"))
            if given.shape[0] != x.shape[0]:
                reason = f"expected {x.shape[0]} sequences as in x{ending}, found {given.shape[0]}"
                raise DataError(path, name, reason)
            if given.shape[1] > MOST_UNITS:
                raise DataError(
                    path, name, f"expected at most {MOST_UNITS:,} units, found {given.shape[1]:,}"
                )
    refuse_too_many(path, arrays)
    return axes


def _target_axes(path: str, arrays: Mapping[str, Any], name: str, steps: int) -> tuple[str, ...]:
    """The axes of y: those of time steps and of outputs may be left out."""
    if name not in arrays:
        raise DataError(path, "", f"expected an array {name} {Y_AXES}, found {listed(sorted(arrays))}")
    y, shape = arrays[name], arrays[name].shape
    if not 1 <= len(shape) <= 3 and y.dtype.kind in REAL:
        raise DataError(path, name, f"expected the axes {Y_AXES}, found the shape {shape}")
    if len(shape) < 3 and y.dtype.kind == "b":
        raise DataError(path, name, "expected numbers, or integers that are class numbers, found bool")
    if holds_classes(y) and len(shape) == 2 and shape[1] != steps:
        reason = f"expected class numbers (sequence, time step) or (sequence), found the shape {shape}"
        raise DataError(path, name, f"{reason}; numbers have a point, as 1.0")
    is_of_steps = len(shape) == 2 and shape[1] == steps > 1
    return AXES[: len(shape)] if holds_classes(y) or is_of_steps or len(shape) != 2 else (AXES[0], AXES[2])


def _at_the_end(answers: Target, mask: Mask) -> tuple[Target, Mask]:
    """One answer of each sequence put at its last scored step, and that step alone as scored."""
    last = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    place = (np.arange(len(mask)), last)
    y = np.zeros((*mask.shape, *answers.shape[1:]), dtype=answers.dtype)
    scored = np.zeros_like(mask)
    y[place], scored[place] = answers, True
    return y, scored


def _given_start(path: str, arrays: Mapping[str, Any], ending: str) -> dict[str, Array]:
    """The states (N, H) that the sequences begin in, by names such as ``h0_l0``."""
    matches = (_START.fullmatch(name) for name in sorted(arrays))
    return {
        match[1]: numeric(path, arrays, match[0], ("sequence", "unit"))
        for match in matches
        if match is not None and (match[2] or "") == ending
    }


def _classes(path: str, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> Classes:
    """The class numbers (N, T) or (N,) of an array of integers."""
    array = np.asarray(arrays[name])
    bad = np.argwhere((array < 0) | (array >= MOST_CLASSES))
    if bad.size:
        found = array[tuple(bad[0])]
        hint = "; a mask says which time steps are not scored" if found < 0 else ""
        raise DataError(
            path,
            place(name, axes, bad[0]),
            f"expected a class number from 0 to {MOST_CLASSES - 1:,}, found {found}{hint}",
        )
    return array.astype(np.int64)


def _without_unscored(array: Any, mask: Mask) -> NDArray[Any]:
    """The targets with 0 where they do not count: padding may hold anything there, NaN and −1 included."""
    y = np.array(array)
    y[~mask] = 0
    return y


def _mask(path: str, name: str, values: Array) -> Mask:
    """The scored steps (N, T) of an array of 0 and 1."""
    bad = np.argwhere((values != 0.0) & (values != 1.0))
    if bad.size:
        sequence, step = bad[0]
        raise DataError(
            path,
            place(name, ("sequence", "time step"), bad[0]),
            f"expected 0 or 1, found {values[sequence, step]:g}",
        )
    mask: Mask = values == 1.0
    unscored = np.flatnonzero(~mask.any(axis=1))
    if unscored.size:
        raise DataError(
            path, place(name, ("sequence",), unscored[:1]), "expected at least one time step that is scored"
        )
    return mask


def _refuse_other_shape(path: str, name: str, array: Any, x_name: str, x: Any) -> None:
    if array.shape[:2] != x.shape[:2]:
        expected = f"{counted(x.shape[0], 'sequence')} of {counted(x.shape[1], 'time step')}"
        found = f"{array.shape[0]:,} of {array.shape[1]:,}"
        raise DataError(path, name, f"expected {expected} as in {x_name}, found {found}")


def _time_major(array: NDArray[Item]) -> NDArray[Item]:
    return np.ascontiguousarray(array.swapaxes(0, 1))

"""What one call of the compiled step is about: a record of numbers, and of the addresses of arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnn.training.engines.compiled.problem import Problem

# Of each array of a problem the address and the length.
PROBLEM = np.dtype([(f"{name}{what}", np.int64) for name in Problem._fields for what in ("", "_size")])


def _numbers(*names: str) -> Iterator[tuple[str, type[ctypes.c_int64]]]:
    return ((name, ctypes.c_int64) for name in names)


class Call(ctypes.Structure):
    """What `burst` of the kernels takes and gives.

    Attributes:
        problems: (2,) of PROBLEM: what is trained on, and what is measured on.
        parameters, before, average, square: (P,), of ``weights`` numbers: those that are trained, what they
            were before the last update, and what the optimizer remembers.
        rates, losses, norms: (K,), of ``updates`` numbers; the rates are given, the others filled.
        clip_norm, clip_value: infinite for none.
        measured: (E, 2), of ``epochs`` rows: for each epoch the held-out loss and the right answers; the
            first row is what was measured so far, the last becomes it.
        tolerance: how far a number may be from its target and be right.
        place, passes, an_epoch: how many passes of the epoch were made, how many to make, how many it has.
        made: the updates of the whole run that were made.
        done, code: what it returned.
    """

    _fields_ = (
        *_numbers("problems", "weights", "parameters", "before", "average", "square"),
        *_numbers("updates", "rates", "losses", "norms", "epochs", "measured"),
        *((name, ctypes.c_double) for name in ("clip_norm", "clip_value", "weight_decay", "tolerance")),
        *_numbers("place", "passes", "an_epoch", "made", "truncation", "done", "code"),
    )


CALL = np.dtype(Call)


def address(array: Any) -> int:
    """Where the first element of an array lies, which must live as long as its address is used."""
    return int(array.ctypes.data)


def record(problem: Problem) -> Any:
    """(1,) of PROBLEM."""
    return np.array([tuple(number for array in problem for number in (address(array), array.size))], PROBLEM)

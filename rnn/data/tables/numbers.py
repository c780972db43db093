"""Numbers as people write them: with either decimal mark, separators of thousands, a currency or a unit."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from rnn.array import Array

POINT, COMMA = ".", ","  # the decimal marks
_MISSING = re.compile(r"\W*|#?n\.?/?a\.?|[+-]?(nan|inf)|null|none|missing")
_SPACES = " \u00a0\u2009\u202f'’"  # separate thousands beside either mark
_CURRENCY = "$¢£¤¥\u20a0-\u20cf"
_BEFORE = rf"(?:[A-Za-z]{{0,3}}[{_CURRENCY}]|[A-Z]{{3}}(?=[\s\d]))?"
_AFTER = rf"(?:\s*(?:[^\W\d_]|[%‰°{_CURRENCY}])[^\d,;:]{{0,15}})?"
_POWER = r"(?:[eE][+-]?\d+)?"
_BODY = rf"(?:\d(?:[\d.,{_SPACES}]*[\d.,])?|[.,]\d+){_POWER}"
_CELL = re.compile(rf"([+−-]?)({_BEFORE})\s*([+−-]?)({_BODY})({_AFTER})")
_SHOWN = 40  # characters of a wrong cell


def _pattern(mark: str, other: str) -> re.Pattern[str]:
    whole = rf"(?:[1-9]\d{{0,2}}([{other}{_SPACES}])\d{{3}}(?:\1\d{{3}})*|\d+)"
    return re.compile(rf"(?:{whole}(?:[{mark}]\d+)?|\d+\.|[{mark}]\d+){_POWER}")


_PATTERNS = {POINT: _pattern(POINT, COMMA), COMMA: _pattern(COMMA, POINT)}
_CLEAN = {POINT: str.maketrans("", "", COMMA + _SPACES), COMMA: str.maketrans(COMMA, POINT, POINT + _SPACES)}


class Written(NamedTuple):
    """A number as a cell holds it.

    Attributes:
        unit: what stands before it and after it, such as ``$`` or ``%``.
        readings: what it is by each decimal mark that it may have.
    """

    unit: str
    readings: dict[str, float]


def written(cell: str) -> Written | None:
    """The number that a cell holds; None where it holds something else."""
    found = _CELL.fullmatch(cell.strip())
    if found is None:
        return None
    outer, before, inner, body, after = found.groups()
    sign = -1.0 if outer + inner in ("-", "−") else 1.0
    readings = {
        mark: sign * float(body.translate(_CLEAN[mark]))
        for mark, pattern in _PATTERNS.items()
        if pattern.fullmatch(body)
    }
    if not readings or (outer and inner):
        return None
    return Written(" … ".join(filter(None, (before, after.strip()))), readings)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is nothing in it."""
    return _MISSING.fullmatch(cell.strip().lower()) is not None


class Unreadable(Exception):
    """A cell is no number, or is not written as the rest of its column.

    Attributes:
        row: where it is.
    """

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row = row


def numbers(
    cells: Callable[[], Iterable[tuple[int, str]]], usual_mark: Callable[[str], str]
) -> tuple[Array, str]:
    """The numbers of a column, and in words how they are written where that is not plain.

    Arguments:
        cells: begins to go through the cells, each with its row.
        usual_mark: the decimal mark where each cell may have either, for cells with a comma, or with points
            alone; empty where nothing tells.

    Raises:
        Unreadable: a cell holds no finite number, or another unit or decimal mark than the rest of them.
    """
    if usual_mark(POINT) == POINT:
        try:
            values = np.array(array("d", map(float, (_plain(cell) for _, cell in cells()))))
            if np.isfinite(values).all():
                return values, ""
        except ValueError:
            pass  # which cell it is, or that all are written otherwise, is found out one by one
    by_mark = {POINT: array("d"), COMMA: array("d")}
    undecided: tuple[int, str, Written] | None = None
    has_commas = False
    for row, cell, number in _one_by_one(cells()):
        if not by_mark.keys() & number.readings.keys():
            name = "point" if POINT in by_mark else "comma"
            raise Unreadable(row, _expected(f"a number with a decimal {name} as above it", cell))
        by_mark = {mark: values for mark, values in by_mark.items() if mark in number.readings}
        for mark, found in by_mark.items():
            found.append(number.readings[mark])
        has_commas |= COMMA in cell
        if undecided is None and len(set(number.readings.values())) == 2:
            undecided = row, cell, number
    mark = next(iter(by_mark))
    if len(by_mark) == 2 and undecided is not None:
        row, cell, number = undecided
        mark = usual_mark(COMMA if has_commas else POINT)
        if not mark:
            one, other = (f"{value:.15g}" for value in number.readings.values())
            raise Unreadable(row, f"{_expected('a number', cell)}, which may be {one} or {other}")
    said = [f"in {number.unit}"] if number.unit else []
    if has_commas:
        said.append("with decimal commas" if mark == COMMA else "with commas between thousands")
    elif mark == COMMA and undecided:
        said.append("with points between thousands")
    return np.array(by_mark[mark]), ", ".join(said)


def _one_by_one(cells: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, Written]]:
    """Each cell with its row and its number, all of one unit."""
    unit: str | None = None
    for row, cell in cells:
        number = written(cell)
        if number is None or not all(map(math.isfinite, number.readings.values())):
            raise Unreadable(row, _expected("a number" if number is None else "a finite number", cell))
        if unit not in (None, number.unit):
            told = f"in {unit}" if unit else "without a unit"
            raise Unreadable(row, _expected(f"a number {told} as above it", cell))
        unit = number.unit
        yield row, cell, number


def _plain(cell: str) -> str:
    if "_" in cell:  # which float takes for a separator of thousands
        raise ValueError
    return cell


def _expected(what: str, cell: str) -> str:
    finite = re.fullmatch(r"[+-]?(nan|inf|infinity)", cell.strip().lower())
    text = cell.strip()
    shown = repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…") if text else "nothing"
    return f"expected {'a finite number' if finite else what}, found {shown}"

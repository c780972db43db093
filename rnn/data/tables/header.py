"""Whether the first row of a table names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from rnn.data.tables.numbers import is_missing, written
from rnn.errors import DataError

YEARS = range(1500, 2200)
FEW = 10  # rows that show how a column goes on


def one_line(text: str) -> str:
    """A name with a single space for every run of spaces and line ends."""
    return " ".join(text.split())


def kind(cell: str) -> str:
    """What a cell is like: the same for two numbers of one unit, and for two dates of one form."""
    number = written(cell)
    if number is not None:
        return f"0 {number.unit}"
    digits = re.sub(r"\d+", "0", cell.strip())
    return re.sub(r"[^\W\d_]+", "a", digits) if "0" in digits else digits


def is_word(cell: str) -> bool:
    """Whether a cell is neither a number nor missing; a name such as 2m temperature is one."""
    number = written(cell)
    return not is_missing(cell) and (number is None or any(map(str.isalpha, number.unit)))


def are_names(row: Sequence[str]) -> bool:
    """Whether a row holds words alone; some may be left out, as the name of an index is."""
    return any(map(is_word, row)) and all(not cell.strip() or is_word(cell) for cell in row)


def names_of(path: str | Path, number: int, rows: Sequence[list[str]]) -> tuple[str, ...]:
    """The names of the columns, if the first of the ``rows`` holds them.

    A row of words alone names them, and one with a word above a number; one whose words are like those below
    them, such as dates, does not. A row of numbers does where they count 0, 1, 2, …, as pandas writes them,
    or in years, and the rows below do not go on so.

    Arguments:
        number: that of the first row, for the error.

    Raises:
        DataError: it may be names as well as values.
    """
    first, second = tuple(map(one_line, rows[0])), rows[1] if len(rows) > 1 else []
    words = [index for index, cell in enumerate(first) if is_word(cell)]
    figures = [index for index, cell in enumerate(first) if index not in words and not is_missing(cell)]
    alike = [index for index in words if second and kind(first[index]) == kind(second[index])]
    if alike and (len(alike) == len(words) or any(re.search(r"\d", first[index]) for index in alike)):
        return ()
    counts = len(rows) > 1 and _counts([first[index] for index in figures])
    is_certain = counts and (len(figures) > 1 or _written_otherwise(rows, figures[0]))
    if words:
        above_numbers = second and any(written(second[index]) for index in words)
        if above_numbers or is_certain or not figures:
            return first
        found = f"found {first[words[0]]!r} and {first[figures[0]]!r}"
        raise DataError(path, f"row {number}", f"expected names for all columns or for none, {found}")
    if not counts or (first[0] and any(_goes_on(rows, index) for index in figures)):
        return ()
    if is_certain or not first[0]:
        return first
    reason = f"{first[0]} may be the name of the column or its first value"
    raise DataError(path, f"row {number}", f"{reason}; write a name above it, or leave it out")


def _counts(cells: Sequence[str]) -> bool:
    """Whether they are 0, 1, 2, … or years in a row."""
    if not cells or not all(re.fullmatch(r"\d{1,4}", cell) for cell in cells):
        return False
    begin = int(cells[0])
    return (begin == 0 or begin in YEARS) and [*cells] == [str(begin + step) for step in range(len(cells))]


def _goes_on(rows: Sequence[list[str]], index: int) -> bool:
    """Whether a column goes on in the steps that its first cell begins, written in the same way."""
    numbers = [written(row[index]) for row in rows[:FEW]]
    values = [next(iter(number.readings.values())) for number in numbers if number is not None]
    steps = {after - before for before, after in pairwise(values)}
    return not _written_otherwise(rows, index) and len(values) == len(numbers) > 2 and len(steps) == 1


def _written_otherwise(rows: Sequence[list[str]], index: int) -> bool:
    """Whether a whole number stands above numbers that have a point, a power or a unit."""
    return any(re.search(r"\d\D|\D\d", row[index].strip().lstrip("+-")) for row in rows[1:FEW])

"""How a CSV file is laid out, told from its first lines: delimiter, header and columns of numbers."""

from __future__ import annotations

import contextlib
import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnn.errors import DataError

DELIMITERS = ("\t", ";", ",", "|")
MISSING = {"", "na", "n/a", "nan", "-nan", "inf", "-inf", "+inf", "null", "none", "missing", "-", "?"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a file.

    Attributes:
        delimiter: what stands between two columns.
        names: of the columns; empty where the first row is one of numbers.
        numeric: the columns, from 0, in which a number was seen.
        width: how many columns there are.
    """

    delimiter: str
    names: tuple[str, ...]
    numeric: tuple[int, ...]
    width: int

    def title(self, index: int) -> str:
        """What a column, counted from 0, is called: its name where no other has it, or its number from 1."""
        name = self.names[index] if self.names else ""
        return name if name and self.names.count(name) == 1 else str(index + 1)


def layout_of(path: str | Path, lines: Sequence[str]) -> Layout:
    """The layout of the file ``path``, which begins with ``lines``.

    Raises:
        DataError: there is nothing in it, or the first row may be names as well as values.
    """
    tables = {delimiter: _rows(lines, delimiter) for delimiter in DELIMITERS}
    delimiter = _delimiter(tables)
    rows = tables[delimiter]
    if not rows:
        found = "something else" if any(line.strip() for line in lines) else "nothing"
        raise DataError(path, "", f"expected rows of numbers, found {found}")
    names = _names(path, rows)
    width = len(rows[0])
    values = [row for row in rows[bool(names) :] if len(row) == width]
    numeric = tuple(index for index in range(width) if any(looks_like_number(row[index]) for row in values))
    return Layout(delimiter, names, numeric, width)


def one_line(text: str) -> str:
    """A name with a single space for every run of spaces and line ends."""
    return " ".join(text.split())


def looks_like_number(text: str) -> bool:
    """Whether it is meant as a finite number: one with a decimal comma looks like one, though it is none."""
    try:
        return math.isfinite(float(text.replace(",", ".", 1)))
    except ValueError:
        return False


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows that have something in them; a quotation that goes on beyond the lines ends with them."""
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # it will be met again, and told, when the numbers are read
        rows.extend(row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if any(row))
    return rows


def _delimiter(tables: dict[str, list[list[str]]]) -> str:
    """The one that gives every row as many columns, and the largest share of numbers.

    Where none does, the one that the first row has most of: the row that is wrong is then named.
    """
    even = {
        delimiter: _share_of_numbers(rows[1:] or rows)
        for delimiter, rows in tables.items()
        if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1
    }
    if even:
        return max(even, key=lambda delimiter: even[delimiter])
    widths = {delimiter: len(rows[0]) for delimiter, rows in tables.items() if rows}
    if max(widths.values(), default=1) == 1:
        return ","
    return max(widths, key=lambda delimiter: widths[delimiter])


def _share_of_numbers(rows: list[list[str]]) -> float:
    cells = [cell for row in rows for cell in row]
    return sum(looks_like_number(cell) for cell in cells) / len(cells)


def _names(path: str | Path, rows: list[list[str]]) -> tuple[str, ...]:
    """The first row if it names the columns, or else nothing.

    A row of words alone does, and one with a word above a number. A row of numbers does not, nor one whose
    words are of the same make as those below them, such as dates. What is left could be either.
    """
    first = [one_line(cell) for cell in rows[0]]
    words = [
        index
        for index, cell in enumerate(first)
        if not looks_like_number(cell) and cell.lower() not in MISSING
    ]
    if not words:
        return ()
    second = rows[1] if len(rows) > 1 and len(rows[1]) == len(first) else None
    no_number = not any(looks_like_number(cell) for cell in first)
    if no_number or (second and any(looks_like_number(second[index]) for index in words)):
        return tuple(first)
    if second and all(_make(first[index]) == _make(second[index]) for index in words):
        return ()
    number = next(cell for cell in first if looks_like_number(cell))
    raise DataError(
        path,
        "row 1",
        f"expected names for all columns or for none, found {first[words[0]]!r} and {number!r}",
    )


def _make(text: str) -> str:
    """A text with all its digits alike, so that two dates of one form are the same."""
    return re.sub(r"\d", "0", text.strip())

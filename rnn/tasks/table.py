"""A column of numbers out of a CSV file, checked row by row."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.errors import DataError
from rnn.files import plain_text, text_lines
from rnn.tasks.layout import Layout, layout_of, looks_like_number, one_line

MOST = 1 << 30  # bytes
SAMPLE = 100  # lines that are looked at to find the delimiter, the header and the columns of numbers
LISTED = 12
SHOWN = 40  # characters of a wrong value


def read_column(path: str | Path, column: str) -> tuple[str, Array]:
    """What a column of a CSV file is called, and its numbers from top to bottom.

    The file is text in UTF-8. Columns are separated by commas, semicolons, tabs or bars; the first row may
    name them. Rows are counted from 1 with the header among them; empty ones at the end are left out.

    Arguments:
        column: its name, or its number from 1; empty takes the only one that holds numbers.

    Raises:
        DataError: the file cannot be read, has no such column, or not a finite number in every row of it.
    """
    with plain_text(path, MOST, "a CSV file") as stream:
        layout = layout_of(path, list(islice(text_lines(path, stream), SAMPLE)))
        index = _index(path, layout, column)
        stream.seek(0)
        return layout.title(index), _numbers(path, layout, index, _rows(path, stream, layout.delimiter))


def titles(path: str | Path) -> tuple[str, ...]:
    """What the columns are called in which the first rows of a CSV file hold numbers.

    Raises:
        DataError: the file cannot be read.
    """
    with plain_text(path, MOST, "a CSV file") as stream:
        layout = layout_of(path, list(islice(text_lines(path, stream), SAMPLE)))
        return tuple(layout.title(index) for index in layout.numeric)


def listed(names: Iterable[str]) -> str:
    """Names as part of a sentence; of many only the first."""
    names = list(names)
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _index(path: str | Path, layout: Layout, column: str) -> int:
    """The column that is meant, from 0."""
    wanted = one_line(column)
    if not wanted:
        if len(layout.numeric) == 1:
            return layout.numeric[0]
        if not layout.numeric:
            raise DataError(path, "", f"expected a column of numbers in the first {SAMPLE} rows, found none")
        there = listed(layout.title(index) for index in layout.numeric)
        raise DataError(path, "", f"several columns hold numbers; task.column must be one of {there}")
    if layout.names.count(wanted) > 1:
        numbers = listed(str(i + 1) for i, name in enumerate(layout.names) if name == wanted)
        raise DataError(path, f"column {wanted}", f"the name is there more than once, in columns {numbers}")
    if wanted in layout.names:
        return layout.names.index(wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= layout.width:
        return int(wanted) - 1
    there = listed(layout.title(index) for index in range(layout.width))
    raise DataError(path, f"column {wanted}", f"there is no such column; there are {there}")


def _rows(path: str | Path, stream: TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    """Every row; one without a word in it is an empty list."""
    reader = csv.reader(text_lines(path, stream), delimiter=delimiter, skipinitialspace=True, strict=True)
    done = 0
    try:
        for row in reader:
            yield row if any(row) else []
            done += 1
    except csv.Error as error:
        raise DataError(path, f"row {done + 1}", f"cannot be read as CSV ({error})") from None


def _numbers(path: str | Path, layout: Layout, index: int, rows: Iterator[list[str]]) -> Array:
    values = array("d")
    begun, gap = False, 0
    for number, row in enumerate(rows, start=1):
        if not row:
            gap = gap or (number if begun else 0)
            continue
        if gap:
            raise DataError(path, f"row {gap}", f"expected {_columns(layout.width)}, found an empty row")
        if len(row) != layout.width:
            raise DataError(path, f"row {number}", f"expected {_columns(layout.width)}, found {len(row):,}")
        if begun or not layout.names:
            try:
                values.append(_number(row[index]))
            except ValueError as error:
                raise DataError(path, f"row {number}, column {layout.title(index)}", str(error)) from None
        begun = True
    if not values:
        raise DataError(path, "", "expected rows of numbers, found only the names of the columns")
    return np.array(values)


def _number(text: str) -> float:
    """The finite number that a text is; a ValueError says what it is instead."""
    expected = "a number"
    try:
        value = float(text)
        if math.isfinite(value) and "_" not in text:  # float takes it for a separator of thousands
            return value
        if not math.isfinite(value):
            expected = "a finite number"
    except ValueError:
        if looks_like_number(text):
            expected = "a number with a decimal point"
    found = text.strip()
    shown = found if len(found) <= SHOWN else found[: SHOWN - 1] + "…"
    raise ValueError(f"expected {expected}, found {repr(shown) if shown else 'nothing'}")


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count:,} columns"

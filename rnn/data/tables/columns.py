"""The column of a file that is meant: the one that a person names, or the only one that may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.data.tables.header import is_word, one_line
from rnn.data.tables.numbers import Unreadable, is_missing, numbers, written
from rnn.data.tables.table import Table
from rnn.errors import DataError, Undecided
from rnn.files import plain_file, plain_text
from rnn.files.kinds import NPY, NPZ, START, kind_of
from rnn.files.npz import read_npy, read_npz
from rnn.files.stored import StoredArray, as_floats
from rnn.number_format import counted, listed

MOST = 1 << 30  # bytes of a text
MOST_COLUMNS = 10_000  # of one array
SETTING = "task.column"  # which a person names it with
_ABOUT = "()<>~≈=≤≥±*†‡ "  # what stands about a number that is not quite one
_UNNAMED = re.compile(r"(Unnamed: \d+)?")
_TIME = re.compile(
    r"\W*(index|id|no|nr|row|step|time|date|datetime|timestamp|year|month|week|day|hour|minute|second|quarter|"
    r"jahr|monat|tag|datum|zeit|année|mois|jour|año|mes|fecha)s?\W*([(\[].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of numbers.

    Attributes:
        title: what it is called: a name or a number, by which it is found again.
        values: from top to bottom.
        told: which it is, how it was read and what was left out, in words.
    """

    title: str
    values: Array
    told: str


def read_column(path: str | Path, wanted: str) -> Column:
    """A column of the table in a file: a text, an .npy or an .npz file.

    Arguments:
        wanted: its name, or its number from 1; empty takes the only one that may be meant.

    Raises:
        Undecided: there is no such column, or several may be meant.
        DataError: the file cannot be read, or not every cell of the column is a finite number.
    """
    wanted = one_line(wanted)
    arrays = _arrays(path)
    if arrays is not None:
        if not wanted and len(arrays) > 1:
            raise _several(path, [*arrays])
        title = wanted or next(iter(arrays))
        if title not in arrays:
            raise _no_such(path, title, [*arrays])
        array, index = arrays[title]
        values = np.asarray(array)
        values = values if array.ndim == 1 else np.ascontiguousarray(values[:, index])
        values = as_floats(path, values, lambda at: f"row {at[0] + 1}, column {title}")
        return Column(title, values, f"column {title}, {counted(len(values), 'value')}")
    with plain_text(path, MOST, "a CSV file") as stream:
        table = Table(path, stream)
        index = _index(path, table, wanted)
        title = _title(table, index)
        try:
            values, how = numbers(lambda: table.cells(index), table.usual_mark)
        except Unreadable as error:
            raise DataError(path, f"row {error.row:,}, column {title}", str(error)) from None
        aside = [(table.above, "above"), (table.below, "below")]
        beside = [f"{counted(count, 'row')} {where} left out" for count, where in aside if count]
        place = f"rows {table.first:,} to {table.last:,}"
        told = f"column {title}, {counted(len(values), 'value')}, {place}"
        return Column(title, values, ", ".join(filter(None, (told, how, *beside))))


def titles(path: str | Path) -> tuple[str, ...]:
    """What the columns of numbers in a file are called.

    Raises:
        DataError: the file cannot be read.
    """
    arrays = _arrays(path)
    if arrays is not None:
        return tuple(arrays)
    with plain_text(path, MOST, "a CSV file") as stream:
        table = Table(path, stream)
        return tuple(_title(table, index) for index in _of_numbers(table))


def _title(table: Table, index: int) -> str:
    """What a column is called: its name where no other has it, or else its number from 1."""
    name = table.names[index] if table.names else ""
    if name and table.names.count(name) == 1:
        return name
    return str(index + 1) if str(index + 1) not in table.names else f"{name}:{index + 1}"


def _index(path: str | Path, table: Table, wanted: str) -> int:
    """The column that is meant, from 0."""
    every = [_title(table, index) for index in range(table.width)]
    if wanted in every:
        return every.index(wanted)
    if wanted and wanted in table.names:
        there = [title for title, name in zip(every, table.names, strict=True) if name == wanted]
        raise Undecided(path, "", f"several columns are called {wanted}: {listed(there)}", "one", SETTING)
    if re.fullmatch(r"[1-9]\d{0,8}", wanted) and int(wanted) <= table.width:
        return int(wanted) - 1
    if wanted:
        raise _no_such(path, f"{wanted} in the table from row {table.first:,} on", every)
    found = _of_numbers(table)
    if not found:
        raise DataError(path, "", "expected a column of numbers, found none")
    meant = [index for index in found if not _is_index(table, index)] if table.width > 1 else found
    if len(meant) == 1 and (table.width == 1 or not _TIME.fullmatch(every[meant[0]])):
        return meant[0]
    if len(meant) > 1:
        raise _several(path, [every[index] for index in meant])
    only = every[(meant or found)[0]]
    raise Undecided(
        path, "", f"only {only} holds numbers, and seems to count rows or tell the time", "a column", SETTING
    )


def _several(path: str | Path, there: Sequence[str]) -> Undecided:
    return Undecided(path, "", f"several columns may be meant: {listed(there, 12)}", "one", SETTING)


def _no_such(path: str | Path, wanted: str, there: Sequence[str]) -> Undecided:
    reason = f"there is no column {wanted}; there are {listed(there, 12)}"
    return Undecided(path, "", reason, "one", SETTING)


def _of_numbers(table: Table) -> list[int]:
    """The columns that hold numbers, also such that cannot be read, or that begin too far down to be seen."""
    found = []
    for index, cells in enumerate(zip(*table.head, strict=True)):
        there = [cell for cell in cells if not is_missing(cell)]
        close = [cell for cell in there if written(cell.strip(_ABOUT))]
        may_begin = not there and not table.is_whole and (not table.names or table.names[index])
        if any(not is_word(cell) for cell in there) or 2 * len(close) > len(there) or may_begin:
            found.append(index)
    return found


def _is_index(table: Table, index: int) -> bool:
    """Whether it counts the rows: a first column without a name whose whole numbers rise."""
    if index or (table.names and not _UNNAMED.fullmatch(table.names[0])):
        return False
    numbers_there = [number for row in table.head if (number := written(row[0]))]
    values = [next(iter(number.readings.values())) for number in numbers_there]
    steps = [after - before for before, after in pairwise(values)]
    if len(steps) < 2 or len(values) < len(table.head) or not all(map(float.is_integer, values)):
        return False
    return min(steps) > 0.0 and (bool(table.names) or len(set(steps)) == 1)


def _arrays(path: str | Path) -> dict[str, tuple[StoredArray, int]] | None:
    """The columns of numbers in an .npz or .npy file by what they are called; None where it is a text.

    That is their array's name, or array:number where it has several; in an .npy file the number alone.
    """
    with plain_file(path) as stream:
        found = kind_of(stream.read(START))
    ending = Path(path).suffix.lower()
    if found == NPZ or ending == ".npz":
        arrays = read_npz(path)
    elif found == NPY or ending == ".npy":
        arrays = {"": read_npy(path)}
    else:
        return None
    columns: dict[str, tuple[StoredArray, int]] = {}
    for name, array in arrays.items():
        width = array.shape[1] if array.ndim == 2 else 1
        if array.dtype.kind in "fiu" and 1 <= array.ndim <= 2 and width <= MOST_COLUMNS:
            for index in range(width):
                title = f"{name}:{index + 1}".lstrip(":") if width > 1 else name or "1"
                columns[title] = array, index
    if not columns:
        raise DataError(path, "", "expected an array of real numbers, (rows) or (rows, columns), found none")
    return columns

"""Where in a text its table is: what separates the columns and names them, and which rows are none of it."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path

from rnn.data.tables.header import FEW, are_names, is_word, kind, names_of, one_line
from rnn.data.tables.numbers import COMMA, POINT, written
from rnn.errors import DataError
from rnn.files import text_lines
from rnn.number_format import counted

SAMPLE = 300  # lines that are looked at to find out what a table is like
LETTERS = 1 << 17  # in more than a FEW of them
SUMMARIES = 3  # rows at the end of a table, of its own width, that may sum it up
DELIMITERS = ("\t", ";", "|", ",", " ", "\x1f")  # the last separates nothing; of equals the first is taken
_COMMENTS = ("#", "%")
_TOLD = re.compile(r'"?sep=([^\w\s".]|[ \t])"?\s*', re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_DOTTED_DATE = re.compile(r"\d\d?\.\d\d?\.(\d{2}|\d{4})?(\s.*)?")

Row = list[str]
Numbered = tuple[int, Row]


class Table:
    """The table in a text: most of its rows have the same number of columns.

    Rows are counted from 1, with all that is none of the table. Lines that begin with # or % are comments,
    and so is a spreadsheet's ``sep=;``, which is taken at its word.

    Arguments:
        stream: the text of the file ``path``, which stays open as long as cells are read.

    Attributes:
        names: of the columns; empty where they have none.
        width: how many columns there are.
        head: the first rows of values.
        is_whole: whether these are all that there are.
        first, last: the rows of its values; the last is known when all cells of a column were read.
        above, below: how many rows there are that are none of it.

    Raises:
        DataError: there is no table, or it is not clear where it begins or whether it has names.
    """

    def __init__(self, path: str | Path, stream: TextIOWrapper) -> None:
        self._path, self._stream = path, stream
        lines: list[str] = []
        self.is_whole = False
        for line in text_lines(path, stream):
            lines.append(line)
            if len(lines) >= SAMPLE or (len(lines) >= FEW and sum(map(len, lines)) > LETTERS):
                break
        else:
            self.is_whole = True
        self._delimiter = _delimiter(lines)
        rows = _sample(lines, self._delimiter)
        runs = _runs(rows)
        if not runs:
            found = "something else" if any(map(str.strip, lines)) else "nothing"
            raise DataError(path, "", f"expected rows of numbers, found {found}")
        longest = _fullest(runs)
        self.width = len(longest[0][1])
        self._kind = Counter(kind(row[0]) for _, row in reversed(longest)).most_common(1)[0][0]
        even = (run for run in runs if len(run[0][1]) == self.width)
        run = next((run for run in even if any(self._belongs(row) for _, row in run)), longest)
        self.first, self.last = run[0][0], 0
        above = [(number, row) for number, row in rows if row and number < self.first]
        self._refuse_torn(above)
        self.above, self.below = len(above), 0
        self.names = names_of(path, self.first, [row for _, row in run])
        if self.names:
            self.first += 1
        else:  # they may stand apart, or in a comment
            line = next(filter(str.strip, reversed(lines[: self.first - 1])), "")
            row = next(_parsed([line.lstrip("#% ")], self._delimiter, strict=False), [])
            if len(row) == self.width and are_names(row):
                self.names = tuple(map(one_line, row))
                self.above -= not line.startswith(_COMMENTS)
            elif above and above[-1][0] == self.first - 1 and len(row) > 1 and are_names(row):
                expected = (
                    f"expected names for {counted(self.width, 'column')} as below it, found {len(row):,}"
                )
                raise DataError(path, f"row {self.first - 1:,}", expected)
        self.head = [row for number, row in run if number >= self.first and self._is_regular(row)]
        if not self.head:
            raise DataError(path, "", "expected rows of numbers, found only the names of the columns")
        cells = [cell for row in self.head for cell in row]
        marks = [set(number.readings) for cell in cells if (number := written(cell))]
        self._marks = set().union(*(told for told in marks if len(told) == 1))
        self._has_dotted_dates = any(map(_DOTTED_DATE.fullmatch, cells))

    def cells(self, index: int) -> Iterator[tuple[int, str]]:
        """The cells of a column, with their rows.

        Raises:
            DataError: a row between them is of another width, or what follows is more than the table.
        """
        self._stream.seek(0)
        rest: list[Numbered] = []  # rows that are none of the table, unless it goes on behind them
        count = 0
        for number, row in _rows(
            self._path, text_lines(self._path, self._stream), self._delimiter, strict=True
        ):
            if number < self.first:
                continue
            if not (
                len(row) == self.width
                and (row[0][:1] in "0123456789" or self._is_regular(row, index == 0 and not rest))
            ):
                if row or not rest:
                    rest.append((number, row))
                if len(rest) <= max(SAMPLE, count):
                    continue
                reason = f"expected a table to its end, found more than {count:,} rows that are none of it"
                raise DataError(self._path, f"row {rest[0][0]:,}", reason)
            if rest:
                for other, skipped in rest:
                    self._refuse_width(other, skipped)
                    yield other, skipped[index]
                rest = []
            count += 1
            self.last = number
            yield number, row[index]
        if len(rest) > SUMMARIES and all(len(row) == self.width for _, row in rest):
            yield from ((number, row[index]) for number, row in rest)
            self.last = rest[-1][0]
            rest = []
        self._refuse_torn(rest)
        self.below = sum(1 for _, row in rest if row)

    def usual_mark(self, sign: str) -> str:
        """The decimal mark in a column in which it may be either, by the ``sign`` that its cells have.

        It is that of other cells; where commas separate columns, one in quotes separates thousands; beside
        dates such as 31.12.2020 a point may be either.
        """
        if len(self._marks) == 1:
            return next(iter(self._marks))
        if sign == COMMA:
            return POINT if self._delimiter == COMMA else ""
        return "" if self._has_dotted_dates and self._delimiter != COMMA else POINT

    def _is_regular(self, row: Row, is_wanted: bool = False) -> bool:
        """Whether it begins as the others do; a sum has a word in the place of their date or number.

        Arguments:
            is_wanted: whether what it begins with is to be read, so that a word there is to be told.
        """
        is_sum = _DIGIT.search(self._kind) and not _DIGIT.search(row[0]) and is_word(row[0])
        return is_wanted or not is_sum

    def _belongs(self, row: Row) -> bool:
        """Whether it is a row of the table, also where its width is another."""
        if _DIGIT.search(self._kind):
            return bool(row) and kind(row[0]) == self._kind
        return len(row) == self.width and any(written(cell) for cell in row)

    def _refuse_torn(self, rows: Sequence[Numbered]) -> None:
        """Raise DataError where rows beside the table are a part of it, torn off by one that is wrong."""
        if any(self._belongs(row) for _, row in rows):
            for number, row in rows:
                self._refuse_width(number, row)

    def _refuse_width(self, number: int, row: Row) -> None:
        if len(row) != self.width:
            found = f"{len(row):,}" if row else "an empty row"
            raise DataError(
                self._path, f"row {number:,}", f"expected {counted(self.width, 'column')}, found {found}"
            )


def _rows(path: str | Path, lines: Iterable[str], delimiter: str, strict: bool) -> Iterator[Numbered]:
    """Every row but comments, with its number; one without a word in it is an empty list."""
    number = 0
    try:
        for number, row in enumerate(_parsed(lines, delimiter, strict), start=1):
            if row != [_COMMENTS[0]]:
                yield number, row if any(row) else []
    except csv.Error as error:
        raise DataError(path, f"row {number + 1:,}", f"cannot be read as CSV ({error})") from None


def _parsed(lines: Iterable[str], delimiter: str, strict: bool) -> Iterator[Row]:
    """The rows; a comment is its sign alone."""
    plain = (
        _COMMENTS[0] if line[:1] in _COMMENTS or (at == 0 and _TOLD.fullmatch(line)) else line
        for at, line in enumerate(lines)
    )
    if delimiter == " ":
        plain = (re.sub(r"[ \t]+", " ", line.strip()) for line in plain)
    return csv.reader(plain, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _sample(lines: Sequence[str], delimiter: str) -> list[Numbered]:
    """The rows of the first lines; a quotation that goes on beyond them ends with them."""
    rows: list[Numbered] = []
    with contextlib.suppress(DataError):  # it will be met again, and told, when cells are read
        rows.extend(_rows("", lines, delimiter, strict=False))
    return rows


def _runs(rows: Iterable[Numbered]) -> list[list[Numbered]]:
    """Rows of one width that follow on each other, without those that are empty."""
    return [list(run) for width, run in groupby(rows, lambda row: len(row[1])) if width]


def _fullest(runs: Sequence[list[Numbered]]) -> list[Numbered]:
    """The one with most numbers, or else rows."""
    return max(runs, key=lambda run: (sum(1 for _, row in run for cell in row if written(cell)), len(run)))


def _delimiter(lines: Sequence[str]) -> str:
    """What separates the columns: what the first line says, or what makes the most of the first lines."""
    told = _TOLD.fullmatch(lines[0]) if lines else None
    return told[1] if told else max(DELIMITERS, key=lambda delimiter: _worth(lines, delimiter))


def _worth(lines: Sequence[str], delimiter: str) -> tuple[float, float, bool]:
    """How much of the first lines is a table, and numbers in it; where that is equal, how much a table; and
    whether anything is separated.
    """
    numbered = _sample(lines, delimiter)
    rows = [row for _, row in numbered if row]
    if not rows:
        return 0.0, 0.0, False
    width = len(_fullest(_runs(numbered))[0][1])
    table = [row for row in rows if len(row) == width]
    covered = len(table) / len(rows)
    if len(rows[0]) != width or (width == 1 and re.search(r"[,;|\t]", rows[0][0])):
        covered *= 0.5  # the first row is hardly one of it, and most often it is
    cells = [cell for row in table[1:] or table for cell in row]
    return round(covered * sum(map(bool, map(written, cells))) / len(cells), 6), covered, width > 1

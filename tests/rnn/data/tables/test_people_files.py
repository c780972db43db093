"""Tables as people have them: read as what they are, or refused with the columns that may be meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnn.data.tables import Column, read_column, titles
from rnn.errors import LONGEST, DataError, Undecided

COUNT = 60
VALUES = [round(1200.0 + 40.0 * np.sin(0.5 * n) + 0.37 * n, 2) for n in range(COUNT)]
DATES = [f"{1 + n % 12:02}/{1 + n % 28:02}/2020" for n in range(COUNT)]


def rows(cell: Callable[[int], str], begin: int = 0) -> str:
    return "".join(f"{cell(n)}\n" for n in range(begin, COUNT))


def german(value: float) -> str:
    return f"{value:,.2f}".replace(",", "'").replace(".", ",").replace("'", ".")


# By what is special about it: the text, the column that is named, what it is called, and what else is told.
READ: dict[str, tuple[str, str, str, str]] = {
    "a currency": ("Date,Close\n" + rows(lambda n: f"{DATES[n]},${VALUES[n]}"), "", "Close", "in $"),
    "a currency behind": ("t;Kurs\n" + rows(lambda n: f"x{n};{german(VALUES[n])} €"), "Kurs", "Kurs", "in €"),
    "per cent": ("year,share\n" + rows(lambda n: f"{1960 + n},{VALUES[n]}%"), "share", "share", "in %"),
    "a unit": ("when,level\n" + rows(lambda n: f"day {n},{VALUES[n]} cm"), "", "level", "in cm"),
    "thousands in quotes": (
        "Date,Price\n" + rows(lambda n: f'{DATES[n]},"{VALUES[n]:,.2f}"'),
        "",
        "Price",
        "with commas between thousands",
    ),
    "an index": (",Date,Price\n" + rows(lambda n: f"{n},{DATES[n]},{VALUES[n]}"), "", "Price", ""),
    "an index that was saved": (
        "Unnamed: 0,Date,Price\n" + rows(lambda n: f"{3 * n},{DATES[n]},{VALUES[n]}"),
        "",
        "Price",
        "",
    ),
    "decimal commas": (
        "Datum;Wert\n" + rows(lambda n: f"{n}.1.2020;{german(VALUES[n])}"),
        "",
        "Wert",
        "commas",
    ),
    "one column with decimal commas": ("Wert\n" + rows(lambda n: german(VALUES[n])), "", "Wert", "commas"),
    "a header of a number": ("0\n" + rows(lambda n: f"{VALUES[n]}"), "", "0", "rows 2 to 61"),
    "a header of a year": ("2020\n" + rows(lambda n: f"{VALUES[n]:.3f}"), "", "2020", "rows 2 to 61"),
    "a header of numbers with a corner": (",0\n" + rows(lambda n: f"{n},{VALUES[n]}"), "", "0", ""),
    "a header of numbers": ("0,1\n" + rows(lambda n: f"{VALUES[n]},{n % 7}"), "0", "0", "rows 2 to 61"),
    "runs of spaces": (rows(lambda n: f"  {n:6d}   {VALUES[n]:.2f}  "), "2", "2", "rows 1 to 60"),
    "what savetxt writes": (rows(lambda n: f"{n:.18e} {VALUES[n]:.18e}"), "", "2", "rows 1 to 60"),
    "comments": (
        "# means\n# of months\na,b\n" + rows(lambda n: f"{n % 12},{VALUES[n]}"),
        "b",
        "b",
        "4 to 63",
    ),
    "names in a comment": ("# a b\n" + rows(lambda n: f"{n % 12} {VALUES[n]}"), "b", "b", "rows 2 to 61"),
    "a spreadsheet's word": ("sep=;\na;b,c\n" + rows(lambda n: f"{n % 9};{VALUES[n]}"), "b,c", "b,c", ""),
    "lines above": (
        "An invented table\nMade, up, today\n\nDate,Price\n" + rows(lambda n: f"{DATES[n]},{VALUES[n]}"),
        "",
        "Price",
        "rows 5 to 64, 2 rows above left out",
    ),
    "a footer": (
        "Month,N\n"
        + rows(lambda n: f"1949-{n},{VALUES[n]}")
        + "\nSource: invented, today, here\nwithout end\n",
        "",
        "N",
        "rows 2 to 61, 2 rows below left out",
    ),
    "a sum": (
        "Month,N\n" + rows(lambda n: f"1949-{n},{VALUES[n]}") + "Total,72000\n",
        "",
        "N",
        "rows 2 to 61, 1 row below left out",
    ),
    "tabs beside thousands": (
        "a\tb\n" + rows(lambda n: f"x{n}\t{VALUES[n]:,.2f}"),
        "",
        "b",
        "with commas between thousands",
    ),
    "a footer under one column": (
        "N\n" + rows(lambda n: f"{VALUES[n]}") + "\nSource: invented\n",
        "",
        "N",
        "1 row below left out",
    ),
    "a column that ends its rows with nothing": (
        "a;b;\n" + rows(lambda n: f"x;{VALUES[n]};"),
        "",
        "b",
        "",
    ),
    "a sign for a name of the index": ("#,Price\n" + rows(lambda n: f"{n},{VALUES[n]}"), "", "Price", ""),
    "empty rows of a spreadsheet": ("a,b\n" + rows(lambda n: f"x,{VALUES[n]}") + ",\n" * 500, "", "b", ""),
}


@pytest.mark.parametrize("case", READ)
def test_it_is_read_as_what_it_is_and_told_so(case: str, tmp_path: Path) -> None:
    text, wanted, title, told = READ[case]
    column = read(tmp_path, text, wanted)
    np.testing.assert_allclose(column.values, VALUES, rtol=1e-12)
    assert column.title == title
    assert column.told.startswith(f"column {title}, 60 values")
    assert told in column.told
    again = read(tmp_path, text, column.title)
    np.testing.assert_array_equal(again.values, column.values)
    assert column.title in titles(tmp_path / "a.csv")


def money(cell: Callable[[float], str]) -> str:
    return "n,a,b\n" + rows(lambda n: f"x{n},{cell(VALUES[n])},{n % 7}")


def gaps(first: int, word: str, count: int) -> str:
    return "n,a,b\n" + "".join(f"x,{word if n < first else n / 2},{n % 7}\n" for n in range(count))


MEANT: dict[str, str] = {
    "a currency": money(lambda value: f"${value}"),
    "a currency's letters": money(lambda value: f"EUR {value}"),
    "thousands": money(lambda value: f'"{value:,.2f}"'),
    "thousands by spaces": money(lambda value: f"{value:,.2f}".replace(",", " ")),
    "per cent": money(lambda value: f"{value:.1f} %"),
    "a unit": money(lambda value: f"{value} km/h"),
    "brackets": money(lambda value: f"({value})"),
    "about": money(lambda value: f"~{value}"),
    "several units": money(lambda value: f"{value}{'M' if value > 1210 else 'K'}"),
    "a gap": gaps(1, "", 60),
    "gaps in the first hundred rows": gaps(100, "NA", 160),
    "gaps in more rows than are looked at": gaps(500, "", 600),
    "an odd word": money(lambda value: "closed" if value < 1210 else f"{value}"),
}


@pytest.mark.parametrize("case", MEANT)
def test_where_another_column_may_be_meant_all_of_them_are_named(case: str, tmp_path: Path) -> None:
    assert refused(tmp_path, MEANT[case]) == "several columns may be meant: a, b; name one with task.column"
    with pytest.raises(Undecided) as error:
        read(tmp_path, MEANT[case])
    assert error.value.setting == "task.column"
    assert titles(tmp_path / "a.csv") == ("a", "b")


REFUSED: dict[str, tuple[str, str, str]] = {
    "only years": (
        "year,word\n" + rows(lambda n: f"{1960 + n},x"),
        "",
        "only year holds numbers, and seems to count rows or tell the time; name a column with task.column",
    ),
    "only an index": (
        ",word\n" + rows(lambda n: f"{n},x"),
        "",
        "only 1 holds numbers, and seems to count rows or tell the time; name a column with task.column",
    ),
    "a comma that may be both": (
        "a;b\n" + rows(lambda n: f"x;1,{n + 100}"),
        "b",
        "row 2, column b: expected a number, found '1,100', which may be 1100 or 1.1",
    ),
    "a point that may be both": (
        "a;b\n" + rows(lambda n: f"{n % 28 + 1}.1.2020;1.{n + 100}"),
        "b",
        "row 2, column b: expected a number, found '1.100', which may be 1.1 or 1100",
    ),
    "another unit further on": (
        "a,b\n" + rows(lambda n: f"x,{n} {'kg' if n < 40 else 'g'}"),
        "b",
        "row 42, column b: expected a number in kg as above it, found '40 g'",
    ),
    "another decimal mark further on": (
        "a;b\n" + rows(lambda n: f"x;{n},5" if n < 40 else f"x;{n}.5"),
        "b",
        "row 42, column b: expected a number with a decimal comma as above it, found '40.5'",
    ),
    "thousands that are columns as well": (
        "a,b\n" + rows(lambda n: f"{DATES[n]},1,{n + 100}"),
        "b",
        "row 1: expected names for 3 columns as below it, found 2",
    ),
    "no such column below comments": (
        "# c\na,b\n" + rows(lambda n: f"{n},{n}"),
        "c",
        "there is no column c in the table from row 3 on; there are a, b; name one with task.column",
    ),
    "a name or a value": (
        "0\n" + rows(lambda n: f"{112 + n * n}"),
        "",
        "row 1: 0 may be the name of the column or its first value; write a name above it, or leave it out",
    ),
    "a row that is torn": (
        "a,b\n" + rows(lambda n: f"{DATES[n]},{n}" if n != 30 else "5"),
        "b",
        "row 32: expected 2 columns, found 1",
    ),
    "a row that is torn near the beginning": (
        "a,b\n1,2\n3,4,5\n" + rows(lambda n: f"{n},{n}"),
        "b",
        "row 3: expected 2 columns, found 3",
    ),
    "the last row, cut": (
        rows(lambda n: f"{n},{VALUES[n]}") + "60",
        "2",
        "row 61: expected 2 columns, found 1",
    ),
    "two tables": (
        "a,b\n" + rows(lambda n: f"{DATES[n]},{n}") + "\na,c\n" + rows(lambda n: f"{DATES[n]},{n}"),
        "b",
        "row 62: expected 2 columns, found an empty row",
    ),
    "more below than there is above": (
        "a,b\n" + rows(lambda n: f"{DATES[n]},{n}") + "\n" + "some words\n" * 400,
        "b",
        "row 62: expected a table to its end, found more than 60 rows that are none of it",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_be_several_things_is_refused_with_all_of_them(case: str, tmp_path: Path) -> None:
    text, wanted, expected = REFUSED[case]
    assert refused(tmp_path, text, wanted) == expected


def test_a_series_that_begins_at_0_or_in_a_year_and_goes_on_so_has_no_name(tmp_path: Path) -> None:
    for begin in (0, 2020):
        assert len(read(tmp_path, rows(lambda n, begin=begin: f"{begin + n}")).values) == COUNT  # type: ignore[misc]


def test_an_npy_file_is_read_as_an_array_of_an_archive_is(tmp_path: Path) -> None:
    table = np.array([VALUES, range(COUNT)]).T
    for name, array in (("one", table[:, :1]), ("flat", table[:, 0]), ("two", table)):
        np.save(tmp_path / f"{name}.npy", array)
    for name in ("one", "flat"):
        column = read_column(tmp_path / f"{name}.npy", "")
        assert (column.title, column.told) == ("1", "column 1, 60 values")
        np.testing.assert_array_equal(column.values, VALUES)
    with pytest.raises(Undecided, match=r"several columns may be meant: 1, 2; name one with task.column"):
        read_column(tmp_path / "two.npy", "")
    np.testing.assert_array_equal(read_column(tmp_path / "two.npy", "2").values, range(COUNT))
    (tmp_path / "one.npy").rename(tmp_path / "one.csv")
    np.testing.assert_array_equal(read_column(tmp_path / "one.csv", "").values, VALUES)


@pytest.mark.parametrize(
    ("beginning", "what"),
    [
        (b"PK\3\4" + bytes(22) + b"\x13\0\0\0[Content_Types].xml", "a workbook, or another document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook"),
        (b"\x1f\x8b\x08\0", "a file that gzip has compressed: unpack it first"),
        ("a,b\n1,2\n".encode("utf-16-le"), "text in UTF-16: save it as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-be"), "text in UTF-16: save it as UTF-8"),
    ],
)
def test_what_is_no_table_of_text_is_named(beginning: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(beginning + bytes(0 if what.startswith("text") else 100))
    with pytest.raises(DataError, match=f"expected a CSV file, found {what}"):
        read_column(tmp_path / "a.csv", "")


def test_every_column_is_found_by_what_it_is_called(tmp_path: Path) -> None:
    text = "2,x,x,,3\n" + rows(lambda n: f"{n % 5}.5,{n % 6},{n % 7},{n % 8},{n % 9}")
    (tmp_path / "a.csv").write_text(text)
    there = titles(tmp_path / "a.csv")
    assert len(set(there)) == 5
    for place, title in enumerate(there):
        assert read(tmp_path, text, title).values[1] == 1.5 if place == 0 else 1.0
        assert read(tmp_path, text, title).values.max() == 4.5 + 0.5 * (place > 0) + place - (place > 0)


def read(folder: Path, text: str, wanted: str = "") -> Column:
    (folder / "a.csv").write_text(text)
    return read_column(folder / "a.csv", wanted)


def refused(folder: Path, text: str, wanted: str = "") -> str:
    with pytest.raises(DataError) as error:
        read(folder, text, wanted)
    said = str(error.value)
    assert len(said) <= LONGEST
    return said.removeprefix(str(folder / "a.csv")).lstrip(":, ")

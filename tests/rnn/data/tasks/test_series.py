"""A series from a file: every layout that is read, every refusal in one sentence, and what is made of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.config import RunConfig
from rnn.data.tables import read_column
from rnn.data.tasks import Data
from rnn.data.tasks.series import Series, column_titles
from rnn.errors import ConfigError, DataError
from tests.counting import calls
from tests.rnn.cases import write_data


def saved(folder: Path, text: str | bytes, name: str = "s.csv") -> str:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def generated(file: str, **changes: Any) -> Data:
    task = Series.from_values({"file": file, "length": 3, "scaling": "none"} | changes)
    return task.generate(np.random.default_rng(0))


def refusal(file: str, **changes: Any) -> str:
    with pytest.raises(DataError) as error:
        generated(file, **changes)
    assert str(error.value).startswith(file)
    return str(error.value).removeprefix(file).removeprefix(", ").removeprefix(": ")


# What is read

READ: dict[str, tuple[str | bytes, str, list[float]]] = {
    "one column": ("value\n1\n2\n3\n", "", [1, 2, 3]),
    "no header": ("1\n2.5\n-3e2\n", "", [1, 2.5, -300]),
    "by name": ("time,value\n0,5\n1,6\n", "value", [5, 6]),
    "by number": ("time,value\n0,5\n1,6\n", "2", [5, 6]),
    "by number without a header": ("0,5\n1,6\n", "2", [5, 6]),
    "the only numbers": ("day,value\nMon,5\nTue,6\n", "", [5, 6]),
    "dates without a header": ("2020-01-01,5\n2020-01-02,6\n", "", [5, 6]),
    "the same word without a header": ("Oslo,5\nOslo,6\n", "", [5, 6]),
    "semicolons": ("time;value\n0;5\n1;6\n", "value", [5, 6]),
    "semicolons beside decimal commas": ("time;other;value\n0,5;1,5;5\n1,5;2,5;6\n", "value", [5, 6]),
    "tabs": ("time\tvalue\n0\t5\n1\t6\n", "value", [5, 6]),
    "bars": ("time|value\n0|5\n1|6\n", "value", [5, 6]),
    "a semicolon in a word": ("word,value\na;b,5\nc;d,6\n", "value", [5, 6]),
    "a byte order mark": (b"\xef\xbb\xbfvalue,time\n5,0\n6,1\n", "value", [5, 6]),
    "quotes": ('"the time","a ""good"" value"\n"0","5"\n"1","6"\n', 'a "good" value', [5, 6]),
    "a comma and a line in quotes": ('"time, in s","va\nlue"\n0,5\n1,6\n', "va lue", [5, 6]),
    "Windows lines": ("time,value\r\n0,5\r\n1,6\r\n", "value", [5, 6]),
    "old Macintosh lines": ("time,value\r0,5\r1,6\r", "value", [5, 6]),
    "no line end at the end": ("value\n5\n6", "", [5, 6]),
    "empty rows at both ends": ("\n\nvalue,time\n5,0\n6,1\n\n,\n \n", "value", [5, 6]),
    "spaces": ("time, value \n 0 , 5\n 1 , 6\n", " value ", [5, 6]),
    "a column of row numbers without a name": (",value\n0,5\n1,6\n", "value", [5, 6]),
    "a name that is a number": ("day,2\n3,5\n4,6\n", "2", [5, 6]),
    "a name that is there twice": ("value,value\n0,5\n1,6\n", "2", [5, 6]),
    "other columns with gaps": ("time,value\n,5\nn/a,6\n", "value", [5, 6]),
    "decimal commas": ("time;v\n0;1,5\n1;2,5\n", "v", [1.5, 2.5]),
    "letters of any kind": ("Zeit,Größe °C\n0,5\n1,6\n", "Größe °C", [5, 6]),
}


@pytest.mark.parametrize("case", READ)
def test_a_column_is_found_in_every_usual_layout(case: str, tmp_path: Path) -> None:
    text, column, expected = READ[case]
    np.testing.assert_array_equal(read_column(saved(tmp_path, text), column).values, expected)


@settings(max_examples=60)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
    st.booleans(),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes_is_read_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], delimiter: str, header: bool, quoting: Any
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
    if header:
        writer.writerow(["a word", "value"])
    writer.writerows([f"{i}:00", repr(value)] for i, value in enumerate(values))
    file = saved(tmp_path_factory.mktemp("series"), stream.getvalue())
    np.testing.assert_array_equal(read_column(file, "").values, values)


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=200), st.text("01,;\t|\"'\n\r ab.-_n/aé", max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = saved(tmp_path_factory.getbasetemp(), content)
    said, values = file, np.zeros(1)
    try:
        values = read_column(file, "").values
    except DataError as error:
        said = str(error)
    assert said.startswith(file)
    assert "\n" not in said
    assert values.ndim == 1
    assert len(values) > 0
    assert np.isfinite(values).all()


def test_a_row_is_as_little_work_in_a_long_file_as_in_a_short_one(tmp_path: Path) -> None:
    rows = "".join(f"2020-01-01,{i % 977}.25,x\n" for i in range(1_000))
    work = []
    for times in (10, 20, 30):
        file = saved(tmp_path, "date,value,note\n" + rows * times)
        work.append(calls(lambda file=file: read_column(file, "value")))  # type: ignore[misc]
    assert work[2] - work[1] == pytest.approx(work[1] - work[0], rel=0.01)
    assert work[2] < 12 * 30_000
    values = read_column(file, "value").values
    assert len(values) == 30_000
    assert values[-1] == 999 % 977 + 0.25


# What is refused

TABLE = "time,temperature,note\n" + "".join(f"{i},{20 + i},x\n" for i in range(20))

REFUSED: dict[str, tuple[str | bytes, str, str]] = {
    "not a number": (
        TABLE.replace("15,35", "15,n/a"),
        "temperature",
        "row 17, column temperature: expected a number, found 'n/a'",
    ),
    "missing": (
        TABLE.replace("15,35", "15,"),
        "temperature",
        "row 17, column temperature: expected a number, found nothing",
    ),
    "not a number, without names": ("1\n2\nx\n", "", "row 3, column 1: expected a number, found 'x'"),
    "missing at the beginning": ("n/a,1\n2,2\n", "1", "row 1, column 1: expected a number, found 'n/a'"),
    "nan": ("v\n1\nnan\n", "", "row 3, column v: expected a finite number, found 'nan'"),
    "nan at once": ("nan\n1\n", "", "row 1, column 1: expected a finite number, found 'nan'"),
    "inf": ("v\n1\n-inf\n", "", "row 3, column v: expected a finite number, found '-inf'"),
    "too large": ("v\n1\n1e999\n", "", "row 3, column v: expected a finite number, found '1e999'"),
    "an underscore": ("v\n1\n1_000\n", "", "row 3, column v: expected a number, found '1_000'"),
    "a long word": (f"v\n1\n{'x' * 99}\n", "", f"row 3, column v: expected a number, found '{'x' * 39}…'"),
    "a column of words": (TABLE, "note", "row 2, column note: expected a number, found 'x'"),
    "an empty row between": ("a,b\n1,2\n\n3,4\n", "a", "row 3: expected 2 columns, found an empty row"),
    "a row of nothing between": ("a,b\n1,2\n,\n3,4\n", "a", "row 3: expected 2 columns, found an empty row"),
    "an empty row in one column": ("a\n1\n\n3\n", "", "row 3: expected 1 column, found an empty row"),
    "a short row": ("a,b\n1,2\n3\n", "a", "row 3: expected 2 columns, found 1"),
    "a long row": ("a,b\n1,2\n3,4\n5,6,7\n", "a", "row 4: expected 2 columns, found 3"),
    "no such name": (
        TABLE,
        "temp",
        "there is no column temp in the table from row 2 on; there are time, temperature, note; "
        "name one with task.column",
    ),
    "no such number": (
        "1,2\n3,4\n",
        "3",
        "there is no column 3 in the table from row 1 on; there are 1, 2; name one with task.column",
    ),
    "column 0": (
        "1,2\n3,4\n",
        "0",
        "there is no column 0 in the table from row 1 on; there are 1, 2; name one with task.column",
    ),
    "many columns": (
        ",".join(f"c{i}" for i in range(30)) + "\n" + ",".join("1" * 30) + "\n",
        "x",
        "there is no column x in the table from row 2 on; "
        "there are c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 18 more; "
        "name one with task.column",
    ),
    "which of two": (
        TABLE,
        "",
        "several columns may be meant: time, temperature; name one with task.column",
    ),
    "which of two with one name": (
        "v,v\n1,2\n",
        "",
        "several columns may be meant: 1, 2; name one with task.column",
    ),
    "decimal commas beside another column": (
        "time;v\n0;1,5\n1;2,5\n",
        "",
        "several columns may be meant: time, v; name one with task.column",
    ),
    "a name that is there twice": (
        "time,v,v\n1,2,3\n",
        "v",
        "several columns are called v: 2, 3; name one with task.column",
    ),
    "no numbers": ("a,b\nx,y\n", "", "expected a column of numbers, found none"),
    "names alone": ("time,v\n", "v", "expected rows of numbers, found only the names of the columns"),
    "half a header": (
        "day,2019\nMon,5\nTue,6\n",
        "2",
        "row 1: expected names for all columns or for none, found 'day' and '2019'",
    ),
    "empty": ("", "", "expected rows of numbers, found nothing"),
    "blank": ("\n  \n\r\n", "", "expected rows of numbers, found nothing"),
    "an open quote": (
        'a,b\n1,2\n3,"4\n5,6\n',
        "a",
        "row 3: cannot be read as CSV (unexpected end of data)",
    ),
    "a field without end": (
        "v\n1\n" + "2" * 200_000 + "\n",
        "",
        "row 3: cannot be read as CSV (field larger than field limit (131072))",
    ),
    "another encoding": ("a,Größe\n1,2\n".encode("latin-1"), "a", "line 1: expected text in UTF-8"),
    "another encoding further on": (
        b"a\n" + b"1\n" * 40_000 + b"2 \xb0C\n",
        "",
        "line 40002: expected text in UTF-8",
    ),
    "UTF-16": (
        "a\n1\n2\n".encode("utf-16"),
        "",
        "expected a CSV file, found text in UTF-16: save it as UTF-8",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_learned_is_refused_by_its_place(case: str, tmp_path: Path) -> None:
    text, column, expected = REFUSED[case]
    assert refusal(saved(tmp_path, text), column=column) == expected


def test_no_file_a_missing_one_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"^task\.file must name a CSV, \.npy or \.npz file with the series$"
    ):
        generated("")
    assert refusal(str(tmp_path / "none.csv")) == "there is no such file"
    assert refusal(str(tmp_path / "none.npz")) == "there is no such file"
    assert refusal(str(tmp_path)) == "expected a file, found a folder"
    with pytest.raises(DataError, match=r"a\\x00b: is not the name of a file$"):
        generated(str(tmp_path / "a\0b"))
    with pytest.raises(DataError, match=r"…n+: cannot be read \(File name too long\)$"):
        generated(str(tmp_path / ("n" * 300)))


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_short_series_is_refused_with_the_length_it_needs(share: float, tmp_path: Path) -> None:
    least, kind = (4, "a sequence") if share == 0.0 else (7, "a training and a held-out sequence")
    enough = saved(tmp_path, "".join(f"{i}\n" for i in range(least)))
    assert generated(enough, length=4, held_out=share).train.count == 1
    short = saved(tmp_path, "".join(f"{i}\n" for i in range(least - 1)))
    assert (
        refusal(short, length=4, held_out=share)
        == f"expected at least {least} values for {kind} of 4 points, found {least - 1}"
    )


def test_a_column_that_cannot_be_scaled_is_refused_by_its_name(tmp_path: Path) -> None:
    flat = saved(tmp_path, "v\n" + "20.5\n" * 9 + "3\n")
    for scaling in ("standardize", "minmax"):
        assert refusal(flat, scaling=scaling) == (
            "column v: expected values that differ, but all of the training part are 20.5; "
            "task.scaling must be none"
        )
    assert generated(flat).train.x.max() == 20.5
    reason = "column v: expected values that can be scaled, but these differ by too much or too little"
    wide = saved(tmp_path, "v\n" + "1e308\n-1e308\n" * 9)
    assert refusal(wide, scaling="standardize") == reason
    assert refusal(wide, scaling="minmax") == reason
    assert refusal(saved(tmp_path, "v\n" + "1e-300\n0\n" * 9), scaling="standardize") == reason


# Arrays

VALUES = np.arange(12.0).reshape(6, 2)
NO_ARRAY = "expected an array of real numbers, (rows) or (rows, columns), found none"
TOO_SHORT = "expected at least 5 values for a training and a held-out sequence of 3 points, found"


@pytest.mark.parametrize(
    ("arrays", "column", "expected"),
    [
        ({"v": VALUES[:, 0]}, "", VALUES[:, 0]),
        ({"v": VALUES[:, :1]}, "", VALUES[:, 0]),
        ({"v": VALUES}, "v:2", VALUES[:, 1]),
        ({"v": VALUES, "w": VALUES[:, 1].astype(np.int16)}, "w", VALUES[:, 1]),
        ({"names": np.array(["a", "b"]), "v": VALUES[:, 0].astype(np.float32)}, "", VALUES[:, 0]),
    ],
)
def test_a_column_of_an_npz_file_is_read(
    arrays: dict[str, Any], column: str, expected: Any, tmp_path: Path
) -> None:
    data = generated(write_data(tmp_path / "s.npz", **arrays), column=column, held_out=0.0)
    np.testing.assert_array_equal(data.train.x[:, :, 0].T.ravel(), expected[:4])
    assert data.train.x.dtype == np.float64


@pytest.mark.parametrize(
    ("arrays", "column", "expected"),
    [
        ({"v": VALUES}, "", "several columns may be meant: v:1, v:2; name one with task.column"),
        ({"v": VALUES}, "v:3", "there is no column v:3; there are v:1, v:2; name one with task.column"),
        (
            {"v": VALUES, "w": VALUES[0]},
            "x",
            "there is no column x; there are v:1, v:2, w; name one with task.column",
        ),
        ({"v": np.ones((2, 2, 2))}, "", NO_ARRAY),
        ({"v": np.array(["a"])}, "v", NO_ARRAY),
        (
            {"v": np.array([[0.0, 1.0], [2.0, np.nan]])},
            "v:2",
            "row 2, column v:2: expected a finite number, found nan",
        ),
        ({"v": np.array([1.0])}, "", f"{TOO_SHORT} 1"),
        ({"v": np.array([])}, "", f"{TOO_SHORT} 0"),
    ],
)
def test_arrays_that_do_not_serve_are_refused(
    arrays: dict[str, Any], column: str, expected: str, tmp_path: Path
) -> None:
    assert refusal(write_data(tmp_path / "s.npz", **arrays), column=column) == expected


def test_a_csv_file_under_the_name_of_an_archive_is_refused(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, "v\n1\n", "s.npz")).startswith("expected an .npz file of plain arrays")


# What is made of it


def numbers(folder: Path, count: int) -> str:
    return saved(folder, "".join(f"{i}\n" for i in range(count)))


def test_windows_share_their_end_points_and_the_last_ones_are_held_out(tmp_path: Path) -> None:
    data = generated(numbers(tmp_path, 24), length=3)  # eleven windows, and one value that is left out
    assert data.validation is not None
    assert (data.train.count, data.validation.count, data.outputs) == (9, 2, 1)
    np.testing.assert_array_equal(data.train.x[:, :, 0].T, np.arange(18).reshape(9, 2))
    np.testing.assert_array_equal(data.train.y[:, :, 0].T, np.arange(1, 19).reshape(9, 2))
    np.testing.assert_array_equal(data.validation.x[:, :, 0].T, [[18, 19], [20, 21]])
    np.testing.assert_array_equal(data.validation.y[:, :, 0].T, [[19, 20], [21, 22]])


@settings(max_examples=40)
@given(st.integers(3, 60), st.integers(2, 9), st.floats(0.0, 0.9))
def test_each_value_is_a_target_at_most_once_and_the_share_is_kept(
    tmp_path_factory: pytest.TempPathFactory, count: int, length: int, share: float
) -> None:
    if count < 2 * (length - 1) + 1:
        return
    data = generated(numbers(tmp_path_factory.getbasetemp(), count), length=length, held_out=share)
    held_out = data.validation.count if data.validation is not None else 0
    whole = (count - 1) // (length - 1)
    assert data.train.count + held_out == whole
    assert data.train.count >= 1
    assert (held_out == 0) == (share == 0.0)
    assert abs(held_out - share * whole) <= 1.0
    parts = [data.train.y] if data.validation is None else [data.train.y, data.validation.y]
    targets = np.concatenate([part[:, :, 0].T.ravel() for part in parts])
    np.testing.assert_array_equal(targets, np.arange(1, whole * (length - 1) + 1))


def test_scaling_is_measured_on_the_training_part_alone(tmp_path: Path) -> None:
    file = saved(tmp_path, "2\n4\n6\n8\n10\n1000\n2000\n")  # the training part is 2 to 10
    plain, standard, unit = (
        generated(file, length=3, held_out=0.3, scaling=scaling)
        for scaling in ("none", "standardize", "minmax")
    )
    assert plain.validation is not None
    np.testing.assert_array_equal(plain.validation.y.ravel(), [1000, 2000])
    np.testing.assert_allclose(standard.train.y, (plain.train.y - 6) / np.sqrt(8), rtol=1e-12)
    np.testing.assert_allclose(unit.train.x.ravel(), (plain.train.x.ravel() - 2) / 8, rtol=1e-12)
    assert unit.validation is not None
    np.testing.assert_allclose(unit.validation.y.ravel(), [998 / 8, 1998 / 8], rtol=1e-12)


def test_the_columns_that_hold_numbers_are_named_for_choosing(tmp_path: Path) -> None:
    table = saved(tmp_path, "time,v,place,v\n1,0.5,here,2\n2,0.7,there,3\n")
    assert column_titles(table) == ("time", "2", "4")
    assert column_titles(saved(tmp_path, "1;2\n3;4\n", "bare.csv")) == ("1", "2")
    arrays = write_data(tmp_path / "a.npz", v=np.zeros((5, 2)), w=np.zeros(5), names=np.array(["a", "b"]))
    assert column_titles(arrays) == ("v:1", "v:2", "w")
    for name in column_titles(arrays):
        assert generated(arrays, column=name).train.steps == 2
    assert column_titles(str(tmp_path / "gone.csv")) == column_titles(str(tmp_path / "gone.npz")) == ()
    assert column_titles(str(tmp_path)) == column_titles("") == ()


def test_the_lines_are_measured_on_the_training_sequences(tmp_path: Path) -> None:
    file = saved(tmp_path, "1\n3\n2\n5\n4\n9\n9\n")
    task = Series(file=file, length=3, held_out=0.3, scaling="none")
    found = {line.label: line.loss for line in task.references(task.generate(np.random.default_rng(0)))}
    assert found == {
        "always the mean": pytest.approx(np.var([3, 2, 5, 4])),
        "repeat the last value": pytest.approx((4 + 1 + 9 + 1) / 4),
    }
    wide = Series(file=saved(tmp_path, "1e308\n-1e308\n" * 9), length=3, scaling="none")
    assert wide.references(wide.generate(np.random.default_rng(0))) == ()


def test_it_is_a_task_like_any_other(tmp_path: Path) -> None:
    config = RunConfig().with_values(
        {"task.name": "series", "task.file": "s.csv", "task.column": "v", "task.scaling": "minmax"}
    )
    assert config.task == Series(file="s.csv", column="v", scaling="minmax")
    with pytest.raises(
        ConfigError, match=r"^task\.scaling must be one of none, standardize, minmax, not 'log'$"
    ):
        Series(scaling="log")

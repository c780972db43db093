"""The text of an error is one line that a terminal and a message bar have room for, whatever it is about."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.errors import LONGEST, ConfigError, DataError, ScopeError

TEXT = st.text(st.characters(), max_size=2_000) | st.lists(st.text(max_size=9)).map(", ".join)


@given(file=TEXT, place=TEXT, text=TEXT)
def test_whatever_is_named_the_sentence_is_one_short_line(file: str, place: str, text: str) -> None:
    errors = ScopeError(text), ConfigError(place, text), DataError(file, place, text)
    for error in errors:
        assert len(str(error)) <= LONGEST
        assert str(error).isprintable()
    assert errors[1].key == place
    assert errors[2].file == file


@given(text=st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), max_size=200))
def test_a_short_sentence_is_said_as_it_is(text: str) -> None:
    assert str(ScopeError(text)) == text
    assert str(DataError("f.npz", "x", text)) == f"f.npz, x: {text}"


def test_of_a_long_list_the_first_that_fit_are_named_and_how_many_more() -> None:
    names = [f"layer{number}.weight" for number in range(500)]
    error = DataError("f.npz", "", f"expected an array x, found {', '.join(names)}; name one of them")
    found = re.fullmatch(
        r"f\.npz: expected an array x, found (.*) and (\d+) more; name one of them", str(error)
    )
    assert found is not None
    assert found[1].split(", ") == names[: 500 - int(found[2])]
    assert len(str(error)) > LONGEST - 30


def test_what_is_listed_in_part_already_is_counted_on() -> None:
    names = ", ".join(f"{number}{'x' * 40}" for number in range(12))
    assert str(ScopeError(f"there are {names} and 1,200 more")).endswith(" and 1,206 more")


def test_a_list_of_choices_gives_way_after_the_long_word_that_is_none_of_them() -> None:
    error = ConfigError("preset", f"must be one of {', '.join(['article', 'text'] * 6)}, not {'x' * 300!r}")
    assert str(error).startswith(
        "preset must be one of article, text, article, text, article, text, article, "
    )
    assert str(error).endswith("xxx'")
    assert " more" not in str(error)


@pytest.mark.parametrize(
    ("sign", "shown"),
    [("\n", r"\n"), ("\t", r"\t"), ("\x1b[31m", r"\x1b[31m"), ("\u202e", r"\u202e"), ("\ud800", r"\ud800")],
)
def test_what_is_no_letter_is_written_out(sign: str, shown: str) -> None:
    assert str(DataError(f"a{sign}b", "", "is none")) == f"a{shown}b: is none"


def test_the_end_of_a_long_path_stays_which_names_the_file() -> None:
    error = DataError("/" + "folder/" * 900 + "file.npz", "", "there is no such file")
    assert len(str(error)) < 130
    assert str(error).endswith("/folder/file.npz: there is no such file")

"""The next number up or down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.fields.steps import stepped
from rnn.settings import Setting

ANY = Setting("", "", minimum=0.0, maximum=1e6)
WHOLE = Setting("", "", minimum=0, maximum=100_000)
POSITIVE = Setting("", "", above=0.0, maximum=1e6)


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        (0.2, 0.25, 0.15),
        (1.0, 1.2, 0.8),
        (0.1, 0.12, 0.08),
        (0.21, 0.25, 0.2),
        (9.0, 10.0, 8.0),
        (0.0, 0.001, 0.0),
    ],
)
def test_a_number_goes_along_a_ladder_of_ten_rungs_a_decade(value: float, up: float, down: float) -> None:
    assert stepped(value, True, False, ANY) == up
    assert stepped(value, False, False, ANY) == down


@pytest.mark.parametrize(("value", "up", "down"), [(0.2, 0.21, 0.19), (1.0, 1.1, 0.99), (1.05, 1.1, 1.0)])
def test_a_fine_step_is_a_tenth_of_the_leading_digit(value: float, up: float, down: float) -> None:
    assert stepped(value, True, True, ANY) == up
    assert stepped(value, False, True, ANY) == down


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(4, 5, 3), (99, 100, 98), (100, 110, 99), (1000, 1100, 990), (123, 130, 120), (0, 1, 0)],
)
def test_a_whole_number_goes_by_one_and_when_it_is_large_by_more(value: int, up: int, down: int) -> None:
    assert stepped(value, True, False, WHOLE) == up
    assert stepped(value, False, False, WHOLE) == down
    assert isinstance(stepped(value, True, False, WHOLE), int)


def test_a_fine_step_of_a_whole_number_is_one() -> None:
    assert stepped(1000, True, True, WHOLE) == 1001
    assert stepped(1000, False, True, WHOLE) == 999


def test_no_step_leaves_the_range() -> None:
    assert stepped(9e5, True, False, ANY) == 1e6
    assert stepped(1e6, True, False, ANY) == 1e6
    assert stepped(0.0, False, False, ANY) == 0.0
    assert stepped(99_999, True, False, WHOLE) == 100_000
    assert stepped(1e-6, False, False, POSITIVE) == 1e-6
    assert stepped(1e-6, False, False, ANY) == 0.0


@given(st.floats(min_value=1e-6, max_value=9e5), st.booleans(), st.booleans())
def test_every_step_moves_and_by_no_more_than_half(value: float, up: bool, fine: bool) -> None:
    following = stepped(value, up, fine, ANY)
    if up:
        assert value < following <= 1.51 * value
    else:
        assert following < value
        assert following == 0.0 or following >= 0.66 * value

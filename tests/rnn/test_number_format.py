"""Numbers as a person reads them."""

import math

import pytest

from rnn.number_format import factor_words, percent, short


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.62, 2, "0.62"),
        (0.6249, 2, "0.62"),
        (1.0, 2, "1.0"),
        (13.4, 2, "13"),
        (1250.0, 3, "1,250"),
        (123456.0, 2, "120,000"),
        (0.0125, 3, "0.0125"),
        (0.00021, 2, "0.00021"),
        (6.1e-9, 1, "6·10⁻⁹"),
        (6.0e-9, 2, "6·10⁻⁹"),
        (3.49e-14, 2, "3.5·10⁻¹⁴"),
        (1e6, 1, "1·10⁶"),
        (2.39e285, 3, "2.39·10²⁸⁵"),
        (9.99, 2, "10"),
        (0.0, 3, "0"),
        (-0.5, 2, "−0.50"),
        (-3e-7, 1, "−3·10⁻⁷"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (math.nan, 2, "not a number"),
    ],
)
def test_a_number_has_its_digits_and_no_more(value: float, digits: int, text: str) -> None:
    assert short(value, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "under 0.1 %"),
        (0.0006, "0.1 %"),
        (0.11, "11.0 %"),
        (0.9996, "over 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_not_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (1.854, "1.85"),
        (0.39, "0.39"),
        (0.096, "0.10"),
        (0.032, "0.032"),
        (9.99, "9.99"),
        (12.34, "12"),
        (1.0, "1.00"),
    ],
)
def test_a_factor_is_written_in_one_way(factor: float, text: str) -> None:
    assert factor_words(factor) == text

"""Numbers as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Collection

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: float, digits: int = 2) -> str:
    """``value`` to so many significant digits: 0.62, 120,000, 6·10⁻⁹."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if -4 <= power < 6:
        text = f"{float(f'{mantissa}e{power}'):,.{max(0, digits - 1 - power)}f}" if value else "0"
    else:
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}·10{str(power).translate(SUPERSCRIPTS)}"
    return text.replace("-", "−")


def factor_words(value: float) -> str:
    """What something is multiplied with, to two places behind the point where that says something."""
    return f"{value:.2f}" if 0.095 <= value < 9.995 else short(value)


def percent(share: float) -> str:
    """A share from 0 to 1 to a tenth of a percent; nearly none and nearly all are not rounded to it."""
    if 0.0 < share < 0.0005:
        return "under 0.1 %"
    if 0.9995 <= share < 1.0:
        return "over 99.9 %"
    return f"{100.0 * share:.1f} %" if share not in (0.0, 1.0) else f"{100.0 * share:.0f} %"


def counted(number: int, what: str) -> str:
    """So many of something: 1 epoch, 2,000 epochs."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def listed(names: Collection[str], most: int = 8) -> str:
    """The first of ``names``, and how many more there are: a, b and 3 more."""
    first = ", ".join([*names][:most])
    return f"{first} and {len(names) - most:,} more" if len(names) > most else first or "nothing"

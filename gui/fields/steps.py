"""The next number up or down from a number: a step that suits its size."""

from __future__ import annotations

import math

from rnn.settings import Setting

LADDER = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
FIRST, LEAST = 1e-3, 1e-6  # from zero up, and the last before zero on the way down
_ROUNDING = 1e-9


def stepped(value: float, up: bool, fine: bool, limits: Setting) -> float:
    """``value`` one step on, within ``limits``; whole numbers stay whole.

    A number goes from rung to rung of a ladder with ten rungs a decade, a fine step is one tenth of its
    leading digit. A whole number goes by one below 100, by ten below 1,000 and so on, a fine step is one.
    """
    following = _whole(value, up, fine) if isinstance(value, int) else _real(value, up, fine)
    if limits.maximum is not None and following > limits.maximum:
        following = type(value)(limits.maximum)
    if limits.minimum is not None and following < limits.minimum:
        following = type(value)(limits.minimum)
    return value if limits.refuse(following) else following


def _whole(value: int, up: bool, fine: bool) -> int:
    if fine:
        return value + (1 if up else -1)
    size = value if up else value - 1  # from 100 down comes 99, not 90
    unit = 10 ** max(0, len(str(abs(size))) - 2)
    return (value // unit + 1) * unit if up else (-(-value // unit) - 1) * unit


def _real(value: float, up: bool, fine: bool) -> float:
    if value < 0.0:
        return -_real(-value, not up, fine)
    if value == 0.0:
        return FIRST if up else -FIRST
    if not up and value <= LEAST * (1.0 + _ROUNDING):
        return 0.0
    decade = 10.0 ** math.floor(math.log10(value) + (_ROUNDING if up else -_ROUNDING))
    mantissa = value / decade
    if fine:
        return (
            _tidy((math.floor(mantissa * 10.0 + _ROUNDING) + 1) * decade / 10.0)
            if up
            else _tidy((math.ceil(mantissa * 10.0 - _ROUNDING) - 1) * decade / 10.0)
        )
    if up:
        return _tidy(decade * next(rung for rung in LADDER if rung > mantissa + _ROUNDING))
    return _tidy(decade * next(rung for rung in reversed(LADDER) if rung < mantissa - _ROUNDING))


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")

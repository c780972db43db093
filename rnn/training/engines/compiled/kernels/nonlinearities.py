"""What a unit applies to its sum, a vector at a time, each with its slope in terms of its own value."""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import inlined
from rnn.training.engines.compiled.kernels.vectors import (
    same,
    size,
    two_to_the,
    where_above,
    where_below,
    with_sign,
)

TANH, RELU, LOGISTIC, IDENTITY = range(4)

_LOG2E = 1.4426950408889634
_LN2 = 0.6931471805599453
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_SHIFT = 6755399441055744.0  # 1.5 · 2⁵²: what is added to it is rounded to a whole number


@inlined
def _expm1_near_zero(r: Any) -> Any:
    """e^r − 1 for |r| ≤ ln 2 / 2: its Taylor polynomial of degree 13, in parts that need not wait."""
    r2 = r * r
    r4 = r2 * r2
    low = (r * (1.0 / 6.0) + 0.5) + r2 * (r * (1.0 / 120.0) + (1.0 / 24.0))
    middle = (r * (1.0 / 5040.0) + (1.0 / 720.0)) + r2 * (r * (1.0 / 362880.0) + (1.0 / 40320.0))
    high = (r * (1.0 / 39916800.0) + (1.0 / 3628800.0)) + r2 * (
        r * (1.0 / 6227020800.0) + (1.0 / 479001600.0)
    )
    return r2 * (low + r4 * (middle + r4 * high)) + r


@inlined
def tanh(x: Any) -> Any:
    """t / (t + 2) with t = e^(2|x|) − 1, and the sign of x; NaN stays NaN."""
    y = size(x)
    shifted = y * (2.0 * _LOG2E) + _SHIFT
    # The rounding of ln 2 counts for less and less of tanh the more often it is taken off.
    r = (y + y) - (shifted - _SHIFT) * _LN2
    scale = two_to_the(shifted)
    t = scale * _expm1_near_zero(r) + (scale - 1.0)
    return with_sign(where_above(y, same(20.0), same(1.0), t / (t + 2.0)), x)


@inlined
def exp(x: Any) -> Any:
    """e^x for x ≤ 709; NaN stays NaN, and below −708 it is that of −708."""
    least = same(-708.0)
    x = where_below(x, least, least, x)
    shifted = x * _LOG2E + _SHIFT
    n = shifted - _SHIFT
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    return two_to_the(shifted) * (_expm1_near_zero(r) + 1.0)


@inlined
def logistic(x: Any) -> Any:
    """(1 + tanh(x/2)) / 2."""
    return tanh(x * 0.5) * 0.5 + 0.5


@inlined
def tanh_slope(h: Any) -> Any:
    """1 − h²."""
    return 1.0 - h * h


@inlined
def logistic_slope(h: Any) -> Any:
    """h (1 − h)."""
    return h * (1.0 - h)


@inlined
def activated(g: int, a: Any) -> Any:
    """h = g(a)."""
    if g == TANH:
        return tanh(a)
    if g == RELU:
        zero = same(0.0)
        return where_below(a, zero, zero, a)
    if g == LOGISTIC:
        return logistic(a)
    return a


@inlined
def slope(g: int, h: Any) -> Any:
    """g′(a) as a function of h = g(a)."""
    if g == TANH:
        return tanh_slope(h)
    if g == RELU:
        # What is not above zero is zero or NaN, and its own slope: NaN goes on.
        return where_above(h, same(0.0), same(1.0), h)
    if g == LOGISTIC:
        return logistic_slope(h)
    return same(1.0)

"""The functions a unit applies to its sum, each with its slope in terms of its own value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.array import Array


@dataclass(frozen=True, slots=True)
class Nonlinearity:
    """h = g(a), one number at a time.

    Attributes:
        title: its name in the form.
        apply: g of the first array, written into the second and returned.
        slope: g′(a) as a function of h = g(a), a new array.
        steepest: the largest |g′|.
        low, high: the range of h; infinite where it has no end.
    """

    title: str
    apply: Callable[[Array, Array], Array]
    slope: Callable[[Array], Array]
    steepest: float
    low: float
    high: float

    @property
    def shut(self) -> str | None:
        """What a unit is called that hardly moves with its sum: saturated at one of two ends, or inactive;
        None where none can be.
        """
        ends = [math.isfinite(end) for end in (self.low, self.high)]
        return {2: "saturated", 1: "inactive"}.get(sum(ends))


def tanh_slope(h: Array) -> Array:
    """tanh′ = 1 − h²."""
    slope = h * h
    return np.subtract(1.0, slope, slope)


def relu(a: Array, out: Array) -> Array:
    """max(a, 0); NaN stays NaN."""
    return np.maximum(a, 0.0, out=out)


def relu_slope(h: Array) -> Array:
    """1 where h > 0, else 0, as in PyTorch; a NaN stays one, so that a divergence is seen."""
    slope = np.asarray(h > 0.0, dtype=np.float64)
    slope[np.isnan(h)] = np.nan
    return slope


def logistic(a: Array, out: Array) -> Array:
    """σ(a) = 1 / (1 + e^(−a)) = (1 + tanh(a/2)) / 2, which overflows nowhere."""
    np.multiply(a, 0.5, out)
    np.tanh(out, out)
    out += 1.0
    out *= 0.5
    return out


def logistic_slope(h: Array) -> Array:
    """σ′ = h (1 − h)."""
    slope = 1.0 - h
    slope *= h
    return slope


def identity(a: Array, out: Array) -> Array:
    """a itself."""
    np.copyto(out, a)
    return out


NONLINEARITIES: dict[str, Nonlinearity] = {
    "tanh": Nonlinearity("tanh", np.tanh, tanh_slope, 1.0, -1.0, 1.0),
    "relu": Nonlinearity("ReLU", relu, relu_slope, 1.0, 0.0, np.inf),
    "logistic": Nonlinearity("Logistic", logistic, logistic_slope, 0.25, 0.0, 1.0),
    "identity": Nonlinearity("Identity", identity, np.ones_like, 1.0, -np.inf, np.inf),
}

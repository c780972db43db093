"""How a gradient changes on its way back through time: its rate, and how far back it matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array

VANISHING_BELOW = 0.9
EXPLODING_ABOVE = 1.1
ENOUGH = 0.05


@dataclass(frozen=True, slots=True)
class Rate:
    """What the gradient of one loss goes through on its way back over so many ``steps``.

    Attributes:
        left: what is left of it at the first step, ‖∂L_T/∂s_1‖ / ‖∂L_T/∂s_T‖.
        steps: T − 1.
    """

    left: float
    steps: int

    @property
    def factor(self) -> float:
        """The mean factor a step, ``left`` to the power 1/(T−1)."""
        return float(self.left ** (1.0 / self.steps))

    @property
    def verdict(self) -> str:
        """``vanishing``, ``steady`` or ``exploding``, by the factor."""
        if self.factor < VANISHING_BELOW:
            return "vanishing"
        return "exploding" if self.factor > EXPLODING_ABOVE else "steady"


def rate(norms: Array) -> Rate | None:
    """The rate of the norms (T,) of one loss's gradient by the state of each step.

    None where there is no way back, no gradient, or none that is finite.
    """
    if len(norms) < 2 or not norms[-1] > 0.0 or not np.isfinite(norms[[0, -1]]).all():
        return None
    with np.errstate(over="ignore"):
        left = float(norms[0] / norms[-1])
    return Rate(left, len(norms) - 1) if np.isfinite(left) else None


def horizon(left: Array, whole: float) -> int | None:
    """The smallest lag from which on what is left of a gradient is at most 5 % of it.

    Arguments:
        left: (N,) the norm of what is missing after the lags 0 … n.
        whole: the norm of all of it; None is returned where that is zero or something is not finite.
    """
    if not (np.isfinite(left).all() and whole > 0.0):
        return None
    beyond = np.flatnonzero(left > ENOUGH * whole)
    return int(beyond[-1]) + 1 if beyond.size else 0

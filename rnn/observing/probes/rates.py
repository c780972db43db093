"""How a gradient changes on its way back through time: its rate, and how far back it matters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnn.array import Array
from rnn.number_format import counted, factor_words, short

VANISHING_BELOW = 0.9
EXPLODING_ABOVE = 1.1
ENOUGH = 0.05
FEW = 4  # one part in so many of the way back
TWOFOLD = math.log10(2.0)
TINY = float(np.finfo(np.float64).tiny)  # a smaller number has fewer digits, and half of 5·10⁻³²⁴ is 0
NEARLY_TINY = 1e-290
TOO_SMALL = "too small for a float64"


def share_words(share: float) -> str:
    """A share from 0 to 1 in percent, down to where powers of ten say more."""
    if share < 0.001:
        return short(share) if share else "nothing"
    return f"{short(100.0 * share, 1 if share < 0.095 else 2)} %"


@dataclass(frozen=True, slots=True)
class Rate:
    """What the gradient of one loss goes through on its way back over so many ``steps``.

    Attributes:
        left: what is left of it at the first step, ‖∂L_T/∂s_1‖ / ‖∂L_T/∂s_T‖.
        steps: T − 1.
        followed: n, over how many steps back its norm can be followed: all of them, but where it becomes too
            small for a float64 on its way.
        factor: the mean factor a step over these, (‖∂L_T/∂s_{T−n}‖ / ‖∂L_T/∂s_T‖)^(1/n).
    """

    left: float
    steps: int
    followed: int
    factor: float

    @property
    def verdict(self) -> str:
        """``vanishing``, ``steady`` or ``exploding``, by the factor."""
        if self.factor < VANISHING_BELOW:
            return "vanishing"
        return "exploding" if self.factor > EXPLODING_ABOVE else "steady"

    @property
    def rate_words(self) -> str:
        """ "×0.94 per time step"."""
        return f"×{factor_words(self.factor)} per time step"

    @property
    def remainder(self) -> str:
        """ "8 % left after 39 time steps": without it a rate misleads, for many small losses add up."""
        return f"{self._left} after {counted(self.followed, 'time step')}"

    @property
    def figures(self) -> str:
        """Rate and remainder: "×0.94 per time step, 8 % left after 39 time steps"."""
        return f"{self.rate_words}, {self.remainder}" if self.factor else self.remainder

    @property
    def words(self) -> tuple[str, ...]:
        """The verdict with rate and remainder, the longest form first."""
        return tuple(f"{self.verdict} · {figures}" for figures in self.unjudged)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Rate and remainder alone, the longest form first."""
        rate = f"×{factor_words(self.factor)}, " if self.factor else ""
        return self.figures, f"{rate}{self._left} after {self.followed:,}", f"{rate}{self._left}"

    @property
    def _left(self) -> str:
        if self.followed < self.steps:
            return TOO_SMALL
        if self.left > 1.0:
            return f"{short(self.left)} times as large"
        return f"{share_words(self.left)} left"


def rate(norms: Array) -> Rate | None:
    """The rate of the norms (T,) of one loss's gradient by the state of each step.

    None where there is no way back, no gradient, or none that is finite.
    """
    if len(norms) < 2 or not norms[-1] > 0.0 or not np.isfinite(norms[[0, -1]]).all():
        return None
    with np.errstate(over="ignore"):
        left = float(norms[0] / norms[-1])
    if not np.isfinite(left):
        return None
    steps = len(norms) - 1
    followed = steps if norms[0] >= TINY else _followed(norms)
    return Rate(left, steps, followed, _factor(norms, followed))


def _followed(norms: Array) -> int:
    """Over how many steps back ``norms`` can be followed, the first of which is too small or zero.

    A gradient that something cuts off while it is large is followed to its end, where it is zero.
    """
    steps = len(norms) - 1
    first = int(np.flatnonzero(norms < TINY)[-1]) + 1
    followed = steps - first
    if followed < 1:
        return steps
    fades = norms[first - 1] > 0.0 or norms[first] * _factor(norms, followed) < NEARLY_TINY
    return followed if fades else steps


def _factor(norms: Array, followed: int) -> float:
    """The mean factor of so many steps back, by logarithms, since a quotient may not be held."""
    first = norms[-1 - followed]
    return math.exp((math.log(first) - math.log(norms[-1])) / followed) if first > 0.0 else 0.0


def lost_within(norms: Array, followed: int) -> int | None:
    """Within how many steps back nearly all is lost, where these are few and it hardly changes further back.

    None where less than nine tenths are lost in all, where it goes on over more than a quarter of the way or
    changes by a factor of two afterwards, and where it cannot be followed to the first step.
    """
    way = norms[::-1]
    if followed < max(2 * FEW, len(norms) - 1) or not (np.isfinite(way).all() and (way > 0.0).all()):
        return None
    lost = np.log10(way[0]) - np.log10(way[1:])
    if lost[-1] < 1.0:
        return None
    within = int(np.flatnonzero(lost >= lost[-1] - TWOFOLD)[0]) + 1
    goes_on = within > followed / FEW or np.abs(lost[within - 1 :] - lost[-1]).max() > TWOFOLD
    return None if goes_on else within


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

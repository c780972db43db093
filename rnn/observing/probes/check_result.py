"""What a gradient check found: for each parameter every gradient beside the truth, and the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnn.array import Array
from rnn.observing.probes.article_recursion import Errors

Verdict = Literal["agrees", "within rounding", "differs", "not checked", "cannot be compared"]

# |a − n| ≤ relative · max(‖a‖, ‖n‖) + absolute · max(1, |L|): what cannot be seen by differences of L, and
# by complex steps. For differences comes what the rounding of the answers ŷ leaves in L, over the step.
DIFFERENCES = (1e-7, 1e-9)
COMPLEX_STEPS = (1e-10, 1e-14)
UNSEEN = 1e-6  # where more than this may be hidden, two zeros are no agreement


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one gradient of a parameter stands beside what was measured.

    Attributes:
        error: ‖a − n‖ / max(‖a‖, ‖n‖), 0 where both are zero; n by complex steps where there are any, else by
            differences. NaN where nothing was measured.
        verdict: ``within rounding`` where the error is that of the measurement, ``cannot be compared`` where
            all of the gradient is smaller than that error may be, or something is not finite.
    """

    error: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One parameter; all arrays are of the K entries that were measured.

    Attributes:
        name: such as ``l0.Wh``.
        size: how many entries it has.
        drawn: how many of them were to be measured.
        loss: L.
        rounding: what the rounding of the answers ŷ leaves in a difference quotient.
        backprop: (K,) by the real backward pass.
        differences: (K,) by central differences.
        complex_steps: (K,) by complex steps; None where the functions do not allow them.
        article: (K,) by the article's recursion, for each choice of its errors; empty where it does not
            apply.
        planted: (K,) by the backward pass with an error, by its name in PLANTED.
    """

    name: str
    size: int
    drawn: int
    loss: float
    rounding: float
    backprop: Array
    differences: Array
    complex_steps: Array | None
    article: Mapping[Errors, Array]
    planted: Mapping[str, Array]

    def gradient(self, planted: str | None) -> Array:
        """(K,) by backpropagation, with that error of PLANTED in it; None is without."""
        return self.backprop if planted is None else self.planted[planted]

    @property
    def kinks(self) -> int:
        """How many entries were left out, since a ReLU's kink lies within the step of the difference."""
        return self.drawn - len(self.backprop)

    def by_differences(self, gradient: Array) -> Agreement:
        """``gradient`` (K,) beside central differences."""
        return self._beside(gradient, self.differences, *DIFFERENCES, self.rounding)

    def by_complex_steps(self, gradient: Array) -> Agreement | None:
        """``gradient`` (K,) beside complex steps."""
        measured = self.complex_steps
        return None if measured is None else self._beside(gradient, measured, *COMPLEX_STEPS, 0.0)

    def verdict(self, gradient: Array) -> Agreement:
        """``gradient`` (K,) beside the finest measure that there is; what any of them refutes is wrong."""
        coarse, fine = self.by_differences(gradient), self.by_complex_steps(gradient)
        if fine is None:
            return coarse
        return Agreement(fine.error, "differs") if coarse.verdict == "differs" else fine

    def _beside(
        self, gradient: Array, measured: Array, relative: float, absolute: float, rounding: float
    ) -> Agreement:
        if not len(gradient):
            return Agreement(float("nan"), "not checked")
        off = gradient - measured
        scale = max(np.linalg.norm(gradient), np.linalg.norm(measured))
        error = float(np.linalg.norm(off) / scale) if scale else 0.0
        allowed, hidden = relative * scale, absolute * max(1.0, abs(self.loss)) + rounding
        worst = np.abs(off).max()
        if not np.isfinite(worst + scale + hidden):
            return Agreement(float("nan"), "cannot be compared")
        if worst <= allowed and (scale > hidden or hidden <= UNSEEN):
            return Agreement(error, "agrees")
        if worst <= allowed + hidden:
            return Agreement(error, "within rounding" if scale > hidden else "cannot be compared")
        return Agreement(error, "differs")


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """The check of the gradient of one sequence's loss by the weights of one moment.

    Attributes:
        number: which of the checks asked for it is.
        update: the updates that were complete when it began.
        sequence: the displayed one, counted from 0.
        truncation: k, where the states at steps k+1, 2k+1, … are held, for the gradient as for what it is
            held against; None where nothing is cut off.
        fraction: how much is done, from 0 to 1.
        rows: the parameters that are done.
        no_complex: why there are no complex steps; None where there are.
        no_article: why the article's recursion does not apply; None where it does.
        planted: the titles of the errors that have a meaning in this network, by name.
        same: why the gradient with an error planted equals the true one, by the error's name; only those.
        problem: why nothing can be checked; None where it can.
    """

    number: int
    update: int
    sequence: int
    truncation: int | None
    fraction: float
    rows: tuple[Row, ...]
    no_complex: str | None
    no_article: str | None
    planted: Mapping[str, str]
    same: Mapping[str, str]
    problem: str | None = None

    @property
    def complete(self) -> bool:
        """Whether all is done."""
        return self.fraction >= 1.0

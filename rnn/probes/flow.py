"""The gradient on its way back through time: its norm at every step, and the rate at which it changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.probes.moment import Moment

VANISHING_BELOW = 0.9
EXPLODING_ABOVE = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """‖∂L/∂h_t‖ over the time steps t = 1 … T of the displayed sequence, in one layer.

    Attributes:
        last: (T,) of the last step's loss alone, ‖∂L_T/∂h_t‖.
        total: (T,) of the whole loss, ‖∂L/∂h_t‖.
        bound: (T,) what ‖∂L_T/∂h_t‖ cannot exceed: ‖∂L_T/∂h_T‖ · σ_max(W_h)^(T−t), since |tanh′| ≤ 1
            (Pascanu, Mikolov and Bengio 2013, section 2.1).
        through_tanh: (T−1,) ‖Dv‖/‖v‖ of the step back from t+1 to t, with v = ∂L_T/∂h_{t+1} and
            D = diag(1 − h²_{t+1}); NaN where v is zero.
        through_weights: (T−1,) ‖Dv W_hᵀ‖/‖Dv‖ of the same step; their product is last[t]/last[t+1]. NaN where
            Dv is zero.
        sigma_max: the largest singular value of W_h.
    """

    last: Array
    total: Array
    bound: Array
    through_tanh: Array
    through_weights: Array
    sigma_max: float

    @property
    def factor(self) -> float | None:
        """(‖∂L_T/∂h_1‖ / ‖∂L_T/∂h_T‖)^(1/(T−1)): the mean factor a step back; None without a gradient."""
        return None if self.left is None else float(self.left ** (1.0 / (len(self.last) - 1)))

    @property
    def left(self) -> float | None:
        """What is left of the gradient at the first step, ‖∂L_T/∂h_1‖ / ‖∂L_T/∂h_T‖."""
        if len(self.last) < 2 or not self.last[-1] > 0.0 or not np.isfinite(self.last[[0, -1]]).all():
            return None
        with np.errstate(over="ignore"):
            left = float(self.last[0] / self.last[-1])
        return left if np.isfinite(left) else None

    @property
    def verdict(self) -> str | None:
        """``vanishing``, ``steady`` or ``exploding``, by the factor a step; None where there is none."""
        if self.factor is None:
            return None
        if self.factor < VANISHING_BELOW:
            return "vanishing"
        return "exploding" if self.factor > EXPLODING_ABOVE else "steady"


def flow(moment: Moment) -> Flow:
    """Measure the gradient flow through the top layer for the displayed sequence."""
    network, tape = moment.network, moment.tape
    _, dy = network.readout.loss(tape.output, moment.y)
    total = network.backward(tape, dy).dh[-1][1:, 0]
    only_last = np.zeros_like(dy)
    only_last[-1] = dy[-1]
    v = network.backward(tape, only_last).dh[-1][1:, 0]
    h = tape.cells[-1].h[1:, 0]
    Wh = network.parameters[f"l{len(network.widths) - 1}.Wh"]
    last = _norms(v)
    through = _norms((1.0 - h[1:] ** 2) * v[1:])
    sigma_max = float(np.linalg.norm(Wh, 2))
    back = np.arange(len(h) - 1, -1, -1)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return Flow(
            last=frozen(last),
            total=frozen(_norms(total)),
            bound=frozen(last[-1] * sigma_max**back),
            through_tanh=frozen(through / last[1:]),
            through_weights=frozen(last[:-1] / through),
            sigma_max=sigma_max,
        )


def _norms(rows: Array) -> Array:
    """The Euclidean norm of each row, whose square may lie far outside of what a float can hold."""
    largest = np.abs(rows).max(axis=1)
    scale = np.where(np.isfinite(largest) & (largest > 0.0), largest, 1.0)
    return np.asarray(scale * np.linalg.norm(rows / scale[:, None], axis=1))

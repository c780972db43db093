"""The gradient on its way back through time: its norm at every step, and the rate at which it changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.model.cells import State
from rnn.model.network import Network, Tape
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.norms import norms
from rnn.observing.probes.rates import Rate, rate


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What the units and what the weights do to the gradient of the last step's loss, step by step.

    Attributes:
        nonlinearity: what the units apply, a name in NONLINEARITIES.
        through_units: (T−1,) ‖Dv‖/‖v‖ of the step back from t+1 to t, with v = ∂L_T/∂h_{t+1} and
            D = diag(g′) of the units at t+1; NaN where v is zero.
        through_weights: (T−1,) ‖Dv W_hᵀ‖/‖Dv‖ of the same step; their product is the factor of the step. NaN
            where Dv is zero.
        bound: (T,) what ‖∂L_T/∂h_t‖ cannot exceed: ‖∂L_T/∂h_T‖ · (σ_max(W_h) · max|g′|)^(T−t) (Pascanu,
            Mikolov and Bengio 2013, section 2.1).
        sigma_max: the largest singular value of W_h.
    """

    nonlinearity: str
    through_units: Array
    through_weights: Array
    bound: Array
    sigma_max: float


@dataclass(frozen=True, slots=True, eq=False)
class LayerFlow:
    """‖∂L/∂h_t‖ in one layer over the steps t = 1 … T of the displayed sequence, T being the last scored one.

    Attributes:
        last: (T,) of the last scored step's loss alone, ‖∂L_T/∂h_t‖, no truncation stopping it.
        total: (T,) of the whole loss, ‖∂L/∂h_t‖, as it is trained on: truncation stops it.
        last_cell, total_cell: (T,) the same of a second array of the state, an LSTM's cell state: ‖∂L_T/∂c_t‖
            and ‖∂L/∂c_t‖, h_t following c_t; c_t is held for the two above, which alone make an LSTM look as
            if it forgot. None in cells with one.
        split: the two parts of each factor, known where the gradient has one way back only: in the top layer
            of a cell whose h is a nonlinearity of one sum and of nothing else; else None.
        symbols: of the arrays of the state.
    """

    last: Array
    total: Array
    last_cell: Array | None
    total_cell: Array | None
    split: Split | None
    symbols: tuple[str, ...] = ("h", "c")

    @property
    def state(self) -> Array:
        """(T,) ‖∂L_T/∂s_t‖ of what carries the memory: of an LSTM's c, which h follows, else of h."""
        return self.last if self.last_cell is None else self.last_cell

    @property
    def rate(self) -> Rate | None:
        """How ``state`` changes a step back, and what is left of it; None without a gradient."""
        return rate(self.state)

    @property
    def factor(self) -> float | None:
        """The mean factor a step back, as far as it can be followed; None without a gradient."""
        return None if self.rate is None else self.rate.factor

    @property
    def left(self) -> float | None:
        """What is left of the gradient at the first step, ‖∂L_T/∂s_1‖ / ‖∂L_T/∂s_T‖."""
        return None if self.rate is None else self.rate.left

    @property
    def verdict(self) -> str | None:
        """``vanishing``, ``steady`` or ``exploding``, by the factor a step; None where there is none."""
        return None if self.rate is None else self.rate.verdict


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """The gradient flow of the displayed sequence.

    Attributes:
        layers: one for each layer, lowest first.
        truncation: k, where the training lets no gradient pass from step k+1 to step k, …; None lets it pass.
    """

    layers: tuple[LayerFlow, ...]
    truncation: int | None

    @property
    def end(self) -> int:
        """T, the last scored time step, counted from 1."""
        return len(self.layers[-1].last)

    @property
    def first_trained(self) -> int:
        """The earliest time step, counted from 1, that training lets the gradient of L_T back to."""
        return 1 if self.truncation is None else (self.end - 1) // self.truncation * self.truncation + 1


def flow(moment: Moment) -> Flow:
    """Measure the gradient flow through every layer for the displayed sequence."""
    _, dy = moment.network.readout.loss(moment.tape.output, moment.batch)
    return flow_of(moment.network, moment.tape, dy, moment.end, moment.truncation)


def flow_of(network: Network, tape: Tape, dy: Array, end: int, truncation: int | None = None) -> Flow:
    """The gradient flow of one sequence.

    Arguments:
        dy: (T, 1, O) ∂L/∂ŷ.
        end: the last scored time step, counted from 1.
        truncation: as in `Network.backward`.
    """
    totals = [_norms_of(state, end) for state in network.backward(tape, dy, truncation).states]
    only_last = np.zeros_like(dy)
    only_last[end - 1] = dy[end - 1]
    gradients = network.backward(tape, only_last)
    lasts = [_norms_of(state, end) for state in gradients.states]
    top = len(network.widths) - 1
    layers = [
        LayerFlow(
            last=last[0],
            total=total[0],
            last_cell=last[1] if len(last) > 1 else None,
            total_cell=total[1] if len(total) > 1 else None,
            split=_split(network, tape, gradients.dh[layer], last[0]) if layer == top else None,
            symbols=network.cell.symbols,
        )
        for layer, (last, total) in enumerate(zip(lasts, totals, strict=True))
    ]
    return Flow(tuple(layers), truncation)


def _split(network: Network, tape: Tape, dh: Array, last: Array) -> Split | None:
    """The two parts of each factor in the top layer, ∂L_T/∂h (T+1, 1, H) being ``dh``."""
    end, g = len(last), network.cell.of_one_sum
    if g is None:
        return None
    Wh = network.parameters[f"l{len(network.widths) - 1}.Wh"]
    v, h = dh[1 : end + 1, 0], tape.cells[-1].h[1 : end + 1, 0]
    through = norms(g.slope(h[1:]) * v[1:])
    sigma_max = float(np.linalg.norm(Wh, 2))
    back = np.arange(end - 1, -1, -1)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return Split(
            nonlinearity=network.cell.nonlinearity,
            through_units=frozen(through / last[1:]),
            through_weights=frozen(last[:-1] / through),
            bound=frozen(last[-1] * (sigma_max * g.steepest) ** back),
            sigma_max=sigma_max,
        )


def _norms_of(states: State, end: int) -> list[Array]:
    """(T,) the norms of each array (T+1, 1, H) of a state up to the step ``end``."""
    return [frozen(norms(state[1 : end + 1, 0])) for state in states]

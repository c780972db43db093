"""How far back it learns: the parts of a parameter's gradient, by how many Jacobians they came through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.norms import norms
from rnn.observing.probes.pairs import parts_of
from rnn.observing.probes.parts import by_lag
from rnn.observing.probes.rates import horizon


@dataclass(frozen=True, slots=True, eq=False)
class Lags:
    """The gradient G of one parameter, taken apart by the lag n = i − j from a state to a loss after it.

    Attributes:
        parameter: its name.
        parameters: those that can be asked for.
        steps: N, how many lags there are.
        norms: (N,) ‖G_n‖ of the part that came through exactly n step Jacobians, as it is trained on.
        running: (N,) ‖Σ_{m≤n} G_m‖.
        left: (N,) ‖G − Σ_{m≤n} G_m‖.
        cut: (N,) the norms of what truncation keeps from the training; None where there is none.
        whole: ‖G‖.
        residual: ‖G − Σ_n G_n‖ / ‖G‖, with G by backpropagation at one go: nothing but rounding.
        last_only: whether only the last N of more time steps are looked at.
    """

    parameter: str
    parameters: tuple[str, ...]
    norms: Array
    running: Array
    left: Array
    cut: Array | None
    whole: float
    residual: float
    last_only: bool

    @property
    def steps(self) -> int:
        return len(self.norms)

    @property
    def horizon(self) -> int | None:
        """The smallest n from which on what is left is at most 5 % of ‖G‖; None without a gradient."""
        return horizon(self.left, self.whole)


def lags(moment: Moment) -> Lags:
    """Take the gradient of ``moment.request.parameter`` apart, in O(T² H²)."""
    network, tape = moment.network, moment.tape.until(moment.end)
    recurrent = [name for name in network.present if not name.startswith("head.")]
    top = f"l{len(network.widths) - 1}.Wh"
    name = moment.request.parameter if moment.request.parameter in recurrent else top
    first, of_layers = parts_of(moment)
    sums = of_layers[int(name[1 : name.index(".")])].sums
    cut = None
    if moment.truncation is not None:
        lag, step = np.indices(sums.shape[:2])
        known = (first + step) // moment.truncation == (first + step + lag) // moment.truncation
        cut = frozen(norms(by_lag(network, tape, np.where(known[:, :, None], 0.0, sums), name)))
        sums = np.where(known[:, :, None], sums, 0.0)
    contributions = by_lag(network, tape, sums, name)
    running = np.cumsum(contributions, axis=0)
    whole = running[-1]
    if first == 0:
        _, dy = network.readout.loss(moment.tape.output, moment.batch)
        whole = network.backward(moment.tape, dy, moment.truncation).parameters[name]
    size = float(norms(whole[None])[0])
    return Lags(
        parameter=name,
        parameters=tuple(recurrent),
        norms=frozen(norms(contributions)),
        running=frozen(norms(running)),
        left=frozen(norms(whole - running)),
        cut=cut,
        whole=size,
        residual=float(norms((whole - running[-1])[None])[0]) / size if size > 0.0 else 0.0,
        last_only=first > 0,
    )

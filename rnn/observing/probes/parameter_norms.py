"""How large each parameter's gradient and last step are beside the parameter itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.model.network import Network, Tape
from rnn.model.parameters import Parameters
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.norms import norms

SATURATED_BELOW = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class ParameterNorms:
    """Euclidean norms, one for each parameter, in the order of ``names``.

    Attributes:
        update: how many updates were complete.
        names: of the parameters.
        gradient: of the loss of the displayed sequence, as it is trained on, before clipping.
        weight: of the parameter.
        step: of what the last update changed it by; 0 before the first, NaN after one that failed.
        saturated: for each layer the share that is, as `saturated` counts it.
    """

    update: int
    names: tuple[str, ...]
    gradient: Array
    weight: Array
    step: Array
    saturated: tuple[float, ...] | None

    @property
    def ratio(self) -> Array:
        """‖step‖ / ‖weight‖; NaN for a parameter that is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(self.weight > 0.0, self.step / self.weight, np.nan))


def parameter_norms(moment: Moment) -> ParameterNorms:
    """Measure all parameters at this moment."""
    network = moment.network
    _, dy = network.readout.loss(moment.tape.output, moment.batch)
    gradient = network.backward(moment.tape, dy, moment.truncation).parameters
    now = network.parameters.vector
    steps = Parameters(network.parameters.shapes)
    steps.vector[:] = now - moment.before
    names = tuple(network.present)
    return ParameterNorms(
        update=moment.update,
        names=names,
        gradient=_norms(gradient[name] for name in names),
        weight=_norms(network.parameters[name] for name in names),
        step=_norms(steps[name] for name in names),
        saturated=saturated(network, moment.tape),
    )


def saturated(network: Network, tape: Tape) -> tuple[float, ...] | None:
    """For each layer the share of units and time steps where |g′| is under a twentieth of its largest value;
    None for a cell whose state is no nonlinearity of one sum.
    """
    g = network.cell.of_one_sum
    if g is None:
        return None
    slopes = (np.abs(g.slope(cell.h[1:])) for cell in tape.cells)
    return tuple(float((slope < SATURATED_BELOW * g.steepest).mean()) for slope in slopes)


def _norms(arrays: Iterable[Array]) -> Array:
    return frozen(np.array([norms(array.reshape(1, -1))[0] for array in arrays]))

"""What to try with a network that was inspected, from the figures of its page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from rnn.model.network import Network
from rnn.number_format import counted, percent, short
from rnn.observing.probes.rates import ENOUGH, EXPLODING_ABOVE, VANISHING_BELOW, horizon
from rnn.report.inspection import OF_LAGS, OfData, Report

LEFT = OF_LAGS[1]
MANY = 0.2  # the share of units that do not move, from which on they are the first thing to mend
OPEN = 0.9  # what a gate that keeps a memory lets through


def tries(network: Network, report: Report, found: OfData) -> Iterator[str]:
    """A sentence or two on each thing that stands out."""
    if not math.isfinite(found.loss):
        yield "The loss is not finite: look for inputs or weights that are too large."
        return
    if network.readout.scale * found.loss >= min(found.guesses.values()):
        better = "It does no better than answers that do not look at the input"
        yield f"{better}: see that x and y belong together, and train on, by larger updates or for longer."
    factors = {k: float(of_layer.mean()) for k, of_layer in enumerate(found.factors) if len(of_layer)}
    if factors:
        least, most = min(factors, key=factors.__getitem__), max(factors, key=factors.__getitem__)
        if factors[most] > EXPLODING_ABOVE:
            yield _exploding(network, found, _comes_back(most, factors))
        if factors[least] < VANISHING_BELOW:
            yield _vanishing(network, found, least, _comes_back(least, factors))
        elif factors[most] <= EXPLODING_ABOVE:
            reason = "for another reason, such as the size of its updates or the data"
            yield f"{_comes_back(least, factors)}: where it does not learn, it is {reason}."
    yield from _reach(network, report, found)


def _comes_back(layer: int, factors: Mapping[int, float]) -> str:
    factor = short(factors[layer], 3)
    return f"In layer {layer + 1} the gradient is multiplied by {factor} per time step on its way back"


def _exploding(network: Network, found: OfData, how: str) -> str:
    size = network.readout.torch_scale(network.outputs) * math.hypot(*found.gradients.values())
    norm = f", which over this batch is {short(size, 3)} in PyTorch's loss" if math.isfinite(size) else ""
    return f"{how}: clip its norm{norm}, or begin with a smaller Wₕ."


def _vanishing(network: Network, found: OfData, layer: int, how: str) -> str:
    g, gates = network.cell.of_one_sum, found.gates[layer]
    keeps = next((name for name in ("forget gate", "update gate") if name in gates), None)
    still = 0.0 if found.saturated is None else found.saturated[layer]
    if g is not None and g.shut is not None and still > MANY:
        mend = "scale the inputs down, or begin with smaller weights"
        mend = mend if g.shut == "saturated" else "begin with larger biases, or learn by smaller updates"
        return f"{how}, and {percent(still)} of units and time steps are {g.shut}: {mend}."
    if keeps is None:
        gated = "an LSTM or a GRU, whose memory need not pass a matrix"
        return f"{how}: begin with an orthogonal Wₕ, or take {gated}."
    if gates[keeps] < OPEN:
        let = f"{how}, and the {keeps} lets {gates[keeps]:.2f} through"
        return f"{let}: begin with a bias of 1 to 3 there, so that it keeps more of what it holds."
    return f"{how}, though the {keeps} is open: only answers that need the far past would teach it more."


def _reach(network: Network, report: Report, found: OfData) -> Iterator[str]:
    """What follows from how far back the top layer learns."""
    left = report.of_layer(LEFT, len(network.widths) - 1)
    reach = None if left is None else horizon(np.asarray(left[1:], dtype=float), float(left[0]))
    if reach is not None and 0 < reach < found.steps // 2:
        steps = counted(reach, "time step")
        missing = f"Beyond {steps} less than {100 * ENOUGH:.0f} % of what it learns now is missing"
        yield f"{missing}: truncation there would miss little, and what lies further back is hardly taught."

"""What an inspection found, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rnn.figures import short
from rnn.inspection import Report
from rnn.network import Network
from rnn.probes.flow import EXPLODING_ABOVE, VANISHING_BELOW
from rnn.probes.lags import ENOUGH
from rnn.readout import bits, perplexity


def summary(network: Network, report: Report) -> str:
    """A page of plain text."""
    return "\n".join(_lines(network, report))


def _lines(network: Network, report: Report) -> Iterator[str]:
    layers = range(len(network.widths))
    widths = ", ".join(str(width) for width in network.widths)
    kind = (
        f"{network.cell.title} ({network.cell.nonlinearity})"
        if network.cell.gates == 1
        else network.cell.title
    )
    counted = (
        f"{len(layers)} layer of {widths} units"
        if len(layers) == 1
        else f"{len(layers)} layers of {widths} units"
    )
    yield f"{kind}, {counted}, {network.inputs} inputs, {network.outputs} outputs"
    yield ""
    yield "Recurrent weights"
    for layer in layers:
        eigenvalues, values = (
            np.atleast_2d(_figure(report, name, layer))
            for name in ("eigenvalues_weight_hh", "singular_values_weight_hh")
        )
        for block, of_block, largest in zip(network.cell.blocks, eigenvalues, values, strict=True):
            name = f"layer {layer + 1}" + (f", {block}" if block else "")
            radius, sigma = short(float(np.abs(of_block).max()), 3), short(float(largest[0]), 3)
            yield f"  {name:26} ρ {radius:>8}   σ_max {sigma:>8}"
    if report.sequence is None:
        return
    yield ""
    yield from _loss(network, report)
    yield ""
    where = f"sequence {report.sequence}, {report.steps} time steps"
    yield f"Gradient of the last step's loss on its way back, {where}"
    for layer in layers:
        for name, states in (("h", "dLi_dhj_norm"), ("c", "dLi_dcj_norm"))[: network.cell.states]:
            yield f"  layer {layer + 1}, {name}   {_rate(_figure(report, states, layer, always=True)[-1])}"
    yield ""
    yield "How far back it learns (the gradient of W_h by the number of step Jacobians it came through)"
    for layer in layers:
        yield f"  layer {layer + 1}   {_horizon(_figure(report, 'lag_left_weight_hh_norm', layer))}"


def _loss(network: Network, report: Report) -> Iterator[str]:
    loss = float(report.arrays["loss"])
    readout = network.readout
    line = f"Loss of the batch {short(loss, 4)}, that is {readout.column} {short(readout.scale * loss, 4)}"
    if readout.classes:
        line += f", perplexity {short(perplexity(loss), 3)}, {short(bits(loss), 3)} bits a symbol"
    yield line


def _rate(norms: Any) -> str:
    """``norms`` (T,) of one loss by the state of each step."""
    last = float(norms[-1])
    if len(norms) < 2:
        return "a single time step has no way back"
    if not (last > 0.0 and np.isfinite(norms).all()):
        return "the last step sends back no gradient" if last == 0.0 else "the gradient is not finite"
    left = float(norms[0]) / last
    factor = left ** (1.0 / (len(norms) - 1))
    verdict = (
        "vanishing" if factor < VANISHING_BELOW else "exploding" if factor > EXPLODING_ABOVE else "steady"
    )
    return f"×{short(factor, 3)} a step, {verdict}: {short(left)} of it is left after {len(norms) - 1} steps"


def _horizon(left: Any) -> str:
    """``left`` (T+1,): ‖G‖, then what is missing of it after each lag."""
    if not left[0] > 0.0:
        return "no gradient"
    beyond = np.flatnonzero(left[1:] > ENOUGH * left[0])
    horizon = int(beyond[-1]) + 1 if beyond.size else 0
    return f"{100 * (1 - ENOUGH):.0f} % of it from at most {horizon} steps back"


def _figure(report: Report, name: str, layer: int, always: bool = False) -> Any:
    """A figure of one layer, whose name may do without the layer where there is only one."""
    return report.arrays[f"{name}_l{layer}" if always or f"{name}_l{layer}" in report.arrays else name]

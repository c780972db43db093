"""What an inspection found, on one page."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from rnn.errors import one_line
from rnn.model.network import Network
from rnn.model.readout import bits, perplexity
from rnn.number_format import counted, percent, short
from rnn.observing.probes.flow_sentence import causes, shut
from rnn.observing.probes.parameter_norms import SATURATED_BELOW
from rnn.observing.probes.rates import ENOUGH, horizon, rate
from rnn.report.inspection import OF_WEIGHTS, OfData, Report
from rnn.report.tries import LEFT, tries
from rnn.weights import Names

WIDTH = 110


def summary(network: Network, report: Report, names: Names, notes: Iterable[str] = ()) -> str:
    """A page of plain text on a network that calls its arrays by ``names``.

    Arguments:
        notes: how the data were read where that was open, in sentences without their ends.
    """
    return "\n".join(map(one_line, _lines(network, report, names, notes)))


def described(network: Network, names: Names) -> str:
    """What it is made of, in a few words."""
    widths = ", ".join(str(width) for width in network.widths)
    units = "unit" if network.widths == (1,) else "units"
    of_choice = len(network.cell.nonlinearities) > 1
    kind = f"{network.cell.title} ({network.cell.nonlinearity})" if of_choice else network.cell.title
    parts = [
        kind,
        f"{counted(len(network.widths), 'layer')} of {widths} {units}",
        counted(network.inputs, "input"),
        counted(network.outputs, "output"),
        f"readout {names.head}",
    ]
    if network.absent:
        parts.append(f"no biases{_where(network)}")
    return ", ".join(parts)


def _where(network: Network) -> str:
    """Behind "no biases": where there are some nevertheless."""
    in_head = any(name.startswith("head.") for name in network.absent)
    in_layers = any(not name.startswith("head.") for name in network.absent)
    if in_head and in_layers:
        return ""
    return " in the readout" if in_head else " in the recurrent layers"


def _lines(network: Network, report: Report, names: Names, notes: Iterable[str]) -> Iterator[str]:
    assumed = (f"{note}." for note in (*names.assumed, *notes))
    for text in (*assumed, described(network, names), *(f"{note}." for note in names.not_used)):
        yield from textwrap.wrap(text, WIDTH, subsequent_indent="  ")
    found = report.of_data
    if found is not None:
        of_steps = found.count * found.steps
        scored = (
            "" if found.scores == of_steps else f", scored at {found.scores:,} of {of_steps:,} time steps"
        )
        steps = counted(found.steps, "time step")
        yield f"Batch of {counted(found.count, 'sequence')} of {steps}{scored}"
    yield from _weights(network, report)
    if found is not None:
        yield ""
        yield from _loss(network, found)
        yield from _way_back(network, found)
        yield from _lags(network, report)
        yield from _tries(network, report, found)


def _weights(network: Network, report: Report) -> Iterator[str]:
    head: tuple[str, ...] = ("", "Recurrent weights")
    for layer in range(len(network.widths)):
        eigenvalues, values = (report.of_layer(name, layer) for name in OF_WEIGHTS)
        if eigenvalues is None or values is None:
            continue
        yield from head
        head = ()
        blocks = zip(network.cell.blocks, np.atleast_2d(eigenvalues), np.atleast_2d(values), strict=True)
        for block, of_block, largest in blocks:
            name = f"layer {layer + 1}" + (f", {block}" if block else "")
            radius, sigma = short(float(np.abs(of_block).max()), 3), short(float(largest[0]), 3)
            yield f"  {name:26} ρ {radius:>8}   σₘₐₓ {sigma:>8}"


def _way_back(network: Network, found: OfData) -> Iterator[str]:
    """The gradient of the last scored step's loss in each layer: of the one sequence, and over the batch."""
    end = found.flow.end
    where = f"sequence {found.sequence}, {counted(end, 'time step')}"
    yield ""
    scored = "scored " if end < found.steps else ""
    yield f"Gradient of the last {scored}time step's loss on its way back, {where}"
    for layer, of_layer in enumerate(found.flow.layers):
        for name, row in zip(network.cell.symbols, (of_layer.last, of_layer.last_cell), strict=False):
            yield f"  layer {layer + 1}, {name}   {_rate(row)}"
        if found.count > 1 and len(factors := found.factors[layer]):
            mean, spread = short(float(factors.mean()), 3), short(float(factors.std()), 2)
            of = counted(len(factors), "sequence")
            yield f"               ×{mean} ± {spread} per time step, mean and spread of {of} of the batch"
    yield ""
    yield "What happens to that gradient on its way"
    for layer in range(len(network.widths)):
        first, rest = f"  layer {layer + 1}   ", " " * 12
        text = _why(network, found, layer)
        yield from textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)


def _lags(network: Network, report: Report) -> Iterator[str]:
    left = [report.of_layer(LEFT, layer) for layer in range(len(network.widths))]
    if all(each is not None for each in left):
        yield ""
        yield "How far back it learns (the gradient of Wₕ by how many time steps back it came from)"
        yield from (f"  layer {number}   {_horizon(each)}" for number, each in enumerate(left, start=1))


def _tries(network: Network, report: Report, found: OfData) -> Iterator[str]:
    yield ""
    yield "What to try"
    for text in tries(network, report, found):
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _loss(network: Network, found: OfData) -> Iterator[str]:
    loss, readout = found.loss, network.readout
    reported = readout.scale * loss
    line = f"Loss of the batch {short(loss, 4)}, that is {readout.column} {short(reported, 4)}"
    if readout.classes:
        line += f", perplexity {short(perplexity(loss), 3)}, {short(bits(loss), 3)} bits a symbol"
    yield line
    guesses = ", ".join(f"{name} {short(guess, 4)}" for name, guess in found.guesses.items())
    yield f"  without looking at the input: {guesses}{_against(reported, min(found.guesses.values()))}"
    sizes = found.gradients
    largest = max(sizes, key=lambda name: np.nan_to_num(sizes[name], nan=np.inf))
    whole = math.hypot(*sizes.values())
    if not math.isfinite(whole):
        yield f"Its gradient by {largest} is not finite"
        return
    part = f"the largest part {largest} with {short(sizes[largest], 3)}"
    yield f"Norm of its gradient by all arrays {short(whole, 3)}, {part}"
    yield from _clipped(network, found, whole)


def _clipped(network: Network, found: OfData, whole: float) -> Iterator[str]:
    """Which thresholds scale it down, PyTorch's and ours; ``whole`` is the norm by all arrays."""
    if network.readout.classes:
        yield f"  with nn.CrossEntropyLoss, clip_grad_norm_ below {short(whole, 3)} scales it down"
    else:
        O = network.outputs  # noqa: E741
        times = {1: "twice", 2: "just"}.get(O, f"2/{O} of")
        scored = "" if found.scores == found.count * found.steps else " over the scored time steps"
        below = short(network.readout.torch_scale(O) * whole, 3)
        yield f"  nn.MSELoss{scored} is {times} this loss: clip_grad_norm_ below {below} scales it down"
    if not math.isclose(found.trained_norm, whole, rel_tol=1e-9):
        below = short(found.trained_norm, 3)
        yield f"  clip_norm of train does so below {below}, since bias_ih and bias_hh are one bias there"


def _against(loss: float, guess: float) -> str:
    """How the network does beside the best answer that does not look at the input."""
    if not math.isfinite(loss):
        return ""
    if loss >= guess:
        return ": the network does no better"
    return f": the network is at {percent(loss / guess)} of that"


def _rate(norms: Any) -> str:
    """``norms`` (T,) of one loss by the state of each step."""
    if len(norms) < 2:
        return "a single time step has no way back"
    if norms[-1] == 0.0:
        return "the last time step sends back no gradient"
    found = rate(norms)
    if found is None:
        return "the gradient is not finite"
    return f"{found.verdict}: {found.figures}"


def _horizon(left: Any) -> str:
    """``left`` (T+1,): ‖G‖, then what is missing of it after each lag."""
    if left[0] == 0.0:
        return "no gradient"
    steps = horizon(left[1:], left[0])
    if steps is None:
        return "the gradient is not finite"
    beyond = counted(steps, "time step")
    return f"beyond {beyond} less than {100 * ENOUGH:.0f} % of the whole gradient is missing"


def _why(network: Network, found: OfData, layer: int) -> str:
    """What makes the rate, as far as that is known."""
    sentences = []
    if found.flow.layers[layer].rate is not None:
        sentences += [shut(found.flow, layer), causes(found.flow, layer)]
    g = network.cell.of_one_sum
    if found.saturated is not None and g is not None and g.shut is not None:
        share = percent(found.saturated[layer])
        slope = f" (|g′| under {SATURATED_BELOW * g.steepest:g})" if g.shut == "saturated" else ""
        sentences.append(f"{share} of units and time steps are {g.shut}{slope}.")
    if found.gates[layer]:
        means = ", ".join(
            f"{name.removesuffix(' gate')} {mean:.2f}" for name, mean in found.gates[layer].items()
        )
        sentences.append(f"The gates let through, on average: {means}.")
    if network.cell.states > 1:
        c = network.cell.symbols[1]
        sentences.append(f"The memory is {c}; h alone, with {c} held, looks as if more were forgotten.")
    return " ".join(filter(None, sentences))

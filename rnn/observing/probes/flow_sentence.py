"""What a gradient flow means, in plain words with its own figures."""

from __future__ import annotations

import math

import numpy as np

from rnn.model.nonlinearities import NONLINEARITIES
from rnn.number_format import factor_words, short
from rnn.observing.probes.flow import Flow, LayerFlow, Split
from rnn.observing.probes.rates import Rate, lost_within

HARDLY = 0.01
REFILLED = 10.0  # times as much is left of the gradient of all losses: seen alone, it would mislead
SATURATED_BELOW = 0.1
ROUNDED_BELOW = 1e-290  # a gradient this small loses digits, and no longer shows what the units did to it
NAMES = {"relu": "ReLU", "logistic": "the logistic function"}


def describe(flow: Flow, layer: int) -> str:
    """On one layer, counted from 0: the factor per time step, what it comes to and what makes it."""
    of_layer, top = flow.layers[layer], len(flow.layers) - 1
    if flow.end < 2:
        return "With a single time step there is no way back through time."
    if of_layer.state[-1] == 0.0:
        if layer < top:
            return f"The last time step's loss sends no gradient down to layer {layer + 1} at this moment."
        return "The last time step's loss sends back no gradient at this moment: its error is zero."
    found = of_layer.rate
    if found is None:
        return "The gradient is not finite on its way back through time."
    where = f"In layer {layer + 1} of {top + 1}, going" if top else "Going"
    rate = f"{where} back, the gradient is {found.verdict}: {found.figures}"
    sentences = (
        f"{rate}{'' if found.factor else _why(of_layer)}.",
        _lost(lost_within(of_layer.state, found.followed)),
        _taught(found),
        _split(of_layer),
        _refilled(of_layer, found),
        _ways(of_layer),
        _from_above(flow, layer),
        _truncated(flow),
    )
    return " ".join(filter(None, sentences))


def causes(flow: Flow, layer: int) -> str:
    """What makes the factor per time step, as far as that is known: units and weights, or the layer above."""
    return _split(flow.layers[layer]) or _from_above(flow, layer)


def shut(flow: Flow, layer: int) -> str:
    """That next to nothing arrives because of the units, where they pass on so little that there are no two
    parts to tell; else empty.
    """
    of_layer = flow.layers[layer]
    why = "" if _split(of_layer) else _why(of_layer).removeprefix(": ")
    return f"{why[:1].upper()}{why[1:]}." if why else ""


def name_of(nonlinearity: str) -> str:
    """A nonlinearity as the subject of a sentence."""
    return NAMES.get(nonlinearity, nonlinearity)


def _lost(within: int | None) -> str:
    """That a mean rate is not that of every step, where nearly all is lost on a few."""
    if within is None:
        return ""
    few = f"the last {within:,} time steps" if within > 1 else "the last time step"
    return f"Nearly all of that is lost on {few}; further back it hardly changes."


def _taught(rate: Rate) -> str:
    """What comes of it for the weights."""
    if rate.left < HARDLY:
        return "One update teaches it next to nothing from that far back."
    return "One update can throw the weights far off." if rate.left > 1.0 / HARDLY else ""


def _refilled(flow: LayerFlow, rate: Rate) -> str:
    """That the gradient of all losses hides what becomes of each, where it does."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = float(flow.total[0] / flow.total[-1])
    if not REFILLED * rate.left < share < math.inf:
        return ""
    return "That of all time steps' losses looks flatter: each one's own loss refills it."


def _split(flow: LayerFlow) -> str:
    """The two parts of the factor, each as a mean over the same time steps, whose product is the factor."""
    split, rate = flow.split, flow.rate
    if split is None or rate is None:
        return ""
    through_units = split.through_units[-rate.followed :]
    through_weights = split.through_weights[-rate.followed :]
    if not (_positive(through_units) and _positive(through_weights)):
        return ""
    units = math.exp(np.log(through_units).mean())
    weights = math.exp(np.log(through_weights).mean())
    if split.nonlinearity == "identity":
        alone = f"the weights alone multiply it by {factor_words(weights)} at each time step"
        return f"The units pass on all of it: {alone}."
    steepest = NONLINEARITIES[split.nonlinearity].steepest
    most = f" (at most {steepest:g})" if steepest < 1.0 else ""
    passed = f"{name_of(split.nonlinearity)} passes on {factor_words(units)} of it{most}"
    return f"At each time step {passed}, and the weights multiply it by {factor_words(weights)}{_why(flow)}."


def _ways(flow: LayerFlow) -> str:
    """That an LSTM's gradient is that by c, and what it would be by h alone."""
    if flow.last_cell is None or not flow.last[-1] > 0.0:
        return ""
    by_h = float(flow.last[0] / flow.last[-1])
    c = flow.symbols[1]
    return f"That is by the cell state {c}; by h alone, with {c} held, {short(by_h)} would be left."


def _from_above(flow: Flow, layer: int) -> str:
    """That there is another way than through time."""
    top = len(flow.layers) - 1
    return "It also comes down from the layer above at every time step." if layer < top else ""


def _truncated(flow: Flow) -> str:
    first = flow.first_trained
    if first == 1:
        return ""
    if first == flow.end:
        return "Truncation lets none of it go back."
    return f"Truncation lets it go back to time step {first} only."


def _why(flow: LayerFlow) -> str:
    """Behind what the gradient comes to: whether next to nothing arrives because of the units."""
    split = flow.split
    if split is None or not _shut(flow, split):
        return ""
    state = "inactive" if split.nonlinearity == "relu" else "saturated"
    return f": the units are {state}, so {name_of(split.nonlinearity)} passes on almost nothing"


def _shut(flow: LayerFlow, split: Split) -> bool:
    """Whether next to nothing arrives because of the units: of what they could they passed on a tenth."""
    if flow.left is None or flow.left >= HARDLY:
        return False
    known = split.through_units[np.isfinite(split.through_units) & (flow.last[1:] > ROUNDED_BELOW)]
    known = known / NONLINEARITIES[split.nonlinearity].steepest
    with np.errstate(divide="ignore"):
        return bool(known.size) and math.exp(np.log(known).mean()) < SATURATED_BELOW


def _positive(parts: np.ndarray) -> bool:
    return bool((np.isfinite(parts) & (parts > 0.0)).all())

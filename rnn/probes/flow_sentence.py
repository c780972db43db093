"""What a gradient flow means, in plain words with its own figures."""

from __future__ import annotations

import math

import numpy as np

from rnn.figures import short
from rnn.probes.flow import Flow

HARDLY = 0.01
SATURATED_BELOW = 0.1
ROUNDED_BELOW = 1e-290  # a gradient this small loses digits, and no longer shows what tanh did to it
SATURATED = "the units are saturated, so tanh passes on almost nothing"


def describe(flow: Flow) -> str:
    """Up to three sentences: the factor a step, what it comes to at the first step, and its two parts."""
    T = len(flow.last)
    if T < 2:
        return "With a single time step there is no way back through time."
    if flow.last[-1] == 0.0:
        return "The last step's loss sends back no gradient at this moment: its error is zero."
    if flow.factor is None or flow.left is None:
        return "The gradient is not finite on its way back through time."
    if flow.factor == 0.0:
        why = f": {SATURATED}" if _saturated(flow) else ""
        rate = f"Going back, the gradient becomes too small to be represented{why}."
    else:
        rate = _rate(flow.factor)
    return " ".join(filter(None, (rate, _arrival(T - 1, flow.left), _split(flow))))


def _rate(factor: float) -> str:
    steps = math.inf if factor == 1.0 else math.log(2.0) / abs(math.log(factor))
    if factor <= 1.0:
        sentence = f"Going back one step keeps {short(factor)} of the gradient on average"
        if steps < 1.0:
            return f"{sentence}: it loses more than half with every step."
        return f"{sentence}: it halves every {short(steps)} steps." if steps < 100.0 else f"{sentence}."
    sentence = f"Going back one step multiplies the gradient by {short(factor, 3)} on average"
    if steps < 1.0:
        return f"{sentence}: it more than doubles with every step."
    return f"{sentence}: it doubles every {short(steps)} steps." if steps < 100.0 else f"{sentence}."


def _arrival(back: int, left: float) -> str:
    after = "After one step" if back == 1 else f"After {back:,} steps"
    if left < HARDLY:
        much = "nothing" if left == 0.0 else short(left)
        return f"{after} {much} of it is left, so this network can hardly learn from that far back."
    if left > 1.0 / HARDLY:
        return f"{after} it is {short(left)} times as large, so one update can throw the weights far off."
    if left > 1.0:
        return f"{after} it is {short(left)} times as large."
    return f"{after} {short(left)} of it is left."


def _split(flow: Flow) -> str:
    """The two parts of the factor, each as a mean whose product is the factor."""
    through_tanh, through_weights = flow.through_tanh, flow.through_weights
    if not (
        np.isfinite(through_tanh)
        & (through_tanh > 0.0)
        & np.isfinite(through_weights)
        & (through_weights > 0.0)
    ).all():
        return ""
    tanh = math.exp(np.log(through_tanh).mean())
    weights = math.exp(np.log(through_weights).mean())
    why = f": {SATURATED}" if _saturated(flow) else ""
    parts = f"tanh passes on {short(tanh)} of it, and the weights multiply it by {short(weights)}"
    return f"At each step {parts}{why}."


def _saturated(flow: Flow) -> bool:
    """Whether next to nothing arrives because of tanh: of what it was given it passed on a tenth at most."""
    if flow.left is None or flow.left >= HARDLY:
        return False
    known = flow.through_tanh[np.isfinite(flow.through_tanh) & (flow.last[1:] > ROUNDED_BELOW)]
    with np.errstate(divide="ignore"):
        return bool(known.size) and math.exp(np.log(known).mean()) < SATURATED_BELOW

"""What a gradient flow means, in plain words with its own figures."""

from __future__ import annotations

import math

import numpy as np

from rnn.figures import short
from rnn.probes.flow import Flow

HARDLY = 0.01


def describe(flow: Flow) -> str:
    """Up to three sentences: the factor a step, what it comes to at the first step, and its two parts."""
    T = len(flow.last)
    if T < 2:
        return "With a single time step there is no way back through time."
    if flow.last[-1] == 0.0:
        return "The last step's loss sends back no gradient at this moment: its error is zero."
    if flow.factor is None or flow.left is None:
        return "The gradient is not finite on its way back through time."
    return " ".join(filter(None, (_rate(flow.factor), _arrival(T - 1, flow.left), _split(flow))))


def _rate(factor: float) -> str:
    if factor == 0.0:
        return "Going back, the gradient becomes so small that nothing of it can be written down."
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
        return f"{after} it is {short(left)} times as large: the first time step still counts."
    return f"{after} {short(left)} of it is left: the first time step still counts."


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
    return f"At each step tanh passes on {short(tanh)} of it, and the weights make that ×{short(weights)}."

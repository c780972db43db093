"""What the norms panel says: its explanation, the names of parameters, its figures."""

from __future__ import annotations

import math

import numpy as np

from gui.panels.norms_record import NormsRecord
from rnn.figures import percent, short

WEIGHTS = {"Wx": "W_x", "Wh": "W_h", "b": "b", "bn": "b_n", "head.W": "W_out", "head.b": "b_out"}
LOW, HIGH = 3e-4, 3e-3
RULE = "rule of thumb: about 0.001 a step"
EXPLANATION = """
<p><b>Gradient</b>: ‖g‖ of every update, over all parameters together, before clipping. Clipping by norm
scales a gradient above the threshold c down to it, g · c/‖g‖, and keeps its direction: each red line is the
part that was cut off. Where few updates are clipped, c guards against rare explosions; where most are, c
sets the length of every step.</p>
<p><b>Parameters</b>: for each one the norms of its gradient (of the displayed sequence), of its last step
and of itself. The number behind is ‖step‖/‖weight‖.</p>
<p><b>How to read it.</b> A <i>rule of thumb</i>, no law, wants about 0.001: far above, a step undoes what
was learned; far below, little moves. Biases that begin at zero are far above for a while.</p>
<p><b>Ratios</b> shows it over training, <b>saturated</b> the share of units and time steps where the slope
of the nonlinearity is under a twentieth of its largest: they pass on next to nothing.</p>
<p><b>What to try.</b> The presets <i>Exploding gradient</i> and <i>Exploding gradient, clipped</i>; move
the threshold while it trains.</p>
"""


def parameter(name: str, layers: int) -> str:
    """``l1.Wh`` as ``W_h, layer 2``; the layer is left out where there is one."""
    if name in WEIGHTS:
        return WEIGHTS[name]
    layer, _, weight = name.partition(".")
    where = f", layer {int(layer.removeprefix('l')) + 1}" if layers > 1 else ""
    return f"{WEIGHTS.get(weight, weight)}{where}"


def tick(name: str, layers: int) -> str:
    """The same where there is little room: ``W_h 2``."""
    return parameter(name, layers).replace(", layer", "")


def clipped_share(record: NormsRecord) -> float:
    """The share of all updates that were clipped."""
    return record.clipped_count / max(1, len(record.norms))


def figure(record: NormsRecord) -> str:
    """How many updates were clipped, or the newest norm where none can be."""
    if len(record.norms) == 0:
        return ""
    if record.clipped_count or math.isfinite(record.limits.values[-1]):
        return f"{percent(clipped_share(record))} clipped"
    return f"‖g‖ {short(float(record.norms.values[-1]))}"


def summary(record: NormsRecord) -> str:
    """The gradient of the newest update, and the clipping so far."""
    if len(record.norms) == 0:
        return ""
    norm = float(record.norms.values[-1])
    text = f"The gradient of update {len(record.norms):,} has a norm of {short(norm, 3)}"
    limit = float(record.limits.values[-1])
    if record.clipped_count == 0 and not math.isfinite(limit):
        return f"{text}, and nothing is clipped."
    share = f"{record.clipped_count:,} of {len(record.norms):,} updates were clipped"
    now = f"clipping at {short(limit)} is on" if math.isfinite(limit) else "clipping is off now"
    return f"{text}; {share}, and {now}."


def at_update(record: NormsRecord, update: int) -> str:
    """One update's gradient and what became of it."""
    norm, limit = float(record.norms.values[update - 1]), float(record.limits.values[update - 1])
    text = f"‖g‖ {short(norm, 3)}"
    if not math.isfinite(limit):
        return text
    if math.isnan(record.clipped.values[update - 1]):
        return f"{text}, under the threshold {short(limit)}"
    return f"{text}, clipped to {short(limit)}: ×{short(limit / norm) if norm > 0.0 else '1'}"


def at_parameter(record: NormsRecord, place: int) -> str:
    """One parameter's three norms and their ratio."""
    now = record.now
    if now is None:
        return ""
    layers = 1 if record.info is None else len(record.info.config.model.layers)
    names = ("gradient", "weight", "last step")
    values = (now.gradient[place], now.weight[place], now.step[place])
    parts = [f"{name} {short(float(value), 3)}" for name, value in zip(names, values, strict=True)]
    ratio = float(now.ratio[place])
    behind = "" if np.isnan(ratio) else f" · step/weight {short(ratio)}"
    return f"{parameter(now.names[place], layers)}: {', '.join(parts)}{behind}"

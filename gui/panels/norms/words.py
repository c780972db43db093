"""What the norms panel says: its explanation, the names of parameters, its figures."""

from __future__ import annotations

import math

import numpy as np

from gui.panels.norms.record import NormsRecord
from gui.panels.words.parameters import names
from rnn.number_format import percent, short

LOW, HIGH = 3e-4, 3e-3
RULE = "rule of thumb: about 0.001 an update"
SAYS_FIRST = "Of the sequences that this update trained on, so other numbers than panels about one sequence."
OF_ONE_FIRST = "Gradients are those of the displayed sequence, so other numbers than those of every update."
OF_UNITS_FIRST = "Of the displayed sequence: units where g is flat, so that hardly any gradient passes."
EXPLANATION = """
<p><b>Gradient</b>: ‖g‖ of every update, over all parameters together, before clipping. Clipping by norm
scales a gradient above the threshold c down to it, g · c/‖g‖, and keeps its direction: each red line is the
part that was cut off. Where few updates are clipped, c guards against rare explosions; where most are, c
sets the length of every update.</p>
<p><b>Parameters</b>: for each one the norms of its gradient (of the displayed sequence), of its last
update and of itself. The number behind is ‖update‖/‖weight‖.</p>
<p><b>How to read it.</b> A <i>rule of thumb</i>, no law, wants about 0.001: far above, an update undoes what
was learned; far below, little moves. Biases that begin at zero are far above for a while.</p>
<p><b>Ratios</b> shows it over training, <b>saturated</b> the share of units and time steps where the slope
of the nonlinearity is under a twentieth of its largest: they pass on next to nothing.</p>
<p><b>What to try.</b> The presets <i>Exploding gradient</i> and <i>Exploding gradient, clipped</i>; move
the threshold while it trains.</p>
"""


def clipped_share(record: NormsRecord) -> float:
    """The share of all updates that were clipped."""
    return record.clipped_count / max(1, len(record.norms))


def figure(record: NormsRecord) -> str:
    """How many updates were clipped, or the newest norm where none can be."""
    if len(record.norms) == 0:
        return ""
    if record.clipped_count or math.isfinite(record.limit):
        return f"{percent(clipped_share(record))} clipped"
    return f"‖g‖ {short(record.norms.last)} of update {len(record.norms):,}"


def summary(record: NormsRecord) -> str:
    """The gradient of the newest update, and the clipping so far."""
    if len(record.norms) == 0:
        return ""
    norm = record.norms.last
    text = f"The gradient of update {len(record.norms):,} has a norm of {short(norm, 3)}"
    limit = record.limit
    if record.clipped_count == 0 and not math.isfinite(limit):
        return f"{text}, and nothing is clipped."
    share = f"{record.clipped_count:,} of {len(record.norms):,} updates were clipped"
    now = f"clipping at {short(limit)} is on" if math.isfinite(limit) else "clipping is off now"
    return f"{text}; {share}, and {now}."


def at_update(record: NormsRecord, update: int) -> str:
    """One update's gradient and what became of it."""
    if record.norms.width > 1:
        least, greatest = record.norms.at(update - 1)
        return f"among {record.norms.width:,} updates ‖g‖ {short(least, 3)} to {short(greatest, 3)}"
    norm = float(record.norms.values[update - 1])
    limit = float(record.limits_at(np.array([update]))[0])
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
    kinds = ("gradient", "weight", "last update")
    values = (now.gradient[place], now.weight[place], now.step[place])
    parts = [
        f"{name} {'not known' if np.isnan(value) else short(float(value), 3)}"
        for name, value in zip(kinds, values, strict=True)
    ]
    ratio = float(now.ratio[place])
    behind = "" if np.isnan(ratio) else f" · update/weight {short(ratio)}"
    return f"{names(now.names)[now.names[place]]}: {', '.join(parts)}{behind}"

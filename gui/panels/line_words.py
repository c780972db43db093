"""What the panel of the loss along a line says: its caption, its figure, its labels, its summary."""

from __future__ import annotations

import math

from rnn.figures import short
from rnn.optimizers import OPTIMIZERS
from rnn.probes.line import Line, Step

CAPTION = "loss of the displayed sequence along its gradient"
EXPLANATION = """
<p>Cut through the landscape of the loss in one direction, straight against the gradient g of the displayed
sequence, and look at the profile. All weights move together; nothing else changes.</p>
<p><b>L(θ − s·g/‖g‖)</b> over the distance s, g as it is trained on.</p>
<p><b>How to read it.</b> At s = 0 are the weights of now. The dashed line is what the slope there promises:
the steeper, the larger ‖g‖. That holds near s = 0 only. SGD goes η‖g‖ far, however the profile runs: where
the curve has left the dashed line before the arrow ends, the step is too long. On the wall of a cliff ‖g‖
is large, so SGD steps far just where it should not; clipping by norm keeps the direction and shortens the
step.</p>
<p><b>What to try.</b> The preset <i>Exploding gradient</i>, one update at a time, then switch clipping on.
Turn the learning rate up in a run that learns, and watch the arrow climb out of the valley.</p>
"""


def caption(line: Line | None) -> str:
    """One line, the most needed first."""
    if line is None:
        return CAPTION
    training = line.training
    parts = [f"{CAPTION}; dashed: what its slope promises"]
    if training.optimizer != "sgd":
        parts.append(f"the arrows are plain SGD's, {OPTIMIZERS[training.optimizer].title} steps elsewhere")
    if line.clipped is not None and training.clip_norm is not None:
        parts.append(f"clipped: ‖g‖ {short(line.norm)} scaled down to {short(training.clip_norm)}")
    if training.clip_value is not None:
        parts.append("clipping by value turns the step and is not drawn")
    if training.weight_decay:
        parts.append("weight decay is left out")
    return "; ".join(parts)


def figure(line: Line | None) -> str:
    """What the step changes, or why there is none."""
    if line is None:
        return ""
    if not line.reach:
        return "no gradient" if line.norm == 0.0 else "not finite"
    digits = 2 if short(line.loss) != end_of(line.step) else 4
    return f"this step: {short(line.loss, digits)} → {end_of(line.step, digits)}"


def end_of(step: Step, digits: int = 2) -> str:
    """The loss at the end of a step."""
    return short(step.loss, digits) if math.isfinite(step.loss) else "not finite"


def labels(line: Line) -> dict[str, str]:
    """The words at the places that are marked."""
    words = {"now": f"now {short(line.loss)}", "sgd": f"SGD {end_of(line.sgd)}"}
    if line.clipped is not None:
        words["sgd"] = f"SGD unclipped {end_of(line.sgd)}"
        words["clipped"] = f"clipped {end_of(line.clipped)}"
    return words


def at(line: Line, place: int) -> str:
    """One of the places where the loss was measured."""
    s, loss = float(line.distances[place]), float(line.losses[place])
    way = "against" if s >= 0.0 else "along"
    promised = line.loss + line.slope * s
    height = f"loss {short(loss, 3)}" if math.isfinite(loss) else "the loss is not finite"
    step = f" · {short(s / line.step.length)} of the step" if s > 0.0 and line.step.length > 0.0 else ""
    return f"{short(abs(s), 3)} {way} the gradient: {height}, its slope promises {short(promised, 3)}{step}"


def summary(line: Line | None) -> str:
    """The step and what it does."""
    if line is None:
        return ""
    if not line.reach:
        return f"There is no line to draw: the gradient is {'zero' if line.norm == 0.0 else 'not finite'}."
    sgd = f"{short(line.sgd.length)} long, changes the loss from {short(line.loss)} to {end_of(line.sgd)}"
    if line.clipped is None:
        return f"SGD's next step on this sequence, {sgd}."
    clipped = f"clipped to {short(line.clipped.length)} it comes to {end_of(line.clipped)}"
    return f"SGD's next step on this sequence, {sgd}; {clipped}."

"""What the panel of the loss along a line says: its caption, its figure, its labels, its summary."""

from __future__ import annotations

import math

from rnn.number_format import counted, short
from rnn.observing.probes.line import Line, Step
from rnn.optimizing.optimizers import OPTIMIZERS

SAYS_FIRST = (
    "Walk all weights straight downhill: what the loss really does, what its slope promised, where the next "
    "update lands."
)
CAPTION = "Loss of the displayed sequence along its gradient."
PROMISE = "dashed: what its slope promises"
BENT = "dashed: what its slope promises, a straight line that the log axis bends"
FEW, MANY = 2, 5  # digits of the losses before and after a step
EXPLANATION = """
<p>Cut through the landscape of the loss in one direction, straight against the gradient g of the displayed
sequence, and look at the profile. All weights move together; nothing else changes.</p>
<p><b>L(θ − s·g/‖g‖)</b> over the distance s, g as it is trained on.</p>
<p><b>How to read it.</b> At s = 0 are the weights of now. The dashed line is what the slope there promises:
the steeper, the larger ‖g‖. Any curve leaves it sooner or later. SGD goes η‖g‖ far, however the profile
runs: a good update ends lower than it began, on this side of the valley. Past the lowest point it is too
long, and where it ends higher than it began it has done harm. On the wall of a cliff ‖g‖ is large, so SGD
goes far just where it should not; clipping by norm keeps the direction and shortens the way (dotted:
unclipped). Where the loss spans many decades, the axis is logarithmic and says so.</p>
<p><b>What to try.</b> The preset <i>Exploding gradient</i>, one update at a time, then switch clipping on.
Turn the learning rate up in a run that learns, and watch the arrow climb out of the valley.</p>
"""


def is_next(line: Line) -> bool:
    """Whether the next update takes this very gradient step, but for decay and what is carried on."""
    alone = line.upcoming is not None and line.upcoming.tolist() == [line.sequence]
    return alone and not _elsewhere(line)


def says_little(line: Line) -> bool:
    """Whether what is trained goes another way than this gradient step of SGD on one sequence."""
    return line.batch > 1 or _elsewhere(line)


def _elsewhere(line: Line) -> bool:
    return line.training.optimizer != "sgd" or line.training.clip_value is not None


def caption(line: Line | None, log: bool = False) -> str:
    """What is drawn, the most needed first."""
    if line is None:
        return CAPTION
    training = line.training
    parts = [f"Update {line.update:,} · {whose(line)}"]
    if training.clip_norm is not None:
        g, limit = f"‖g‖ of sequence {line.sequence + 1:,}", short(training.clip_norm)
        if line.clipped is not None:
            parts.append(f"clipped: {g}, {short(line.norm)}, scaled down to {limit}")
        else:
            parts.append(f"clip {limit} not reached: {g} is {short(line.norm)}")
    parts.append(BENT if log else PROMISE)
    if training.clip_value is not None:
        parts.append("clipping by value turns the gradient step and is not drawn")
    if training.weight_decay:
        parts.append("weight decay is left out")
    return f"{'; '.join(parts)}."


def whose(line: Line) -> str:
    """Whose gradient step is drawn, and whose the next update takes."""
    title = OPTIMIZERS[line.training.optimizer].title
    if line.training.optimizer != "sgd":
        return f"plain SGD's update; {title} goes elsewhere"
    if line.batch > 1:
        return f"SGD on this sequence alone; a batch has {line.batch:,}"
    if line.upcoming is None:
        return "an SGD update on this sequence; next is any"
    number = int(line.upcoming[0])
    if number != line.sequence:
        return f"an SGD update on this sequence; next is {number + 1:,}"
    return "SGD's next update, but for the carried state" if line.carried else "SGD's next update"


def figure(line: Line | None) -> str:
    """What the gradient step changes, or why there is none."""
    if line is None:
        return ""
    if not line.reach:
        return "no gradient" if line.norm == 0.0 else "not finite"
    if not math.isfinite(line.loss):
        return "cannot be compared"
    return change(line.loss, line.step)


def headline(line: Line | None) -> str:
    """The same, with whose gradient step it is."""
    if line is None or not (line.reach and math.isfinite(line.loss)):
        return figure(line)
    return f"{'the next update' if is_next(line) else 'an SGD update here would'}: {figure(line)}"


def change(loss: float, step: Step) -> str:
    """ "1.5 → 0.11", with as many digits as the two need to differ."""
    digits = digits_of(loss, step)
    return f"{short(loss, digits)} → {end_of(step, digits)}"


def digits_of(loss: float, step: Step) -> int:
    """How many digits tell the losses before and after a step apart; few where none do."""
    enough = (n for n in range(FEW, MANY + 1) if short(loss, n) != end_of(step, n))
    return next(enough, FEW)


def end_of(step: Step, digits: int = FEW) -> str:
    """The loss at the end of a step."""
    return short(step.loss, digits) if math.isfinite(step.loss) else "not finite"


def labels(line: Line) -> dict[str, str]:
    """The words at the places that are marked, with as many digits as the figure has."""
    digits = digits_of(line.loss, line.step)
    sgd = end_of(line.sgd, digits)
    words = {"now": f"now {short(line.loss, digits)}", "sgd": f"SGD {sgd}"}
    if line.clipped is not None:
        words["sgd"] = f"SGD unclipped {sgd}"
        words["clipped"] = f"clipped {end_of(line.clipped, digits)}"
    return words


def blank(line: Line | None) -> str:
    """Why there is nothing to draw; empty where there is."""
    if line is None:
        return ""
    if not line.reach:
        return "the gradient is zero: no way leads down" if line.norm == 0.0 else "the gradient is not finite"
    which = "the next gradient step is" if is_next(line) else "a gradient step here would be"
    return f"{which} off any scale:\n{short(line.step.length)}"


def at(line: Line, place: int) -> str:
    """One of the places where the loss was measured."""
    s, loss = float(line.distances[place]), float(line.losses[place])
    way = "against" if s >= 0.0 else "along"
    promised = line.loss + line.slope * s
    promise = "less than 0" if promised < 0.0 else short(promised, 3)
    height = f"loss {short(loss, 3)}" if math.isfinite(loss) else "the loss is not finite"
    is_ahead = s > 0.0 and line.step.length > 0.0
    step = f" · {short(s / line.step.length)} of the gradient step" if is_ahead else ""
    return f"{short(abs(s), 3)} {way} the gradient: {height}, its slope promises {promise}{step}"


def summary(line: Line | None) -> str:
    """The gradient step and what it does."""
    if line is None:
        return ""
    when = f"After {counted(line.update, 'update')}" if line.update else "Before the first update"
    if not line.reach:
        why = "zero" if line.norm == 0.0 else "not finite"
        return f"{when} there is no line to draw: the gradient is {why}."
    sgd = (
        f"{short(line.sgd.length)} long, {'changes' if is_next(line) else 'would change'} the loss "
        f"from {short(line.loss)} to {end_of(line.sgd)}"
    )
    what = "SGD's next update" if is_next(line) else "an SGD update"
    if line.clipped is None:
        return f"{when} {what} on this sequence, {sgd}."
    clipped = f"clipped to {short(line.clipped.length)} it comes to {end_of(line.clipped)}"
    return f"{when} {what} on this sequence, {sgd}; {clipped}."

"""What the unrolled network says around its picture: explanation, caption, figure, table, summary."""

from __future__ import annotations

from collections.abc import Sequence

from gui.panels.frame.export import Table
from gui.panels.unrolled.layout import Spoken
from gui.panels.unrolled.wave import Wave
from gui.panels.unrolled.words import Words, size
from rnn.number_format import counted, short
from rnn.observing.probes.norms import norms
from rnn.observing.probes.unrolled import Unrolled

SAYS_FIRST = "Information goes up and to the right, the gradient back to the left."
OF_LAST, OF_ALL = "last time step's loss", "losses of all time steps"
EXPLANATION = """
<p>The network once for every time step, side by side. Units have the colour of their state, unit 1 lowest.
The L<sub>t</sub> add up to the loss that is trained on: for one number as answer, half of the mean square
error.</p>
<p><b>h<sub>t</sub> = g(x<sub>t</sub> W<sub>x</sub> + h<sub>t−1</sub> W<sub>h</sub> + b)</b> runs right,
<b>∂L/∂h<sub>t</sub> = own part + ∂L/∂h<sub>t+1</sub> · ∂h<sub>t+1</sub>/∂h<sub>t</sub></b> runs left.</p>
<p><b>How to read it.</b> A way is as wide as the gradient that passes, in decades; dotted is below the key.
Green is an LSTM's way through c, upright ones bring the time step's own part. The strip is the whole
sequence, framed what is in view.</p>
<p><b>Mouse.</b> On a way, playing pauses and its equation is written; a click keeps it. The wheel scrolls,
dragging moves, Ctrl+wheel or the keys − and + zoom up to the whole sequence; click in the strip to go there.
</p>
<p><b>What to try.</b> <i>Play</i>, or the arrow keys, in <i>Vanishing</i> and <i>Exploding gradient</i>: the
moment is held until <i>held</i> is off again. With the losses of all time steps each one refills what was
lost.</p>
"""


def caption(words: Words, held: bool, latest: Unrolled, wave: Wave, first: str = "") -> str:
    """What is drawn, the most needed first.

    Arguments:
        held: whether the moment is held.
        latest: the newest moment, which is another one where time has gone on meanwhile.
        first: what the mouse does, `of_mouse`.
    """
    first = f"{first} · " if first else ""
    which = OF_ALL if words.whole else OF_LAST
    y = words.moment.y
    half = " L is half of the mean square error." if y.ndim == 2 and y.shape[1] == 1 else ""
    if not held:
        follows = f"{first}Follows the training; width: gradient of the {which} that passes"
        return f"{follows}; colour: state of each unit.{half}"
    moment = words.moment
    told = f"Held: sequence {moment.sequence + 1}, update {moment.update:,}"
    now = _now(moment, latest)
    meanwhile = f"; now {now}" if now else ""
    return f"{first}{told}{meanwhile} · {whereabouts(wave)}; width: gradient of the {which}.{half}"


def of_mouse(kept: str | None, pauses: bool) -> str:
    """What the mouse does: it keeps an equation, by the name of its place, or the wave ``pauses`` for it."""
    if kept is not None:
        return f"kept: {kept}; click it again to let go"
    return "paused while you point" if pauses else ""


def figure(words: Words, held: bool, latest: Unrolled, wave: Wave) -> tuple[str, bool]:
    """The figure at the right of the title, and whether it warns."""
    moment = words.moment
    if not held:
        return f"update {moment.update:,}", False
    if moment.sequence != latest.sequence:
        return f"held: sequence {moment.sequence + 1}, now {latest.sequence + 1}", True
    if moment.update != latest.update:
        return f"held at update {moment.update:,}, now {latest.update:,}", True
    return whereabouts(wave), False


def whereabouts(wave: Wave) -> str:
    """Where the wave is."""
    if wave.position >= wave.last:
        return "done"
    return f"{'backward' if wave.backward else 'forward'} · time step {wave.step}"


def _now(moment: Unrolled, latest: Unrolled) -> str:
    """What else is shown by the other panels; empty for nothing."""
    parts = [f"sequence {latest.sequence + 1}"] if latest.sequence != moment.sequence else []
    parts += [f"update {latest.update:,}"] if latest.update != moment.update else []
    return ", ".join(parts)


def unit_at(words: Words, spoken: Spoken, value: str, reached: bool) -> str:
    """A unit with the ``value`` that colours it, and its gradient where the wave has ``reached`` it."""
    layer, step, unit = spoken
    where = f"layer {layer + 1} · " if len(words.ways) > 1 else ""
    total = short(float(words.ways[layer].total[0][step, unit])) if reached else "not yet"
    return f"time step {step} · {where}unit {unit + 1} · {value} · {words.gradient('h', step)} at it {total}"


def track_names(words: Words) -> list[list[str]]:
    """For each layer what the norms of its states are called in the overview."""
    states = words.moment.cell.symbols
    many = len(words.ways) > 1
    return [
        [f"‖∂{words.loss}/∂{state}‖{f' of layer {layer + 1}' if many else ''}" for state in states]
        for layer in range(len(words.ways))
    ]


def table(words: Words) -> Table:
    """The norms of every part of every gradient."""
    moment = words.moment
    columns: dict[str, Sequence[object]] = {
        "time_step": list(range(1, moment.steps + 1)),
        "loss_term": moment.loss_terms.tolist(),
    }
    for layer, way in enumerate(words.ways, 1):
        for name, *arrays in zip(moment.cell.symbols, way.passed, way.own, way.total, strict=True):
            for part, array in zip(("passed", "own", "total"), arrays, strict=True):
                columns[f"layer_{layer}_{part}_{name}"] = norms(array[1:]).tolist()
    return columns


def summary(words: Words) -> str:
    """Both ends of the gradient's way."""
    moment, top = words.moment, words.ways[-1]
    first, last = (short(size(top.total[0][step])) for step in (1, moment.end))
    which = OF_ALL if words.whole else OF_LAST
    return (
        f"The network over {counted(moment.steps, 'time step')} at update {moment.update:,}: the gradient "
        f"of the {which} is {last} at time step {moment.end} and {first} at time step 1 of the top layer."
    )


def strip_label(words: Words) -> str:
    """What the overview shows."""
    return f"‖∂{words.loss}/∂hₜ‖"

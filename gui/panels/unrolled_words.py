"""The equations of the gradient on its way back with their numbers in them, and what the panel explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gui.panels.unrolled_forward import ForwardWords, Lines, number, sub
from gui.panels.unrolled_layout import Layout, Place
from gui.panels.unrolled_wave import Wave
from rnn.array import Array
from rnn.figures import short
from rnn.nonlinearities import NONLINEARITIES
from rnn.probes.norms import norms
from rnn.probes.unrolled import Way

SLOPES = {"tanh": "(1 − {0}²)", "logistic": "{0}(1 − {0})", "relu": "[{0} > 0]"}
EXPLANATION = """
<p>The article's drawing, alive: the network once for every time step, side by side. The input comes from
below, each unit is coloured by its state; answer, target and loss stand above.</p>
<p><b>h<sub>t</sub> = g(x<sub>t</sub> W<sub>x</sub> + h<sub>t−1</sub> W<sub>h</sub> + b)</b> runs right, and
<b>∂L/∂h<sub>t</sub> = own part + ∂L/∂h<sub>t+1</sub> · ∂h<sub>t+1</sub>/∂h<sub>t</sub></b> runs left.</p>
<p><b>How to read it.</b> A way is as wide as the gradient that passes, in decades: dotted where it is six
decades below the largest. Blue passes from a step to the one before; purple comes in at the step itself,
from its loss or from the layer above. In an LSTM a second way, gold, runs through the cell state c. Point
at a way or a unit: its equation is written below with its numbers.</p>
<p><b>What to try.</b> <i>Play</i>, or the arrow keys, in <i>Vanishing</i> and <i>Exploding gradient</i>.
With the whole loss each step's own loss refills what was lost. <i>Freeze</i> off follows the training
again.</p>
"""


def size(vector: Array) -> float:
    """The norm of one vector."""
    return float(norms(vector.reshape(1, -1))[0])


@dataclass(frozen=True, slots=True)
class Words(ForwardWords):
    """All equations of one moment.

    Attributes:
        whole: whether the gradient is that of the whole loss, not of the last step's alone.
    """

    whole: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        return self.moment.whole if self.whole else self.moment.last

    @property
    def loss(self) -> str:
        """What is sent back."""
        return "L" if self.whole else sub("L", self.moment.end)

    def gradient(self, name: str, step: int) -> str:
        return f"∂{self.loss}/∂{sub(name, step)}"

    def comes_in(self, layer: int, step: int) -> Lines:
        """The part of the gradient that enters a layer at a time step, beside what comes from later steps."""
        way, top = self.ways[layer], layer == len(self.ways) - 1
        own, total = size(way.own[0][step]), size(way.total[0][step])
        name = self.gradient("h", step)
        if not top:
            symbols = f"{name} gets {self.gradient('a', step)} W_xᵀ of the layer above"
            return symbols, f"from above comes {number(own)}; in all ‖{name}‖ = {number(total)}"
        if not self.sends(step):
            why = "is not sent back" if self.moment.scored[step - 1] else "is none: it is not scored"
            return f"step {step}'s own loss {why}", f"‖{name}‖ = {number(total)}, all from later steps"
        symbols = f"{name} gets ∂{sub('L', step)}/∂{sub('ŷ', step)} Wᵀ"
        return symbols, f"step {step}'s own loss adds {number(own)}; in all ‖{name}‖ = {number(total)}"

    def sends(self, step: int) -> bool:
        """Whether the loss of this step is sent back."""
        return bool(self.moment.scored[step - 1]) and (self.whole or step == self.moment.end)

    def passes(self, layer: int, step: int, by_cell: bool = False) -> Lines:
        """The way of the gradient from ``step`` + 1 to ``step``; ``by_cell`` by an LSTM's c."""
        moment, way = self.moment, self.ways[layer]
        if step >= moment.end:
            return "", f"the loss ends at step {moment.end}: nothing comes back from later steps"
        k = moment.truncation
        if self.whole and k is not None and step and step % k == 0:
            return f"truncated after {k} steps", f"nothing passes from step {step + 1} to step {step}"
        state = 1 if by_cell else 0
        passed = size(way.passed[state][step])
        symbols, factors = self._factors(layer, step, by_cell)
        numbers = f"norm: {number(passed)} = {factors}"
        own = size(way.own[state][step])
        if step and own > 0.0:
            source = (
                "its h" if by_cell else "its own loss" if layer == len(self.ways) - 1 else "the layer above"
            )
            in_all = number(size(way.total[state][step]))
            numbers += f";   with {number(own)} from {source}, in all {in_all}"
        return symbols, numbers

    def _factors(self, layer: int, step: int, by_cell: bool) -> Lines:
        """What passes from one step to the one before, and as which product."""
        moment, way, later = self.moment, self.ways[layer], step + 1
        signals, sums = moment.signals[layer], size(way.sums[step])
        name, passed = self.gradient("h", step), size(way.passed[0][step])
        came = size(way.total[0][later])
        into = f"{name} ⟵ "
        if by_cell:
            of_c = size(way.total[1][later])
            symbols = f"{self.gradient('c', step)} ⟵ {self.gradient('c', later)} ∘ {sub('f', later)}"
            return symbols, _product(of_c, [(size(way.passed[1][step]), of_c, "forget gate")])
        if "cell state" in signals:
            symbols = f"{into}{self.gradient('a', later)} W_hᵀ,   a: the sums of i, f, g, o"
            return symbols, _product(sums, [(passed, sums, "weights")])
        if "update gate" in signals:
            kept = way.total[0][later] * signals["update gate"][step]
            rest = size(way.passed[0][step] - kept)
            z, a = sub("z", later), self.gradient("a", later)
            symbols = f"{into}{self.gradient('h', later)} ∘ {z} + {a}′ W_hᵀ"
            return symbols, f"the sum of {number(size(kept))} (kept by z) and {number(rest)} (weights)"
        g = moment.cell.nonlinearity
        if g == "identity":
            return f"{into}{self.gradient('h', later)} W_hᵀ", _product(came, [(passed, sums, "weights")])
        symbols = f"{into}({self.gradient('h', later)} ∘ {SLOPES[g].format(sub('h', later))}) W_hᵀ"
        factors = [(sums, came, NONLINEARITIES[g].title), (passed, sums, "weights")]
        return symbols, _product(came, factors)


def _product(begin: float, factors: Sequence[tuple[float, float, str]]) -> str:
    """0.0214 × 0.41 (tanh) × 1.4 (weights); each factor is what came out over what came in."""
    parts = [number(begin)]
    parts += [f"{short(out / came) if came > 0.0 else '–'} ({name})" for out, came, name in factors]
    return " × ".join(parts)


def caption(words: Words, held: bool) -> str:
    """One line, the most needed first."""
    which = "the whole loss" if words.whole else "the last step's loss"
    moment = f"held at update {words.moment.update:,}" if held else "follows the training"
    return f"{moment}; width: gradient of {which} that passes; colour: state of each unit"


def unit_at(words: Words, layer: int, step: int, unit: int, value: str) -> str:
    """What is under the cursor, with the ``value`` that colours it."""
    where = f"layer {layer + 1} · " if len(words.ways) > 1 else ""
    total = short(float(words.ways[layer].total[0][step, unit]))
    return f"time step {step} · {where}unit {unit + 1} · {value} · {words.gradient('h', step)} at it {total}"


def summary(words: Words) -> str:
    """Both ends of the gradient's way."""
    moment, top = words.moment, words.ways[-1]
    first, last = (short(size(top.total[0][step])) for step in (1, moment.end))
    which = "whole loss" if words.whole else "last step's loss"
    return (
        f"The network over {moment.steps} time steps at update {moment.update:,}: the gradient of the "
        f"{which} is {last} at step {moment.end} and {first} at step 1 of the top layer."
    )


def lines_at(words: Words, layout: Layout, place: Place | None, wave: Wave) -> Lines:
    """The equation of what is pointed at, or of what the wave has just reached."""
    if place is None:
        return _reached(words, wave)
    layer, below = layout.layer(place.row), layout.layer(place.row - 1)
    pulled = wave.pulled_back(place.step) > 0.0
    if place.kind == "up" and below is not None and pulled:
        return words.comes_in(below, place.step)
    if layer is None:
        return words.input(place.step) if place.kind == "input" else words.answer(place.step)
    if place.kind == "across" and pulled and place.step:
        by_cell = len(words.ways[layer].total) > 1 and place.share > 0.5
        return words.passes(layer, place.step, by_cell)
    return words.unit(layer, place.step + (place.kind == "across"), layout.unit(place))


def _reached(words: Words, wave: Wave) -> Lines:
    top, end = len(words.ways) - 1, words.moment.end
    if not wave.backward:
        return words.unit(top, wave.step, 0)
    # Run through, there is no step just reached: the first way back stands for all.
    step = end - 1 if wave.position >= wave.last else wave.step
    return words.passes(top, step) if 1 <= step < end else words.comes_in(top, end)

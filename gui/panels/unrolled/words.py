"""The equations of the gradient on its way back through the unrolled network, with their numbers in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gui.panels.unrolled.forward import EQUATIONS, ForwardWords, Lines, factor, number
from gui.panels.words.figures import sub
from rnn.array import Array
from rnn.model.cells import Gru, Lstm
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.observing.probes.norms import norms
from rnn.observing.probes.unrolled import Way

SLOPES = {"tanh": "(1 − {0}²)", "logistic": "{0}(1 − {0})", "relu": "[{0} > 0]"}


def size(vector: Array) -> float:
    """The norm of one vector."""
    return float(norms(vector.reshape(1, -1))[0])


@dataclass(frozen=True, slots=True)
class Words(ForwardWords):
    """All equations of one moment.

    Attributes:
        whole: whether the gradient is that of all time steps' losses, not of the last one's alone.
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
        all_of = f"‖{name}‖ = {number(total)}"
        later = size(way.passed[0][step])
        joined = f"added to the vector from later time steps, of norm {number(later)}: " if later else ""
        joined += all_of
        if not top:
            symbols = f"{name} gets {self.gradient('a', step)} Wₓᵀ of the layer above"
            return symbols, f"from above comes a vector of norm {number(own)}, {joined}" if later else (
                f"from above comes all of it: {all_of}"
            )
        if not self.sends(step):
            why = "is not sent back" if self.moment.scored[step - 1] else "is none: it is not scored"
            return f"time step {step}'s own loss {why}", f"{all_of}, all from later time steps"
        symbols = f"{name} gets ∂{sub('L', step)}/∂{sub('ŷ', step)} Wᵀ"
        if not later:
            return symbols, f"time step {step}'s own loss adds all of it: {all_of}"
        return symbols, f"time step {step}'s own loss adds a vector of norm {number(own)}, {joined}"

    def sends(self, step: int) -> bool:
        """Whether the loss of this step is sent back."""
        return bool(self.moment.scored[step - 1]) and (self.whole or step == self.moment.end)

    def passes(self, layer: int, step: int, by_cell: bool = False) -> Lines:
        """The way of the gradient from ``step`` + 1 to ``step``; ``by_cell`` by the second state, as c."""
        moment, way = self.moment, self.ways[layer]
        if step >= moment.end:
            return "", f"the loss ends at time step {moment.end}: nothing comes back from later ones"
        k = moment.truncation
        if self.whole and k is not None and step and step % k == 0:
            return f"truncated after {k} time steps", f"nothing passes from time step {step + 1} to {step}"
        state = 1 if by_cell else 0
        symbols, numbers = self._factors(layer, step, by_cell)
        own = size(way.own[state][step])
        if step and own > 0.0:
            source = (
                "its h" if by_cell else "its own loss" if layer == len(self.ways) - 1 else "the layer above"
            )
            in_all = number(size(way.total[state][step]))
            numbers += f";   added to the vector from {source}, of norm {number(own)}: {in_all}"
        return symbols, numbers

    def _factors(self, layer: int, step: int, by_cell: bool) -> Lines:
        """What passes from one step to the one before, and as which product."""
        moment, way, later = self.moment, self.ways[layer], step + 1
        kind, sums = type(moment.cell), size(way.sums[step])
        name, passed = self.gradient("h", step), size(way.passed[0][step])
        came = size(way.total[0][later])
        into = f"{name} ⟵ "
        if kind not in EQUATIONS:
            state = 1 if by_cell else 0
            name = self.gradient(moment.cell.symbols[state], step)
            return f"{name}: {self.unwritten}", f"norm: {number(size(way.passed[state][step]))}"
        if by_cell:
            of_c, passed = size(way.total[1][later]), size(way.passed[1][step])
            symbols = f"{self.gradient('c', step)} ⟵ {self.gradient('c', later)} ∘ {sub('f', later)}"
            return symbols, _product(passed, of_c, [(passed, of_c, "forget gate")])
        if kind is Lstm:
            symbols = f"{into}{self.gradient('a', later)} Wₕᵀ,   a: the sums of i, f, g, o"
            return symbols, _product(passed, sums, [(passed, sums, "weights")])
        if kind is Gru:
            kept = way.total[0][later] * moment.signals[layer]["update gate"][step]
            rest = size(way.passed[0][step] - kept)
            z, a = sub("z", later), self.gradient("a", later)
            symbols = f"{into}u + v,   u = {self.gradient('h', later)} ∘ {z},   v = {a}′ Wₕᵀ"
            return symbols, (
                f"as vectors: ‖u + v‖ = {number(passed)} with ‖u‖ = {number(size(kept))} (kept by z) and "
                f"‖v‖ = {number(rest)} (weights)"
            )
        g, factors, arrives = moment.cell.nonlinearity, [(passed, sums, "weights")], self.gradient("h", later)
        if g != "identity":
            factors.insert(0, (sums, came, NONLINEARITIES[g].title))
            arrives = f"({arrives} ∘ {SLOPES[g].format(sub('h', later))})"
        return f"{into}{arrives} Wₕᵀ", _product(passed, came, factors)


def _product(passed: float, begin: float, factors: Sequence[tuple[float, float, str]]) -> str:
    """norm: 0.0123 = 0.0214 × 0.41 (tanh) × 1.4 (weights); each factor is what came out over what came in."""
    parts = [factor(begin)]
    parts += [f"{factor(out / came) if came > 0.0 else '–'} ({name})" for out, came, name in factors]
    return f"norm: {number(passed)} = {' × '.join(parts)}"

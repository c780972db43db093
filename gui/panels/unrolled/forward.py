"""The equations of the forward pass with their numbers in them: each input, each unit, each answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gui.panels.words.characters import visible
from gui.panels.words.figures import sub
from rnn.model.cells import Cell, Gru, Lstm, Vanilla
from rnn.number_format import short
from rnn.observing.probes.unrolled import Unrolled

FEW = 6  # so many products are written out
MOST_DIGITS = 8
FUNCTIONS = {"tanh": "tanh", "logistic": "logistic", "relu": "ReLU", "identity": ""}
Lines = tuple[str, str]


def number(value: float) -> str:
    """A result, to three digits."""
    return short(float(value), 3)


def factor(value: float) -> str:
    """What a result of three digits is multiplied from, to one more."""
    return short(float(value), 4)


def part(value: float, result: float, times: float = 1.0) -> str:
    """What the ``result`` is added up from, fine enough that its three digits come out on a calculator.

    ``times`` is what the value is multiplied by before.
    """
    size = abs(value) * max(1.0, abs(times))
    if not (math.isfinite(size) and math.isfinite(result)) or size == 0.0 or result == 0.0:
        return short(float(value))
    digits = math.floor(math.log10(size)) - math.floor(math.log10(abs(result))) + 4
    return short(float(value), min(MOST_DIGITS, max(2, digits)))


@dataclass(frozen=True, slots=True)
class ForwardWords:
    """The forward pass of one moment.

    Attributes:
        moment: whose.
        inputs, classes: what input features and classes are called; empty for no names.
    """

    moment: Unrolled
    inputs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def input(self, step: int) -> Lines:
        """What goes in at a time step."""
        x = self.moment.x[step - 1]
        name = sub("x", step)
        if (symbol := self.symbol(step)) is not None:
            return f"{name}: one of {len(x)} symbols", f"{name} = {symbol}"
        more = ", …" if len(x) > FEW else ""
        values = f"[{', '.join(short(float(value), 3) for value in x[:FEW])}{more}]"
        return "", f"{name} = {short(float(x[0]), 3) if len(x) == 1 else values}"

    def symbol(self, step: int) -> str | None:
        """The name of a one-hot input; None where it is numbers."""
        x = self.moment.x[step - 1]
        if len(x) < 2 or np.count_nonzero(x) != 1 or x.max() != 1.0:
            return None
        place = int(x.argmax())
        return visible(self.inputs[place]) if place < len(self.inputs) else str(place)

    def answer(self, step: int) -> Lines:
        """The answer of a time step and its loss."""
        moment, y_hat, loss = self.moment, self.moment.output[step - 1], self.moment.loss_terms[step - 1]
        symbols = f"{sub('ŷ', step)} = {sub('h', step)} W + b"
        if not moment.scored[step - 1]:
            return symbols, f"{sub('ŷ', step)} is not scored: no loss at this time step"
        if moment.y.ndim == 1:
            likeliest, right = (self.class_name(int(n)) for n in (y_hat.argmax(), moment.y[step - 1]))
            p = np.exp(y_hat - y_hat.max())
            share = float(p[moment.y[step - 1]] / p.sum())
            told = f"P({right}) = {short(share)}, likeliest {likeliest}"
            symbols += f",   {sub('L', step)} = −ln P / {_count(moment)}"
        else:
            y = moment.y[step - 1]
            pairs = [
                f"{short(float(a), 3)}, target {short(float(b), 3)}" for a, b in zip(y_hat, y, strict=True)
            ]
            told = f"{sub('ŷ', step)} = {'; '.join(pairs[:3])}{'; …' if len(pairs) > 3 else ''}"
            symbols += f",   {sub('L', step)} = ‖{sub('ŷ', step)} − {sub('y', step)}‖² / (2·{_count(moment)})"
        return symbols, f"{told}: {sub('L', step)} = {number(loss)};   {self._whole_loss()}"

    def _whole_loss(self) -> str:
        """What the losses of the time steps add up to, in the words of the other panels."""
        moment, total = self.moment, float(self.moment.loss_terms.sum())
        every = f"all {_count(moment)} add up to L = {number(total)}"
        if moment.y.ndim == 1 or moment.y.shape[1] > 1:
            return every
        return f"{every}, half of the mean square error {number(2.0 * total)}"

    def class_name(self, number: int) -> str:
        return visible(self.classes[number]) if number < len(self.classes) else f"class {number}"

    def unit(self, layer: int, step: int, unit: int) -> Lines:
        """How a unit got its state at a time step."""
        h = self.moment.signals[layer]["h"]
        name = f"{sub('h', step)}[{unit + 1}]"
        if step == 0:
            return f"{name}: the state that the sequence begins in", f"{name} = {number(h[0, unit])}"
        equation = EQUATIONS.get(type(self.moment.cell))
        if equation is None:
            return f"{name}: {self.unwritten}", f"{name} = {number(h[step, unit])}"
        return equation(self, layer, step, unit)

    @property
    def unwritten(self) -> str:
        """What is said of a cell whose equation is not here."""
        return f"no equation of the cell {self.moment.cell.title} is written here"

    def _vanilla(self, layer: int, step: int, unit: int) -> Lines:
        moment, h = self.moment, self.moment.signals[layer]["h"]
        weights = {key: moment.weights[f"l{layer}.{key}"] for key in ("Wx", "Wh", "b")}
        below = moment.x[step - 1] if layer == 0 else moment.signals[layer - 1]["h"][step]
        before, b = h[step - 1], float(weights["b"][unit])
        into, back = weights["Wx"][:, unit], weights["Wh"][:, unit]
        source, g = "x" if layer == 0 else "h′", self.moment.cell.nonlinearity
        sources = f"{sub(source, step)} Wₓ + {sub('h', step - 1)} Wₕ + b"
        result = float(h[step, unit])
        if len(below) + len(before) <= FEW:
            products = [
                (float(w), float(v))
                for w, v in (*zip(into, below, strict=True), *zip(back, before, strict=True))
            ]
            terms = _signed(
                [(w, f"{part(abs(w), result, v)}·{_in(v, result, w)}") for w, v in products]
                + [(b, part(abs(b), result))]
            )
        else:
            parts = {
                f" ({sub(source, step)})": float(into @ below),
                f" ({sub('h', step - 1)})": float(back @ before),
                " (b)": b,
            }
            terms = _signed([(value, f"{part(abs(value), result)}{name}") for name, value in parts.items()])
        name = f"{sub('h', step)}[{unit + 1}]"
        symbols = f"{sub('h', step)} = {_applied(g, sources)}"
        if layer:
            symbols += f",   {sub(source, step)} from the layer below"
        return symbols, f"{name} = {_applied(g, terms)} = {number(result)}"

    def _gru(self, layer: int, step: int, unit: int) -> Lines:
        signals = self.moment.signals[layer]
        h, at = signals["h"], step - 1
        z, n = float(signals["update gate"][at, unit]), float(signals["candidate"][at, unit])
        now, before = sub("h", step), sub("h", step - 1)
        old, result = float(h[at, unit]), float(h[step, unit])
        kept, fresh = part(z, result, max(abs(n), abs(old))), _in(n, result)
        numbers = f"(1 − {kept})·{fresh} + {kept}·{_in(old, result)} = {number(result)}"
        symbols = f"{now} = (1 − {sub('z', step)}) ∘ {sub('n', step)} + {sub('z', step)} ∘ {before}"
        return symbols, f"{now}[{unit + 1}] = {numbers}"

    def _lstm(self, layer: int, step: int, unit: int) -> Lines:
        signals, at = self.moment.signals[layer], step - 1
        h, c = signals["h"], signals["cell state"]
        gates = ("input gate", "forget gate", "candidate", "output gate")
        i, f, g, o = (float(signals[gate][at, unit]) for gate in gates)
        k = f"[{unit + 1}]"
        symbols = (
            f"{sub('c', step)} = {sub('f', step)} ∘ {sub('c', at)} + {sub('i', step)} ∘ {sub('g', step)},"
            f"   {sub('h', step)} = {sub('o', step)} ∘ tanh({sub('c', step)})"
        )
        old, cell, state = float(c[at, unit]), float(c[step, unit]), float(h[step, unit])
        kept = f"{part(f, cell, old)}·{_in(old, cell)}"
        fresh = f"{part(i, cell)}·{_in(g, cell)}"
        out = f"{part(o, state)}·tanh({part(cell, state)})"
        return symbols, (
            f"{sub('c', step)}{k} = {kept} + {fresh} = {number(cell)},   "
            f"{sub('h', step)}{k} = {out} = {number(state)}"
        )


EQUATIONS: dict[type[Cell], Callable[[ForwardWords, int, int, int], Lines]] = {
    Vanilla: ForwardWords._vanilla,
    Gru: ForwardWords._gru,
    Lstm: ForwardWords._lstm,
}


def _count(moment: Unrolled) -> int:
    return int(np.count_nonzero(moment.scored))


def _in(value: float, result: float, times: float = 1.0) -> str:
    """A factor behind a dot, as `part`: in brackets where it is negative."""
    written = part(value, result, times)
    return f"({written})" if value < 0.0 else written


def _signed(terms: Sequence[tuple[float, str]]) -> str:
    """Terms with their signs between them."""
    text = ""
    for value, written in terms:
        sign = "−" if value < 0.0 else "+"
        text += f" {sign} {written}" if text else f"{'−' if value < 0.0 else ''}{written}"
    return text


def _applied(nonlinearity: str, inside: str) -> str:
    function = FUNCTIONS[nonlinearity]
    return f"{function}({inside})" if function else inside

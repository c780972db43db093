"""What the panel of pairs says: its caption, its figure, one pair, its explanation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.panels.keys.legend import Swatch
from gui.theme import Theme
from rnn.array import Array
from rnn.number_format import counted, short
from rnn.observing.probes import Pairs

SENTENCES = {
    "not finite": "The gradients of some losses by earlier states are not finite.",
    "no gradient": "No loss depends on any state at this moment.",
    "one time step": "There is one time step, and no way back through time.",
}
SAYS_FIRST = "A row is one time step's loss; go left from the diagonal to see how far back it is felt."
EXPLANATION = """
<p>Each cell is <b>‖∂L<sub>i</sub>/∂h<sub>j</sub>‖</b>: how much the loss of time step i, its row, changes
with the state of time step j, its column. By the chain rule</p>
<p>∂L<sub>i</sub>/∂h<sub>j</sub> = ∂L<sub>i</sub>/∂h<sub>i</sub> · ∂h<sub>i</sub>/∂h<sub>i−1</sub> · … ·
∂h<sub>j+1</sub>/∂h<sub>j</sub>,</p>
<p>one Jacobian for each of the i − j time steps between them, the lag. Above the diagonal is nothing: no
loss depends on a later state.</p>
<p><b>How to read it.</b> Walk from the diagonal to the left: colours that fade within a few cells mean that
a loss teaches the last few time steps only; a row in one colour means that it reaches far back; colours that
grow brighter to the left mean an exploding gradient. Colours are logarithmic. Hatched pairs are those that
truncation keeps from the training. In an LSTM choose c: h alone, with c held, looks as if the network
forgot.</p>
<p><b>What to try.</b> Rescale W<sub>h</sub> to a spectral radius of 0.5 and then of 1.5, or take an LSTM,
and watch how far the colours reach.</p>
"""


def states(symbols: Sequence[str]) -> dict[str, str]:
    """The arrays of a state that can be chosen, and what each is called in short."""
    if len(symbols) == 1:
        return {"hidden state h": "h"}
    return {f"hidden state h, with {symbols[1]} held": "h", f"cell state {symbols[1]}": symbols[1]}


def caption(layer: str, symbols: Sequence[str], state: int, truncation: int | None, gaps: bool) -> str:
    """What is drawn of these, the most needed first; ``layer`` stands before it."""
    parts = [f"{layer}‖∂Lᵢ/∂{symbols[state]}ⱼ‖, logarithmic"]
    if state:
        parts.append(f"hⱼ follows {symbols[1]}ⱼ")
    elif len(symbols) > 1:
        parts.append(f"h alone, with {symbols[1]} held, looks as if the cell forgot")
    if truncation is not None:
        parts.append(f"hatched: cut off by truncation every {counted(truncation, 'time step')}")
    if gaps:
        parts.append("empty rows have no loss")
    return f"{'; '.join(parts)}."


def figure(pairs: Pairs, layer: int, state: int) -> str:
    """In short, how far back the losses reach on average."""
    norms = pairs.layers[layer][state]
    if trouble := _trouble(norms):
        return trouble
    faded, farthest = pairs.faded(layer, state), len(norms) - 1
    if faded is not None:
        return f"10 % left after {counted(faded, 'time step')}"
    left = float(pairs.kept(layer, state)[-1])
    if left <= 1.0:
        return f"{short(left)} left after {counted(farthest, 'time step')}"
    return f"×{short(left)} over {counted(farthest, 'time step')}" if np.isfinite(left) else "does not fade"


def summary(pairs: Pairs, layer: int, state: int) -> str:
    """The same in a sentence."""
    norms = pairs.layers[layer][state]
    if trouble := _trouble(norms):
        return SENTENCES[trouble]
    faded, farthest = pairs.faded(layer, state), len(norms) - 1
    if faded is not None:
        after = counted(faded, "time step")
        return f"On average 10 % or less of a loss's gradient is left after {after}."
    left = float(pairs.kept(layer, state)[-1])
    if not np.isfinite(left):
        return "The gradient of a loss does not fade on its way back."
    much = f"{short(left)} of it is left" if left <= 1.0 else f"it is {short(left)} times as large"
    after = counted(farthest, "time step")
    return f"The gradient of the last loss reaches all the way back: after {after} {much}."


def at_pair(pairs: Pairs, norms: Array, i: int, j: int, scored: bool) -> str:
    """The loss of time step ``i`` by the state of time step ``j``, from 1 on, of ``norms`` (T, T)."""
    if j > i:
        return f"loss of time step {i}, state of time step {j}: no loss depends on a later state"
    pair = f"loss of time step {i}, state of time step {j}, lag {i - j}"
    if not scored:
        return f"{pair}: there is no loss at time step {i}"
    row, column = i - pairs.first, j - pairs.first
    value, own = float(norms[row, column]), float(norms[row, row])
    share = f", {short(value / own)} of lag 0's" if i > j and own > 0.0 and np.isfinite(value / own) else ""
    cut = "" if pairs.trained()[row, column] else " · cut off by truncation"
    return f"{pair}: {short(value, 3)}{share}{cut}"


def swatch(theme: Theme) -> Swatch:
    """A sample of pairs that training does not know."""
    scale = theme.sequential()
    low, high = (f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in scale[[80, 170]].tolist())
    return Swatch(low, high, theme.faint(theme.surface, 0.75))


def _trouble(norms: Array) -> str:
    """Why nothing can be said of ``norms`` (T, T); empty where something can."""
    if not np.isfinite(norms[np.tril_indices(len(norms))]).all():
        return "not finite"
    if not norms.diagonal().any():
        return "no gradient"
    return "one time step" if len(norms) == 1 else ""

"""What the panel of the gradient over training says: its caption, its figure, one cell, its explanation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gui.panels.views.view import moment_words
from gui.panels.words.figures import sub
from rnn.array import Array
from rnn.number_format import factor_words, short
from rnn.observing.probes.rates import rate
from rnn.observing.snapshot import RunInfo

SAYS_FIRST = "Each column is one moment; a jump between columns is a gap between moments, not an event."
EXPLANATION = """
<p>Each row is a time step t of the displayed sequence. The colour is <b>‖∂L<sub>T</sub>/∂h<sub>t</sub>‖</b>:
how much the loss of the last time step T alone changes with the state of time step t. Colours are
logarithmic: equal distances in the key are equal factors. Hatched is what was not looked at: training went
on from one moment to the next.</p>
<p><b>How to read it.</b> In one column the gradient starts at the top, at time step T, and goes down, back
through time. Colours that darken evenly on their way down are a constant factor per time step: it vanishes.
Colours that grow brighter explode. From left to right you see when the network learns to look back, and when
units saturate and cut the past off. A whole column that darkens is no vanishing gradient: the loss is small
then. <i>relative</i> divides each column by its own top, so that the rate alone is left.</p>
<p><b>What to try.</b> The preset <i>Vanishing gradient</i>, then an LSTM on the same task by its cell state
c: h alone, with c held, looks as if it forgot. Another sequence begins anew.</p>
"""


def states(symbols: Sequence[str]) -> dict[str, str]:
    """The arrays of a state that can be chosen, the one that carries the memory first."""
    if len(symbols) == 1:
        return {"hidden state h": "h"}
    c = symbols[1]
    return {f"cell state {c}, which h follows": c, f"hidden state h, with {c} held": "h"}


def caption(layer: str, norm: str, end: int | None, held: str) -> str:
    """What is drawn; ``layer`` stands before it, ``end`` is the last scored time step where that is not T,
    and ``held`` another array of the state.
    """
    of = "the last time step's loss" if end is None else f"the loss of time step {end:,}, the last scored"
    alone = f", {held} held as if the cell forgot" if held else ""
    return f"Hatched: not looked at. {layer}{norm}{alone}, of {of}."


def norm(symbol: str, relative: bool, end: int) -> str:
    """What the colours stand for, of the loss of time step ``end``."""
    loss = sub("L", end)
    over = f" / ‖∂{loss}/∂{sub(symbol, end)}‖" if relative else ""
    return f"‖∂{loss}/∂{symbol}ₜ‖{over}"


def figure(norms: Array) -> tuple[str, ...]:
    """Rate and remainder of the last column (T,), behind the rate of the first; the longest form first."""
    if len(norms) == 0:
        return ("",)
    now, first = rate(norms[-1]), rate(norms[0])
    if now is None:
        return ("no gradient" if norms[-1][-1:] == 0.0 else "no rate",)
    if first is None:
        return now.words
    before = f"{now.verdict} · ×{factor_words(first.factor)} → "
    return (*(before + words for words in now.unjudged), *now.words)


def summary(info: RunInfo, updates: NDArray[np.int64], norms: Array) -> str:
    """The same in a sentence."""
    now, first = rate(norms[-1]), rate(norms[0])
    if now is None:
        return "The last time step's loss sends no gradient back that has a rate at this moment."
    moment = moment_words(info, int(updates[-1]))
    when = f"At {moment}" if updates[-1] else moment.capitalize()
    text = f"{when}, the gradient is {now.verdict} on its way back: {now.figures}"
    if len(updates) == 1 or first is None:
        return f"{text}."
    since = "before training" if updates[0] == 0 else f"at update {int(updates[0]):,}"
    return f"{text}; {since} it was {first.verdict}: {first.figures}."


def at_step(norms: Array, t: int, end: int) -> str:
    """One cell, of the time step ``t``, counted from 1, in a column (T,)."""
    value, own = float(norms[t - 1]), float(norms[-1])
    known = t < end and own > 0.0 and np.isfinite(value)
    share = f", {short(value / own)} of time step {end}'s" if known else ""
    return f"time step {t}: {short(value)}{share}"

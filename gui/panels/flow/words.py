"""What the gradient panel says: its caption, its figure, its note, and what is under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.panels.flow.band import ROWS
from gui.panels.flow.items import cut_pen
from gui.panels.keys.legend import Entry, Stroke
from gui.panels.plots.axes import Markup
from gui.theme import Theme
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.number_format import factor_words, short
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow
from rnn.observing.probes.flow_sentence import name_of
from rnn.observing.probes.rates import EXPLODING_ABOVE, VANISHING_BELOW
from rnn.training.explosion import Explosion
from rnn.training.outcome import Failure

THRESHOLDS = f"vanishing below ×{VANISHING_BELOW:g} per time step\nexploding above ×{EXPLODING_ABOVE:g}"
SAYS_FIRST = (
    "Read from right to left: how strongly the last answer's error would still be felt by each earlier "
    "state. Height is how wrong the answer is, slope is vanishing or exploding."
)
OF_ALL_FIRST = (
    "The errors of all time steps, each sent back to the states before it: each time step's own error "
    "refills the gradient, so that it can look flat although nothing comes from far away."
)
BAND = f"Band: the line's last {ROWS} moments"

EXPLANATION = f"""
<p>The loss of the last time step alone is sent back through the network; the line is how large its gradient
is when it arrives at the state of time step <i>t</i>:</p>
<p>∂<i>L<sub>T</sub></i>/∂<i>h</i><sub><i>t</i>−1</sub> = ((1 − <i>h<sub>t</sub></i>²) ⊙
∂<i>L<sub>T</sub></i>/∂<i>h<sub>t</sub></i>) <i>W<sub>h</sub></i>ᵀ &nbsp; in a vanilla tanh cell.</p>
<p>The figure is the factor per time step, (‖∂<i>L<sub>T</sub></i>/∂<i>h</i><sub>1</sub>‖ /
‖∂<i>L<sub>T</sub></i>/∂<i>h<sub>T</sub></i>‖)<sup>1/(<i>T</i>−1)</sup>. Dashed is the bound of the line: the
most that σ<sub>max</sub> of <i>W<sub>h</sub></i> allows it now. The band is what the line was in the last
{ROWS} moments, and has other bounds.</p>
<p><b>How to read it.</b> On a logarithmic axis a straight slope is a constant factor. Below
×{VANISHING_BELOW:g} per time step the gradient vanishes, above ×{EXPLODING_ABOVE:g} it explodes. A low line
that is level is neither: a small gradient is not a vanishing one.</p>
<p><b>What to try.</b> <i>all time steps</i>: each one's own loss refills the gradient, and it looks flat
although nothing comes from far away. Change the spectral radius; change the cell.</p>
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the panel draws, for its words.

    Attributes:
        layer: which layer, such as "layer 1 of 2"; empty where there is one.
        end: the last scored time step where that is not the last one of all.
        whole_loss: the gradient of the losses of all time steps, not of the last one's alone.
        symbols: of the arrays of the state, all of which are drawn.
        has_bound: the bound is drawn.
        truncated: training stops the gradient on its way.
        moment: which one, where it is not the newest.
    """

    layer: str = ""
    end: int | None = None
    whole_loss: bool = False
    symbols: tuple[str, ...] = ("h",)
    has_bound: bool = True
    truncated: bool = False
    moment: str = ""

    @property
    def caption(self) -> str:
        """What is drawn, the most needed first."""
        parts = [self.layer[:1].upper() + self.layer[1:]] if self.layer else []
        if self.whole_loss:
            if self.truncated:
                parts.append("Truncated as in training")
            return "".join(f"{part}. " for part in [*parts, "The verdict is the last time step's"]).rstrip()
        if self.end is not None:
            parts.append(f"The last answer is that of time step {self.end:,}")
        if len(self.symbols) > 1:
            parts.append(f"h alone, with {self.symbols[1]} held, looks as if the cell forgot")
        if self.has_bound:
            parts.append("Dashed: the most that σₘₐₓ lets the line be, not the band")
        if self.truncated:
            parts.append("Dotted: cut off by truncation, never trained on")
        if not self.moment:
            parts.append(BAND)
        return "".join(f"{part}. " for part in parts).rstrip()

    @property
    def says_first(self) -> str:
        """What is to be known before any symbol."""
        first = OF_ALL_FIRST if self.whole_loss else SAYS_FIRST
        return f"At {self.moment}. {first}" if self.moment else first

    @property
    def axis_label(self) -> Markup:
        """The norms that the left axis counts."""
        loss = "L" if self.whole_loss else "L<sub>T</sub>"
        return Markup(", ".join(f"‖∂{loss}/∂{symbol}<sub>t</sub>‖" for symbol in self.symbols))

    def entries(self, theme: Theme) -> list[Entry]:
        """The strokes, where there are more than the caption tells."""
        entries = []
        if len(self.symbols) > 1:
            c = self.symbols[1]
            told = (f"to h, with {c} held", f"to the cell state {c}")
            for name, colour in zip(told, theme.of_states, strict=True):
                entries.append(Entry(name, Stroke(theme.pen(colour, 2.0))))
        if self.truncated and not self.whole_loss:
            entries.append(Entry("cut off by truncation", Stroke(cut_pen(theme, theme.accent))))
        return entries


def note(flow: LayerFlow | None) -> str:
    """What is left at the first time step, and the thresholds of the verdict."""
    rate = None if flow is None else flow.rate
    if flow is None or rate is None:
        return THRESHOLDS
    if flow.state[0] == 0.0 and rate.followed == rate.steps:
        begins = int(np.flatnonzero(flow.state)[0]) + 1
        return f"nothing arrives before time step {begins:,}\n{THRESHOLDS}"
    return f"{rate.remainder}\n{THRESHOLDS}"


def figure(flow: LayerFlow | None) -> tuple[str, ...]:
    """The verdict with rate and remainder, the longest form first, or why there is none."""
    if flow is None:
        return ("no gradient yet",)
    if flow.state[-1] == 0.0:
        return ("no gradient",)
    if flow.rate is None:
        return ("one time step: no rate" if len(flow.last) == 1 else "not finite",)
    return flow.rate.words


def moment(past: Explosion) -> str:
    """Which moment of a run that came apart is shown, and why that one."""
    return f"update {past.update:,}, the last {'to explode' if past.exploded else 'that is finite'}"


def failed(failure: Failure, past: Explosion | None, flow: LayerFlow | None) -> tuple[str, ...]:
    """How the run came apart and what the gradient did then, the longest form first."""
    if past is None:
        return f"{failure.kind}: now {figure(flow)[-1]}", failure.kind
    if past.exploded:
        told = f"exploding until update {past.update:,}"
        return f"{failure.kind}: {told}", told
    return f"{failure.kind}: {figure(flow)[-1]} at update {past.update:,}", failure.kind


def summary(flow: LayerFlow) -> str:
    """The verdict with rate and remainder."""
    verdict = figure(flow)[0].replace(" · ", ", ")
    return f"The gradient of the last time step's loss on its way back: {verdict}."


def at_step(flow: Flow, layer: int, t: int, whole_loss: bool) -> str:
    """The norms of time step ``t``, counted from 1, and what its step back does to the gradient."""
    if t > flow.end:
        return f"time step {t}: after the last scored one, {flow.end}, nothing comes back"
    shown = flow.layers[layer]
    text = f"time step {t}: "
    last = _parts(shown, t)
    if whole_loss:
        to = f", to {shown.symbols[-1]} "
        cell = "" if shown.total_cell is None else f"{to}{short(shown.total_cell[t - 1])}"
        to_h = "to h " if cell else ""
        return f"{text}{to_h}{short(shown.total[t - 1])}{cell} · of the last time step's loss alone {last}"
    cut = " · cut off by truncation" if t < flow.first_trained else ""
    return f"{text}{last}{cut}{_split(shown, t)}"


def _parts(shown: LayerFlow, t: int) -> str:
    """One norm, or those of h and of c, each with its share of the last step's."""
    parts = []
    for name, norms in zip(shown.symbols, (shown.last, shown.last_cell), strict=False):
        if norms is not None:
            known = norms[-1] > 0.0 and np.isfinite(norms[t - 1])
            share = f", {short(norms[t - 1] / norms[-1])} of time step {len(norms)}'s" if known else ""
            parts.append(f"{'' if shown.last_cell is None else f'to {name} '}{short(norms[t - 1])}{share}")
    return " · ".join(parts)


def _split(flow: LayerFlow, t: int) -> str:
    if flow.split is None or t == len(flow.last):
        return ""
    passed, grown = flow.split.through_units[t - 1], flow.split.through_weights[t - 1]
    if not (np.isfinite(passed) and np.isfinite(grown)):
        return ""
    name = flow.split.nonlinearity
    passing = (
        ""
        if NONLINEARITIES[name].title == "Identity"
        else f"{name_of(name)} passes on {factor_words(passed)}, "
    )
    return f" · {passing}the weights multiply it by {factor_words(grown)}"

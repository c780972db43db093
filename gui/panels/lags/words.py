"""What the panel of lags says: its caption, its figure, one lag, the check of the sum, its explanation."""

from __future__ import annotations

import numpy as np

from gui.panels.words.parameters import full_name, names
from rnn.number_format import counted, percent, short
from rnn.observing.probes import Lags
from rnn.observing.probes.rates import ENOUGH

EXACT = 1e-10
MISSING = f"beyond {{}} less than {100.0 * ENOUGH:g} % of the whole gradient is missing"
LARGEST = 1e150  # on a linear axis
SAYS_FIRST = (
    "Bars are lengths of arrows and may cancel; it is the reach of the lesson now, not what the network "
    "remembers."
)
EXPLANATION = """
<p>The gradient of a weight is a sum over lags: the loss of time step i came to the weight's use at time step
j through n = i − j Jacobians of the recurrence. With a<sub>j</sub> the sums inside the units,</p>
<p>G = Σ<sub>n</sub> G<sub>n</sub>, &nbsp; G<sub>n</sub> = Σ<sub>j</sub> (∂a<sub>j</sub>/∂W)ᵀ
∂L<sub>j+n</sub>/∂a<sub>j</sub>.</p>
<p>Each bar is ‖G<sub>n</sub>‖; the line is ‖G<sub>0</sub> + … + G<sub>n</sub>‖ and ends at ‖G‖. The dashed
line is the horizon: where all parts beyond it are left out, less than 5 % of the whole G is missing.</p>
<p><b>How to read it.</b> Bars that end early mean that the update is made of the last few time steps, and
whatever lies further back teaches nothing. Parts can cancel: bars are lengths, and the line may fall. Hollow
bars are what truncation keeps from the training.</p>
<p><b>What to try.</b> Truncate after 5 time steps and see what is cut off; look at W<sub>x</sub> instead of
W<sub>h</sub>; on a logarithmic axis a straight slope is a constant factor per time step.</p>
"""


def in_order(parameters: tuple[str, ...]) -> list[str]:
    """The recurrent weights of each layer first."""
    return sorted(parameters, key=lambda parameter: not parameter.endswith(".Wh"))


def choices(parameters: tuple[str, ...]) -> dict[str, str]:
    """What can be chosen, in order: by the name with its layer what it is called in this network."""
    called = names(parameters)
    return {full_name(parameter): called[parameter] for parameter in in_order(parameters)}


def caption(lags: Lags | None) -> str:
    """What is drawn."""
    if lags is None:
        return ""
    known = lags.horizon is not None and _finite(lags)
    beyond = f"95 %: {MISSING.format(counted(lags.horizon or 0, 'time step'))}. " if known else ""
    of = f"Of {_name(lags)}: share of the gradient that came from n time steps back"
    last = f", of the last {counted(lags.steps, 'time step')} only" if lags.last_only else ""
    return f"{beyond}{of}{last}."


def figure(lags: Lags) -> str:
    """The horizon, or why there is none."""
    if not _finite(lags):
        return "not finite"
    if lags.horizon is None:
        return "no gradient"
    return counted(lags.horizon, "time step") if lags.horizon else "lag 0 alone"


def blank(lags: Lags, log: bool) -> str:
    """Why there is no picture; empty where there is one."""
    norms = lags.norms[np.isfinite(lags.norms)]
    if len(norms) == 0:
        return "the gradient is not finite"
    return "" if log or norms.max() <= LARGEST else "too large for a linear axis: choose log"


def summary(lags: Lags) -> str:
    """The same in a sentence."""
    of = _name(lags)
    if not _finite(lags):
        return f"The gradient of {of} is not finite."
    if lags.horizon is None:
        return f"{of} has no gradient at this moment."
    largest = int(np.argmax(lags.norms))
    missing = MISSING.format(counted(lags.horizon, "time step"))
    return f"For {of}, {missing}; the largest part, {short(float(lags.norms[largest]))}, is at lag {largest}."


def at_lag(lags: Lags, n: int) -> str:
    """One bar and the running total up to it, each with its share of the whole."""
    text = f"lag {n}: {_with_share(float(lags.norms[n]), lags.whole)}"
    if n:
        text += f" · lags 0 to {n} together {_with_share(float(lags.running[n]), lags.whole)}"
    if lags.cut is not None:
        text += f" · cut off {short(float(lags.cut[n]))}"
    return text


def check(lags: Lags | None) -> str:
    """Whether the parts add up to the gradient that backpropagation gives at one go."""
    if lags is None or lags.horizon is None:
        return ""
    if lags.last_only:
        last = counted(lags.steps, "time step")
        return f"too long to be taken apart whole: the losses and states of the last {last}"
    residual = short(lags.residual, 1)
    if lags.residual <= EXACT:
        return f"the parts add up to the gradient: residual {residual}"
    return f"the parts miss the gradient by {residual} of it"


def _name(lags: Lags) -> str:
    return names(lags.parameters)[lags.parameter]


def _with_share(norm: float, whole: float) -> str:
    if not (whole > 0.0 and np.isfinite(norm) and np.isfinite(whole)):
        return short(norm)
    return f"{short(norm)}, {percent(norm / whole)}"


def _finite(lags: Lags) -> bool:
    return bool(np.isfinite(lags.whole) and np.isfinite(lags.left).all())

"""What the hidden state panel says: its explanation, and what it shows in one sentence."""

from __future__ import annotations

from gui.panels.keys.signal_look import SignalLook
from gui.panels.plots.hatch import Cells
from rnn.array import Array
from rnn.model.cells import Signal
from rnn.number_format import counted, percent, short

SAYS_FIRST = "Strong colour is near ±1, where tanh is flat and hardly any gradient passes."
INACTIVE_FIRST = "Colourless is {0}, where {1} is flat and no gradient passes."
FLAT_FIRST = "Strong colour is where {0} is flat and hardly any gradient passes."
OTHERS_FIRST = "Strong colour is a large value; here no colour tells how much of the gradient passes."
EXPLANATION = """
<p>Each row is a unit, each column a time step of the displayed sequence. The colour is the unit's state,
the memory that the network carries from one time step to the next. In a vanilla cell</p>
<p><i>h<sub>t</sub></i> = tanh(<i>x<sub>t</sub></i> <i>W<sub>x</sub></i> + <i>h</i><sub><i>t</i>−1</sub>
<i>W<sub>h</sub></i> + <i>b</i>); &nbsp; the slope of tanh there is 1&nbsp;−&nbsp;<i>h</i>².</p>
<p>Hatched cells are saturated: |<i>h</i>| is near 1 and the slope below 0.05, so that next to no gradient
passes through them.</p>
<p><b>How to read it.</b> Columns that differ mean that the state moves with the input; rows of one colour
are units that stand still and act as a bias. Much hatching means that errors cannot reach the time
steps before.</p>
<p><b>What to try.</b> Point at a unit to see it over time; a click keeps it, and the arrow keys walk on.
Begin with uniform weights and a wide layer: it starts saturated. With an LSTM or a GRU choose a gate, or an
LSTM's cell state <i>c</i>.</p>
"""


def says_first(look: SignalLook) -> str:
    """What the colours of a signal mean for the gradient."""
    g = look.judge
    if g is None or look.shut is None:
        return OTHERS_FIRST
    if look.shut == "inactive":
        return INACTIVE_FIRST.format(f"{g.low:g}", g.title)
    return SAYS_FIRST if look.signal.name == "h" and g.low == -1.0 else FLAT_FIRST.format(g.title)


def summary(signal: Signal, values: Array, hatched: Cells) -> str:
    """What the signal (T, H) does, of which so much is ``hatched``."""
    look = SignalLook(signal)
    low, high = float(values.min()), float(values.max())
    share = "" if look.shut is None else f"; {percent(float(hatched.mean()))} of it is {look.shut}"
    units, steps = values.shape[1], len(values)
    return (
        f"Over {counted(steps, 'time step')} the {look.label} of {counted(units, 'unit')} lies between "
        f"{short(low, 2)} and {short(high, 2)}{share}."
    )

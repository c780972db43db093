"""What the text panel says: its explanation, and what it shows in one sentence."""

from __future__ import annotations

from rnn.number_format import short
from rnn.observing.probes import Characters

SAYS_FIRST = "A column is what it expects after the character below it; the frame is what really came."
EXPLANATION = """
<p>Below each column stands the character that the network reads at that time step; the rows are what may
come next. The colour is the probability that the network gives it,</p>
<p><i>P</i>(<i>x</i><sub><i>t</i>+1</sub> | <i>x</i><sub>1</sub> … <i>x<sub>t</sub></i>) =
softmax(<i>h<sub>t</sub></i> <i>W<sub>o</sub></i> + <i>b<sub>o</sub></i>),</p>
<p>and a frame is around the character that really came. The loss is the mean of −ln <i>P</i> over the
frames. Its exponential is the perplexity: among so many equally likely characters the network chooses.
Divided by ln 2 it is bits per character.</p>
<p><b>How to read it.</b> A column of one deep cell is certainty, a pale column is doubt. After <i>q</i>
should come <i>u</i>; after a space many letters may.</p>
<p><b>What to try.</b> Below, the network writes on by itself: at a low temperature it takes the likeliest
character, at a high one it takes risks. Watch words appear while it trains.</p>
"""


def summary(characters: Characters, sequence: int) -> str:
    """How well the next characters of a sequence, counted from 0, were foreseen."""
    right = float((characters.log_probabilities.argmax(axis=1) == characters.next).mean())
    return (
        f"Over the {len(characters.next):,} characters of sequence {sequence + 1:,} the perplexity is "
        f"{short(characters.perplexity)}; the likeliest next character is the true one "
        f"{100.0 * right:.0f} % of the time."
    )

"""What the memory panels say: their explanations, and what they show in one sentence."""

from __future__ import annotations

from gui.panels.words.figures import accuracy_words
from rnn.observing.probes import Answers

SAYS_FIRST = (
    "Only asked time steps count; grey is what it would have said if asked earlier, which it was never "
    "taught."
)
CLASSES = """
<p>The upper row is what the network was shown, one symbol a time step. Below it, the deeper the colour of a
cell, the more probable the network holds that answer at that time step:</p>
<p><i>P</i>(<i>k</i>) = exp(<i>z<sub>k</sub></i>) / Σ<sub><i>m</i></sub> exp(<i>z<sub>m</sub></i>), &nbsp;
<i>z</i> = <i>h<sub>t</sub></i> <i>W<sub>o</sub></i> + <i>b<sub>o</sub></i>.</p>
<p>A gold frame marks the answer that is expected, a red one a wrong answer. The strip has this
sequence's answers and those of the next sequences. Only framed time steps count in the loss.</p>
<p><b>How to read it.</b> Look at the way from what must be kept to where it is asked for: whatever is
correct there was carried over all time steps between. Equal colours mean guessing.</p>
<p><b>What to try.</b> Lengthen the delay until it fails, and look at the gradient on its way back over the
same time steps. Compare a vanilla cell with an LSTM or a GRU, and uniform with orthogonal weights.</p>
"""
NUMBERS = """
<p>Bars are the values that the network was shown, one a time step. Those in colour are marked: the second
input is 1 there, and the answer is made of them. In the adding problem</p>
<p><i>y</i> = <i>x<sub>i</sub></i> + <i>x<sub>j</sub></i>, &nbsp; <i>i</i> and <i>j</i> the marked time
steps.</p>
<p>The line is what the network would answer at each time step; only the last one counts in the loss. Beside
it each sequence is a point, what was expected against what was answered: on the dashed line it is
correct.</p>
<p><b>How to read it.</b> A flat cloud at the height of the mean means that nothing is remembered: the error
is then the variance of the answers, 1/6 for the adding problem. A good line jumps at both marked time steps
and stays between them.</p>
<p><b>What to try.</b> Lengthen the sequences. Compare cells, and the identity or orthogonal weights with
Gaussian ones. Look at how far back the gradient reaches.</p>
"""


def summary(answers: Answers, held_out: float | None) -> str:
    """How many answers are correct, held out where that is known."""
    sequences = len(set(answers.sequence.tolist()))
    which = (
        "the displayed sequence" if sequences == 1 else f"{sequences:,} sequences from the displayed one on"
    )
    accuracy = answers.accuracy
    words = f"{len(answers.sequence):,} answers of {which}"
    words += "." if accuracy is None else f": {accuracy_words(accuracy)}."
    return words if held_out is None else f"{words} Held out: {accuracy_words(held_out)}."

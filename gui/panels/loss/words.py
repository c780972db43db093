"""A loss and a share of correct answers as a person reads them."""

from __future__ import annotations

import math

from rnn.model.readout import bits, perplexity
from rnn.number_format import short
from rnn.observing.snapshot import RunInfo

SAYS_FIRST = "Dotted lines are what simple rules would get; green is the average that no network can beat."
EXPLANATION = """
<p>Faint is the loss of every update, bold the mean over each epoch, dashed that of held-out sequences. For
numbers it is the mean square error, of which half is differentiated; for classes the negative
log-likelihood:</p>
<p>mean square error = (1/<i>N</i>) Σ (ŷ − <i>y</i>)², &nbsp; nll = −(1/<i>N</i>) Σ ln
<i>P</i>(<i>y</i>).</p>
<p>Simple rules: zero always, the last value again, the exact two-point rule, fed with noisy points (not a
limit: a network can beat it). Green floors: what the noise leaves, and the best from a zero start,
where one point does not say whether the wave rises.</p>
<p><b>How to read it.</b> At a grey line it has learned no more than that predictor; at a green one nothing
is left to learn. Where dashed rises while bold falls, it learns by heart. A spike can be an exploding
gradient, too large an update or one odd sequence: the gradient's norm tells. Where the state is carried,
epochs begin with a spike: there it is zero.</p>
<p><b>What to try.</b> Raise the learning rate until it diverges, look at the norm, then clip it. Zoom
in: no extreme is left out.</p>
"""


def loss_words(info: RunInfo, loss: float, brief: bool = False) -> str:
    """A reported loss: "0.0021"; of a softmax "nll 1.83 · perplexity 6.23", of a text with its bits too.

    Arguments:
        brief: leave out what follows from it.
    """
    if not info.readout.classes:
        return short(loss, 3)
    words = f"{info.readout.column} {short(loss, 3)}"
    if brief:
        return words
    words += f" · perplexity {short(perplexity(loss), 3)}"
    if info.config.task.display == "text":
        words += f" · {short(bits(loss), 3)} bits/char"
    return words


def summary(info: RunInfo, epoch: int, update: int, loss: float, first: float) -> str:
    """Where the ``loss`` stands: that of the last whole epoch, or of an update where there is none yet."""
    where = f"The mean loss of epoch {epoch:,}" if epoch else f"The loss of update {update:,}"
    began = "" if math.isnan(first) else f"; the first update had {loss_words(info, first)}"
    return f"{where} is {loss_words(info, loss)}{began}."

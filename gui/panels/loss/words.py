"""A loss and a share of correct answers as a person reads them."""

from __future__ import annotations

from rnn.figures import short
from rnn.readout import bits, perplexity
from rnn.snapshot import RunInfo

EXPLANATION = """
<p>The faint line is the loss of every single update, none left out; the bold one the mean over each epoch;
dashed is the loss of sequences that are held out, never trained on. For numbers it is the mean square
error, for classes the negative log-likelihood:</p>
<p>mse = (1/<i>N</i>) Σ (ŷ − <i>y</i>)², &nbsp; nll = −(1/<i>N</i>) Σ ln <i>P</i>(<i>y</i>).</p>
<p>Dotted lines are what simple predictors would reach, and the floor that noise leaves to anybody.</p>
<p><b>How to read it.</b> A network that stays at a dotted line has learned no more than that predictor
does. Where the dashed line rises while the bold one falls, it learns the training sequences by heart. A
sudden spike is an exploding gradient; where the state is carried from one sequence to the next, one at the
start of each epoch is the state that begins at zero there.</p>
<p><b>What to try.</b> Raise the learning rate until it diverges, and look at the gradient's norm before;
then clip it. Zoom with the wheel: every update is kept, and of more than a million the least and the
greatest of every few.</p>
"""


def loss_words(info: RunInfo, loss: float) -> str:
    """A reported loss: "0.0021"; of a softmax "nll 1.83 · perplexity 6.23", of a text with its bits too."""
    if not info.readout.classes:
        return short(loss, 3)
    words = f"{info.readout.column} {short(loss, 3)} · perplexity {short(perplexity(loss), 3)}"
    if info.config.task.display == "text":
        words += f" · {short(bits(loss), 3)} bits/char"
    return words


def summary(info: RunInfo, epoch: int, update: int, loss: float, first: float) -> str:
    """Where the ``loss`` stands: that of the last whole epoch, or of an update where there is none yet."""
    where = f"The mean loss of epoch {epoch:,}" if epoch else f"The loss of update {update:,}"
    return f"{where} is {loss_words(info, loss)}; the first update had {loss_words(info, first)}."

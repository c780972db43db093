"""What the fit panel says: its explanation, and what it shows in one sentence."""

from __future__ import annotations

from rnn.data.tasks import Task
from rnn.errors import cut, one_line
from rnn.number_format import short

FREE_FIRST = (
    "Left of the line it sees the true value at each time step; right of it the dashed curve feeds on its "
    "own answers."
)
SAYS_FIRST = "Dots are what it should answer; at each time step it has seen the true values up to then."
EXPLANATION = """
<p>Dots are the target <i>y<sub>t</sub></i>, the bold line is what the network answers,
ŷ<i><sub>t</sub></i>: at every time step it has seen the true inputs up to <i>x<sub>t</sub></i> and says
what comes next. The figure is</p>
<p>mean square error = (1/<i>n</i>) Σ<sub><i>t</i></sub> (ŷ<i><sub>t</sub></i> − <i>y<sub>t</sub></i>)²</p>
<p>over the <i>n</i> time steps that are drawn. Thin lines are the fits of earlier moments: pinned, or in the
article's presets of epochs 6 and 9. Where the target is the next input, the dashed line feeds the network on
its own answers from the upright line on.</p>
<p><b>How to read it.</b> The first answers of a sequence that starts at zero must be poor: one point does not
say whether the wave rises or falls. A network that has learned the wave itself, not only to repeat its last
input, goes on swinging on its own answers.</p>
<p><b>What to try.</b> Pin a fit and train on. Compare the loss with the dotted line of <i>repeat the last
value</i>. Carry the state from one sequence to the next and look at the first answers again.</p>
"""


LONGEST_NAME = 32  # letters
GIVEN_THE_PAST, ANSWER = "given the true past", "answer"
COLUMNS = {GIVEN_THE_PAST: "one_step_ahead", ANSWER: "answer"}
SCALED = {"standardize": "standardized", "minmax": "scaled to 0 … 1"}


def answers_name(task: str) -> str:
    """What the answers of a task are called: a data file's targets need not be its next values."""
    return ANSWER if task == "data" else GIVEN_THE_PAST


def value_label(task: Task) -> str:
    """What the value axis counts: of a series from a file its column, and how it is scaled."""
    values = task.values()
    column, scaling = values.get("column", ""), values.get("scaling", "")
    name = f"column {column}" if column.isdecimal() else cut(one_line(column), LONGEST_NAME) or "value"
    return f"{name} ({SCALED[scaling]})" if scaling in SCALED else name


def summary(answers: str, which: str, mse: float, own: float | None) -> str:
    """The error of the ``answers`` over ``which`` sequences, and that of what feeds on its own answers."""
    whose = "Given the true past, the" if answers == GIVEN_THE_PAST else "The"
    words = f"{whose} mean square error over {which} is {short(mse, 3)}"
    return f"{words}; given its own answers, it is {short(own, 3)}." if own is not None else f"{words}."

"""What the gradient check found, in words: names, marks and sentences with its own figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gui.panels.frame.export import Table
from gui.panels.words.parameters import names
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.probes.article_recursion import CARRIED, TRANSPOSED, Errors
from rnn.observing.probes.check_result import Agreement, GradientCheck, Row, Verdict

MARKS: dict[Verdict, str] = {
    "agrees": "✓ agrees",
    "within rounding": "✓ rounding",
    "differs": "✗ differs",
    "not checked": "– left out",
    "cannot be compared": "– no telling",
}
UNTOLD = ("not checked", "cannot be compared")
UNBROKEN = "\u00a0"
SWITCHES = {
    TRANSPOSED: ("✗ transposed Jacobian", "✓ Jacobian mended"),
    CARRIED: ("✗ one carry too many", "✓ carry mended"),
}
SHORT_SWITCHES = {
    TRANSPOSED: ("✗ transposed", "✓ Jacobian"),
    CARRIED: ("✗ extra carry", "✓ carry"),
}
SWITCH_HELP = {
    TRANSPOSED: (
        "The forward pass is h Wₕ, so that ∂hᵢ of time step t+1 by hⱼ of time step t is (1 − hᵢ²) Wₕ[j, i]; "
        "the article's code takes Wₕ[i, j]. Click to mend it, or to have it back."
    ),
    CARRIED: (
        "A time step's own derivative joins the list before the list is multiplied by its Jacobian: it is "
        "carried one time step too far and counted twice. Click to mend it, or to have it back."
    ),
}
SAYS_FIRST = (
    "The first columns test this program; the last one tests a formula from the article, which this program "
    "does not use."
)
EXPLANATION = """
<p><b>What it shows.</b> Whether backpropagation finds the true gradient, for this network and this sequence:
each parameter's gradient beside the slope of the loss itself, entry by entry.</p>
<p><b>Equations.</b> Differences: ∂L/∂θ ≈ (L(θ + δ) − L(θ − δ)) / 2δ with δ = 10⁻⁶, by the network's own
forward pass; good to about nine digits. Complex steps: ∂L/∂θ = Im L(θ + iε) / ε with ε = 10⁻³⁰, by equations
written a second time; good to all digits, but for smooth functions only. The error is, in every column, ‖a −
n‖ divided by the larger of ‖a‖ and ‖n‖: 1 (100 %) where one is next to nothing beside the other, 2 where
they are opposite. In large parameters 200 entries are drawn at random.</p>
<p><b>How to read it.</b> ✓ means that the two agree as far as such a measurement can tell. With truncation
the states at the cuts are held in both.</p>
<p><b>What to try.</b> Mend the two errors in the article's recursion, one by one. Plant an error and see
which rows give it away. Plant the wrong transpose where W<sub>h</sub> is symmetric: nothing shows, for
nothing is wrong there.</p>
"""


def parameters(rows: Sequence[Row]) -> dict[str, str]:
    """What each row is called."""
    return names(row.name for row in rows)


def entries(row: Row) -> str:
    """How many entries were measured: ``16``, ``200 of 10,000``."""
    count = len(row.backprop)
    return f"{count:,}" if count == row.size else f"{count:,} of {row.size:,}"


def error(agreement: Agreement | None) -> str:
    """A relative error; in brackets where the gradient is too small for it to say anything."""
    if agreement is None or math.isnan(agreement.error):
        return "–"
    text = short(agreement.error)
    return text if agreement.verdict in ("agrees", "differs") else f"({text})"


def marked(agreement: Agreement) -> str:
    """A relative error with its mark, in percent where it is an error that matters."""
    mark, size = MARKS[agreement.verdict][0], agreement.error
    if agreement.verdict in UNTOLD:
        return mark
    return f"{mark} {share(size) if agreement.verdict == 'differs' else short(size, 1)}"


def listed(names: Sequence[str]) -> str:
    """``Wₓ, Wₕ and b``; the first few where there are many."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def worst(agreements: Sequence[Agreement | None]) -> float | None:
    """The largest error of those that say something."""
    errors = [found.error for found in agreements if found is not None and found.verdict == "agrees"]
    return max(errors, default=None)


def wrong(check: GradientCheck, planted: str | None) -> list[str]:
    """The parameters whose gradient is refuted, as they are called."""
    called = parameters(check.rows)
    refuted = [row for row in check.rows if row.verdict(row.gradient(planted)).verdict == "differs"]
    return [called[row.name] for row in refuted]


def untold(check: GradientCheck, planted: str | None) -> list[str]:
    """The parameters of which nothing can be told, as they are called."""
    called = parameters(check.rows)
    return [called[row.name] for row in check.rows if row.verdict(row.gradient(planted)).verdict in UNTOLD]


def says_nothing(check: GradientCheck, planted: str | None) -> bool:
    """Whether something cannot be compared, and nothing is refuted."""
    found = {row.verdict(row.gradient(planted)).verdict for row in check.rows}
    return "differs" not in found and ("cannot be compared" in found or found == {"not checked"})


def past(check: GradientCheck, planted: str | None) -> str:
    """The verdict on weights that are no longer those of now."""
    if check.problem is not None or not check.complete or says_nothing(check, planted):
        return figure(check, planted)
    return f"{'✗' if wrong(check, planted) else '✓'} at update {check.update:,}"


def figure(check: GradientCheck, planted: str | None) -> str:
    """The verdict in two or three words; while it works, how far it is."""
    if check.problem is not None:
        return "cannot be compared"
    if not check.complete:
        return f"checking {100.0 * check.fraction:.0f} %"
    differing = len(wrong(check, planted))
    if differing:
        return f"✗ {differing} of {len(check.rows)} differ"
    if says_nothing(check, planted):
        count, of = len(untold(check, planted)), len(check.rows)
        return "cannot be compared" if count == of else f"{count} of {of} cannot be compared"
    if planted is not None:
        return "✓ no difference"
    to = worst([row.by_differences(row.backprop) for row in check.rows])
    return "✓ all agree" if to is None else f"✓ to {short(to, 1)}"


def sentence(check: GradientCheck, planted: str | None) -> str:
    """The verdict in a sentence or two."""
    if check.problem is not None:
        return f"Nothing can be compared: {check.problem}."
    if not check.complete:
        return f"Checking: {100.0 * check.fraction:.0f} % of the measurements are made."
    differing = wrong(check, planted)
    if planted is not None:
        return _of_planted(check, planted, differing)
    if differing:
        return f"Backpropagation is not the gradient of the loss: {listed(differing)} differ."
    if says_nothing(check, planted):
        return _untold(check, planted)
    parts = []
    if (by_differences := worst([row.by_differences(row.backprop) for row in check.rows])) is not None:
        parts.append(f"to {short(by_differences, 1)} with differences")
    if (exact := worst([row.by_complex_steps(row.backprop) for row in check.rows])) is not None:
        parts.append(f"to {short(exact, 1)} with complex steps")
    ending = f"; no complex steps: {check.no_complex}" if check.no_complex else ""
    return f"Every gradient agrees {' and '.join(parts) or 'as far as can be seen'}{ending}."


def _untold(check: GradientCheck, planted: str | None) -> str:
    """Why there is no verdict."""
    loss = short(check.rows[0].loss)
    why = f"beside a loss of {loss}, the rounding of its differences is larger than the gradient"
    return f"{listed(untold(check, planted))} cannot be compared: {why}, or something is not finite."


def of_article(check: GradientCheck, errors: Errors) -> str:
    """What the article's recursion finds; empty where it does not apply or that is not known yet."""
    if check.no_article is not None or check.problem is not None or not check.complete:
        return ""
    called = parameters(check.rows)
    found = {called[row.name]: row.verdict(row.article[errors]) for row in check.rows}
    off = {name: how for name, how in found.items() if how.verdict == "differs"}
    if not off:
        if any(how.verdict in UNTOLD for how in found.values()):
            return ""
        return "The article's recursion is right." if errors else "The article's recursion, mended, is right."
    sizes = [share(how.error).replace(" ", UNBROKEN) for how in off.values()]
    verb = "is" if len(off) == 1 else "are"
    return f"By the article's recursion {listed(list(off))} {verb} wrong by {listed(sizes)}."


def share(size: float) -> str:
    """A relative error that matters: in percent, or as it is where it is tiny or huge."""
    return f"{100.0 * size:.0f} %" if 0.01 <= size < 100.0 else short(size, 1)


def _of_planted(check: GradientCheck, planted: str, differing: list[str]) -> str:
    title = check.planted[planted]
    if differing:
        verb = "differs" if len(differing) == 1 else "differ"
        return f"Planted: {title}. Found: {listed(differing)} {verb} from the true gradient."
    if planted in check.same:
        return f"Planted: {title}. The gradient is the true one all the same: {check.same[planted]}."
    return f"Planted: {title}. It changes the gradient by less than can be seen in the entries measured."


def standing(check: GradientCheck) -> str:
    """The caption: what was checked, and when."""
    what = "relative errors of ∂L/∂θ."
    if check.truncation is not None:
        k = check.truncation
        what = f"cut as in training: states at time steps {k}, {2 * k}, … held."
    return f"Sequence {check.sequence + 1}, update {check.update:,} · {what}"


def table(check: GradientCheck, planted: str | None, errors: Errors) -> Table:
    """The numbers of every row, unrounded; the article's column where its recursion applies."""
    called, rows = parameters(check.rows), check.rows
    gradients = [row.gradient(planted) for row in rows]
    pairs = list(zip(rows, gradients, strict=True))
    exact = [row.by_complex_steps(gradient) for row, gradient in pairs]
    columns: dict[str, Sequence[object]] = {
        "parameter": [called[row.name] for row in rows],
        "entries_measured": [len(row.backprop) for row in rows],
        "entries": [row.size for row in rows],
        "norm_by_backprop" if planted is None else f"norm_with_{planted}_planted": _norms(gradients),
        "norm_by_differences": _norms([row.differences for row in rows]),
        "error_by_differences": [row.by_differences(gradient).error for row, gradient in pairs],
        "error_by_complex_steps": ["" if found is None else found.error for found in exact],
        "verdict": [row.verdict(gradient).verdict for row, gradient in pairs],
    }
    if check.no_article is None:
        article = [row.verdict(row.article[errors]) for row in rows]
        columns["article_error"] = [found.error for found in article]
        columns["article_verdict"] = [found.verdict for found in article]
    return columns


def _norms(gradients: Sequence[Array]) -> list[float]:
    return [float(np.linalg.norm(gradient)) for gradient in gradients]

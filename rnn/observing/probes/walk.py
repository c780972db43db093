"""At which places of a line the loss is measured: few at first, and then where the drawn curve is coarse."""

from __future__ import annotations

import numpy as np

from rnn.array import Array
from rnn.observing.probes.ray import Losses

NEAREST = 1e-3  # of the reach: the first place beside zero
FINEST = 2e-4  # of the reach, or of the near one: no two places are closer, but around the steps
LOGARITHMIC = 30.0  # a loss that spans more than this is looked at in decades
ROUNDS = 4


def walk(
    losses: Losses, here: float, reaches: tuple[float, float], steps: list[float], points: int
) -> dict[float, float]:
    """Losses by their distance: at about so many ``points``, dense where the curve turns in either view.

    Arguments:
        losses: from distances (K,) to losses (K,).
        here: the loss at 0.
        reaches: how far the whole view goes and how far the near one; each goes half as far the other way.
        steps: lengths that are among the places.
    """
    found = {0.0: here}
    reach, near = reaches
    growing = reach * np.geomspace(NEAREST, 1.0, 10)
    places = {*growing.tolist(), *(-0.5 * growing[::-2]).tolist(), near, -0.5 * near, *steps}
    places |= {part * min(steps) for part in (-0.5, 0.25, 0.5, 0.75, 1.5) if steps}
    wanted = np.array(sorted(s for s in places if s and -0.5 * reach <= s <= reach))
    for left in range(ROUNDS, -1, -1):
        found |= zip(wanted.tolist(), losses(wanted).tolist(), strict=True)
        missing = points - len(found)
        if left == 0 or missing <= 0:
            break
        wanted = _between(found, reaches, -(-missing // left))
        if not len(wanted):
            break
    return found


def _between(found: dict[float, float], reaches: tuple[float, float], count: int) -> Array:
    """So many more places, each in the stretch that is the coarsest by then; fewer where all are fine."""
    s = np.array(sorted(found))
    heights = np.array([found[place] for place in s.tolist()])
    widths = np.diff(s)
    coarseness = np.maximum(*(_coarseness(s, heights, reach) for reach in reaches))
    finest = np.where(_within(s, reaches[1]), reaches[1], reaches[0]) * FINEST
    parts = np.ones(len(widths))
    for _ in range(count):
        each = np.where(widths > finest * parts, coarseness / parts, 0.0)
        coarsest = int(each.argmax())
        if each[coarsest] == 0.0:
            break
        parts[coarsest] += 1.0
    cut = np.flatnonzero(parts > 1.0)
    return np.concatenate(
        [np.zeros(0), *(np.linspace(s[at], s[at + 1], int(parts[at]) + 1)[1:-1] for at in cut.tolist())]
    )


def _within(s: Array, reach: float) -> Array:
    """Which stretches lie in the view that goes so far."""
    return np.asarray((s[:-1] >= -0.5 * reach) & (s[1:] <= reach))


def _coarseness(s: Array, heights: Array, reach: float) -> Array:
    """How long each stretch is in a square picture of the view that goes so far; 0 beside it."""
    seen = _within(s, reach)
    inside = heights[(s >= -0.5 * reach) & (s <= reach)]
    finite = inside[np.isfinite(inside)]
    if len(finite) and finite.min() > 0.0 and finite.max() > LOGARITHMIC * finite.min():
        heights, finite = np.log(heights), np.log(finite)
    span = float(finite.max() - finite.min()) if len(finite) else 0.0
    rises = np.abs(np.diff(heights)) / (span or 1.0)
    ends = np.isfinite(heights)
    rises = np.where(ends[1:] == ends[:-1], np.where(ends[1:], rises, 0.0), 1.0)
    return np.where(seen, np.hypot(np.diff(s) / reach, rises), 0.0)

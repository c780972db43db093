"""Which heights of a loss to show, such that a spike cannot spoil them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnn.array import Array

HIGHEST = 1e300
LOWEST = 1e-300
SPIKE_FACTOR = 4.0
DIP_DECADES = 2.0
DECADES_WITH_FLOORS = 5.0
ROOM_TO_START = 0.3


def log_limits(shown: Array, first: float, references: Sequence[float]) -> tuple[float, float]:
    """The decades to show.

    Arguments:
        shown: (m,) the losses on show.
        first: that of the first update.
        references: losses of simple predictors and floors, shown where that leaves the curve large enough.

    Returns:
        log10 of the lowest and of the highest loss. Every finite loss is below the top, so that a divergence
        is seen as what it is; a single dip does not pull the view down.
    """
    lines = sorted(decades(np.array(references)).tolist())
    logs = decades(shown[(shown > 0.0) & np.isfinite(shown)])
    if len(logs) == 0:
        return (lines[0], lines[-1] + ROOM_TO_START) if lines else (-3.0, 0.0)
    start = max([float(decades(np.array(first if math.isfinite(first) else 0.0))), *lines[-1:]])
    top = max([float(logs.max()), *lines[-1:]])
    bottom = min(start, max(float(logs.min()), float(np.quantile(logs, 0.02)) - DIP_DECADES))
    return min([bottom, *(line for line in lines if start - line <= DECADES_WITH_FLOORS)]), top


def linear_limits(shown: Array, first: float, references: Sequence[float]) -> tuple[float, float]:
    """The losses to show on a linear axis, from 0: nearly all, and the first if it is not far above.

    Neither a spike nor a divergence is followed.

    Arguments are those of `log_limits`.
    """
    finite = np.clip(shown[~np.isnan(shown)], 0.0, HIGHEST)
    if len(finite) == 0:
        return 0.0, max(references, default=1.0)
    start = min(max(0.0, first), HIGHEST)
    usual = max([start, min(float(np.median(finite)), SPIKE_FACTOR * start), *references])
    top = min(float(np.quantile(finite, 0.98)), SPIKE_FACTOR * usual)
    return 0.0, max([top, LOWEST, *(loss for loss in (start, *references) if loss <= 2.0 * top)])


def decades(losses: Array) -> Array:
    """log10 of ``losses``, of 0 and of what is too large to write the nearest that can be drawn."""
    return np.asarray(np.log10(np.clip(losses, LOWEST, HIGHEST)))

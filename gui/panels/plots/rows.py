"""A picture of more rows than a screen has: of neighbours that share a pixel the strongest is seen."""

from __future__ import annotations

import numpy as np

from rnn.array import Array

MOST = 2_048


def gathered(values: Array) -> tuple[Array, int]:
    """``values`` (n, m) in at most MOST rows, and how many of the rows, n or a few more, they stand for.

    Where a row stands for several, it has in every column the one of greatest magnitude, so that a single
    likely class in 60,000 is seen. A mean would hide it, and that is what pyqtgraph draws.
    """
    size = max(1, -(-len(values) // MOST))
    if size == 1:
        return values, len(values)
    begins = np.arange(0, len(values), size)
    low, high = np.minimum.reduceat(values, begins), np.maximum.reduceat(values, begins)
    return np.where(-low > high, low, high), size * len(begins)

"""The one array type of the numerical code: float64, time-major, one row a time step."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]


def frozen(array: Array) -> Array:
    """A read-only copy of ``array``, safe to hand to another thread."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy

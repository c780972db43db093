"""The one array type of the numerical code: float64, time-major, one row a time step."""

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


def frozen(array: AnyArray) -> AnyArray:
    """A read-only copy of ``array``, safe to hand to another thread."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy

"""How the functions of this folder are compiled.

The machine code of a function holds that of all it calls, and is optimized again with each caller. So how a
function is compiled is chosen by its use: to compile everything takes seconds this way and minutes any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types

from rnn.engines.compiled.kernels.instructions import instruction

# A number that stands in the code is a type of its own to Numba, for which a function is compiled anew; these
# are not.
NONE: Any = np.int64(0)
ONE: Any = np.int64(1)

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compiled by itself; it begins with `standalone()` where it is too large to be put into its callers."""
    return cast(F, njit(error_model="numpy", nogil=True, forceinline=False)(function))


def inlined(function: F) -> F:
    """For a few operations: put into each of its callers as machine code."""
    return cast(F, njit(error_model="numpy", nogil=True, forceinline=True)(function))


def part(function: F) -> F:
    """For what has one caller: read as if it stood there."""
    return cast(F, njit(error_model="numpy", nogil=True, inline="always")(function))


@instruction(types.void)
def standalone(builder: Any) -> None:
    """Keep the function that calls this out of its callers."""
    builder.function.attributes.add("noinline")

"""How the functions of this folder are compiled.

The machine code of a function holds that of all it calls, and is optimized again with each caller. So how a
function is compiled is chosen by its use: to compile everything takes seconds this way and minutes any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types

from rnn.training.engines.compiled.kernels.instructions import instruction
from rnn.training.engines.compiled.loading import MachineCode

# A number that stands in the code is a type of its own to Numba, for which a function is compiled anew; these
# are not.
NONE: Any = np.int64(0)
ONE: Any = np.int64(1)

# Machine code that nothing of Python is in: neither its objects nor Numba's memory.
ALONE: Any = {"_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# What LLVM may call where it has no instructions for an operation of its own by this name.
OF_C = ("exp", "fma", "log", "memcpy", "memmove", "memset", "pow")

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compiled by itself; it begins with `standalone()` where it is too large to be put into its callers."""
    return cast(F, njit(error_model="numpy", **ALONE, forceinline=False)(function))


def inlined(function: F) -> F:
    """For a few operations: put into each of its callers as machine code."""
    return cast(F, njit(error_model="numpy", **ALONE, forceinline=True)(function))


def part(function: F) -> F:
    """For what has one caller: read as if it stood there."""
    return cast(F, njit(error_model="numpy", **ALONE, inline="always")(function))


def compile_alone(function: Any, signature: Any) -> MachineCode:
    """Compile a function for these types, and all that it calls with it."""
    function.compile(signature)
    (made,) = function.overloads.values()
    calls = {name for called in made.library._final_module.functions for name in _called(called)}
    content = made.library._get_compiled_object()
    return MachineCode(content, made.fndesc.llvm_func_name, tuple(sorted(calls)))


def _called(function: Any) -> Iterator[str]:
    """The function of C that one which is declared stands for, if it is one."""
    if function.is_declaration:
        kind, _, rest = function.name.partition(".")
        name = rest.partition(".")[0] if kind == "llvm" else function.name
        if kind != "llvm" or name in OF_C:
            yield name


@instruction(types.void)
def standalone(builder: Any) -> None:
    """Keep the function that calls this out of its callers."""
    builder.function.attributes.add("noinline")

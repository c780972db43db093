"""Makes an operation of compiled code out of a function that writes its instructions with llvmlite."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import intrinsic

ARRAY = None  # the kind of an argument of any array; the instructions get the address of its first element


def instruction(result: Any, *kinds: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make the decorated function an operation.

    It gets llvmlite's builder and the arguments; it returns the result, nothing where that is ``types.void``.

    Arguments:
        result: its type.
        kinds: the types of its arguments.
    """

    def make(emit: Callable[..., Any]) -> Any:
        def typed(_typing: Any, *given: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
                values = [
                    context.make_array(kind)(context, builder, value).data
                    if isinstance(kind, types.Array)
                    else value
                    for kind, value in zip(sig.args, arguments, strict=True)
                ]
                emitted = emit(builder, *values)
                return context.get_dummy_value() if emitted is None else emitted

            return result(*(g if k is ARRAY else k for g, k in zip(given, kinds, strict=True))), generate

        typed.__name__, typed.__doc__ = emit.__name__, emit.__doc__
        vars(typed)["__signature__"] = inspect.signature(emit)  # which Numba counts the arguments of
        return intrinsic(typed)

    return make

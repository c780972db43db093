"""Makes an operation of compiled code out of a function that writes its instructions with llvmlite."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

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


def array_at(kind: Any) -> Any:
    """Make the operation that takes an address and a length, and returns the array that lies there.

    Arguments:
        kind: the type of its elements.
    """
    array = types.Array(kind, 1, "C")

    def typed(_typing: Any, _address: Any, _length: Any) -> Any:
        def generate(context: Any, builder: Any, _sig: Any, arguments: Any) -> Any:
            address, length = arguments
            made = context.make_array(array)(context, builder)
            size = ir.Constant(length.type, context.get_abi_sizeof(context.get_data_type(kind)))
            data = builder.inttoptr(address, made.data.type)
            populate_array(made, data, shape=[length], strides=[size], itemsize=size, meminfo=None)
            return made._getvalue()

        return array(types.intp, types.intp), generate

    return intrinsic(typed)

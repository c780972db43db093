"""Models as people save them: any prefix before PyTorch's names, and a readout under any name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnn.errors import DataError
from rnn.network import Network
from rnn.readout import Readout
from rnn.weights.torch_names import from_torch

FIRST = "weight_ih_l0"


@dataclass(frozen=True, slots=True)
class Names:
    """What a model calls its parts.

    Attributes:
        prefix: before the names of the recurrent layers, such as ``encoder.rnn.``.
        head: the readout, before ``.weight``.
    """

    prefix: str
    head: str

    def own(self, name: str) -> str:
        """What the model calls the array that is ``rnn.…`` or ``head.…`` here."""
        if name.startswith("head."):
            return f"{self.head}.{name.removeprefix('head.')}"
        return f"{self.prefix}{name.removeprefix('rnn.')}"

    def told(self, text: str) -> str:
        """``text`` with the model's own names in the place of ours."""
        return text.replace("head.", f"{self.head}.").replace("rnn.", self.prefix)


def network_of(
    arrays: Mapping[str, Any],
    source: str | Path,
    *,
    head: str | None = None,
    cell: str = "vanilla",
    nonlinearity: str = "tanh",
    readout: type[Readout],
) -> tuple[Network, Names]:
    """The network in a file of ``arrays``, and what they are called there; the rest is as in `from_torch`.

    Arguments:
        head: the name of the readout before ``.weight``; None finds it as the one other linear layer.

    Raises:
        DataError: there are no recurrent layers, or several; there is no readout, or it cannot be told which;
            or the arrays do not fit.
    """
    names = _names(arrays, source, head)
    ours = {
        f"rnn.{name.removeprefix(names.prefix)}": array
        for name, array in arrays.items()
        if name.startswith(names.prefix) and _is_recurrent(name.removeprefix(names.prefix))
    }
    for name in ("weight", "bias"):
        if f"{names.head}.{name}" in arrays:
            ours[f"head.{name}"] = arrays[f"{names.head}.{name}"]
    try:
        network = from_torch(ours, source, cell=cell, nonlinearity=nonlinearity, readout=readout)
    except DataError as error:
        raise DataError(error.file, names.told(error.place), names.told(error.expected)) from None
    return network, names


def _is_recurrent(name: str) -> bool:
    """Whether it is the name of an array of a recurrent layer, without its prefix."""
    return "." not in name and "_l" in name


def _names(arrays: Mapping[str, Any], source: str | Path, head: str | None) -> Names:
    prefixes = sorted(name.removesuffix(FIRST) for name in arrays if name.endswith(FIRST))
    if len(prefixes) != 1:
        found = f"several: {', '.join(prefix + FIRST for prefix in prefixes)}" if prefixes else _some(arrays)
        raise DataError(source, "", f"expected one name that ends in {FIRST}, found {found}")
    (prefix,) = prefixes
    if head is not None and f"{head}.weight" not in arrays:
        raise DataError(source, f"{head}.weight", f"expected it as the readout, found {_some(arrays)}")
    return Names(prefix, _readout(arrays, source, prefix) if head is None else head)


def _readout(arrays: Mapping[str, Any], source: str | Path, prefix: str) -> str:
    """The name before ``.weight`` of the one linear layer that is not recurrent."""
    linear = [
        name.removesuffix(".weight")
        for name in sorted(arrays)
        if name.endswith(".weight") and np.ndim(arrays[name]) == 2
    ]
    if len(linear) == 1:
        return linear[0]
    if "head" in linear and prefix == "rnn.":
        return "head"
    if not linear:
        raise DataError(source, "", f"expected a linear layer as the readout, found {_some(arrays)}")
    reason = f"expected one linear layer beside the recurrent ones, found {', '.join(linear)}"
    raise DataError(source, "", f"{reason}; name the readout")


def _some(arrays: Mapping[str, Any]) -> str:
    names = sorted(arrays)
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "") or "nothing"

"""Models as people save them: any prefix before PyTorch's names, and a readout under any name of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rnn.errors import DataError
from rnn.network import Network
from rnn.readout import Readout
from rnn.weights.torch_names import from_torch

FIRST = "weight_ih_l0"
_OURS = re.compile(r"(?<![\w.])(?:rnn|head)\.\w+")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Names:
    """What a model calls its parts; without arguments as they are called here.

    Attributes:
        prefix: before the names of the recurrent layers, such as ``encoder.rnn.``.
        head: the readout, before ``.weight``.
        unused: what else is in its file, and is no part of the network that was made of it.
    """

    prefix: str = "rnn."
    head: str = "head"
    unused: tuple[str, ...] = ()

    def own(self, name: str) -> str:
        """What the model calls the array that is ``rnn.…`` or ``head.…`` here."""
        if name.startswith("head."):
            return f"{self.head}.{name.removeprefix('head.')}"
        return f"{self.prefix}{name.removeprefix('rnn.')}"

    @property
    def not_used(self) -> str:
        """What else is in the file, in a sentence without its end; empty where there is nothing."""
        if not self.unused:
            return ""
        return f"Not used: {', '.join(self.unused)}; this is the network without what they compute"

    def renamed(self, arrays: Mapping[str, Item]) -> dict[str, Item]:
        """``arrays`` as the model calls them."""
        return {self.own(name): array for name, array in arrays.items()}

    def told(self, text: str) -> str:
        """``text`` with the model's own names in the place of ours."""
        return _OURS.sub(lambda match: self.own(match[0]), text)


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
        head: the name of the readout, with ``.weight`` or without; None finds it as the one other linear
            layer.

    Raises:
        DataError: there are no recurrent layers, or several; there is no readout, or it cannot be told which;
            or the arrays do not fit.
    """
    prefix = _prefix(arrays, source)
    names = Names(prefix, _readout(arrays, source) if head is None else _named(arrays, source, head))
    ours = {
        f"rnn.{name.removeprefix(prefix)}": array
        for name, array in arrays.items()
        if name.startswith(prefix) and _is_recurrent(name.removeprefix(prefix))
    }
    for name in ("weight", "bias"):
        if f"{names.head}.{name}" in arrays:
            ours[f"head.{name}"] = arrays[f"{names.head}.{name}"]
    try:
        network = from_torch(ours, source, cell=cell, nonlinearity=nonlinearity, readout=readout)
    except DataError as error:
        raise DataError(error.file, names.told(error.place), names.told(error.expected)) from None
    used = {names.own(name) for name in ours}
    # A single number, such as a count of epochs, computes nothing.
    unused = (name for name in arrays if name not in used and np.ndim(arrays[name]) > 0)
    return network, Names(names.prefix, names.head, tuple(sorted(unused)))


def linear_layers(arrays: Mapping[str, Any]) -> list[str]:
    """The names before ``.weight`` of what may be a readout: every linear layer that is not recurrent."""
    return [
        name.removesuffix(".weight")
        for name in sorted(arrays)
        if name.endswith(".weight") and np.ndim(arrays[name]) == 2
    ]


def _is_recurrent(name: str) -> bool:
    """Whether it is the name of an array of a recurrent layer, without its prefix."""
    return "." not in name and "_l" in name


def _prefix(arrays: Mapping[str, Any], source: str | Path) -> str:
    """What stands before the names of the recurrent layers."""
    prefixes = sorted(name.removesuffix(FIRST) for name in arrays if name.endswith(FIRST))
    if len(prefixes) != 1:
        found = f"several: {', '.join(prefix + FIRST for prefix in prefixes)}" if prefixes else _some(arrays)
        raise DataError(source, "", f"expected one name that ends in {FIRST}, found {found}")
    return prefixes[0]


def _named(arrays: Mapping[str, Any], source: str | Path, head: str) -> str:
    """The name before ``.weight`` of the readout that a person named."""
    if f"{head}.weight" not in arrays:
        head = head.removesuffix(".weight")
    if f"{head}.weight" not in arrays:
        raise DataError(source, f"{head}.weight", f"expected it as the readout, found {_some(arrays)}")
    return head


def _readout(arrays: Mapping[str, Any], source: str | Path) -> str:
    """The name before ``.weight`` of the one linear layer that is not recurrent."""
    linear = linear_layers(arrays)
    if len(linear) == 1:
        return linear[0]
    if not linear:
        raise DataError(source, "", f"expected a linear layer as the readout, found {_some(arrays)}")
    reason = f"expected one linear layer beside the recurrent ones, found {', '.join(linear)}"
    ways = "--head in inspect, model.head in train"
    raise DataError(source, "", f"{reason}; name the readout ({ways})")


def _some(arrays: Mapping[str, Any]) -> str:
    names = sorted(arrays)
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "") or "nothing"

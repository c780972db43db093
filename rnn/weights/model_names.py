"""Models as people save them: any prefix before PyTorch's names, and a readout under any name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rnn.errors import DataError
from rnn.model.network import Network
from rnn.model.readout import Readout
from rnn.number_format import listed
from rnn.weights.contents import Contents
from rnn.weights.readouts import Readouts
from rnn.weights.torch_names import from_torch

_OURS = re.compile(r"(?<![\w.])(?:rnn|head)\.\w+")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Names:
    """What a model calls its parts; without arguments as they are called here.

    Attributes:
        prefix: before the names of the recurrent layers, such as ``encoder.rnn.``.
        head: the readout, before ``.weight``.
        is_cell: whether the names of the one recurrent layer do without its number, as those of nn.LSTMCell.
        assumed: what the file does not tell and was taken to be so, in sentences without their ends.
        unused: what else is in its file, and is no part of the network that was made of it.
        lacking: what the network does not have because of that, in a few words.
    """

    prefix: str = "rnn."
    head: str = "head"
    is_cell: bool = False
    assumed: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    lacking: str = ""

    def own(self, name: str) -> str:
        """What the model calls the array that is ``rnn.…`` or ``head.…`` here."""
        if name.startswith("head."):
            return f"{self.head}.{name.removeprefix('head.')}"
        own = name.removeprefix("rnn.")
        return f"{self.prefix}{own.removesuffix('_l0') if self.is_cell else own}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known of the network beside what it is, in sentences without their ends."""
        return (*self.assumed, *self.not_used)

    @property
    def not_used(self) -> tuple[str, ...]:
        """What else is in the file, in a sentence without its end; none where there is nothing."""
        return (f"Not used: {listed(self.unused)}; {self.lacking}",) if self.unused else ()

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
    rnn: str = "",
    head: str = "",
    cell: str = "vanilla",
    nonlinearity: str = "",
    readout: type[Readout],
) -> tuple[Network, Names]:
    """The network in a file of ``arrays``, and what they are called there; the rest is as in `from_torch`.

    Arguments:
        rnn: what its recurrent module is called; empty is the only one.
        head: what its readout is called, with ``.weight`` or without; empty is the only linear layer that
            can be it.
        nonlinearity: empty is the usual one of the cell, which is then said to be assumed.

    Raises:
        DataError: there is no such module or readout, the head is more than one layer, a weight is there in
            parts only, or the arrays do not fit; `Undecided` where a name is needed.
    """
    contents = Contents(arrays, source)
    prefix = contents.module(rnn)
    recurrent = contents.recurrent(prefix)
    contents.refuse_parts(recurrent.values())
    readouts = Readouts(contents, prefix)
    own_head = readouts.named(head) if head else readouts.only()
    contents.refuse_parts((f"{own_head}.weight", f"{own_head}.bias"))
    is_cell = f"{prefix}weight_ih" in arrays
    names = Names(prefix, own_head, is_cell)
    used = {f"rnn.{name}": own for name, own in recurrent.items()}
    used |= {name: own for name in ("head.weight", "head.bias") if (own := names.own(name)) in arrays}
    ours = {name: arrays[own] for name, own in used.items()}
    try:
        network = from_torch(ours, source, cell=cell, nonlinearity=nonlinearity or "tanh", readout=readout)
    except DataError as error:
        raise DataError(error.file, names.told(error.place), names.told(error.expected)) from None
    unused = [name for name, shape in contents.shapes.items() if name in arrays and shape]
    unused = [name for name in unused if name not in used.values()]
    return network, Names(
        prefix=prefix,
        head=own_head,
        is_cell=is_cell,
        assumed=tuple(_assumed(network, readouts, own_head, nonlinearity)),
        unused=tuple(unused),
        lacking=_lacking(readouts, unused),
    )


def _assumed(network: Network, readouts: Readouts, head: str, nonlinearity: str) -> Iterator[str]:
    if not nonlinearity and len(network.cell.nonlinearities) > 1:
        yield f"The units are taken as {network.cell.nonlinearity}, which the file does not tell"
    if near := readouts.near(head):
        yield f"The readout {head} is taken as the only layer behind the states, without {listed(near)}"
    modules = readouts.contents.modules
    if others := [name for name, prefix in modules.items() if prefix != readouts.prefix]:
        own = next(name for name, prefix in modules.items() if prefix == readouts.prefix)
        yield f"{own} is taken alone, on its own input and from zero, without {listed(others)}"


def _lacking(readouts: Readouts, unused: list[str]) -> str:
    """What the network as read does without, where something in the file is ``unused``."""
    kinds = sorted({_kind(readouts, name) for name in unused} - {""})
    if not kinds:
        return "the network as read is without what they compute" if unused else ""
    end = ", so that x must be what it gives" if kinds == ["embedding"] else ""
    return f"the network as read has no {' and no '.join(kinds)}{end}"


def _kind(readouts: Readouts, name: str) -> str:
    """What an array is part of, as far as names and shapes tell."""
    contents = readouts.contents
    module, _, own = name.rpartition(".")
    dimensions = len(contents.shapes.get(f"{module}.weight", ()))
    if "attn" in module or f"{module}.in_proj_weight" in contents.arrays:
        return "attention"
    if dimensions == 1 or own in ("running_mean", "running_var"):
        return "normalization"
    if dimensions == 2:
        return "embedding" if readouts.is_lookup(module) else ""
    return "convolution" if dimensions > 2 else ""

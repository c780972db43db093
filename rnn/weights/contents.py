"""What is in a file of weights: recurrent modules, linear layers, and weights that are in it in parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rnn.errors import DataError, Undecided
from rnn.number_format import listed

BARE = "."  # what a module is called whose arrays have no prefix
FIRST = "weight_ih"
_OF_CELL = re.compile(r"(?:weight|bias)_(?:ih|hh)")
_PART = re.compile(
    r"((?:.*\.)?)(?:(parametrizations)\.([^.]+)\..+|((?:weight|bias)\w*)_(g|v|u|orig|mask|raw))"
)
_WAYS = {  # by what tells the parametrization, the surest first
    "mask": "torch.nn.utils.prune.remove",
    "u": "torch.nn.utils.remove_spectral_norm",
    "g": "torch.nn.utils.remove_weight_norm",
    "parametrizations": "torch.nn.utils.parametrize.remove_parametrizations",
}

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Contents:
    """What the arrays of the file ``source`` are."""

    arrays: Mapping[str, Any]
    source: str | Path

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every weight by its name; of one that a parametrization makes, of its main part."""
        shapes = {name: array.shape for name, array in self.arrays.items()}
        for weight, parts in self._parts.items():
            if weight not in shapes:
                shapes[weight] = max((shapes[name] for name in parts), key=lambda shape: (len(shape), shape))
        return {name: shapes[name] for name in sorted(shapes)}

    @cached_property
    def _parts(self) -> dict[str, dict[str, str]]:
        """By the name of each weight that a parametrization makes, the arrays that it is made of, and what
        tells the parametrization from each.
        """
        found: dict[str, dict[str, str]] = {}
        for name in sorted(self.arrays):
            if (match := _PART.fullmatch(name)) is not None:
                before, weight, kind = match[1], match[3] or match[4], match[2] or match[5]
                inner = f"{before}module.{weight}"  # a copy that dropout has passed, beside the weight itself
                if kind == "raw" and inner in self.arrays:
                    found.setdefault(inner, {})[name] = kind
                elif f"{before}{weight}" not in self.arrays:
                    found.setdefault(f"{before}{weight}", {})[name] = kind
        return found

    def refuse_parts(self, weights: Iterable[str]) -> None:
        """Raise DataError where one of ``weights`` is not in the file, but only what makes it."""
        for weight in weights:
            if parts := self._parts.get(weight):
                module, _, name = f"model.{weight}".rpartition(".")
                place = re.sub(r"\.(\d+)", r"[\1]", module)
                remove = next((way for kind, way in _WAYS.items() if kind in parts.values()), None)
                way = (
                    f'{remove}({place}, "{name}") makes it whole' if remove else "put the weight itself there"
                )
                first, *others = parts
                named = listed([first, *(name.rpartition(".")[2] for name in others)], 3)
                reason = f"is in the file in parts, {named}; before saving, {way}"
                raise DataError(self.source, weight, reason)

    # Recurrent modules

    @cached_property
    def modules(self) -> dict[str, str]:
        """What stands before the names of each recurrent module, by what the module is called."""
        names = (re.fullmatch(rf"(.*){FIRST}(?:_l0)?", name) for name in self.shapes)
        return {match[1].removesuffix(".") or BARE: match[1] for match in names if match is not None}

    def module(self, wanted: str) -> str:
        """What stands before the names of the module ``wanted``; empty is the only one.

        Raises:
            DataError: there is none, or none that is called so; `Undecided` where there are several.
        """
        modules = self.modules
        if not modules:
            reason = (
                f"expected a name that ends in {FIRST}_l0 or {FIRST}, found {listed(sorted(self.arrays))}"
            )
            raise DataError(self.source, "", reason)
        if wanted:
            called = wanted.removesuffix(".") or BARE
            if called not in modules:
                reason = f"is no recurrent module of the file; it has {listed(modules)}"
                raise DataError(self.source, wanted, reason)
            return modules[called]
        if len(modules) > 1:
            reason = f"holds several recurrent modules, {listed(modules)}, of which one alone can be read"
            raise Undecided(self.source, "", reason, "it", "model.rnn")
        return next(iter(modules.values()))

    def recurrent(self, prefix: str) -> dict[str, str]:
        """The names of the weights of a module, by what nn.RNN calls them: a cell is its layer 0."""
        parts = {name for made in self._parts.values() for name in made}
        found = {}
        for name in self.shapes:
            own = name.removeprefix(prefix)
            if name.startswith(prefix) and "." not in own and name not in parts:
                if _OF_CELL.fullmatch(own):
                    found[f"{own}_l0"] = name
                elif "_l" in own:
                    found[own] = name
        return found

    # What may follow or come before

    @cached_property
    def linear(self) -> dict[str, Shape]:
        """The shape (outputs, inputs) of each matrix that is called ``NAME.weight``, by this name: of linear
        layers, and of embeddings.
        """
        return {
            name.removesuffix(".weight"): shape
            for name, shape in self.shapes.items()
            if name.endswith(".weight")
            and len(shape) == 2
            # The last layer of nn.MultiheadAttention is no layer of its own.
            and f"{name.rpartition('.out_proj.')[0]}.in_proj_weight" not in self.arrays
        }

"""Which linear layer in a file of weights is the readout: the only one that fits, or the one named."""

from __future__ import annotations

import re
from functools import cached_property

from rnn.errors import DataError, Undecided
from rnn.number_format import listed
from rnn.weights.contents import Contents

OURS = "head"  # what this program calls the readout in what it saves
ALONE, ONE = (("it, if it is the readout,", "model.head"), ("the one that takes the states", "model.head"))
EMBEDDING = re.compile(r"emb|tok|wte|word|vocab|lookup")


class Readouts:
    """What may follow the recurrent module of ``contents`` whose names begin with ``prefix``.

    Attributes:
        inputs, units: D of its first layer, and H of its last.
    """

    def __init__(self, contents: Contents, prefix: str) -> None:
        self.contents, self.prefix = contents, prefix
        names = contents.recurrent(prefix)
        last = max((name for name in names if name.startswith("weight_hh_l")), key=_natural, default="")
        first, top = (contents.shapes.get(names.get(name, ""), ()) for name in ("weight_ih_l0", last))
        self.inputs, self.units = first[-1] if first else 0, min(top, default=0)

    @property
    def fitting(self) -> list[str]:
        """The layers that may be named: they take as many numbers as there are units, and stand alone."""
        return [name for name in self._wide if len(self._run(name)) == 1]

    def named(self, name: str) -> str:
        """The layer ``name``, with ``.weight`` or without.

        Raises:
            DataError: there is none, or it is one of several that follow on each other.
        """
        linear = self.contents.linear
        name = name if name in linear else name.removesuffix(".weight")
        if name not in linear:
            reason = f"expected it as the readout, found {listed(linear or sorted(self.contents.arrays))}"
            raise DataError(self.contents.source, f"{name}.weight", reason)
        self._refuse_run(name)
        return name

    def only(self) -> str:
        """The one that is the readout.

        Raises:
            DataError: there is none, or the head is more than one layer; `Undecided` where it may be another.
        """
        contents, wide = self.contents, self._wide
        for name in wide:
            self._refuse_run(name)
        if not wide:
            if len(found := [name for name in contents.linear if not self.is_lookup(name)]) == 1:
                return found[0]  # that its shape does not fit is said where the shapes are compared
            of = f" that takes the {self.units} units" if contents.linear else ""
            shapes = [f"{name}.weight {shape}" for name, shape in contents.linear.items()]
            reason = f"expected a linear layer{of} as the readout, found "
            raise DataError(contents.source, "", reason + listed(shapes or sorted(contents.arrays)))
        sure = [name for name in wide if not self._fits_before(name)]
        if len(sure) == 1 and all(name in sure or self.is_lookup(name) for name in wide):
            (readout,) = sure
            if not (near := self.near(readout)):
                return readout
            reason = f"fits as the readout, but may be one layer of several with {listed(near)}"
            raise Undecided(contents.source, f"{readout}.weight", reason, *ALONE)
        if len(wide) == 1:
            reason = "is all that fits as the readout, but may stand before the states, as an embedding does"
            raise Undecided(contents.source, f"{wide[0]}.weight", reason, *ALONE)
        follow = any(self.near(name) for name in wide)
        several = ", and a head of several that follow on each other cannot be read" if follow else ""
        raise Undecided(contents.source, "", f"several linear layers fit, {listed(wide)}{several}", *ONE)

    def near(self, readout: str) -> list[str]:
        """The layers that may stand between the recurrent ones and this one, or behind it."""
        linear, (outputs, units) = self.contents.linear, self.contents.linear[readout]
        found = []
        for name, (rows, columns) in linear.items():
            feeds = rows == units and (units != self.inputs or columns == self.units)
            is_fed = columns == outputs and not columns < rows == self.inputs
            if (feeds or is_fed) and name != readout and not self._is_before(name):
                found.append(name)
        return found

    def is_lookup(self, name: str) -> bool:
        """Whether it may be an embedding of what goes in: it has no bias, and is as wide as the input."""
        if f"{name}.bias" in self.contents.shapes or name == OURS:
            return False
        return self.contents.linear[name][1] == self.inputs or bool(
            EMBEDDING.search(name.rpartition(".")[2].lower())
        )

    @property
    def _wide(self) -> list[str]:
        """The layers that take as many numbers as there are units, but for those that make the input."""
        linear = self.contents.linear
        wide = (name for name, shape in linear.items() if shape[1] == self.units)
        return [name for name in wide if self.is_lookup(name) or not self._is_before(name)]

    def _is_before(self, name: str) -> bool:
        """Whether it is an embedding, or one of several layers that make the input."""
        run = self._run(name)
        first, last = (self.contents.linear[each] for each in (run[0], run[-1]))
        makes_input = len(run) > 1 and last[0] == self.inputs and first[1] != self.units
        return makes_input or self.is_lookup(name)

    def _fits_before(self, name: str) -> bool:
        """Whether it may stand before the recurrent layers: an embedding, or what makes the input out of one,
        or out of as many numbers.
        """
        linear = self.contents.linear
        rows, columns = linear[name]
        widths = {self.inputs, *(linear[other][1] for other in linear if self.is_lookup(other))}
        return self.is_lookup(name) or (name != OURS and rows == self.inputs and columns in widths)

    def _refuse_run(self, name: str) -> None:
        if len(run := self._run(name)) > 1:
            reason = f"is one of {len(run)} linear layers that follow on each other, {listed(run)}"
            where = f"{name}.weight"
            raise DataError(self.contents.source, where, f"{reason}; only a readout of one layer can be read")

    def _run(self, name: str) -> list[str]:
        """The linear layers of one part of the model that follow on each other, this one among them."""
        linear, siblings = self.contents.linear, self._parts[self._part(name)]
        place = siblings.index(name)
        run = [name]
        for other in reversed(siblings[:place]):
            if linear[other][0] == linear[run[0]][1]:
                run.insert(0, other)
        for other in siblings[place + 1 :]:
            if linear[other][1] == linear[run[-1]][0]:
                run.append(other)
        return run

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """The linear layers of each part of the model, in their order."""
        parts: dict[str, list[str]] = {}
        for name in sorted(self.contents.linear, key=_natural):
            parts.setdefault(self._part(name), []).append(name)
        return parts

    def _part(self, name: str) -> str:
        """The part of the model beside the recurrent module that a layer is in, such as the ``mlp`` of
        ``net.mlp.0`` beside ``net.rnn``; layers in one row with the module are in one part with each other.
        """
        own, module = name.split("."), self.prefix.split(".")
        depth = next((k for k, pair in enumerate(zip(own, module, strict=False)) if pair[0] != pair[1]), 0)
        if own[depth].isdecimal() and module[depth].isdecimal():
            own[depth] = "before" if _natural(own[depth]) < _natural(module[depth]) else "behind"
        return ".".join(own[: depth + 1])


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts names as a person does, whose numbers may be longer than Python reads."""
    parts = (part.lstrip("0") if part.isdecimal() else part for part in re.split(r"(\d+)", name))
    return [(len(part) * (place % 2), part) for place, part in enumerate(parts)]

"""All weights of a network as one flat vector, with a view for each name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from rnn.array import Array


class Parameters(Mapping[str, Array]):
    """Named views of one flat vector, so that an optimizer or a norm needs one line and no loop.

    Attributes:
        vector: (P,) all values; writing to it or to a view changes both.
        shapes: the shape of each name, in the order of the vector.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.shapes = dict(shapes)
        self.vector: Array = np.zeros(sum(map(math.prod, self.shapes.values())))
        self._views: dict[str, Array] = {}
        start = 0
        for name, shape in self.shapes.items():
            size = math.prod(shape)
            self._views[name] = self.vector[start : start + size].reshape(shape)
            start += size

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def group(self, prefix: str) -> dict[str, Array]:
        """The views whose name starts with ``prefix.``, under the rest of their name."""
        start = len(prefix) + 1
        return {name[start:]: view for name, view in self._views.items() if name.startswith(prefix + ".")}

"""The loss at many places of a line through weight space, side by side where that is quicker."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.network import Network, States
from rnn.model.parameters import Parameters
from rnn.observing.probes.equations import Numbers, known, losses

Losses = Callable[[Array], Array]
SMALL = 8_000  # parameters: up to so many a time step costs more than its numbers


class Ray:
    """K networks side by side whose weights are θ + s·d, each with a distance s of its own.

    Arguments:
        weights: θ and d by name: of a matrix side by side (I, 2J), of a vector in two rows (2, J).
        distances: (K,) s.
    """

    def __init__(self, weights: dict[str, Array], distances: Array) -> None:
        self._weights = weights
        self._s = distances[:, None]
        self._biases: dict[str, Array] = {}

    def times(self, rows: Numbers, name: str) -> Numbers:
        """x (θ + s·d) = x θ + s·(x d), so that one product serves all of them."""
        both = rows @ self._weights[name]
        half = both.shape[1] // 2
        along = self._s * both[:, half:]
        along += both[:, :half]
        return np.asarray(along)

    def bias(self, name: str) -> Numbers:
        if name not in self._biases:
            here, along = self._weights[name]
            self._biases[name] = here + self._s * along
        return self._biases[name]


def losses_along(
    network: Network,
    direction: Array,
    batch: Batch,
    start: States,
    scale: float = 1.0,
    *,
    breathe: Callable[[], object] = lambda: None,
) -> Losses:
    """What tells the losses (K,) of ``network`` after steps of so many lengths (K,) in ``direction`` (P,).

    Arguments:
        batch: of one sequence.
        start: the states that it begins in, whatever the weights.
        scale: what each loss is multiplied with.
        breathe: is called between pieces of the work.
    """
    if not known(network) or network.parameters.vector.size > SMALL:
        return _one_by_one(network, direction, batch, start, scale, breathe=breathe)
    along = Parameters({name: weight.shape for name, weight in network.parameters.items()})
    along.vector[:] = direction
    weights = {
        name: np.concatenate([here, along[name]], axis=1) if here.ndim == 2 else np.stack([here, along[name]])
        for name, here in network.parameters.items()
    }
    steps = [(0, len(batch.x))]

    def side_by_side(distances: Array) -> Array:
        work = losses(network, Ray(weights, distances), batch, steps, [start])
        try:
            while True:
                next(work)
                breathe()
        except StopIteration as done:
            return np.asarray(scale * done.value)

    return side_by_side


def _one_by_one(
    network: Network,
    direction: Array,
    batch: Batch,
    start: States,
    scale: float,
    *,
    breathe: Callable[[], object] = lambda: None,
) -> Losses:
    """The same by the network's own forward pass, whatever it is made of."""
    moved, here = network.twin(), network.parameters.vector

    def one_by_one(distances: Array) -> Array:
        found = np.empty(len(distances))
        for place, s in enumerate(distances.tolist()):
            np.multiply(direction, s, out=moved.parameters.vector)
            moved.parameters.vector += here
            found[place] = moved.readout.loss(moved.forward(batch.x, start).output, batch)[0]
            breathe()
        return scale * found

    return one_by_one

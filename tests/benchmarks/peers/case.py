"""One size of network with its data: what every contender trains, from the same weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GATES = {"vanilla": 1, "gru": 3, "lstm": 4}
RATES = {"sgd": 0.01, "adam": 0.001}
BATCHES = 100


@dataclass(frozen=True, slots=True)
class Case:
    """Float64; the loss that is trained on is half the mean square, the loss that is reported twice that.

    Attributes:
        cell: a key in GATES.
        optimizer: a key in RATES, which holds its learning rate.
        T: time steps.
        B: sequences that one update trains on.
        H: units.
    """

    cell: str
    optimizer: str
    T: int
    B: int
    H: int

    @property
    def rate(self) -> float:
        return RATES[self.optimizer]

    @property
    def gates(self) -> int:
        return GATES[self.cell]

    def arrays(self) -> dict[str, Array]:
        """The data and the first weights.

        x and y (BATCHES, T, B, 1), noisy waves and their next values, one batch for each update of an epoch;
        the weights under PyTorch's names and shapes, drawn as PyTorch draws them. The hidden bias is zero but
        for a GRU's candidate: the others would be a second bias beside the one of the input.
        """
        rng = np.random.default_rng(0)
        T, B, H, g = self.T, self.B, self.H, self.gates
        times = np.arange(T + 1)[:, None] * (np.pi / 10) + rng.uniform(0.0, 2 * np.pi, (BATCHES, 1, B))
        waves = np.sin(times) + 0.008 * rng.standard_normal(times.shape)

        def drawn(*shape: int) -> Array:
            return rng.uniform(-1.0, 1.0, shape) / np.sqrt(H)

        hidden_bias = np.zeros(g * H)
        if self.cell == "gru":
            hidden_bias[2 * H :] = drawn(H)
        return {
            "x": np.ascontiguousarray(waves[:, :-1, :, None]),
            "y": np.ascontiguousarray(waves[:, 1:, :, None]),
            "rnn.weight_ih_l0": drawn(g * H, 1),
            "rnn.weight_hh_l0": drawn(g * H, H),
            "rnn.bias_ih_l0": drawn(g * H),
            "rnn.bias_hh_l0": hidden_bias,
            "head.weight": drawn(1, H),
            "head.bias": drawn(1),
        }

    def save(self, file: Path) -> None:
        """Write what `load` reads."""
        told = {name: np.array(value) for name, value in asdict(self).items()}
        np.savez(file, allow_pickle=False, **self.arrays(), **told)


def load(file: str) -> tuple[Case, dict[str, Array]]:
    """A case from its file, and its arrays."""
    with np.load(file) as content:
        arrays = dict(content)
    case = Case(*(arrays.pop(name).item() for name in Case.__slots__))
    return case, arrays

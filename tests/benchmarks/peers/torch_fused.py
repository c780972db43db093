"""PyTorch as one writes it first: nn.RNN, GRU or LSTM over whole sequences, autograd and torch.optim."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.answering import Train, answer, needed
from tests.benchmarks.peers.case import Array, Case
from tests.benchmarks.peers.torch_training import trained, versions

torch = needed("torch")
LAYERS = {"vanilla": "RNN", "gru": "GRU", "lstm": "LSTM"}


def make(case: Case, arrays: dict[str, Array]) -> Train:
    layer = getattr(torch.nn, LAYERS[case.cell])(1, case.H, dtype=torch.float64)
    parameters = {f"rnn.{name}": parameter for name, parameter in layer.named_parameters()}

    def hidden(x: Any) -> Any:
        return layer(x)[0]

    return trained(case, arrays, parameters, hidden)


if __name__ == "__main__":
    answer(make, versions())

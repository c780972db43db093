"""PyTorch step by step: nn.RNNCell, GRUCell or LSTMCell in a loop over time, autograd and torch.optim."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.answering import Train, answer, needed
from tests.benchmarks.peers.case import Array, Case
from tests.benchmarks.peers.torch_training import trained, versions

torch = needed("torch")
CELLS = {"vanilla": "RNNCell", "gru": "GRUCell", "lstm": "LSTMCell"}


def make(case: Case, arrays: dict[str, Array]) -> Train:
    cell = getattr(torch.nn, CELLS[case.cell])(1, case.H, dtype=torch.float64)
    parameters = {f"rnn.{name}_l0": parameter for name, parameter in cell.named_parameters()}
    zero = torch.zeros(case.B, case.H, dtype=torch.float64)
    pair = case.cell == "lstm"

    def hidden(x: Any) -> Any:
        state = (zero, zero) if pair else zero
        above = []
        for step in x:
            state = cell(step, state)
            above.append(state[0] if pair else state)
        return torch.stack(above)

    return trained(case, arrays, parameters, hidden)


if __name__ == "__main__":
    answer(make, versions())

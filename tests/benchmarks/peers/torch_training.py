"""The training loop of both ways in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from tests.benchmarks.peers.answering import Train, needed
from tests.benchmarks.peers.case import BATCHES, Array, Case

torch = needed("torch")


def versions() -> str:
    torch.set_num_threads(1)
    return f"PyTorch {torch.__version__}"


def trained(
    case: Case, arrays: dict[str, Array], parameters: Mapping[str, Any], hidden: Callable[[Any], Any]
) -> Train:
    """Train ``parameters`` and a linear layer over the hidden states (T, B, H) of an input (T, B, 1)."""
    head = torch.nn.Linear(case.H, 1, dtype=torch.float64)
    parameters = {**parameters, "head.weight": head.weight, "head.bias": head.bias}
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(arrays[name]))
    hidden_bias = parameters["rnn.bias_hh_l0"]
    if case.cell == "gru":  # only the bias of the candidate is another one than that of the input
        only = torch.zeros(3 * case.H, dtype=torch.float64)
        only[2 * case.H :] = 1.0
        hidden_bias.register_hook(lambda gradient: gradient * only)
    else:
        hidden_bias.requires_grad_(False)
    free = [parameter for parameter in parameters.values() if parameter.requires_grad]
    if case.optimizer == "adam":
        optimizer = torch.optim.Adam(free, lr=case.rate, fused=True)  # the fastest of its three ways
    else:
        optimizer = torch.optim.SGD(free, lr=case.rate)
    batches = [
        (torch.from_numpy(x), torch.from_numpy(y)) for x, y in zip(arrays["x"], arrays["y"], strict=True)
    ]
    numbers = count()

    def train(updates: int) -> list[float]:
        losses = []
        for _ in range(updates):
            x, y = batches[next(numbers) % BATCHES]
            optimizer.zero_grad()
            loss = 0.5 * torch.nn.functional.mse_loss(head(hidden(x)), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return [2.0 * float(loss) for loss in losses]

    return train

"""JAX: a lax.scan over time, value_and_grad and the optimizer in one jitted step, called once an update."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.benchmarks.peers.answering import Train, answer, needed
from tests.benchmarks.peers.case import BATCHES, Array, Case

jax = needed("jax")
jax.config.update("jax_enable_x64", True)
jnp, lax, sigmoid = jax.numpy, jax.lax, jax.nn.sigmoid
ravel_pytree = needed("jax.flatten_util").ravel_pytree


def vanilla(weights: Any, h: Any, a: Any) -> Any:
    h = jnp.tanh(a + h @ weights["Wh"])
    return h, h


def gru(weights: Any, h: Any, a: Any) -> Any:
    H = h.shape[1]
    recurrent = h @ weights["Wh"]
    gates = sigmoid(a[:, : 2 * H] + recurrent[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    n = jnp.tanh(a[:, 2 * H :] + r * (recurrent[:, 2 * H :] + weights["bn"]))
    h = n + z * (h - n)
    return h, h


def lstm(weights: Any, state: Any, a: Any) -> Any:
    h, c = state
    H = h.shape[1]
    a = a + h @ weights["Wh"]
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 3 * H :])
    c = f * c + i * jnp.tanh(a[:, 2 * H : 3 * H])
    h = o * jnp.tanh(c)
    return (h, c), h


STEPS = {"vanilla": vanilla, "gru": gru, "lstm": lstm}


def sgd(rate: float, weights: Any, gradient: Any, memory: Any) -> Any:
    return weights - rate * gradient, memory


def adam(rate: float, weights: Any, gradient: Any, memory: Any) -> Any:
    """Kingma and Ba 2015, in PyTorch's form."""
    mean, square, steps = memory
    steps = steps + 1.0
    mean = mean + 0.1 * (gradient - mean)
    square = 0.999 * square + 0.001 * gradient * gradient
    root = jnp.sqrt(square) / jnp.sqrt(1.0 - 0.999**steps) + 1e-8
    return weights - rate / (1.0 - 0.9**steps) * mean / root, (mean, square, steps)


def make(case: Case, arrays: dict[str, Array]) -> Train:
    flat, unravel = ravel_pytree(
        {
            "Wx": jnp.array(arrays["rnn.weight_ih_l0"].T),
            "Wh": jnp.array(arrays["rnn.weight_hh_l0"].T),
            "b": jnp.array(arrays["rnn.bias_ih_l0"]),
            "W": jnp.array(arrays["head.weight"].T),
            "bo": jnp.array(arrays["head.bias"]),
        }
        | ({"bn": jnp.array(arrays["rnn.bias_hh_l0"][2 * case.H :])} if case.cell == "gru" else {})
    )
    zero = jnp.zeros((case.B, case.H))
    start = (zero, zero) if case.cell == "lstm" else zero
    step = STEPS[case.cell]

    def loss_of(flat: Any, x: Any, y: Any) -> Any:
        weights = unravel(flat)
        sums = x @ weights["Wx"] + weights["b"]
        _, h = lax.scan(lambda state, a: step(weights, state, a), start, sums)
        error = h @ weights["W"] + weights["bo"] - y
        return 0.5 * jnp.mean(error * error)

    optimizer = {"sgd": sgd, "adam": adam}[case.optimizer]

    def update(flat: Any, memory: Any, x: Any, y: Any) -> Any:
        loss, gradient = jax.value_and_grad(loss_of)(flat, x, y)
        return *optimizer(case.rate, flat, gradient, memory), loss

    jitted = jax.jit(update, donate_argnums=(0, 1))
    state = (
        flat,
        (jnp.zeros_like(flat), jnp.zeros_like(flat), jnp.zeros(())) if case.optimizer == "adam" else (),
    )
    batches = [(jnp.array(x), jnp.array(y)) for x, y in zip(arrays["x"], arrays["y"], strict=True)]
    numbers = count()

    def train(updates: int) -> list[float]:
        nonlocal state
        losses = []
        flat, memory = state
        for _ in range(updates):
            flat, memory, loss = jitted(flat, memory, *batches[next(numbers) % BATCHES])
            losses.append(loss)
        state = jax.block_until_ready((flat, memory))
        return [2.0 * float(loss) for loss in losses]

    return train


if __name__ == "__main__":
    answer(make, f"JAX {jax.__version__}")

"""How long the probes take, and how that grows.

Run with ``python3 main.py test tests/benchmarks/test_probe_growth.py -s``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from rnn.model.batch import Batch
from rnn.model.cells import CELLS
from rnn.model.network import Network, Tape
from rnn.observing.probes.parts import by_lag, parts
from rnn.observing.probes.spectrum import step_jacobians

STEPS, WIDTHS = (25, 50, 100, 200, 400), (16, 32, 64, 128, 256)
T, H = 100, 64


def made(cell: str, steps: int, width: int) -> tuple[Network, Tape, np.ndarray]:
    rng = np.random.default_rng(0)
    network = Network(1, (width,), 1, cell=CELLS[cell]())
    network.initialize(rng, "gaussian")
    batch = Batch(rng.standard_normal((steps, 1, 1)), rng.standard_normal((steps, 1, 1)))
    tape = network.forward(batch.x)
    return network, tape, network.readout.loss(tape.output, batch)[1]


def milliseconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The best of so many rounds, which is the least disturbed."""
    best = np.inf
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return 1e3 * best


def pairs_and_lags(cell: str, steps: int, width: int) -> float:
    network, tape, dy = made(cell, steps, width)
    return milliseconds(lambda: by_lag(network, tape, parts(network, tape, dy)[0].sums, "l0.Wh"))


def jacobians(cell: str, steps: int, width: int) -> float:
    network, tape, _ = made(cell, steps, width)
    return milliseconds(lambda: step_jacobians(network, tape, 0, steps), rounds=3)


def eigenvalues(width: int) -> float:
    Wh = made("vanilla", 2, width)[0].parameters["l0.Wh"]
    return milliseconds(lambda: (np.linalg.eigvals(Wh), np.linalg.svd(Wh, compute_uv=False)))


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Of the power law that fits best."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


@pytest.mark.parametrize("cell", CELLS)
def test_the_time_of_the_probes_and_its_growth(cell: str) -> None:
    by_steps = [pairs_and_lags(cell, steps, H) for steps in STEPS]
    by_width = [pairs_and_lags(cell, T, width) for width in WIDTHS]
    at_once = by_steps[STEPS.index(T)] + eigenvalues(H)
    print(f"\n{cell}: pairs, lags and spectrum of W_h at T = {T}, H = {H}: {at_once:.1f} ms")
    print(f"  step Jacobians {jacobians(cell, T, H):.1f} ms")
    for name, sizes, times in (("T", STEPS, by_steps), ("H", WIDTHS, by_width)):
        listed = ", ".join(f"{size}: {ms:.2f}" for size, ms in zip(sizes, times, strict=True))
        print(f"  pairs and lags by {name}, ms: {listed}; grows as {name}^{exponent(sizes, times):.2f}")
    assert exponent(STEPS, by_steps) < 2.3
    assert exponent(WIDTHS, by_width) < 2.3

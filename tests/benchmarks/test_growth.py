"""How the time of one compiled update grows with time steps, batch and width, over two decades each.

Prints a table, ready for the README, and asserts no time:
``python3 main.py test tests/benchmarks/test_growth.py -s``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.peers.case import GATES, Case
from tests.benchmarks.peers.process import Contender, contenders, rounds

SIZES = {
    "T": (10, 20, 50, 100, 200, 500, 1000),
    "B": (1, 2, 5, 10, 20, 50, 100),
    "H": (4, 8, 16, 32, 64, 128, 256, 400),
}
FIXED = {"T": "B = 1, H = 32", "B": "T = 20, H = 32", "H": "T = 20, B = 8"}
BASES = {name: Case("vanilla", "adam", T=20, B=1, H=32) for name in "TB"} | {
    "H": Case("vanilla", "adam", 20, 8, 32)
}
LAST = 4  # sizes that the exponent is fitted to: the time of the smaller ones is not all of a power law
ROUNDS, SECONDS = 3, 0.1


@pytest.fixture(scope="module")
def scope() -> Iterator[Contender]:
    with contenders({"RNN Scope": ("scope", "compiled")}) as found:
        yield found["RNN Scope"]


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Of the power law that fits the upper sizes best."""
    return float(np.polyfit(np.log(sizes[-LAST:]), np.log(times[-LAST:]), 1)[0])


@pytest.mark.parametrize("along", SIZES)
def test_the_growth_of_an_update(
    along: str, scope: Contender, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = SIZES[along]
    lines = []
    for cell in GATES:
        times = []
        for size in sizes:
            sized: dict[str, Any] = {along: size}
            case = replace(BASES[along], cell=cell, **sized)
            losses = scope.prepare(case, tmp_path)
            assert np.isfinite(losses).all()
            times.append(float(np.median(rounds({cell: scope}, ROUNDS, SECONDS)[cell])))
        assert np.isfinite(times).all()
        assert min(times) > 0
        grows = f"{along}^{exponent(sizes, times):.2f}"
        lines.append(f"| {cell} | {' | '.join(microseconds(seconds) for seconds in times)} | {grows} |")
    with capsys.disabled():
        head = f"µs an update, Adam, {FIXED[along]}"
        above = f"from {along} = {sizes[-LAST]} on"
        print(f"\n\n| {head} | {' | '.join(f'{along} = {size}' for size in sizes)} | {above} |")
        print("\n".join([f"|{'---|' * (len(sizes) + 2)}", *lines]))


def microseconds(seconds: float) -> str:
    return f"{1e6 * seconds:,.{1 if seconds < 1e-4 else 0}f}"

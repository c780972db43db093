"""One training update here and in what a person would use instead, from the same weights on the same data.

Prints a table, ready for the README, and asserts no time: every contender's losses of the first updates are
held equal, so that all of them do the same work. Float64, one thread each, every contender a process of its
own, and they take turns; PyTorch and JAX are asked for in the Python that RNN_SCOPE_PEERS names:
``RNN_SCOPE_PEERS=PYTHON python3 main.py test tests/benchmarks/test_against_frameworks.py -s``.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from rnn.model.batch import Batch
from rnn.model.network import Network
from rnn.model.readout import SquaredError
from rnn.observing.probes.article_recursion import ERRORS, article_gradient
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.weights.torch_names import from_torch
from tests.benchmarks.peers.answering import FIRST
from tests.benchmarks.peers.case import Array, Case
from tests.benchmarks.peers.process import Contender, contenders, rounds

OURS, NUMPY, CELLS, FUSED, JAX, ARTICLE = (
    "RNN Scope",
    "its readable engine",
    "PyTorch, cell by cell",
    "PyTorch, whole layer",
    "JAX, jit and scan",
    "the article's method",
)
PRODUCTS = ("products", "products of PyTorch")
WANTED = {
    OURS: ("scope", "compiled"),
    NUMPY: ("scope", "numpy"),
    CELLS: ("torch_cells",),
    FUSED: ("torch_fused",),
    JAX: ("jax_scan",),
    ARTICLE: ("article",),
    PRODUCTS[0]: ("products",),
    PRODUCTS[1]: ("torch_products",),
}
PEERS = (CELLS, FUSED, JAX)
SMALL = Case("vanilla", "sgd", 10, 1, 10)
BEST = {
    Case("vanilla", "adam", 50, 1, 32): 4.0,
    Case("vanilla", "adam", 50, 32, 64): 2.2,
    Case("vanilla", "adam", 100, 32, 128): 1.6,
    Case("vanilla", "adam", 200, 32, 256): 1.3,
    Case("lstm", "adam", 50, 1, 32): 3.0,
    Case("lstm", "adam", 50, 32, 64): 2.0,
    Case("gru", "adam", 50, 1, 32): 4.0,
    Case("gru", "adam", 50, 32, 64): 2.2,
}
ROUNDS, SECONDS = 5, 0.3
TITLES = {"vanilla": "vanilla", "lstm": "LSTM", "gru": "GRU", "sgd": "SGD", "adam": "Adam"}


@pytest.fixture(scope="module")
def field() -> Iterator[dict[str, Contender]]:
    """The contenders that there are; what they are made of is said at the end."""
    with contenders(WANTED) as found:
        yield found


def test_one_update_against_others(
    field: dict[str, Contender], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, small = [], ""
    for case in (SMALL, *BEST):
        here = {name: contender for name, contender in field.items() if name != ARTICLE or case == SMALL}
        losses = {name: contender.prepare(case, tmp_path) for name, contender in here.items()}
        assert_they_do_the_same(case, losses)
        times = rounds(here, ROUNDS, SECONDS)
        assert all(np.isfinite(seconds).all() and (seconds > 0).all() for seconds in times.values())
        rows.append(row(case, times))
        small = small or sentence(times)
    with capsys.disabled():
        print(f"\n\n{header()}")
        print("\n".join(rows))
        print(f"\n{small}\n\n{machine(field)}")


def assert_they_do_the_same(case: Case, losses: Mapping[str, list[float]]) -> None:
    expected = losses[OURS]
    assert len(expected) == FIRST
    assert len(set(expected)) == FIRST
    for name in losses.keys() & {NUMPY, *PEERS}:
        np.testing.assert_allclose(losses[name], expected, rtol=1e-9, err_msg=f"{name}, {case}")
    if ARTICLE in losses:  # its gradient is another one
        assert losses[ARTICLE][0] == pytest.approx(expected[0], rel=1e-12)
        assert losses[ARTICLE] == pytest.approx(losses_by_the_article(case), rel=1e-9)


def losses_by_the_article(case: Case) -> list[float]:
    """Of the first updates with the article's gradient, which is had in another way here."""
    arrays = case.arrays()
    network: Network = from_torch(arrays, "the case")
    optimizer = OPTIMIZERS[case.optimizer](network.parameters.vector.size)
    losses = []
    for x, y in zip(arrays["x"][:FIRST], arrays["y"][:FIRST], strict=True):
        tape = network.forward(x)
        loss, dy = SquaredError.loss(tape.output, Batch(x, y))
        losses.append(SquaredError.scale * loss)
        gradient = article_gradient(network, tape, dy, frozenset(ERRORS))
        flat: Array = np.concatenate([gradient[name].ravel() for name in network.parameters])
        optimizer.step(network.parameters.vector, flat, case.rate)
    return losses


def header() -> str:
    columns = ["cell, optimizer, T, B, H, µs an update", OURS, NUMPY, *PEERS]
    columns += ["times as fast as the best of these", "aim", "matrix products alone", "times these"]
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"


def row(case: Case, times: Mapping[str, Array]) -> str:
    peers = [name for name in PEERS if name in times]
    best = min(peers, key=lambda name: float(np.median(times[name])), default=None)
    products = min(
        (times[name] for name in PRODUCTS if name in times), key=lambda seconds: float(np.median(seconds))
    )
    label = f"{TITLES[case.cell]} {TITLES[case.optimizer]} {case.T}, {case.B}, {case.H}"
    cells = [label, *(microseconds(times.get(name)) for name in (OURS, NUMPY, *PEERS))]
    cells.append("–" if best is None else ratio(times[best], times[OURS]))
    cells.append(f"{BEST[case]:g}" if case in BEST else "see below")
    cells += [microseconds(products), ratio(times[OURS], products)]
    return f"| {' | '.join(cells)} |"


def sentence(times: Mapping[str, Array]) -> str:
    """The three aims of the smallest case."""
    torch = min(
        (times[name] for name in (CELLS, FUSED) if name in times),
        key=lambda seconds: float(np.median(seconds)),
        default=None,
    )
    parts = [
        f"{ratio(other, times[OURS])} times as fast as {name} (aim {aim})"
        for name, other, aim in (
            ("PyTorch", torch, 120),
            ("JAX", times.get(JAX), 10),
            (ARTICLE, times[ARTICLE], 700),
        )
        if other is not None
    ]
    return f"In the first row {', '.join(parts)}, which needs {microseconds(times[ARTICLE])} µs."


def microseconds(seconds: Array | None) -> str:
    if seconds is None:
        return "–"
    median = 1e6 * float(np.median(seconds))
    return f"{median:,.1f}" if median < 100 else f"{median:,.0f}"


def ratio(of: Array, to: Array) -> str:
    """The median over the rounds, each by itself, and the least and the greatest."""
    ratios = of / to
    return f"{np.median(ratios):.3g} ({ratios.min():.3g} to {ratios.max():.3g})"


def machine(field: Mapping[str, Contender]) -> str:
    missing = ", ".join(name for name in WANTED if name not in field)
    told = ", ".join(contender.versions for contender in field.values())
    versions = ", ".join(dict.fromkeys(told.split(", ")))
    rules = (
        f"Float64, one thread. Medians of {ROUNDS} rounds of {SECONDS} s, and of the ratios within a round "
        "(least to greatest). Matrix products by the faster of two libraries, with the cost of calling it."
    )
    absent = f" Not installed: {missing}." if missing else ""
    return f"{rules} {processor()}, Python {platform.python_version()}, {versions}.{absent}"


def processor() -> str:
    """Its name, as far as the system tells."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()

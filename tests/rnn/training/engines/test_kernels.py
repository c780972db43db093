"""The parts that the compiled step is made of, each against NumPy."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.model.network import Network
from rnn.training.engines.compiled import support
from rnn.training.engines.compiled.engine import FAILURES
from rnn.training.engines.compiled.layout import row_length

ROOT = Path(__file__).parents[4]

pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture(scope="module")
def functions() -> Any:
    return compiled_functions()


def compiled_functions() -> Any:
    """Writes tanh and e to the power of an array into two others."""
    from numba import njit

    from rnn.training.engines.compiled.kernels.nonlinearities import exp, tanh
    from rnn.training.engines.compiled.kernels.vectors import LANES, load, store

    @njit(error_model="numpy")
    def apply(x: Any, tanhs: Any, exps: Any) -> None:
        for j in range(0, x.size, LANES):
            store(tanhs, j, tanh(load(x, j)))
            store(exps, j, exp(load(x, j)))

    return apply


def applied(functions: Any, x: Array) -> tuple[Array, Array]:
    padded = np.concatenate([x, np.zeros(-len(x) % 8)])
    tanhs, exps = np.empty_like(padded), np.empty_like(padded)
    functions(padded, tanhs, exps)
    return tanhs[: len(x)], exps[: len(x)]


def test_tanh_is_exact_to_two_units_in_the_last_place(functions: Any) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [np.linspace(-22, 22, 40_001), rng.normal(size=4_000) * 10.0 ** rng.integers(-12, 1, 4_000)]
    )
    found, _ = applied(functions, x)
    wanted = np.tanh(x.astype(np.longdouble))
    assert (np.abs(found - wanted) / np.spacing(np.abs(wanted).astype(np.float64))).max() < 2.5
    assert (np.abs(found) <= 1.0).all()


def test_exp_is_exact_to_two_units_in_the_last_place(functions: Any) -> None:
    x = np.linspace(-700.0, 5.0, 40_001)
    _, found = applied(functions, x)
    wanted = np.exp(x.astype(np.longdouble))
    assert (np.abs(found - wanted) / np.spacing(wanted.astype(np.float64))).max() < 2.5


def test_special_values_stay_what_they_are(functions: Any) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 1e300, -1e300])
    found, exps = applied(functions, x)
    np.testing.assert_array_equal(found, np.tanh(x))
    np.testing.assert_array_equal(np.signbit(found), np.signbit(x))
    assert np.isnan(exps[0])
    assert exps[2] < 1e-300
    assert exps[3] == 1.0


@pytest.fixture(scope="module")
def product() -> Any:
    return compiled_product()


def compiled_product() -> Any:
    """Multiplies two matrices in a memory, in one of three ways."""
    from numba import njit

    from rnn.training.engines.compiled.kernels.products import (
        Rows,
        add_dots,
        add_product,
        add_product_transposed,
    )

    @njit(error_model="numpy")
    def multiply(memory: Any, kind: int, at: Any, rows: Any, sizes: Any) -> None:
        A, M = Rows(at[0], rows[0]), Rows(at[1], rows[1])
        start, C = Rows(at[2], rows[2]), Rows(at[3], rows[3])
        if kind == 0:
            add_product(memory, A, M, start, C, sizes[0], sizes[1], sizes[2])
        elif kind == 1:
            add_product_transposed(memory, A, M, start, C, sizes[0], sizes[1], sizes[2])
        else:
            add_dots(memory, A, M, at[2], C, sizes[0], sizes[1], sizes[2])

    return multiply


def laid_out(*matrices: Array) -> tuple[Array, list[int], list[int], list[Array]]:
    """Matrices behind each other in one memory: it, and where each begins, its row length, a view of it."""
    lengths = [row_length(matrix.shape[1]) for matrix in matrices]
    sizes = [len(matrix) * length for matrix, length in zip(matrices, lengths, strict=True)]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    memory = np.full(sum(sizes), np.nan)
    views = [
        memory[start : start + size].reshape(-1, length)[:, : matrix.shape[1]]
        for matrix, start, size, length in zip(matrices, starts, sizes, lengths, strict=True)
    ]
    for view, matrix in zip(views, matrices, strict=True):
        view[...] = matrix
    return memory, starts, lengths, views


@pytest.mark.parametrize("inner", [1, 2, 5, 129, 300])
@pytest.mark.parametrize("columns", [8, 16, 24, 40, 72])
@pytest.mark.parametrize("rows", [1, 3, 4, 9])
def test_a_product_is_that_of_numpy(product: Any, rows: int, columns: int, inner: int) -> None:
    rng = np.random.default_rng(rows * columns * inner)
    A, M = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns))
    start = rng.normal(size=(rows, columns))
    for kind, given in ((0, A), (1, A.T)):
        memory, at, lengths, views = laid_out(given, M, start, np.zeros((rows, columns)))
        sizes = np.array([rows, columns, inner])
        product(memory, kind, np.array(at), np.array(lengths), sizes)
        np.testing.assert_allclose(views[3], start + A @ M, rtol=0, atol=1e-13 * inner)
        once = np.array([lengths[0], lengths[1], 0, lengths[3]])
        product(memory, kind, np.array(at), once, sizes)
        np.testing.assert_allclose(views[3], start[0] + A @ M, rtol=0, atol=1e-13 * inner)


@pytest.mark.parametrize("inner", [1, 7, 8, 10, 24, 27])
def test_a_product_with_few_columns_is_that_of_numpy(product: Any, inner: int) -> None:
    rng = np.random.default_rng(inner)
    A, M, start = rng.normal(size=(5, inner)), rng.normal(size=(3, inner)), rng.normal(size=(1, 3))
    filled = np.pad(M, ((0, 0), (0, -inner % 8)))
    memory, at, lengths, views = laid_out(A, filled, start, np.zeros((5, 3)))  # behind A there is NaN
    product(memory, 2, np.array(at), np.array(lengths), np.array([5, 3, inner]))
    np.testing.assert_allclose(views[3], start + A @ M.T, rtol=0, atol=1e-13)


NARROWER = """
from rnn.training.engines.compiled.kernels.vectors import LANES
from tests.rnn.training.engines import test_kernels as cases

functions, product = cases.compiled_functions(), cases.compiled_product()
cases.test_tanh_is_exact_to_two_units_in_the_last_place(functions)
cases.test_exp_is_exact_to_two_units_in_the_last_place(functions)
cases.test_special_values_stay_what_they_are(functions)
for rows, columns, inner in ((1, 72, 129), (3, 8, 5), (9, 40, 300), (9, 24, 1)):
    cases.test_a_product_is_that_of_numpy(product, rows, columns, inner)
for inner in (1, 10, 27):
    cases.test_a_product_with_few_columns_is_that_of_numpy(product, inner)
print(LANES)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="it names features of x86")
@pytest.mark.parametrize(("features", "lanes"), [("", 2), ("+avx,+avx2,+fma", 4)])
def test_a_processor_with_less_gets_the_same_from_narrower_vectors(features: str, lanes: int) -> None:
    if not {feature[1:] for feature in features.split(",")} <= {"", *of_this_machine()}:
        pytest.skip("this processor has less itself")
    done = subprocess.run(
        [sys.executable, "-c", NARROWER],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": features},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [str(lanes)], "")


def of_this_machine() -> set[str]:
    """The features that its processor has."""
    from llvmlite import binding

    return {name for name, has in binding.get_host_cpu_features().items() if has}


def test_kernels_and_table_mean_the_same_by_a_code() -> None:
    from rnn.training.engines.compiled.kernels import entry, layers, nonlinearities, optimizers, readouts

    codes = list(support._CELLS.values())
    assert codes == [layers.VANILLA, layers.GRU, layers.LSTM]
    for name, code in support._NONLINEARITIES.items():
        assert vars(nonlinearities)[name.upper()] == code
    codes = list(support._READOUTS.values())
    assert codes == [readouts.SQUARED_ERROR, readouts.SOFTMAX_NLL]
    assert {kind.__name__.upper(): code for kind, code in support._OPTIMIZERS.items()} == {
        name: vars(optimizers)[name] for name in ("SGD", "MOMENTUM", "NESTEROV", "RMSPROP", "ADAM")
    }
    assert FAILURES == {
        entry.DONE: None,
        entry.GRADIENT: "gradient",
        entry.WEIGHTS: "weights",
        entry.VALIDATION: "validation",
    }
    assert support.codes(Network(1, [1], 1), "adam") == {"cell": 0, "g": 0, "readout": 0, "optimizer": 4}

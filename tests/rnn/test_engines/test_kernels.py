"""The parts that the compiled step is made of, each against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.engines.compiled import support
from rnn.engines.compiled.engine import FAILURES
from rnn.engines.compiled.layout import row_length
from rnn.network import Network

pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture(scope="module")
def functions() -> Any:
    from numba import njit

    from rnn.engines.compiled.kernels.nonlinearities import exp, tanh
    from rnn.engines.compiled.kernels.vectors import LANES, load, store

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
    from numba import njit

    from rnn.engines.compiled.kernels.products import Rows, add_dots, add_product, add_product_transposed

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


def test_a_product_with_few_columns_is_that_of_numpy(product: Any) -> None:
    rng = np.random.default_rng(0)
    A, M, start = rng.normal(size=(5, 24)), rng.normal(size=(3, 24)), rng.normal(size=(1, 3))
    memory, at, lengths, views = laid_out(A, M, start, np.zeros((5, 3)))
    product(memory, 2, np.array(at), np.array(lengths), np.array([5, 3, 24]))
    np.testing.assert_allclose(views[3], start + A @ M.T, rtol=0, atol=1e-13)


def test_kernels_and_table_mean_the_same_by_a_code() -> None:
    from rnn.engines.compiled.kernels import burst, layers, nonlinearities, optimizers, readouts

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
        burst.DONE: None,
        burst.GRADIENT: "gradient",
        burst.WEIGHTS: "weights",
        burst.VALIDATION: "validation",
    }
    assert support.codes(Network(1, [1], 1), "adam") == {"cell": 0, "g": 0, "readout": 0, "optimizer": 4}

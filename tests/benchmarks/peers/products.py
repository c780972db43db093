"""The matrix products of an update and nothing else, with NumPy's BLAS; it trains nothing."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.peers.answering import Train, answer
from tests.benchmarks.peers.case import Array, Case


def make(case: Case, arrays: dict[str, Array]) -> Train:
    """x Wx, h Wh and the readout of all time steps, and each twice more on the way back.

    One call makes the T products with W_h one by one, without Python between them.
    """
    T, B, H, columns = case.T, case.B, case.H, case.gates * case.H
    rng = np.random.default_rng(0)
    x, h, a = arrays["x"][0], rng.standard_normal((T, B, H)), rng.standard_normal((T, B, columns))
    Wx, Wh, W = (
        rng.standard_normal((1, columns)),
        rng.standard_normal((H, columns)),
        arrays["head.weight"].T.copy(),
    )
    WhT = np.ascontiguousarray(Wh.T)
    rows_x, rows_h, rows_a = x.reshape(T * B, 1), h.reshape(T * B, H), a.reshape(T * B, columns)
    fed, sums, pulled = np.empty((T * B, columns)), np.empty((T, B, columns)), np.empty((T, B, H))
    by_Wx, by_Wh, by_W = np.empty((1, columns)), np.empty((H, columns)), np.empty((H, 1))
    answers, above = np.empty((T * B, 1)), np.empty((T * B, H))

    def train(updates: int) -> list[float]:
        for _ in range(updates):
            np.dot(rows_x, Wx, out=fed)
            np.matmul(h, Wh, out=sums)
            np.dot(rows_h, W, out=answers)
            np.dot(rows_h.T, answers, out=by_W)
            np.dot(answers, W.T, out=above)
            np.matmul(a, WhT, out=pulled)
            np.dot(rows_x.T, rows_a, out=by_Wx)
            np.dot(rows_h.T, rows_a, out=by_Wh)
        return []

    return train


if __name__ == "__main__":
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    answer(make, f"{blas['name']} {blas['version']}")

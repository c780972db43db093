"""The matrix products of an update and nothing else, with PyTorch's BLAS; it trains nothing."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.answering import Train, answer, needed
from tests.benchmarks.peers.case import Array, Case

torch = needed("torch")


def make(case: Case, arrays: dict[str, Array]) -> Train:
    """As in products, but for a call for each of the T products with W_h."""
    T, B, H, columns = case.T, case.B, case.H, case.gates * case.H

    def drawn(*shape: int) -> Any:
        return torch.randn(*shape, dtype=torch.float64)

    x, h, a = torch.from_numpy(arrays["x"][0]), drawn(T, B, H), drawn(T, B, columns)
    Wx, Wh, W = drawn(1, columns), drawn(H, columns), drawn(H, 1)
    WhT = Wh.T.contiguous()
    rows_x, rows_h, rows_a = x.reshape(T * B, 1), h.reshape(T * B, H), a.reshape(T * B, columns)
    fed, sums, pulled = drawn(T * B, columns), list(drawn(T, B, columns)), list(drawn(T, B, H))
    by_Wx, by_Wh, by_W = drawn(1, columns), drawn(H, columns), drawn(H, 1)
    answers, above = drawn(T * B, 1), drawn(T * B, H)
    by_step_h, by_step_a, mm = list(h), list(a), torch.mm

    def train(updates: int) -> list[float]:
        for _ in range(updates):
            mm(rows_x, Wx, out=fed)
            for t in range(T):
                mm(by_step_h[t], Wh, out=sums[t])
            mm(rows_h, W, out=answers)
            mm(rows_h.T, answers, out=by_W)
            mm(answers, W.T, out=above)
            for t in range(T):
                mm(by_step_a[t], WhT, out=pulled[t])
            mm(rows_x.T, rows_a, out=by_Wx)
            mm(rows_h.T, rows_a, out=by_Wh)
        return []

    return train


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    mkl = "MKL" if torch.backends.mkl.is_available() else "BLAS"
    answer(make, f"PyTorch's {mkl}")

"""The article's own recursion for the gradient, with its two errors, each of which can be mended."""

from __future__ import annotations

import itertools

import numpy as np

from rnn.array import Array
from rnn.model.cells import CellTape, Weights
from rnn.model.cells.base import chunks
from rnn.model.network import Network, Tape
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.model.readout import SquaredError

TRANSPOSED, CARRIED = "transposed Jacobian", "one carry too many"
ERRORS = (TRANSPOSED, CARRIED)
Errors = frozenset[str]
CHOICES: tuple[Errors, ...] = tuple(
    frozenset(errors) for count in range(len(ERRORS) + 1) for errors in itertools.combinations(ERRORS, count)
)


def does_not_apply(network: Network) -> str | None:
    """Why the article says nothing of such a network; None where it does."""
    g = network.cell.of_one_sum
    if g is None:
        return f"it is for a vanilla cell, not for {network.cell.title}"
    if g is not NONLINEARITIES["tanh"]:
        return f"it is for tanh, not for {g.title}"
    if len(network.widths) > 1:
        return f"it is for one layer, not for {len(network.widths)}"
    if network.readout is not SquaredError:
        return "it is for the squared error"
    return None


def article_gradient(
    network: Network, tape: Tape, dy: Array, errors: Errors, truncation: int | None = None
) -> dict[str, Array]:
    """The gradient of every weight as the article's code has it, with those of its ERRORS that are named.

    Its code keeps a list of ∂h_j/∂θ for all steps j so far. At step i it takes z_i W₂ᵀ (∂h_i/∂θ), appends
    ∂h_i/∂θ to the list, multiplies the list by the Jacobian J_i of the step (but for the first step), and
    takes z_i W₂ᵀ of all its members. All of that is linear in the list, so the sum over it is had at once by
    what each member is multiplied with in the end: going back, with w_i = z_i W₂ᵀ,

        u_j = w_j + u_{j+1} J_{j+1}        and the gradient is  Σ_j u_j ∂h_j/∂θ,

    in O(T H²) instead of O(T² H⁴). Its two errors:

    - transposed Jacobian: J_i = diag(1 − h_i²) W_h, though h_{i-1} W_h in the forward pass makes it
      diag(1 − h_i²) W_hᵀ;
    - one carry too many: ∂h_j/∂θ joins the list before the list is multiplied by J_j, so that its factor is
      w_j + u_j J_j in the place of u_j, but for the first step.

    Arguments:
        tape: of one sequence.
        dy: (T, 1, O) ∂L/∂ŷ.
        errors: any of ERRORS.
        truncation: as in `Network.backward`; each run of steps is a sequence of its own.
    """
    (cell,), weights = tape.cells, network.parameters.group("l0")
    h, z = cell.h[:, 0], dy[:, 0]
    factors = np.empty_like(h[1:])
    w = z @ network.parameters["head.W"].T
    for run in chunks(len(z), truncation):
        factors[slice(*run)] = _factors(weights, cell, w, run, errors)
    slopes = factors * (1.0 - h[1:] ** 2)
    return {
        "l0.Wx": cell.x[:, 0].T @ slopes,
        "l0.Wh": h[:-1].T @ slopes,
        "l0.b": slopes.sum(axis=0),
        "head.W": h[1:].T @ z,
        "head.b": z.sum(axis=0),
    }


def _factors(weights: Weights, tape: CellTape, w: Array, run: tuple[int, int], errors: Errors) -> Array:
    """(n, H) what ∂h_j/∂θ is multiplied with, for the run of steps [begin, end) counted from 0."""
    begin, end = run
    h, Wh = tape.h[1:, 0], weights["Wh"]
    step = Wh if TRANSPOSED in errors else Wh.T
    factors = w[begin:end].copy()
    u = w[end - 1]
    for j in range(end - 1, begin, -1):
        through = (u * (1.0 - h[j] ** 2)) @ step  # u_j J_j
        factors[j - begin] = w[j] + through if CARRIED in errors else u
        u = w[j - 1] + through
    factors[0] = u
    return factors

"""The scalars of every update and every epoch, as they come out of a training."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.array import Array


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One complete epoch, counted from 1; ``validation_mse`` is None where nothing is held out."""

    epoch: int
    update: int
    train_mse: float
    validation_mse: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """The scalars of consecutive updates, none left out.

    Attributes:
        first: the number of the first of these updates, counted from 1 over the whole run.
        mse: (K,) the mean square error of each update's sequence, before the step.
        grad_norm: (K,) the norm of the whole gradient, before clipping.
        epochs: the epochs that ended among them.
    """

    first: int
    mse: Array
    grad_norm: Array
    epochs: tuple[EpochResult, ...]

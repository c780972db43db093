"""The scalars of every update and every epoch, as they come out of a training."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.array import Array


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One complete epoch; losses are as the readout reports them, each a mean over scored time steps.

    Attributes:
        epoch: its number, counted from 1.
        update: the updates complete at its end, over the whole run.
        train_loss: over the batches as they were trained on, each before its step.
        validation_loss: over the held-out sequences, after the last step; None where nothing is held out.
        accuracy: the share, from 0 to 1, of the held-out scored answers that are right; None where answers
            are not right or wrong.
    """

    epoch: int
    update: int
    train_loss: float
    validation_loss: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """The scalars of consecutive updates, none left out.

    Attributes:
        first: the number of the first of these updates, counted from 1 over the whole run.
        loss: (K,) the loss of each update's batch as the readout reports it, before the step.
        grad_norm: (K,) the norm of the whole gradient, before clipping.
        clip_norm: (K,) what it was clipped to where it was above; inf where that was off.
        epochs: the epochs that ended among them.
        clip_value: what each element of the gradients was then brought to at most; None where that was off.
    """

    first: int
    loss: Array
    grad_norm: Array
    clip_norm: Array
    epochs: tuple[EpochResult, ...]
    clip_value: float | None = None

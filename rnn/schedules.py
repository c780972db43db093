"""How the learning rate changes over a run: a factor that it is multiplied with at every update."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from rnn.array import Array


class Schedule:
    """A factor for the learning rate, by how far the run is.

    Attributes:
        title: its name in the form.
        settings: the names of the settings of `TrainingConfig` that only this one reads.
    """

    title: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ()

    @staticmethod
    def factor(training: Any, update: int, an_epoch: int) -> float:
        """The factor at an update.

        Arguments:
            training: a `TrainingConfig`, of which it reads its ``settings`` and the ``epochs``.
            update: the updates before it, over the whole run.
            an_epoch: the updates of one epoch.
        """
        raise NotImplementedError

    @classmethod
    def factors(cls, training: Any, update: int, count: int, an_epoch: int) -> Array:
        """(count,) the factors at so many updates, from ``update`` on."""
        return np.array([cls.factor(training, u, an_epoch) for u in range(update, update + count)])


class Constant(Schedule):
    """The learning rate as it is."""

    title = "Constant"

    @staticmethod
    def factor(training: Any, update: int, an_epoch: int) -> float:
        return 1.0

    @classmethod
    def factors(cls, training: Any, update: int, count: int, an_epoch: int) -> Array:
        return np.ones(count)


class Step(Schedule):
    """γ^⌊epoch / n⌋: after every n epochs γ times what it was (PyTorch's StepLR)."""

    title = "Step"
    settings = ("step_epochs", "step_factor")

    @staticmethod
    def factor(training: Any, update: int, an_epoch: int) -> float:
        return float(np.power(training.step_factor, update // an_epoch // training.step_epochs))

    @classmethod
    def factors(cls, training: Any, update: int, count: int, an_epoch: int) -> Array:
        steps = np.arange(update, update + count) // an_epoch // training.step_epochs
        return np.asarray(np.power(training.step_factor, steps))


class Cosine(Schedule):
    """(1 + cos π u/U) / 2 over the U updates of the run (Loshchilov and Hutter 2017, equation 5).

    A run that goes on after its epochs begins the cosine anew, as their warm restart does.
    """

    title = "Cosine"

    @staticmethod
    def factor(training: Any, update: int, an_epoch: int) -> float:
        whole = training.epochs * an_epoch
        return 0.5 * (1.0 + math.cos(math.pi * (update % whole) / whole))

    @classmethod
    def factors(cls, training: Any, update: int, count: int, an_epoch: int) -> Array:
        whole = training.epochs * an_epoch
        angles = math.pi * (np.arange(update, update + count) % whole) / whole
        return np.asarray(0.5 * (1.0 + np.cos(angles)))


class WarmUp(Schedule):
    """A line from near zero to the whole rate over the first n epochs, then constant."""

    title = "Warm-up"
    settings = ("warmup_epochs",)

    @staticmethod
    def factor(training: Any, update: int, an_epoch: int) -> float:
        return float(min(1.0, (update + 1) / (training.warmup_epochs * an_epoch)))

    @classmethod
    def factors(cls, training: Any, update: int, count: int, an_epoch: int) -> Array:
        shares = np.arange(update + 1, update + count + 1) / (training.warmup_epochs * an_epoch)
        return np.asarray(np.minimum(1.0, shares))


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "cosine": Cosine,
    "warm-up": WarmUp,
}

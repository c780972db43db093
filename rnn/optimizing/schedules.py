"""How the learning rate changes over a run: a factor that it is multiplied with at every update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.batch import Classes
from rnn.settings import Settings, setting


@dataclass(frozen=True, slots=True)
class Schedule(Settings):
    """A factor for the learning rate, by how far the run is.

    A setting that only one of them has is a field of it, as of a task; in the form and in files it is one of
    the training.

    Attributes:
        title: its name in the form.
    """

    section: ClassVar[str] = "training"
    title: ClassVar[str]

    def factors(self, updates: Classes, an_epoch: int, epochs: int) -> Array:
        """(K,) the factor at each of these updates.

        Arguments:
            updates: (K,) how many were made before it, over the whole run.
            an_epoch: the updates of one epoch.
            epochs: those of the run.
        """
        raise NotImplementedError


class Constant(Schedule):
    """The learning rate as it is."""

    title = "Constant"

    def factors(self, updates: Classes, an_epoch: int, epochs: int) -> Array:
        return np.ones(len(updates))


@dataclass(frozen=True, slots=True)
class Step(Schedule):
    """γ^⌊epoch / n⌋: after every n epochs γ times what it was (PyTorch's StepLR)."""

    title = "Step decay"

    step_epochs: int = setting(
        10,
        "Drop every",
        "After so many epochs the learning rate is multiplied with the drop factor, again and again.",
        minimum=1,
        maximum=10_000_000,
        unit="epochs",
    )
    step_factor: float = setting(
        0.1,
        "Drop factor",
        "What the learning rate is multiplied with at each drop.",
        above=0.0,
        maximum=10.0,
    )

    def factors(self, updates: Classes, an_epoch: int, epochs: int) -> Array:
        return np.asarray(np.power(self.step_factor, updates // an_epoch // self.step_epochs))


class Cosine(Schedule):
    """(1 + cos π u/U) / 2 over the U updates of the run (Loshchilov and Hutter 2017, equation 5).

    A run that goes on after its epochs begins the cosine anew, as their warm restart does.
    """

    title = "Cosine"

    def factors(self, updates: Classes, an_epoch: int, epochs: int) -> Array:
        whole = epochs * an_epoch
        return np.asarray(0.5 * (1.0 + np.cos(np.pi * (updates % whole) / whole)))


@dataclass(frozen=True, slots=True)
class WarmUp(Schedule):
    """A line from near zero to the whole rate over the first n epochs, then constant."""

    title = "Warm-up"

    warmup_epochs: int = setting(
        1,
        "Warm-up",
        "Over so many epochs the learning rate rises in a line to its full value.",
        minimum=1,
        maximum=10_000_000,
        unit="epochs",
    )

    def factors(self, updates: Classes, an_epoch: int, epochs: int) -> Array:
        return np.asarray(np.minimum(1.0, (updates + 1) / (self.warmup_epochs * an_epoch)))


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "cosine": Cosine,
    "warm-up": WarmUp,
}

"""What a task is: settings that make training and held-out sequences, and what is known about their loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from numpy.random import Generator

from rnn.array import Array
from rnn.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """N sequences of the same length, time-major.

    Attributes:
        x: (T, N, D) inputs.
        y: (T, N, O) targets.
    """

    x: Array
    y: Array

    @property
    def count(self) -> int:
        return int(self.x.shape[1])

    @property
    def steps(self) -> int:
        return int(self.x.shape[0])

    def slice(self, first: int, count: int = 1) -> tuple[Array, Array]:
        """x (T, count, D) and y (T, count, O) of sequences from the number ``first`` on, from 0."""
        part = slice(first, first + count)
        return self.x[:, part], self.y[:, part]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a run trains on, and what it is validated on; None where nothing is held out."""

    train: Sequences
    validation: Sequences | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A line in the loss panel: the mean square error of a simple predictor, or of the best there can be."""

    label: str
    mse: float
    floor: bool = False


class Task(Settings):
    """Base of all tasks: a frozen dataclass whose fields are the task's settings.

    Attributes:
        name: its key in TASKS.
        title: its name in the form.
        carry_state: whether the state goes on from one sequence to the next within an epoch.
    """

    section: ClassVar[str] = "task"
    name: ClassVar[str]
    title: ClassVar[str]
    carry_state: bool

    def generate(self, rng: Generator) -> Data:
        """The sequences, drawn with ``rng`` and nothing else.

        Raises:
            DataError: a file that the task reads cannot be used.
        """
        raise NotImplementedError

    def references(self) -> tuple[Reference, ...]:
        """The lines for the loss panel."""
        return ()

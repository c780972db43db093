"""What a task is: settings that make training and held-out sequences, and what is known about their loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnn.array import Array
from rnn.model.batch import Batch, Classes, Mask, Target
from rnn.model.readout import READOUTS
from rnn.settings import Settings, setting

Kind = Literal["numbers", "classes"]
Display = Literal["numbers", "text", "memory"]

STATE_LETTERS = "hc"  # the hidden state of a layer, then an LSTM's cell state


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """N sequences of the same length, time-major.

    Attributes:
        x: (T, N, D) inputs, or (T, N) symbol numbers, which a batch holds one-hot.
        y: (T, N, O) targets, or (T, N) class numbers from 0 on.
        scored: (T, N) the time steps that count in the loss, at least one in each sequence; None is all.
        symbols: the size of the alphabet where x holds symbol numbers.
        start: the states (N, H) that they begin in, by `start_name`; what it leaves out is zero.
        claims: ``output`` and ``loss`` of the model that they were brought for, as their file has them.
        notes: how a file of theirs was read where that was open, in sentences without their ends.
    """

    x: NDArray[Any]
    y: Target
    scored: Mask | None = None
    symbols: int | None = None
    start: Mapping[str, Array] = field(default_factory=dict)
    claims: Mapping[str, Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """N."""
        return int(self.x.shape[1])

    @property
    def steps(self) -> int:
        """T."""
        return int(self.x.shape[0])

    @property
    def inputs(self) -> int:
        """D."""
        return int(self.x.shape[2]) if self.symbols is None else self.symbols

    @property
    def scores(self) -> int:
        """How many time steps count, over all sequences."""
        return self.count * self.steps if self.scored is None else int(np.count_nonzero(self.scored))

    def batch(self, numbers: slice | Classes) -> Batch:
        """The sequences of these numbers, counted from 0, side by side."""
        x = self.x[:, numbers]
        if self.symbols is not None:
            one_hot = np.zeros((*x.shape, self.symbols))
            np.put_along_axis(one_hot, x[:, :, None], 1.0, axis=2)
            x = one_hot
        return Batch(x, self.y[:, numbers], None if self.scored is None else self.scored[:, numbers])

    def end(self, number: int) -> int:
        """The last scored time step of a sequence, counted from 1."""
        return self.steps if self.scored is None else int(np.flatnonzero(self.scored[:, number])[-1]) + 1


def start_name(letter: str, layer: int) -> str:
    """What the state that a layer begins in is called, such as ``h0_l1``; layers are counted from 0."""
    return f"{letter}0_l{layer}"


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a run trains on, and what it is validated on.

    Attributes:
        train: the training sequences.
        validation: those held out; None where nothing is.
        outputs: O, the features of a target, or the number of classes.
        input_names: what each input feature is called, such as the characters of a text; empty for no names.
        class_names: what each class is called.
        settled: settings that were left open and that a file decided, under full keys.
    """

    train: Sequences
    validation: Sequences | None
    outputs: int
    input_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """A line in the loss panel: what a simple predictor reaches, or the best there can be.

    Attributes:
        label: in a few words.
        loss: as the readout reports it: the mean square error summed over features, or the negative
            log-likelihood in nats, each the mean over scored time steps.
        floor: whether no network can do better on average.
        column: what its column of numbers is called; the label where it is not stated.
    """

    label: str
    loss: float
    floor: bool = False
    column: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.column or self.label)


class Task(Settings):
    """Base of all tasks: a frozen dataclass whose fields are the task's settings.

    Attributes:
        name: its key in TASKS.
        title: its name in the form.
        targets: what they are; several where a file decides.
        preset: the preset whose model and training learn it, for a person who chooses it by hand.
        display: which fit panel shows what is answered.
        tolerance: how far from its target a number may be to count as right; None where accuracy is not
            measured, or is the share of classes that were found.
        continuous: whether the sequences are windows of one long series, so that a state can be carried.
        carry_state: whether the state goes on from one sequence to the next within an epoch.
    """

    section: ClassVar[str] = "task"
    name: ClassVar[str]
    title: ClassVar[str]
    targets: ClassVar[tuple[Kind, ...]] = ("numbers",)
    preset: ClassVar[str] = "article-adam"
    display: ClassVar[Display] = "numbers"
    tolerance: ClassVar[float | None] = None
    continuous: ClassVar[bool] = True
    carry_state: bool

    @classmethod
    def readouts(cls) -> tuple[str, ...]:
        """The names in READOUTS that its targets can be learned with, the usual one first."""
        kinds = {name: "classes" if readout.classes else "numbers" for name, readout in READOUTS.items()}
        return tuple(name for name, kind in kinds.items() if kind in cls.targets)

    @property
    def shortest_steps(self) -> int | None:
        """The time steps of the shortest sequences, where they are not all equally long."""
        return None

    def fitting_readout(self) -> str | None:
        """The one to take where none was named; None where that cannot be told."""
        return self.readouts()[0]

    def generate(self, rng: Generator) -> Data:
        """The sequences, drawn with ``rng`` and nothing else.

        Raises:
            DataError: a file that the task reads cannot be used.
        """
        raise NotImplementedError

    def references(self, data: Data) -> tuple[Reference, ...]:
        """The lines for the loss panel, for the ``data`` that this task generated."""
        return ()


def carry_setting() -> Any:
    """The field ``carry_state`` of a task whose sequences are windows of one series."""
    return setting(
        False,
        "Carry state",
        "Start each sequence in the state that the one before ended in, instead of at zero. "
        "Every epoch begins at zero.",
    )

"""Tasks that ask for a number or a bit shown long before: the adding problem and recall of one bit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.data.tasks.base import Data, Kind, Reference, Sequences, Task
from rnn.model.batch import Classes, Mask
from rnn.settings import setting


class Memory(Task):
    """Independent sequences, each drawn from the generator, with a few scored time steps near their ends."""

    display = "memory"
    continuous = False
    carry_state = False
    sequences: int
    validation_sequences: int

    def generate(self, rng: Generator) -> Data:
        train = self.draw(rng, self.sequences)
        held_out = self.draw(rng, self.validation_sequences) if self.validation_sequences else None
        classes = self.class_names()
        return Data(train, held_out, len(classes) or 1, self.input_names(), classes)

    def draw(self, rng: Generator, count: int) -> Sequences:
        """``count`` sequences."""
        raise NotImplementedError

    def input_names(self) -> tuple[str, ...]:
        """What each input feature is called; a symbol has one character, a distractor a small one."""
        raise NotImplementedError

    def class_names(self) -> tuple[str, ...]:
        """What each answer is called; empty where the answer is a number."""
        return ()


def sequences_setting(default: int) -> Any:
    """The field ``sequences`` of a memory task."""
    return setting(
        default,
        "Sequences",
        "Different sequences that one epoch trains on.",
        minimum=1,
        maximum=100_000,
    )


def held_out_setting() -> Any:
    """The field ``validation_sequences`` of a memory task."""
    return setting(
        500,
        "Held out",
        "Sequences that are never trained on and measure the validation loss and the accuracy; 0 is none.",
        minimum=0,
        maximum=100_000,
        unit="sequences",
    )


def last_steps(T: int, N: int, scored: int) -> Mask:
    """(T, N): the last ``scored`` steps of every sequence."""
    mask: Mask = np.zeros((T, N), dtype=bool)
    mask[-scored:] = True
    return mask


@dataclass(frozen=True, slots=True)
class Adding(Memory):
    """The sum of two marked numbers among ``delay`` numbers, asked at the last time step.

    Each time step shows a number, uniform on [0, 1), and a marker that is 1 at one step of the first half and
    at one of the second half, and 0 elsewhere (Hochreiter and Schmidhuber 1997, section 5.4, with the numbers
    and the target of Le, Jaitly and Hinton 2015, section 4.1). An answer within 0.04 counts as right, which
    is the error that Hochreiter and Schmidhuber allow.
    """

    name: ClassVar[str] = "adding"
    preset: ClassVar[str] = "adding"
    title: ClassVar[str] = "Adding problem"
    tolerance: ClassVar[float | None] = 0.04

    delay: int = setting(
        30,
        "Delay",
        "Time steps of a sequence. One number of the first half and one of the second are marked, and to be "
        "remembered up to the last, where their sum is asked.",
        minimum=2,
        maximum=10_000,
        unit="time steps",
    )
    sequences: int = sequences_setting(5_000)
    validation_sequences: int = held_out_setting()

    def draw(self, rng: Generator, count: int) -> Sequences:
        T, N = self.delay, count
        values, markers = rng.random((T, N)), np.zeros((T, N))
        for low, high in ((0, T // 2), (T // 2, T)):
            markers[rng.integers(low, high, N), np.arange(N)] = 1.0
        y = np.zeros((T, N, 1))
        y[-1, :, 0] = (values * markers).sum(axis=0)
        return Sequences(np.stack((values, markers), axis=2), y, last_steps(T, N, 1))

    def input_names(self) -> tuple[str, ...]:
        return ("value", "marker")

    def references(self, data: Data) -> tuple[Reference, ...]:
        """Each of the two numbers has the variance 1/12, which remains where it is not known."""
        return (Reference("chance: always 1", 1.0 / 6.0), Reference("knows one of the two", 1.0 / 12.0))


@dataclass(frozen=True, slots=True)
class Recall(Memory):
    """One bit, shown as −1 or +1 at the first time step and asked ``delay`` steps later, with noise between.

    The simplest memory there is: a bit to be latched against noise (after Bengio, Simard and Frasconi 1994,
    section II).
    """

    name: ClassVar[str] = "recall"
    preset: ClassVar[str] = "temporal-order"
    title: ClassVar[str] = "Recall of one bit"
    targets: ClassVar[tuple[Kind, ...]] = ("classes",)

    delay: int = setting(
        20,
        "Delay",
        "Time steps from the one that shows the bit to the one that asks.",
        minimum=1,
        maximum=10_000,
        unit="time steps",
    )
    noise: float = setting(
        0.2,
        "Noise σ",
        "Standard deviation of the Gaussian noise at every time step after the first; the bit is -1 or +1.",
        minimum=0.0,
        maximum=100.0,
    )
    sequences: int = sequences_setting(1_000)
    validation_sequences: int = held_out_setting()

    def draw(self, rng: Generator, count: int) -> Sequences:
        T = self.delay + 1
        bits = rng.integers(0, 2, count)
        x: Array = rng.normal(0.0, self.noise, (T, count, 1))
        x[0, :, 0] = 2.0 * bits - 1.0
        y: Classes = np.zeros((T, count), dtype=np.int64)
        y[-1] = bits
        return Sequences(x, y, last_steps(T, count, 1))

    def input_names(self) -> tuple[str, ...]:
        return ("value",)

    def class_names(self) -> tuple[str, ...]:
        return ("−1", "+1")

    def references(self, data: Data) -> tuple[Reference, ...]:
        return (Reference("chance", math.log(2.0)),)

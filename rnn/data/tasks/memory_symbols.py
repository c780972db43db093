"""Tasks that ask for symbols shown long before: copy memory and temporal order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import ascii_uppercase
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from rnn.data.tasks.base import Data, Kind, Reference, Sequences
from rnn.data.tasks.memory import Memory, held_out_setting, last_steps, sequences_setting
from rnn.errors import ConfigError
from rnn.settings import Settings, setting

BLANK, GO = "·", "?"


@dataclass(frozen=True, slots=True)
class CopyMemory(Memory):
    """Symbols to be said again in their order, ``delay`` time steps after the last of them.

    ``recalled`` symbols, ``delay`` − 1 blanks, a go mark, and as many blanks as symbols, in which they are
    asked: delay + 2·recalled time steps (Arjovsky, Shah and Bengio 2016, section 4.1, after Hochreiter and
    Schmidhuber 1997). Only the steps that ask count, so chance is ln(symbols).
    """

    name: ClassVar[str] = "copy-memory"
    preset: ClassVar[str] = "copy-memory"
    title: ClassVar[str] = "Copy memory"
    targets: ClassVar[tuple[Kind, ...]] = ("classes",)

    delay: int = setting(
        20,
        "Delay",
        "Time steps between the last symbol and the first answer; the last of them shows the go mark.",
        minimum=1,
        maximum=10_000,
        unit="time steps",
    )
    recalled: int = setting(
        10, "Recalled", "Symbols that are shown and asked for again.", minimum=1, maximum=1_000
    )
    symbols: int = setting(
        8, "Symbols", "Different symbols, each as likely as the others.", minimum=2, maximum=26
    )
    sequences: int = sequences_setting(2_000)
    validation_sequences: int = held_out_setting()

    def draw(self, rng: Generator, count: int) -> Sequences:
        R, T = self.recalled, self.delay + 2 * self.recalled
        shown = rng.integers(0, self.symbols, (R, count))
        x = np.full((T, count), self.symbols)
        x[:R] = shown
        x[T - R - 1] = self.symbols + 1
        y = np.zeros((T, count), dtype=np.int64)
        y[-R:] = shown
        return Sequences(x, y, last_steps(T, count, R), symbols=self.symbols + 2)

    def input_names(self) -> tuple[str, ...]:
        return (*self.class_names(), BLANK, GO)

    def class_names(self) -> tuple[str, ...]:
        return tuple(ascii_uppercase[: self.symbols])

    def references(self, data: Data) -> tuple[Reference, ...]:
        return (Reference("chance", math.log(self.symbols)),)


@dataclass(frozen=True, slots=True)
class TemporalOrder(Memory):
    """In which order two symbols A or B came, among distractors a to d, asked at the sequence's last step.

    A sequence has T time steps, drawn anew for each from ``shortest`` to ``delay``; the first of the two
    stands in [T/10, 2T/10] and the second in [4T/10, 5T/10], which makes the classes AA, AB, BA and BB
    (task 6a of Hochreiter and Schmidhuber 1997, in the variant of Pascanu, Mikolov and Bengio 2013, section
    4.1). After its end a sequence is filled up with blanks, which stand nowhere else.
    """

    name: ClassVar[str] = "temporal-order"
    preset: ClassVar[str] = "temporal-order"
    title: ClassVar[str] = "Temporal order"
    targets: ClassVar[tuple[Kind, ...]] = ("classes",)

    shortest: int = setting(
        20,
        "Delay from",
        "Time steps of the shortest sequences; the order is asked at the last of them.",
        minimum=10,
        maximum=10_000,
        unit="time steps",
    )
    delay: int = setting(
        50,
        "Delay up to",
        "Time steps of the longest sequences; the order is asked at the last of them.",
        minimum=10,
        maximum=10_000,
        unit="time steps",
    )
    sequences: int = sequences_setting(5_000)
    validation_sequences: int = held_out_setting()

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if self.delay < self.shortest:
            reason = f"must be at least task.shortest, which is {self.shortest:,}, not {self.delay:,}"
            raise ConfigError("task.delay", reason)

    @property
    def shortest_steps(self) -> int | None:
        return self.shortest if self.shortest < self.delay else None

    def draw(self, rng: Generator, count: int) -> Sequences:
        T, places = self.delay, np.arange(count)
        ends = rng.integers(self.shortest, T, count, endpoint=True)
        x = 2 + rng.integers(0, 4, (T, count))
        letters = rng.integers(0, 2, (2, count))
        for letter, first, last in zip(letters, (1, 4), (2, 5), strict=True):
            # Time steps count from 1, and places in an array from 0.
            x[rng.integers(-(-first * ends // 10), last * ends // 10, endpoint=True) - 1, places] = letter
        steps = np.arange(1, T + 1)[:, None]
        x[steps > ends] = len(self.input_names()) - 1
        y = np.where(steps == ends, 2 * letters[0] + letters[1], 0)
        return Sequences(x, y, steps == ends, symbols=len(self.input_names()))

    def input_names(self) -> tuple[str, ...]:
        return ("A", "B", "a", "b", "c", "d", BLANK)

    def class_names(self) -> tuple[str, ...]:
        return ("AA", "AB", "BA", "BB")

    def references(self, data: Data) -> tuple[Reference, ...]:
        return (Reference("chance", math.log(4.0)), Reference("knows one of the two", math.log(2.0)))

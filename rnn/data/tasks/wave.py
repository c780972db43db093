"""What all waves have in common: windows of one long series, their noise, and what is known of their loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.data.tasks.base import Data, Reference, Sequences, Task, carry_setting
from rnn.model.batch import Classes
from rnn.settings import setting

SAME = 9  # decimals in which two noise-free values are taken to be the same
NEGLIGIBLE = 1e-12


def sequences_setting() -> Any:
    """The field ``sequences`` of a task that can make as many as are asked for."""
    return setting(
        100,
        "Sequences",
        "How many sequences one epoch trains on, one update each.",
        minimum=1,
        maximum=100_000,
    )


def length_setting(default: int) -> Any:
    """The field ``length`` of a task that predicts the next point."""
    return setting(
        default,
        "Points a sequence",
        "Points in one sequence. The network sees all but the last and predicts all but the first.",
        minimum=2,
        maximum=10_000,
    )


def span_setting(default: float, help: str) -> Any:
    """The field ``span``: how much of the wave is in one sequence."""
    return setting(default, "Half-waves", help, above=0.0, maximum=1_000.0, unit="π")


def noise_setting(scale: str) -> Any:
    """The field ``noise``; ``scale`` says what it is to be compared with."""
    return setting(
        0.008,
        "Noise σ",
        f"Standard deviation of the Gaussian noise on every point; {scale}.",
        minimum=0.0,
        maximum=100.0,
    )


def held_out_setting() -> Any:
    """The field ``validation_sequences``."""
    return setting(
        20,
        "Held out",
        "Sequences that are never trained on and measure the validation loss; 0 is none.",
        minimum=0,
        maximum=100_000,
        unit="sequences",
    )


class Windows(Task):
    """Base of tasks whose sequences are consecutive windows of one long series, plus Gaussian noise.

    The last point of a window is the first of the next; each has noise of its own. The inputs are all points
    but the last, the targets all but the first, so T = length − 1. The held-out sequences go on where the
    training sequences end.
    """

    sequences: int
    length: int
    noise: float
    validation_sequences: int

    def clean(self, count: int) -> Array:
        """(length, count): the first ``count`` sequences without noise."""
        raise NotImplementedError

    def generate(self, rng: Generator) -> Data:
        points = self.clean(self.sequences + self.validation_sequences)
        points = points + rng.normal(0.0, self.noise, points.shape)
        train = next_point(points[:, : self.sequences])
        if self.validation_sequences == 0:
            return Data(train, None, outputs=1)
        return Data(train, next_point(points[:, self.sequences :]), outputs=1)

    def references(self, data: Data) -> tuple[Reference, ...]:
        """Mean square errors of simple predictors over the training sequences, and the floors.

        Each is the mean over the noise-free points plus what the noise adds: σ² for always zero, 2σ² for
        the last value. Lines at 0 are left out.
        """
        variance = self.noise**2
        points = self.clean(self.sequences)
        lines = [
            Reference("always zero", float(np.mean(points[1:] ** 2)) + variance),
            Reference("repeat the last value", float(np.mean(np.diff(points, axis=0) ** 2)) + 2.0 * variance),
            *self.recurrences(),
            Reference("noise floor σ²", variance, floor=True),
        ]
        if not self.carry_state and (ambiguity := start_ambiguity(points)) > NEGLIGIBLE:
            lines.append(Reference("floor from a zero start", variance + ambiguity, floor=True))
        return tuple(line for line in lines if line.loss > 0.0)

    def recurrences(self) -> tuple[Reference, ...]:
        """The lines of formulas that predict this wave exactly where there is no noise."""
        return ()


@dataclass(frozen=True, slots=True)
class Wave(Windows):
    """Base of the waves that have a formula; a subclass gives ``wave``."""

    sequences: int = sequences_setting()
    length: int = length_setting(41)
    span: float = span_setting(
        4.0, "Half-waves of the wave in one sequence; 2 is one whole period. Fractions are possible."
    )
    noise: float = noise_setting("the wave's amplitude is 1")
    validation_sequences: int = held_out_setting()
    carry_state: bool = carry_setting()

    def wave(self, phase: Array) -> Array:
        """The wave without noise, ``phase`` half-waves after its beginning."""
        raise NotImplementedError

    def clean(self, count: int) -> Array:
        return self.wave(self.phase(np.arange(count)))

    def phase(self, numbers: Classes) -> Array:
        """(length, N): the half-waves before each point of the windows of these numbers, counted from 0.

        A whole number is met exactly, so that a jump has one side.
        """
        points = numbers * (self.length - 1) + np.arange(self.length)[:, None]
        return np.asarray(points * self.span / (self.length - 1))


def windows(series: Array, length: int, count: int) -> Array:
    """(length, count): the first ``count`` windows of a series; each begins where the one before ended."""
    return np.asarray(series[np.arange(count) * (length - 1) + np.arange(length)[:, None]])


def next_point(points: Array) -> Sequences:
    """The sequences that ask for the next of the (length, N) ``points``: T = length − 1, one feature."""
    return Sequences(
        np.ascontiguousarray(points[:-1, :, None]),
        np.ascontiguousarray(points[1:, :, None]),
    )


def start_ambiguity(points: Array) -> float:
    """What a start at zero adds to the least possible mean square error over (length, N) noise-free points.

    Sequences that have been the same up to a time step may differ in the next point. The best answer there
    is the mean over them, and their variance remains. For the article's sine, whose sequences all begin at
    height 0 and go up or down, it is sin²(π/10)/10.
    """
    # The rows come out sorted, so those that begin alike are neighbours.
    rows, index, counts = np.unique(np.round(points, SAME).T, axis=0, return_index=True, return_counts=True)
    targets = points[1:, index]
    new = np.zeros(len(rows), dtype=bool)
    left = 0.0
    for step, target in enumerate(targets):
        new[1:] |= rows[1:, step] != rows[:-1, step]
        group = np.cumsum(new)
        if group[-1] == len(rows) - 1:
            break
        mean = np.bincount(group, counts * target) / np.bincount(group, counts)
        left += float(np.sum(counts * (target - mean[group]) ** 2))
    return float(left / (points.shape[1] * len(targets)))

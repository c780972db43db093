"""The article's task: predict the next point of a noisy sine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.settings import setting
from rnn.tasks.base import Data, Reference, Sequences, Task


@dataclass(frozen=True, slots=True)
class Sine(Task):
    """Sequence n is sin on ``length`` points from n·span·π to (n+1)·span·π inclusive, plus Gaussian noise.

    The inputs are all points but the last, the targets all but the first, so T = length − 1.
    The held-out sequences go on where the training sequences end.
    """

    name: ClassVar[str] = "sine"
    title: ClassVar[str] = "Noisy sine"

    sequences: int = setting(
        100,
        "Sequences",
        "How many sequences one epoch trains on, one update each.",
        minimum=1,
        maximum=100_000,
    )
    length: int = setting(
        11,
        "Points a sequence",
        "Points in one sequence. The network sees all but the last and predicts all but the first.",
        minimum=2,
        maximum=10_000,
    )
    span: float = setting(
        1.0,
        "Half-waves",
        "Half-waves of the sine in one sequence; 1 is from one zero to the next.",
        above=0.0,
        maximum=1_000.0,
        unit="π",
    )
    noise: float = setting(
        0.008,
        "Noise σ",
        "Standard deviation of the Gaussian noise on every point; the amplitude is 1.",
        minimum=0.0,
        maximum=100.0,
    )
    validation_sequences: int = setting(
        20,
        "Held out",
        "Sequences that are never trained on and measure the validation loss; 0 is none.",
        minimum=0,
        maximum=100_000,
    )
    carry_state: bool = setting(
        False,
        "Carry state",
        "Start each sequence in the state that the one before ended in, instead of at zero. "
        "Every epoch begins at zero.",
    )

    @property
    def step(self) -> float:
        """ω: the angle in radians from one point to the next."""
        return self.span * np.pi / (self.length - 1)

    def generate(self, rng: Generator) -> Data:
        points = self.clean(self.sequences + self.validation_sequences)
        points = points + rng.normal(0.0, self.noise, points.shape)
        x, y = points[:-1, :, None], points[1:, :, None]
        n = self.sequences
        train = Sequences(np.ascontiguousarray(x[:, :n]), np.ascontiguousarray(y[:, :n]))
        if self.validation_sequences == 0:
            return Data(train, None)
        return Data(train, Sequences(np.ascontiguousarray(x[:, n:]), np.ascontiguousarray(y[:, n:])))

    def clean(self, count: int) -> Array:
        """(length, count): the first ``count`` sequences without noise."""
        start = np.arange(count) * self.span * np.pi
        return np.asarray(np.sin(np.linspace(start, start + self.span * np.pi, self.length)))

    def references(self) -> tuple[Reference, ...]:
        """Mean square errors of simple predictors over the training sequences, and the floors.

        Over whole half-waves of amplitude 1, with noise σ: 1/2 + σ² for always zero and
        1 − cos ω + 2σ² for the last value; σ²(2 + 4 cos² ω) for x_{t+1} = 2 cos ω x_t − x_{t−1}.
        """
        variance, cosine = self.noise**2, math.cos(self.step)
        points = self.clean(self.sequences)
        lines = [
            Reference("always zero", float(np.mean(points[1:] ** 2)) + variance),
            Reference("repeat the last value", float(np.mean(np.diff(points, axis=0) ** 2)) + 2.0 * variance),
            Reference("noise-free recurrence", variance * (2.0 + 4.0 * cosine**2)),
            Reference("noise floor σ²", variance, floor=True),
        ]
        if not self.carry_state and (ambiguity := self.first_step_ambiguity()) > 1e-12:
            lines.append(Reference("floor from a zero start", variance + ambiguity, floor=True))
        return tuple(line for line in lines if line.mse > 0.0)

    def first_step_ambiguity(self) -> float:
        """What a zero start adds to the floor: one point does not say whether the wave goes up or down.

        Among the sequences that begin at the same height, the targets of the first step differ; the best
        answer is their mean, and their variance remains, once in T steps. For the article sin²(π/10)/10.
        """
        first, second = self.clean(self.sequences)[:2]
        _, group = np.unique(np.round(first, 9), return_inverse=True)
        size = np.bincount(group)
        mean = np.bincount(group, second) / size
        return float(np.mean((second - mean[group]) ** 2) / (self.length - 1))

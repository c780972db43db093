"""The article's task: predict the next point of a noisy sine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.data.tasks.base import Reference
from rnn.data.tasks.wave import Wave, length_setting, noise_setting, span_setting


@dataclass(frozen=True, slots=True)
class Sine(Wave):
    """Sequence n is sin on ``length`` points from n·span·π to (n+1)·span·π inclusive, plus Gaussian noise."""

    name: ClassVar[str] = "sine"
    preset: ClassVar[str] = "article"
    title: ClassVar[str] = "Noisy sine"

    length: int = length_setting(11)
    span: float = span_setting(1.0, "Half-waves of the sine in one sequence; 1 is from one zero to the next.")
    noise: float = noise_setting("the amplitude is 1")

    @property
    def step(self) -> float:
        """ω: the angle in radians from one point to the next."""
        return self.span * np.pi / (self.length - 1)

    def clean(self, count: int) -> Array:
        start = np.arange(count) * self.span * np.pi
        return np.asarray(np.sin(np.linspace(start, start + self.span * np.pi, self.length)))

    def recurrences(self) -> tuple[Reference, ...]:
        """σ²(2 + 4 cos² ω) for x_{t+1} = 2 cos ω x_t − x_{t−1}."""
        label, loss = "exact two-point rule, fed with noisy points", 2.0 + 4.0 * math.cos(self.step) ** 2
        return (Reference(label, self.noise**2 * loss, column="noise-free recurrence"),)

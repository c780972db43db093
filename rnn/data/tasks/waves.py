"""Waves that are harder than a sine: two at once, with jumps, dying away, or changing their frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.data.tasks.wave import Wave
from rnn.settings import setting

ROUNDING = 1e-9  # half-waves: a jump that is this near has been passed


@dataclass(frozen=True, slots=True)
class TwoSines(Wave):
    """sin πp + a·sin πrp at p half-waves: the second sine has the amplitude a and r times the frequency."""

    name: ClassVar[str] = "two-sines"
    title: ClassVar[str] = "Two sines"

    second_frequency: float = setting(
        1.6,
        "Second frequency",
        "The frequency of the second sine as a multiple of the first.",
        above=0.0,
        maximum=100.0,
        unit="×",
    )
    second_amplitude: float = setting(
        0.5,
        "Second amplitude",
        "The amplitude of the second sine; that of the first is 1.",
        minimum=0.0,
        maximum=100.0,
    )

    def wave(self, phase: Array) -> Array:
        second = self.second_amplitude * np.sin(np.pi * self.second_frequency * phase)
        return np.asarray(np.sin(np.pi * phase) + second)


@dataclass(frozen=True, slots=True)
class Square(Wave):
    """1 in the first half-wave, −1 in the second, and so on; a point on a jump has the new value."""

    name: ClassVar[str] = "square"
    title: ClassVar[str] = "Square wave"

    def wave(self, phase: Array) -> Array:
        return np.asarray(1.0 - 2.0 * (np.floor(phase + ROUNDING) % 2.0))


@dataclass(frozen=True, slots=True)
class Sawtooth(Wave):
    """Rises evenly from −1 to 1 and falls back at once, every two half-waves; it begins at 0.

    A point on a jump has the new value, −1.
    """

    name: ClassVar[str] = "sawtooth"
    title: ClassVar[str] = "Sawtooth"

    def wave(self, phase: Array) -> Array:
        periods = (phase + 1.0) / 2.0
        return np.asarray(2.0 * (periods - np.floor(periods + ROUNDING)) - 1.0)


@dataclass(frozen=True, slots=True)
class Damped(Wave):
    """e^(−dp)·sin πp at p half-waves after a stroke, with the damping d.

    It is struck anew, at p = 0, at the first point of every ``strike``-th sequence; the held-out sequences
    go on in the same order.
    """

    name: ClassVar[str] = "damped"
    title: ClassVar[str] = "Damped wave"

    damping: float = setting(
        0.4,
        "Damping",
        "The amplitude shrinks by e to the power of this over each half-wave; 0.4 leaves 67 % of it.",
        minimum=0.0,
        maximum=100.0,
    )
    strike: int = setting(
        1,
        "Struck every",
        "Sequences from one stroke, at full amplitude, to the next; with 1 each begins with one.",
        minimum=1,
        maximum=100_000,
        unit="sequences",
    )

    def wave(self, phase: Array) -> Array:
        return np.asarray(np.exp(-self.damping * phase) * np.sin(np.pi * phase))

    def clean(self, count: int) -> Array:
        return self.wave(self.phase(np.arange(count) % self.strike))


@dataclass(frozen=True, slots=True)
class Chirp(Wave):
    """A sine whose frequency rises or falls evenly over a sweep, and then begins anew.

    At p half-waves of the first frequency after the beginning of a sweep that is P long it is
    sin π(p + (r − 1)p²/2P), with r the last frequency as a multiple of the first.
    """

    name: ClassVar[str] = "chirp"
    title: ClassVar[str] = "Chirp"

    end_frequency: float = setting(
        4.0,
        "End frequency",
        "The frequency at the end of a sweep as a multiple of that at its beginning, which Half-waves sets.",
        above=0.0,
        maximum=100.0,
        unit="×",
    )
    sweep: int = setting(
        1,
        "Sweep over",
        "Sequences in one sweep; the next one begins with a sweep of its own.",
        minimum=1,
        maximum=100_000,
        unit="sequences",
    )

    def wave(self, phase: Array) -> Array:
        rise = (self.end_frequency - 1.0) / (2.0 * self.span * self.sweep)
        return np.asarray(np.sin(np.pi * (phase + rise * phase**2)))

    def clean(self, count: int) -> Array:
        return self.wave(self.phase(np.arange(count) % self.sweep))

"""A chaotic series: predict the next point of the Mackey-Glass equation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.data.tasks.base import carry_setting
from rnn.data.tasks.wave import (
    Windows,
    held_out_setting,
    length_setting,
    noise_setting,
    sequences_setting,
    windows,
)
from rnn.errors import ConfigError
from rnn.settings import setting

BETA, GAMMA, POWER = 0.2, 0.1, 10
BEGINNING = 1.2  # the value at all times up to 0
STEP = 0.1  # time units, at most
TRANSIENT, MEASURED = 1_000, 5_000  # time units that are left out; over which mean and deviation are taken
LONGEST = 1_000_000  # time units


@dataclass(frozen=True, slots=True)
class MackeyGlass(Windows):
    """The Mackey-Glass series, sampled every ``interval`` time units, plus Gaussian noise.

    The equation is ``mackey_glass``; the first 1,000 time units are left out. The values are standardised:
    the mean is subtracted and the result divided by the standard deviation, both of the noise-free series
    over the 5,000 time units that follow, so that they depend on the delay alone and a mean square error
    is one in units of the series' variance, as is usual for it.
    """

    name: ClassVar[str] = "mackey-glass"
    title: ClassVar[str] = "Mackey-Glass"

    sequences: int = sequences_setting()
    length: int = length_setting(41)
    interval: float = setting(
        1.0,
        "Sampled every",
        "Time from one point to the next; 1 and 6 are usual.",
        minimum=0.01,
        maximum=1_000.0,
        unit="time units",
    )
    tau: float = setting(
        17.0,
        "Delay τ",
        "How far back the equation looks. From 5 to about 16 it repeats itself, at 17 it is mildly chaotic, "
        "at 30 strongly.",
        minimum=5.0,
        maximum=100.0,
        unit="time units",
    )
    noise: float = noise_setting("the series has the standard deviation 1")
    validation_sequences: int = held_out_setting()
    carry_state: bool = carry_setting()

    def __post_init__(self) -> None:
        Windows.__post_init__(self)
        time = (self.sequences + self.validation_sequences) * (self.length - 1) * self.interval
        if time > LONGEST:
            raise ConfigError(
                "task.interval",
                f"with this many points makes {time:,.0f} time units; there can be up to {LONGEST:,}",
            )

    def clean(self, count: int) -> Array:
        measured = mackey_glass(self.tau, TRANSIENT + np.arange(float(MEASURED)))
        times = TRANSIENT + self.interval * np.arange(count * (self.length - 1) + 1.0)
        points = mackey_glass(self.tau, times)
        return windows((points - measured.mean()) / measured.std(), self.length, count)


def mackey_glass(tau: float, times: Array) -> Array:
    """The solution of dx/dt = β x(t − τ) / (1 + x(t − τ)ⁿ) − γ x(t) that is 1.2 up to time 0.

    β = 0.2, γ = 0.1, n = 10 (Mackey and Glass, Oscillation and chaos in physiological control systems,
    Science 197, 1977). The classical Runge-Kutta method of fourth order with a fixed step of at most 0.1
    that divides τ; values between two of its points by the cubic through both values and slopes.

    Arguments:
        times: any, from 0 on.
    """
    steps = math.ceil(tau / STEP)
    h = tau / steps
    blocks = math.floor(float(np.max(times)) / tau) + 1
    x, slope = np.empty(blocks * steps + 1), np.empty(blocks * steps + 1)
    # Within one delay all that the equation looks back to is known, and it is linear in x: what Runge-Kutta
    # does to dx/dt = −γx + g(t) is x_{i+1} = a x_i + c_i, so that x_i / aⁱ is a sum.
    z = -GAMMA * h
    a = 1.0 + z + z**2 / 2.0 + z**3 / 6.0 + z**4 / 24.0
    powers = a ** np.arange(steps + 1)
    first, middle = 1.0 + z + z**2 / 2.0 + z**3 / 4.0, 4.0 + 2.0 * z + z**2 / 2.0
    delayed, delayed_slope, start = np.full(steps + 1, BEGINNING), np.zeros(steps + 1), BEGINNING
    for block in range(blocks):
        half = (delayed[:-1] + delayed[1:]) / 2.0 + h / 8.0 * (delayed_slope[:-1] - delayed_slope[1:])
        g, g_half = _production(delayed), _production(half)
        c = h / 6.0 * (first * g[:-1] + middle * g_half + g[1:])
        part = slice(block * steps, (block + 1) * steps + 1)
        x[part] = powers * (start + np.concatenate(([0.0], np.cumsum(c / powers[1:]))))
        slope[part] = g - GAMMA * x[part]
        delayed, delayed_slope, start = x[part], slope[part], float(x[part][-1])
    return _between(x, slope, h, times)


def _production(x: Array) -> Array:
    return np.asarray(BETA * x / (1.0 + x**POWER))


def _between(x: Array, slope: Array, h: float, times: Array) -> Array:
    """Cubic Hermite interpolation of values and slopes at the times 0, h, 2h, …"""
    place = times / h
    i = np.minimum(place.astype(np.int64), len(x) - 2)
    s = place - i
    rise = x[i + 1] - x[i]
    bend_left, bend_right = h * slope[i] - rise, rise - h * slope[i + 1]
    return np.asarray(x[i] + s * rise + s * (1.0 - s) * ((1.0 - s) * bend_left + s * bend_right))

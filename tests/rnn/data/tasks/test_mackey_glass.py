"""Mackey-Glass: against a plain Euler integration, its own equation, and what is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.array import Array
from rnn.data.tasks import Data
from rnn.data.tasks.mackey_glass import MackeyGlass, mackey_glass
from rnn.errors import ConfigError
from tests.counting import calls


def euler(tau: float, per_unit: int, until: int) -> Array:
    """The values at the times 0, 1, 2, …, by the smallest steps that are still quick."""
    back, x = round(tau * per_unit), [1.2]
    for i in range(until * per_unit):
        past = x[i - back] if i >= back else 1.2
        x.append(x[i] + (0.2 * past / (1.0 + past**10) - 0.1 * x[i]) / per_unit)
    return np.array(x[::per_unit])


@pytest.mark.parametrize("tau", [17.0, 6.5, 30.0])
def test_it_is_what_euler_steps_tend_to(tau: float) -> None:
    # The error of Euler's method halves with its step: twice the finer less the coarser has almost none.
    coarse, fine = euler(tau, 200, 120), euler(tau, 400, 120)
    found = mackey_glass(tau, np.arange(121.0))
    assert np.abs(found - (2.0 * fine - coarse)).max() < 2e-5
    assert np.abs(found - fine).max() < 0.02


def test_it_solves_its_equation_between_the_steps_too() -> None:
    tau, e = 17.3, 1e-3
    times = np.random.default_rng(0).uniform(20.0, 500.0, 500)
    slope = (mackey_glass(tau, times + e) - mackey_glass(tau, times - e)) / (2 * e)
    now, past = mackey_glass(tau, times), mackey_glass(tau, times - tau)
    np.testing.assert_allclose(slope, 0.2 * past / (1 + past**10) - 0.1 * now, atol=1e-5)


def test_the_times_may_be_any() -> None:
    times = np.array([500.0, 0.0, 17.0, 0.05, 33.999999])
    whole = mackey_glass(17.0, np.append(times, 900.0))
    np.testing.assert_allclose(mackey_glass(17.0, times), whole[:-1], rtol=1e-12)
    assert whole[1] == 1.2


def test_with_a_delay_of_17_it_stays_between_02_and_14_and_never_repeats() -> None:
    x = mackey_glass(17.0, 1000.0 + np.arange(20_000.0))
    assert 0.2 < x.min() < 0.45
    assert 1.28 < x.max() < 1.4
    distance = [np.abs(x[:10_000] - x[lag : lag + 10_000]).max() for lag in range(30, 3_000)]
    assert min(distance) > 0.1


def test_a_short_delay_comes_to_rest_at_1_and_a_middle_one_repeats_itself() -> None:
    np.testing.assert_allclose(mackey_glass(4.0, np.linspace(2000.0, 2100.0, 50)), 1.0, atol=1e-9)
    x = mackey_glass(8.0, np.linspace(9000.0, 9100.0, 4001))
    rises = np.flatnonzero((x[:-1] < 1.0) & (x[1:] >= 1.0))
    period = rises[1] - rises[0]
    assert x.std() > 0.1
    assert np.abs(x[period:2000] - x[: 2000 - period]).max() < 0.01


@pytest.mark.parametrize("task", [MackeyGlass(), MackeyGlass(sequences=3, length=7, interval=6.0, tau=30.0)])
def test_the_task_is_the_standardised_series_after_its_transients(task: MackeyGlass) -> None:
    reference = mackey_glass(task.tau, np.arange(1000.0, 6000.0))
    points = task.clean(task.sequences)
    times = 1000.0 + task.interval * np.arange(task.sequences * (task.length - 1) + 1.0)
    raw = np.concatenate([points[:1, 0], *points[1:].T]) * reference.std() + reference.mean()
    np.testing.assert_allclose(raw, mackey_glass(task.tau, times), atol=1e-12)


def test_over_a_long_series_the_mean_is_0_and_the_deviation_1() -> None:
    points = MackeyGlass(sequences=200).clean(200)
    assert abs(points.mean()) < 0.01
    assert points.std() == pytest.approx(1.0, abs=0.01)


def test_a_hundred_thousand_points_are_made_in_few_calls() -> None:
    task = MackeyGlass(sequences=2_500, validation_sequences=0)
    made: list[Data] = []
    assert calls(lambda: made.append(task.generate(np.random.default_rng(0)))) < 100_000
    assert made[0].train.x.size == 100_000


def test_more_time_than_can_be_held_is_refused() -> None:
    with pytest.raises(ConfigError) as refusal:
        MackeyGlass(sequences=1000, validation_sequences=0, length=101, interval=11.0)
    assert str(refusal.value) == (
        "task.interval with this many points makes 1,100,000 time units; there can be up to 1,000,000"
    )

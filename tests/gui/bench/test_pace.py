"""How many updates are due at a rate."""

import math

import pytest

from gui.bench.pace import Pace


def test_full_speed_is_always_due() -> None:
    pace = Pace(None)
    pace.start(10.0)
    assert pace.due(10.0) == math.inf
    assert pace.seconds_to_next(10.0) == 0.0


def test_the_first_update_is_due_at_once_and_the_next_after_one_period() -> None:
    pace = Pace(4.0)
    pace.start(100.0)
    assert pace.due(100.0) == 1
    pace.done(1)
    assert pace.due(100.2) == 0
    assert pace.seconds_to_next(100.2) == pytest.approx(0.05)
    assert pace.due(100.25) == 1


def test_over_time_the_rate_is_kept_whatever_the_size_of_the_bursts() -> None:
    pace, made, now = Pace(1000.0), 0, 0.0
    pace.start(now)
    while now < 2.0:
        due = int(pace.due(now))
        pace.done(due)
        made += due
        now += 0.0133
    assert made == pytest.approx(2000, abs=20)


def test_what_a_slow_machine_owes_is_forgotten() -> None:
    pace = Pace(100.0)
    pace.start(0.0)
    assert pace.due(60.0) == 1
    pace.done(1)
    assert pace.due(60.02) == 2

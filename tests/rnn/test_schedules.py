"""The schedules, by their formulas over updates and epochs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.config import TrainingConfig
from rnn.schedules import SCHEDULES

AN_EPOCH = 7


def factors(name: str, updates: int, **settings: float) -> list[float]:
    training = TrainingConfig(schedule=name, **settings)  # type: ignore[arg-type]
    return [SCHEDULES[name].factor(training, update, AN_EPOCH) for update in range(updates)]


def test_constant_is_one() -> None:
    assert factors("constant", 30) == [1.0] * 30


def test_step_multiplies_after_every_so_many_epochs() -> None:
    expected = [1.0] * 14 + [0.5] * 14 + [0.25] * 14
    assert factors("step", 42, step_epochs=2, step_factor=0.5) == expected


def test_cosine_falls_from_one_over_the_run_and_begins_anew_after_it() -> None:
    found = factors("cosine", 42, epochs=3)
    expected = [0.5 * (1.0 + math.cos(math.pi * update / 21)) for update in range(21)]
    assert found == pytest.approx(expected * 2, abs=1e-15)
    assert found[0] == found[21] == 1.0


def test_warm_up_rises_in_a_line_and_stays() -> None:
    found = factors("warm-up", 20, warmup_epochs=2)
    assert found == pytest.approx([*((update + 1) / 14 for update in range(14)), *[1.0] * 6], abs=1e-15)


def test_every_schedule_reads_settings_that_there_are_and_has_a_title_of_its_own() -> None:
    known = TrainingConfig().values()
    for schedule in SCHEDULES.values():
        assert set(schedule.settings) <= set(known)
    assert len({schedule.title for schedule in SCHEDULES.values()}) == len(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_many_factors_at_once_are_those_of_each_update_by_itself(name: str) -> None:
    schedule, training = SCHEDULES[name], TrainingConfig(schedule=name, epochs=5)
    at_once = schedule.factors(training, 3, 60, AN_EPOCH)
    one_by_one = [schedule.factors(training, update, 1, AN_EPOCH)[0] for update in range(3, 63)]
    np.testing.assert_array_equal(at_once, one_by_one)
    each = [schedule.factor(training, update, AN_EPOCH) for update in range(3, 63)]
    np.testing.assert_allclose(at_once, each, rtol=1e-15, atol=1e-16)

"""The schedules, by their formulas over updates and epochs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.config import RunConfig, TrainingConfig
from rnn.errors import ConfigError
from rnn.optimizing.schedules import SCHEDULES
from rnn.settings import declarations

AN_EPOCH = 7


def factors(name: str, updates: int, epochs: int = 9, **settings: float) -> list[float]:
    schedule = SCHEDULES[name](**settings)
    return schedule.factors(np.arange(updates), AN_EPOCH, epochs).tolist()


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


def test_every_schedule_has_a_title_of_its_own_and_its_settings_are_those_of_the_training() -> None:
    names = [name for schedule in SCHEDULES.values() for name, _, _ in declarations(schedule)]
    assert names == ["step_epochs", "step_factor", "warmup_epochs"]
    known = [name for name, _, _ in declarations(TrainingConfig)]
    assert known[3:6] == names
    assert known[2] == "schedule"
    assert len({schedule.title for schedule in SCHEDULES.values()}) == len(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_learning_rate_is_so_many_times_the_factor_at_once_and_one_by_one(name: str) -> None:
    training = RunConfig().with_values({"training.schedule": name, "training.epochs": 5}).training
    at_once = training.learning_rates(np.arange(3, 63), AN_EPOCH)
    each = [training.learning_rates(np.array([update]), AN_EPOCH)[0] for update in range(3, 63)]
    np.testing.assert_array_equal(at_once, each)
    np.testing.assert_array_equal(at_once, 0.2 * np.array(factors(name, 63, 5)[3:]))


def test_a_setting_of_its_own_is_declared_with_the_schedule_alone() -> None:
    config = RunConfig().with_values({"training.schedule": "step", "training.step_epochs": "3"})
    assert config.training.values()["step_epochs"] == 3
    found = config.training.learning_rates(np.arange(4 * AN_EPOCH), AN_EPOCH)
    np.testing.assert_allclose(found, [0.2] * 3 * AN_EPOCH + [0.02] * AN_EPOCH)
    with pytest.raises(ConfigError, match="step_epochs must be from 1 to 10,000,000, not 0"):
        config.with_values({"training.step_epochs": 0})
    with pytest.raises(ConfigError, match="step_epochs must be 10 with the schedule cosine, not 3"):
        config.with_values({"training.schedule": "cosine", "training.step_epochs": 3})

"""A training has failed by one rule: at once, or for good, or at its end."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.data.tasks import Reference
from rnn.training.outcome import Course
from rnn.training.scalars import EpochResult, Scalars

CONFIG = RunConfig()
ZERO = (Reference("always zero", 0.5), Reference("noise floor σ²", 0.1, floor=True))


def course(losses: list[float], *epochs: float) -> Course:
    made = Course(ZERO)
    results = tuple(EpochResult(n, n, loss, None, None) for n, loss in enumerate(epochs, start=1))
    limits = np.full(len(losses), np.inf)
    made.receive(Scalars(1, np.array(losses), np.ones(len(losses)), limits, results))
    return made


def kind(made: Course, rests: bool = True, fraction: float = 1.0, divergence: str = "") -> str | None:
    failure = made.failure(CONFIG, divergence, rests, fraction)
    return None if failure is None else failure.kind


def test_a_run_that_has_only_begun_has_not_failed() -> None:
    assert kind(Course(ZERO)) is None
    assert kind(course([5.0] * 20, 5.0), rests=False) is None
    assert kind(course([5.0] * 20, 5.0), fraction=0.4) is None
    assert kind(course([1e9] * 3)) is None  # a spike may pass


def test_it_has_at_its_end_where_it_is_above_the_simplest_rule() -> None:
    assert kind(course([5.0] * 20, 5.0)) == "no better than the simplest rule"
    assert kind(course([5.0] * 20, 0.49)) is None
    assert kind(course([5.0] * 20, 5.0, 0.49)) is None


@pytest.mark.parametrize("rests", [True, False])
def test_it_has_at_once_where_it_is_blown_up_or_diverged(rests: bool) -> None:
    blown = course([1.0, *[101.0] * 10])
    assert kind(blown, rests, 0.1) == "blown up"
    blown.receive(Scalars(12, np.array([0.4]), np.ones(1), np.ones(1), ()))
    assert kind(blown, rests, 0.1) is None
    assert kind(course([1.0]), rests, 0.1, "Training diverged in epoch 1") == "diverged"


def test_what_to_try_is_from_its_own_figures() -> None:
    made = Course(ZERO)
    made.receive(Scalars(1, np.r_[1.0, np.full(10, 200.0)], np.r_[np.full(10, 3.0), 1e6], np.ones(11), ()))
    config = CONFIG.with_values({"training.learning_rate": 0.5, "model.spectral_radius": 4.0})
    failure = made.failure(config, "", True, 1.0)
    assert failure is not None
    assert "a learning rate of 0.050 instead of 0.50" in failure.sentence
    assert "clip norm at 3.0, for the gradient's norm began at 3.0 and came to 1·10⁶" in failure.sentence
    assert "a spectral radius of 1 instead of 4" in failure.sentence


def test_a_task_without_a_rule_is_judged_by_its_own_beginning_alone() -> None:
    made = Course(())
    made.receive(Scalars(1, np.r_[1.0, np.full(10, 200.0)], np.ones(11), np.ones(11), ()))
    assert kind(made) == "blown up"

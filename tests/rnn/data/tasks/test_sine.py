"""The sine task: the article's data by its formula, and the reference lines by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data.tasks import Data
from rnn.data.tasks.sine import Sine
from tests.rnn.cases import golden


def generated(task: Sine, seed: int = 0) -> Data:
    return task.generate(np.random.default_rng(seed))


def lines(task: Sine) -> dict[str, float]:
    return {line.label: line.loss for line in task.references(generated(task))}


def test_without_noise_it_is_the_articles_formula() -> None:
    data = generated(Sine(noise=0.0)).train
    assert data.x.shape == data.y.shape == (10, 100, 1)
    for n in (0, 1, 50, 99):
        points = np.sin(np.linspace(n * np.pi, (n + 1) * np.pi, 11))
        np.testing.assert_allclose(data.x[:, n, 0], points[:10], atol=1e-12)
        np.testing.assert_allclose(data.y[:, n, 0], points[1:], atol=1e-12)


def test_it_differs_from_the_articles_data_by_noise_alone() -> None:
    clean = generated(Sine(noise=0.0)).train.x.swapaxes(0, 1)
    noise = golden("article_data")["x"] - clean
    assert noise.std() == pytest.approx(0.008, rel=0.1)
    assert np.abs(noise).max() < 0.008 * 5


def test_the_noise_has_the_standard_deviation_asked_for_and_is_shared_by_target_and_next_input() -> None:
    noisy, clean = (
        generated(Sine(sequences=2000, noise=0.3)).train,
        generated(Sine(sequences=2000, noise=0)).train,
    )
    noise = noisy.x - clean.x
    assert noise.std() == pytest.approx(0.3, rel=0.02)
    assert noise.mean() == pytest.approx(0.0, abs=0.01)
    np.testing.assert_array_equal(noisy.x[1:], noisy.y[:-1])


def test_held_out_sequences_go_on_where_training_ends() -> None:
    data = generated(Sine(sequences=3, validation_sequences=2, noise=0.0, span=0.5))
    longer = generated(Sine(sequences=5, noise=0.0, span=0.5))
    assert data.validation is not None
    np.testing.assert_array_equal(data.validation.x, longer.train.x[:, 3:])
    np.testing.assert_array_equal(data.validation.y, longer.train.y[:, 3:])
    assert generated(Sine(validation_sequences=0)).validation is None


@settings(max_examples=25)
@given(st.integers(1, 9), st.integers(2, 9), st.floats(0.01, 20.0), st.integers(0, 4))
def test_every_setting_gives_data_of_its_shape(
    sequences: int, length: int, span: float, held_out: int
) -> None:
    task = Sine(sequences=sequences, length=length, span=span, validation_sequences=held_out)
    data = generated(task)
    assert data.train.x.shape == data.train.y.shape == (length - 1, sequences, 1)
    assert (data.train.count, data.train.steps) == (sequences, length - 1)
    assert (data.validation.count if data.validation else 0) == held_out
    step = span * math.pi / (length - 1)
    assert task.step == pytest.approx(step)
    assert all(math.isfinite(loss) and loss > 0.0 for loss in lines(task).values())


def test_a_batch_holds_the_sequences_asked_for() -> None:
    data = generated(Sine()).train
    batch = data.batch(slice(98, 100))
    np.testing.assert_array_equal(batch.x, data.x[:, 98:])
    np.testing.assert_array_equal(batch.y, data.y[:, 98:])
    assert (batch.scored, batch.scores, data.end(98)) == (None, 20, 10)


def test_the_articles_reference_lines_are_the_known_figures() -> None:
    found, variance, cosine = lines(Sine()), 0.008**2, math.cos(math.pi / 10)
    assert found == {
        "always zero": pytest.approx(0.5 + variance, rel=1e-12),
        "repeat the last value": pytest.approx(1.0 - cosine + 2.0 * variance, rel=1e-12),
        "exact two-point rule, fed with noisy points": pytest.approx(
            variance * (2.0 + 4.0 * cosine**2), rel=1e-12
        ),
        "noise floor σ²": pytest.approx(variance, rel=1e-12),
        "floor from a zero start": pytest.approx(variance + math.sin(math.pi / 10) ** 2 / 10, rel=1e-9),
    }
    assert lines(Sine())["floor from a zero start"] == pytest.approx(0.00955 + variance, abs=1e-5)
    assert [line.label for line in Sine().references(generated(Sine())) if line.floor] == [
        "noise floor σ²",
        "floor from a zero start",
    ]


@pytest.mark.parametrize(
    "task",
    [
        Sine(sequences=4000, noise=0.1, length=21, span=2.0),
        Sine(sequences=4000, noise=0.3, length=8, span=0.7),
        Sine(sequences=4000, noise=0.05, length=4, span=1.0),
    ],
    ids=lambda task: f"span {task.span}, σ {task.noise}",
)
def test_the_simple_predictors_reach_their_lines_in_a_simulation(task: Sine) -> None:
    data, found = generated(task, 1).train, lines(task)
    x, y = data.x[..., 0], data.y[..., 0]
    assert np.mean(y**2) == pytest.approx(found["always zero"], rel=0.03)
    assert np.mean((y - x) ** 2) == pytest.approx(found["repeat the last value"], rel=0.03)
    recurrence = 2.0 * math.cos(task.step) * x[1:] - x[:-1]
    assert np.mean((y[1:] - recurrence) ** 2) == pytest.approx(
        found["exact two-point rule, fed with noisy points"], rel=0.05
    )
    clean = task.clean(task.sequences)[1:]
    assert np.mean((y - clean) ** 2) == pytest.approx(found["noise floor σ²"], rel=0.03)


def test_the_lines_hold_for_a_few_short_sequences_too() -> None:
    task = Sine(sequences=1, length=6, span=0.2, noise=0.0, validation_sequences=0)
    data, found = generated(task).train, lines(task)
    assert found["always zero"] == pytest.approx(np.mean(data.y**2), rel=1e-12)
    assert found["repeat the last value"] == pytest.approx(np.mean((data.y - data.x) ** 2), rel=1e-12)


def test_the_floor_from_a_zero_start_is_what_the_best_answer_to_one_point_leaves() -> None:
    # Every sequence begins at height 0 and goes up or down: the best first answer is in between.
    data = generated(Sine(noise=0.0)).train
    best = data.y.copy()
    best[0] = data.y[0].mean()
    assert np.mean((best - data.y) ** 2) == pytest.approx(
        lines(Sine(noise=0.0))["floor from a zero start"], rel=1e-9
    )


@pytest.mark.parametrize("task", [Sine(carry_state=True), Sine(span=2.0), Sine(sequences=1)])
def test_there_is_no_such_floor_where_the_first_point_says_all_or_the_state_is_carried(task: Sine) -> None:
    assert "floor from a zero start" not in lines(task)


def test_without_noise_lines_at_zero_are_left_out() -> None:
    assert "noise floor σ²" not in lines(Sine(noise=0.0))
    assert "exact two-point rule, fed with noisy points" not in lines(Sine(noise=0.0))

"""The waves: each by a formula written another way, its windows, its noise and its reference lines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.data.tasks import TASKS, Data
from rnn.data.tasks.mackey_glass import MackeyGlass
from rnn.data.tasks.sine import Sine
from rnn.data.tasks.wave import Wave, Windows, start_ambiguity
from rnn.data.tasks.waves import Chirp, Damped, Sawtooth, Square, TwoSines
from rnn.errors import ConfigError

WAVES: list[type[Wave]] = [TwoSines, Square, Sawtooth, Damped, Chirp]
ALL: list[type[Windows]] = [*WAVES, Sine, MackeyGlass]


def generated(task: Windows, seed: int = 0) -> Data:
    return task.generate(np.random.default_rng(seed))


def lines(task: Windows) -> dict[str, float]:
    return {line.label: line.loss for line in task.references(generated(task))}


def series(task: Windows) -> Array:
    """The noise-free points of all training sequences, each shared point once."""
    points = task.clean(task.sequences)
    return np.concatenate([points[:, 0], *points[1:, 1:].T])


@pytest.mark.parametrize("task", ALL)
def test_every_wave_is_listed_under_its_name(task: type[Windows]) -> None:
    assert TASKS[task.name] is task
    assert (task.readouts(), task.display, task.continuous) == (("mse",), "numbers", True)


def test_two_sines_are_the_sum_of_two() -> None:
    points = series(TwoSines(second_frequency=2.5, second_amplitude=0.3, sequences=7))
    n = np.arange(len(points))
    np.testing.assert_allclose(points, np.sin(n * np.pi / 10) + 0.3 * np.sin(n * np.pi / 4), atol=1e-12)


def test_a_square_wave_is_as_long_up_as_down_and_a_jump_has_the_new_value() -> None:
    points = series(Square(sequences=5, length=11, span=2.0))  # five points a half-wave
    np.testing.assert_array_equal(points[:-1], ([1.0] * 5 + [-1.0] * 5) * 5)
    assert points[-1] == 1.0


@pytest.mark.parametrize(("span", "length"), [(0.1, 2), (0.3, 4), (0.7, 8), (1.0, 7), (1.1, 12)])
def test_rounding_does_not_move_a_jump(span: float, length: int) -> None:
    half = round((length - 1) / span)
    points = series(Square(sequences=200, length=length, span=span))
    n = np.arange(len(points))
    np.testing.assert_array_equal(points, np.where(n // half % 2 == 0, 1.0, -1.0))
    ramp = series(Sawtooth(sequences=200, length=length, span=span))
    np.testing.assert_allclose(ramp, (n + half) % (2 * half) / half - 1.0, atol=1e-9)


def test_a_damped_oscillation_loses_the_same_share_in_each_half_wave() -> None:
    task = Damped(sequences=6, length=21, span=2.0, damping=0.4, strike=3)
    points = task.clean(6)
    np.testing.assert_array_equal(points[:, :3], points[:, 3:])
    blow = np.concatenate([points[:, 0], points[1:, 1], points[1:, 2]])
    peaks = blow[5::10]
    np.testing.assert_allclose(peaks[1:] / peaks[:-1], -np.exp(-0.4), rtol=1e-9)
    assert blow[0] == 0.0
    assert blow[5] == pytest.approx(math.exp(-0.2), rel=1e-12)


def test_a_damped_oscillation_is_alive_in_every_sequence() -> None:
    assert np.abs(Damped().clean(120)).max(axis=0).min() > 0.8
    assert np.abs(Damped(strike=3).clean(120)).max(axis=0).min() > 0.03


@pytest.mark.parametrize(("sweep", "last"), [(1, 4.0), (5, 3.0), (2, 0.5)])
def test_a_chirp_goes_evenly_from_the_first_frequency_to_the_last(sweep: int, last: float) -> None:
    task = Chirp(sequences=2 * sweep, length=2001, span=8.0, end_frequency=last, sweep=sweep)
    points = task.clean(2 * sweep)
    np.testing.assert_array_equal(points[:, :sweep], points[:, sweep:])
    one = np.concatenate([points[:, 0], *points[1:, 1:sweep].T])
    zeros = np.flatnonzero(np.diff(np.signbit(one)))
    places = zeros + one[zeros] / (one[zeros] - one[zeros + 1])
    halves = np.diff(places) / (2000 / 8.0)  # in half-waves of the first frequency
    middles = (places[:-1] + places[1:]) / 2 / (2000 * sweep)
    np.testing.assert_allclose(1.0 / halves, 1.0 + (last - 1.0) * middles, rtol=0.01)
    assert len(zeros) == pytest.approx(8.0 * sweep * (1.0 + last) / 2.0, abs=1.0)


@pytest.mark.parametrize("task", ALL)
def test_windows_share_their_end_points_and_the_held_out_ones_go_on(task: type[Windows]) -> None:
    made = task(sequences=6, validation_sequences=3, noise=0.0)  # type: ignore[call-arg]
    data = generated(made)
    assert data.validation is not None
    assert data.train.x.shape == data.train.y.shape == (made.length - 1, 6, 1)
    assert data.outputs == 1
    x = np.concatenate([data.train.x, data.validation.x], axis=1)
    y = np.concatenate([data.train.y, data.validation.y], axis=1)
    np.testing.assert_array_equal(x[1:], y[:-1])
    np.testing.assert_allclose(y[-1, :-1], x[0, 1:], atol=1e-9)  # each but Sine meets it exactly
    alone = generated(task(sequences=6, validation_sequences=0, noise=0.0))  # type: ignore[call-arg]
    np.testing.assert_array_equal(alone.train.x, data.train.x)
    assert alone.validation is None


@pytest.mark.parametrize("task", ALL)
def test_the_noise_is_what_was_asked_for_and_comes_from_the_seed_alone(task: type[Windows]) -> None:
    made = task(sequences=300, noise=0.2)  # type: ignore[call-arg]
    clean = made.clean(300)
    data = generated(made, 3).train
    noise = np.concatenate([data.x, data.y[-1:]])[..., 0] - clean
    assert noise.std() == pytest.approx(0.2, rel=0.05)
    assert abs(noise.mean()) < 0.02
    np.testing.assert_array_equal(generated(made, 3).train.x, data.x)
    assert not np.array_equal(generated(made, 4).train.x, data.x)


@pytest.mark.parametrize("task", ALL)
@pytest.mark.parametrize("carry_state", [False, True])
def test_the_simple_predictors_reach_their_lines_in_a_simulation(
    task: type[Windows], carry_state: bool
) -> None:
    made = task(sequences=600, noise=0.3, carry_state=carry_state)  # type: ignore[call-arg]
    data, found = generated(made, 1), lines(made)
    x, y = data.train.x[..., 0], data.train.y[..., 0]
    assert np.mean(y**2) == pytest.approx(found["always zero"], rel=0.04)
    assert np.mean((y - x) ** 2) == pytest.approx(found["repeat the last value"], rel=0.04)
    assert np.mean((y - made.clean(600)[1:]) ** 2) == pytest.approx(found["noise floor σ²"], rel=0.04)
    assert ("floor from a zero start" in found) <= (not carry_state)


def test_the_floor_from_a_zero_start_is_what_the_best_answer_to_each_beginning_leaves() -> None:
    task = Square(sequences=90, length=14, span=1.3, noise=0.0)
    points = task.clean(90)
    left = 0.0
    for step in range(13):
        answers: dict[bytes, list[float]] = {}
        for n in range(90):
            answers.setdefault(points[: step + 1, n].tobytes(), []).append(points[step + 1, n])
        left += sum(float(np.var(answer)) * len(answer) for answer in answers.values())
    assert left > 1.0
    assert lines(task)["floor from a zero start"] == pytest.approx(left / (90 * 13), rel=1e-9)


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=1, max_size=8))
def test_no_answer_from_the_beginning_alone_is_below_the_ambiguity(waves: list[list[int]]) -> None:
    points = np.array(waves, dtype=float).T
    best = 0.0
    for step in range(3):
        for n in range(points.shape[1]):
            alike = (points[: step + 1] == points[: step + 1, n : n + 1]).all(axis=0)
            best += (points[step + 1, n] - points[step + 1, alike].mean()) ** 2
    assert start_ambiguity(points) == pytest.approx(best / (3 * points.shape[1]), abs=1e-12)


@settings(max_examples=40)
@given(
    st.sampled_from(WAVES), st.integers(1, 6), st.integers(2, 9), st.floats(0.01, 1000.0), st.integers(0, 3)
)
def test_every_setting_gives_finite_data_of_its_shape(
    task: type[Wave], sequences: int, length: int, span: float, held_out: int
) -> None:
    made = task(sequences=sequences, length=length, span=span, validation_sequences=held_out)
    data = generated(made)
    assert data.train.x.shape == data.train.y.shape == (length - 1, sequences, 1)
    assert np.isfinite(data.train.x).all()
    assert np.abs(made.clean(sequences)).max() <= 1.5 + 1e-9
    assert (data.validation.count if data.validation else 0) == held_out
    assert all(math.isfinite(loss) and loss > 0.0 for loss in lines(made).values())


@pytest.mark.parametrize(
    ("task", "key", "value"),
    [
        (TwoSines, "second_frequency", 0.0),
        (TwoSines, "second_amplitude", -1.0),
        (Damped, "damping", -0.1),
        (Damped, "strike", 0),
        (Chirp, "end_frequency", 0.0),
        (Chirp, "sweep", 0),
        (MackeyGlass, "tau", 4.0),
        (MackeyGlass, "interval", 0.0),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name(task: type[Windows], key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"^task\.{key} must be "):
        task(**{key: value})


@pytest.mark.parametrize("task", ALL)
def test_the_common_settings_come_in_one_order(task: type[Windows]) -> None:
    names = list(task().values())
    common = ["sequences", "length", "noise", "validation_sequences", "carry_state"]
    assert [names.index(name) for name in common] == sorted(names.index(name) for name in common)

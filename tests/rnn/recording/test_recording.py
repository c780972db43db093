"""What is written down of a run: every scalar, what was done to it, and checkpoints under a budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.errors import ConfigError
from rnn.recording import Recorder, Recording, Replay, Series, series
from rnn.recording.recording import BESIDE, SHARE, SPACING
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.trainer import Trainer
from tests.rnn.cases import small
from tests.rnn.cuts import bits, trainer_with
from tests.rnn.recording.recorded import changes, gone_to, recorded, stopped
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")


def test_a_recording_has_the_scalars_of_every_update_and_epoch() -> None:
    recorder = recorded(small(), Numpy)
    scalars, whole = recorder.recording.scalars, trainer_with(small(), Numpy).advance()
    np.testing.assert_array_equal(scalars["loss"].recent, whole.loss)
    np.testing.assert_array_equal(scalars["grad_norm"].recent, whole.grad_norm)
    np.testing.assert_array_equal(scalars["train_loss"].recent, [epoch.train_loss for epoch in whole.epochs])
    held_out = [epoch.validation_loss for epoch in whole.epochs]
    np.testing.assert_array_equal(scalars["validation_loss"].recent, held_out)
    assert np.isnan(scalars["accuracy"].recent).all()


def test_a_recording_tells_what_was_done_when_and_by_whom() -> None:
    events = changes(Trainer(small()))
    recorder = recorded(small(), Numpy, events)
    assert recorder.recording.events == tuple(events)
    assert recorder.recording.engine == "numpy"
    assert recorder.recording.config == small()
    with pytest.raises(ConfigError):
        recorder.order("set_live", "training.batch", 3, by="a person")
    assert len(recorder.recording.events) == len(events)


def test_recording_changes_no_bit_of_the_run() -> None:
    events = changes(Trainer(small()))
    recorder = recorded(small(), Compiled, events, seed=4)
    assert bits(recorder.trainer.state()) == bits(stopped(small(), Compiled, events, 10**6).state())


def test_a_run_that_waits_for_its_engine_costs_no_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnn.training.trainer.choose", lambda *_: None)
    recorder = Recorder(Trainer(small()))
    recorder.advance(seconds=0.0)
    assert (recorder.recording.seconds, recorder.recording.engine, recorder.recording.update) == (
        0.0,
        None,
        0,
    )


@pytest.mark.parametrize("budget", [0, 20_000, 100_000])
def test_checkpoints_stay_within_their_budget_and_the_first_one_stays(budget: int) -> None:
    config = small(training__epochs=60)
    trainer, recording = trainer_with(config, Numpy), Recording(config, budget)
    recording.keep(trainer.state(), 0.0)
    while not trainer.finished:
        recording.add(trainer.advance(1), SPACING)
        if recording.is_due:
            recording.keep(trainer.state(), 0.0)
        assert sum(checkpoint.size for checkpoint in recording.checkpoints) <= max(budget, 3000)
    updates = [checkpoint.state.update for checkpoint in recording.checkpoints]
    assert updates[0] == 0
    if budget:
        assert len(updates) > 0.4 * budget / recording.checkpoints[-1].size
        gaps = np.diff(updates)
        assert gaps.max() < 1.5 * gaps.min()  # no stretch of the run is without
    recording.engine = "numpy"
    replay = Replay(recording, trainer.twin())
    gone_to(replay, 333)
    assert bits(replay.trainer.state()) == bits(stopped(config, Numpy, [], 333).state())


def test_a_checkpoint_is_due_after_so_much_training_and_less_often_where_it_is_dear() -> None:
    def due_after(recording: Recording) -> float:
        recording.keep(state, cost)
        seconds = 0.0
        while not recording.is_due:
            recording.seconds += 0.01
            seconds += 0.01
        return seconds

    state, cost = Trainer(small()).state(), 1e-6
    assert due_after(Recording(small())) == pytest.approx(SPACING, abs=0.011)
    dear, cost = Recording(small()), 0.015
    assert due_after(dear) == pytest.approx(cost / SHARE, abs=0.011)
    cost = 1e-6  # the first one was held up by something else
    assert due_after(dear) == pytest.approx(SPACING, abs=0.011)
    assert dear.checkpoints[0].size == state.size + BESIDE


def test_the_checkpoint_before_an_update_is_the_last_one_there_is() -> None:
    recorder = recorded(small(training__epochs=20), Numpy)
    updates = [checkpoint.state.update for checkpoint in recorder.recording.checkpoints]
    assert updates == sorted(updates)
    for update in range(141):
        wanted = max(there for there in updates if there <= update)
        assert recorder.recording.before(update).state.update == wanted


def test_a_long_run_is_told_by_the_least_the_greatest_and_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "RECENT", 1000)
    monkeypatch.setattr(series, "SPARE", 100)
    monkeypatch.setattr(series, "MOST_BINS", 64)
    values = np.random.default_rng(0).normal(size=20_000)
    found = Series()
    for part in np.split(values, np.sort(np.random.default_rng(1).integers(0, 20_000, 300))):
        found.extend(part)
        assert found.older.shape[1] <= 64 + 70
    assert len(found) == 20_000
    assert 1000 <= len(found.recent) <= 1100 + found.width
    np.testing.assert_array_equal(found.recent, values[-len(found.recent) :])
    rows = values[: -len(found.recent)].reshape(-1, found.width)
    np.testing.assert_array_equal(found.older[:2], [rows.min(axis=1), rows.max(axis=1)])
    np.testing.assert_allclose(found.older[2], rows.mean(axis=1), atol=1e-12)


@given(lengths=st.lists(st.integers(0, 5000), max_size=20))
@settings(max_examples=20)
def test_a_series_keeps_all_of_a_million(lengths: list[int]) -> None:
    values = np.arange(float(sum(lengths)))
    found = Series()
    for part in np.split(values, np.cumsum(lengths)):
        found.extend(part)
    np.testing.assert_array_equal(found.recent, values)

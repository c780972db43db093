"""Any moment of a recorded run can be had again, to the last bit, and everything measured there."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn.config.presets import load_preset
from rnn.errors import ScopeError
from rnn.observing.snapshot import Instant, SnapshotRequest
from rnn.recording import Recorder, Replay, Stored
from rnn.training.engines import ENGINES
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.numpy_engine import Numpy
from tests.rnn.cases import small
from tests.rnn.cuts import bits, trainer_with
from tests.rnn.recording.recorded import (
    EVERYTHING,
    assert_exact,
    changes,
    gone_to,
    measured,
    recorded,
    stopped,
)
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")

FAMILY: list[dict[str, Any]] = [
    {"task.carry_state": True, "model.cell": "lstm", "training.batch": 2, "training.optimizer": "adam"},
    {"training.shuffle": True, "training.batch": 3, "model.cell": "gru", "training.schedule": "cosine"},
    {"training.optimizer": "nesterov", "task.validation_sequences": 0, "training.schedule": "warm-up"},
]


@pytest.mark.parametrize("changed", FAMILY, ids=["carried", "shuffled", "plain"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_seek_comes_to_what_a_run_is_that_is_stopped_there(engine: str, changed: dict[str, Any]) -> None:
    config = small(training__learning_rate=0.01).with_values(changed)
    recording = assert_exact(config, ENGINES[engine], most=20)
    assert len(recording.checkpoints) > 3


def test_what_is_measured_there_is_what_was_measured_then() -> None:
    assert_exact(small(task__carry_state=True), Compiled, looks=True, most=4)


def test_a_preset_is_replayed_with_the_spacing_of_a_real_run() -> None:
    config = load_preset("article").config
    recording = assert_exact(config, Compiled, spacing=0.002, most=8)
    assert len(recording.checkpoints) >= 1


@pytest.fixture
def replay() -> Replay:
    recorder = recorded(small(training__epochs=40), Numpy)
    return Replay(recorder.recording, recorder.trainer.twin())


def test_a_seek_beyond_the_ends_comes_to_them(replay: Replay) -> None:
    gone_to(replay, 10**9)
    assert replay.instant.update == replay.last == 280
    gone_to(replay, -5)
    assert replay.instant.update == 0


def test_a_seek_that_is_dropped_stands_at_a_moment_that_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnn.recording.playback.SLICE", 0.0)  # an update at a time
    config = small(task__validation_sequences=0)
    recorder = recorded(config, Numpy, spacing=1e9)
    replay = Replay(recorder.recording, recorder.trainer.twin())
    way = replay.seek(20)
    told = [next(way) for _ in range(9)]
    way.close()
    assert replay.instant.update == 8
    np.testing.assert_allclose(told, np.arange(9) / 20)
    assert bits(replay.trainer.state()) == bits(stopped(config, Numpy, [], 8).state())
    assert next(replay.seek(11)) == 0.0
    assert replay.instant.update == 8  # it goes on from where it stood
    assert gone_to(replay, 5)[-1] == 1.0
    assert bits(replay.trainer.state()) == bits(stopped(config, Numpy, [], 5).state())


def test_the_first_that_a_seek_has_is_the_checkpoint_before() -> None:
    recorder = recorded(small(training__epochs=40), Numpy)
    replay = Replay(recorder.recording, recorder.trainer.twin())
    for update in (3, 100, 203):
        assert next(replay.seek(update)) == 0.0
        assert replay.instant.update == recorder.recording.before(update).state.update <= update


def test_an_estimate_is_longer_for_a_longer_way() -> None:
    recorder = recorded(small(training__epochs=40), Numpy, spacing=1e9)
    replay = Replay(recorder.recording, recorder.trainer.twin())
    estimates = [replay.estimate(update) for update in (0, 70, 140, 280)]
    assert estimates == sorted(estimates)
    assert estimates[0] == 0.0
    assert estimates[-1] == pytest.approx(recorder.recording.seconds)
    gone_to(replay, 140)
    assert replay.estimate(280) == pytest.approx(estimates[-1] - estimates[2])
    assert replay.estimate(70) == pytest.approx(estimates[1])


def test_a_run_that_goes_on_is_played_back_on_another_thread_and_neither_disturbs_the_other() -> None:
    config = small(training__epochs=100)
    recorder = Recorder(trainer_with(config, Numpy))
    recorder.recording._spacing = 0.0
    replay = Replay(recorder.recording, recorder.trainer.twin())
    found: list[tuple[int, Any]] = []
    done = threading.Event()

    def watch() -> None:
        rng = np.random.default_rng(0)
        while not done.is_set() or len(found) < 5:
            update = int(rng.integers(0, replay.last + 1))
            gone_to(replay, update)
            found.append((update, bits(replay.trainer.state())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    while not recorder.trainer.finished:
        recorder.advance(10)
    done.set()
    watcher.join()
    assert bits(recorder.trainer.state()) == bits(stopped(config, Numpy, [], 700).state())
    for update, state in found[:: max(1, len(found) // 12)]:
        assert state == bits(stopped(config, Numpy, [], update).state())


def test_a_run_that_diverged_is_replayed_up_to_its_last_update() -> None:
    config = small(model__nonlinearity="identity", training__learning_rate=1e6, training__epochs=60)
    recorder = recorded(config, Numpy)
    recording = recorder.recording
    assert recording.divergence is not None
    replay = Replay(recording, recorder.trainer.twin())
    gone_to(replay, recording.update)
    assert bits(replay.trainer.state()) == bits(stopped(config, Numpy, [], recording.update).state())
    assert recording.update == recording.divergence.update - 1


def test_a_run_that_comes_out_otherwise_is_told() -> None:
    recorder = recorded(small(), Numpy)
    other = trainer_with(small(training__epochs=1), Numpy)
    checkpoint = recorder.recording._checkpoints[0]
    state = replace(checkpoint.state, target_epochs=1)
    recorder.recording._checkpoints[:] = [replace(checkpoint, state=state)]
    with pytest.raises(ScopeError, match="Trained again, it came only to update 7 of 20"):
        gone_to(Replay(recorder.recording, other), 20)


def test_moments_that_are_stored_are_gone_to_with_nothing_between() -> None:
    config = small(task__carry_state=True)
    stops = [stopped(config, Numpy, [], update) for update in (0, 7, 9)]
    moments = [
        Instant(
            t.update, t.epoch, t.network.parameters.vector.copy(), t.before, dict(t.kept), t.config.training
        )
        for t in stops
    ]
    like = stops[0]
    stored = Stored(moments, like.network.twin(), like.data, like.batches, config.task.tolerance)
    assert (stored.last, stored.estimate(9)) == (9, 0.0)
    for update, stop in ((8, 1), (0, 0), (9, 2), (100, 2), (3, 0), (7, 1)):
        assert gone_to(stored, update) == [1.0]
        assert stored.instant is moments[stop]
        assert bits(measured(stored.snapshot)) == bits(measured(stops[stop].snapshot))


def test_both_sources_give_every_probe_the_same() -> None:
    config = small()
    recorder = recorded(config, Numpy, changes(trainer_with(config, Numpy)))
    replay = Replay(recorder.recording, recorder.trainer.twin())
    moments = []
    for update in (0, 5, 8, 22):
        gone_to(replay, update)
        now = replay.instant
        moments.append(replace(now, parameters=now.parameters.copy(), before=now.before.copy()))
    trainer = recorder.trainer
    stored = Stored(moments, trainer.network.twin(), trainer.data, trainer.batches, config.task.tolerance)
    for update in (8, 0, 22, 5):
        gone_to(replay, update)
        gone_to(stored, update)
        assert bits(measured(stored.snapshot)) == bits(measured(replay.snapshot))
    assert replay.snapshot(SnapshotRequest()).update == 5
    assert EVERYTHING.probes

"""The training thread: obeys at once, misses nothing, ends cleanly."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from gui.mailbox import State, Status
from gui.run import Run
from rnn.config import RunConfig
from rnn.presets import load_preset
from rnn.scalars import EpochResult, Scalars
from rnn.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.trainer import Trainer

ARTICLE = load_preset("article").config
LOOK = SnapshotRequest(sequence=2, span=2, probes=frozenset({"fit", "flow"}))


class Reader:
    """Stands where the window stands: takes what comes and keeps it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.begun: list[RunInfo] = []
        self.scalars: list[Scalars] = []
        self.snapshot: Snapshot | None = None
        self.status: Status | None = None

    def take(self) -> None:
        update = self.run.mailbox.take()
        if update.begun is not None:
            self.begun.append(update.begun)
            self.scalars.clear()
        self.scalars.extend(update.scalars)
        self.snapshot = update.snapshot or self.snapshot
        self.status = update.status or self.status

    def until(self, reached: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.perf_counter() + seconds
        while not reached():
            assert time.perf_counter() < end, f"not reached; the status is {self.status}"
            self.take()
            threading.Event().wait(0.002)

    def until_state(self, *states: State) -> None:
        self.until(lambda: self.status is not None and self.status.state in states)

    @property
    def mse(self) -> list[float]:
        return [value for part in self.scalars for value in part.mse]

    @property
    def epochs(self) -> list[EpochResult]:
        return [epoch for part in self.scalars for epoch in part.epochs]


@pytest.fixture
def make() -> Iterator[Callable[..., Reader]]:
    runs: list[Run] = []

    def make(config: RunConfig = ARTICLE, rate: float | None = None) -> Reader:
        runs.append(Run(config, rate, LOOK, frozenset({6, 9})))
        return Reader(runs[-1])

    yield make
    assert all(run.close(5.0) for run in runs)
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


def test_a_new_run_shows_its_first_moment_and_waits(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.until(lambda: reader.snapshot is not None)
    assert reader.begun[0].sequences == 100
    assert reader.snapshot is not None
    assert (reader.snapshot.update, reader.snapshot.sequence) == (0, 2)
    assert reader.status == Status("ready", 0, 9, 0, 0.0)


def test_watching_changes_no_bit_and_no_update_is_missed(make: Callable[..., Reader]) -> None:
    unwatched = Trainer(ARTICLE)
    expected = unwatched.advance()
    reader = make()
    reader.run.thread.go()
    reader.until_state("finished")
    assert reader.mse == expected.mse.tolist()
    assert reader.epochs == list(expected.epochs)
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.update == 900)
    assert reader.snapshot is not None
    np.testing.assert_array_equal(reader.snapshot.output, unwatched.snapshot(LOOK).output)


def test_steps_and_epochs_are_exact(make: Callable[..., Reader]) -> None:
    reader = make(rate=50.0)
    reader.run.thread.step()
    reader.until(lambda: len(reader.mse) == 1)
    reader.until_state("paused")
    reader.run.thread.set_rate(None)
    reader.run.thread.step_epoch()
    reader.until(lambda: len(reader.epochs) == 1)
    reader.until_state("paused")
    assert len(reader.mse) == 100
    assert reader.epochs[0].validation_mse is not None
    reader.run.thread.step_epoch()
    reader.until(lambda: len(reader.epochs) == 2)
    assert len(reader.mse) == 200


def test_every_step_counts_however_fast_they_come(make: Callable[..., Reader]) -> None:
    reader = make(rate=2000.0)
    for _ in range(25):
        reader.run.thread.step()
    reader.until(lambda: len(reader.mse) == 25)
    reader.until_state("paused")
    assert len(reader.mse) == 25


def test_a_finished_run_can_be_asked_for_more(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.go()
    reader.until_state("finished")
    reader.run.thread.go()
    reader.until(lambda: len(reader.mse) == 1800)
    reader.until(lambda: reader.status == Status("finished", 18, 18, 1800, 1.0))


def test_a_reset_begins_the_same_run_again(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.go()
    reader.until(lambda: len(reader.mse) >= 50)
    first = reader.mse[:50]
    reader.run.thread.reset()
    reader.until(lambda: len(reader.begun) == 2)
    reader.until_state("ready")
    assert reader.mse == []
    reader.run.thread.go()
    reader.until(lambda: len(reader.mse) >= 50)
    assert reader.mse[:50] == first


def test_a_rate_is_kept(make: Callable[..., Reader]) -> None:
    reader = make(rate=200.0)
    start = time.perf_counter()
    reader.run.thread.go()
    reader.until(lambda: len(reader.mse) >= 100)
    assert 0.4 < time.perf_counter() - start < 2.0


def test_live_settings_take_effect_at_the_next_update(make: Callable[..., Reader]) -> None:
    still = Trainer(ARTICLE)
    still.advance(updates=10)
    before = still.network.parameters.vector.copy()
    reader = make()
    for _ in range(10):
        reader.run.thread.step()
    reader.until(lambda: len(reader.mse) == 10)
    reader.run.thread.set_live("training.learning_rate", 0.0)
    reader.run.thread.step_epoch()
    reader.until(lambda: len(reader.mse) == 100)
    still.set_live("training.learning_rate", 0.0)
    assert reader.mse[10:] == still.advance(updates=90).mse.tolist()
    np.testing.assert_array_equal(still.network.parameters.vector, before)


def test_another_sequence_is_shown_while_nothing_moves(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.until(lambda: reader.snapshot is not None)
    reader.run.thread.look(SnapshotRequest(sequence=41))
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.sequence == 41)


def test_pinned_moments_come_with_the_snapshot_and_go(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.step()
    reader.until_state("paused")
    reader.run.thread.keep_now()

    def ghosts() -> list[str]:
        fit = reader.snapshot.probes["fit"] if reader.snapshot else None
        return list(getattr(fit, "ghosts", ()))

    reader.until(lambda: ghosts() == ["update 1"])
    reader.run.thread.forget("update 1")
    reader.until(lambda: ghosts() == [])


def test_a_divergence_pauses_at_once_and_says_where(make: Callable[..., Reader]) -> None:
    reader = make(ARTICLE.with_values({"training.learning_rate": 1e5}))
    reader.run.thread.go()
    reader.until_state("diverged")
    assert reader.status is not None
    assert "epoch 1, update" in reader.status.message
    assert np.isfinite(reader.mse).all()
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.update == len(reader.mse))
    assert reader.snapshot is not None
    assert np.isfinite(reader.snapshot.output).all()
    reader.run.thread.go()
    reader.run.thread.reset()
    reader.until_state("ready")


def test_what_nobody_foresaw_ends_in_a_sentence_and_a_log(
    make: Callable[..., Reader], caplog: pytest.LogCaptureFixture
) -> None:
    reader = make()
    reader.until_state("ready")
    with caplog.at_level(logging.ERROR):
        reader.run.thread.look(SnapshotRequest(probes=frozenset({"no such probe"})))
        reader.until_state("failed")
    assert reader.status is not None
    assert reader.status.message.startswith("Training stopped: KeyError")
    assert caplog.records[0].exc_info is not None


def test_any_orders_in_any_number_end_cleanly(make: Callable[..., Reader]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        reader = make(rate=[None, 1.0, 500.0][rng.integers(3)])
        thread = reader.run.thread
        orders = [thread.go, thread.pause, thread.step, thread.step_epoch, thread.reset, thread.keep_now]
        for _ in range(rng.integers(30)):
            orders[rng.integers(len(orders))]()
            if rng.random() < 0.3:
                reader.take()
        start = time.perf_counter()
        assert reader.run.close(5.0)
        assert time.perf_counter() - start < 1.0
        assert reader.run.close(0.0)

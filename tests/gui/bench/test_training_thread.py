"""The training thread: obeys at once, misses nothing, ends cleanly."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Semaphore

import numpy as np
import pytest

from gui.bench.driver import Driver
from gui.bench.mailbox import Notice, State, Status
from gui.bench.run import Run
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.errors import DataError, ScopeError
from rnn.model.network import Network
from rnn.observing.probes import PROBES, GradientCheck
from rnn.observing.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.trainer import Trainer
from rnn.weights import to_torch
from tests.gui.bench.measured import whole
from tests.waiting import PATIENCE, wait_for

ARTICLE = load_preset("article").config
ENDLESS = ARTICLE.with_values({"training.epochs": 1_000_000})
LOOK = SnapshotRequest(sequence=2, span=2, probes=frozenset({"fit", "flow"}))


class Reader:
    """Stands where the window stands: takes what comes and keeps it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.begun: list[RunInfo] = []
        self.scalars: list[Scalars] = []
        self.snapshot: Snapshot | None = None
        self.status: Status | None = None
        self.notices: list[Notice] = []

    def take(self) -> None:
        update = self.run.take()
        if update.begun is not None:
            self.begun.append(update.begun)
            self.scalars.clear()
        self.scalars.extend(update.scalars)
        self.snapshot = whole(update.snapshots, self.snapshot)
        self.status = update.status or self.status
        self.notices.extend(update.notices)

    def until(self, reached: Callable[[], bool]) -> None:
        def taken() -> bool:
            self.take()
            return reached()

        wait_for(lambda: reached() or taken(), lambda: f"the status is {self.status}")

    def until_state(self, *states: State) -> None:
        self.until(lambda: self.status is not None and self.status.state in states)

    @property
    def losses(self) -> list[float]:
        return [value for part in self.scalars for value in part.loss]

    @property
    def epochs(self) -> list[EpochResult]:
        return [epoch for part in self.scalars for epoch in part.epochs]


def fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError("planted")


@pytest.fixture
def make() -> Iterator[Callable[..., Reader]]:
    runs: list[Run] = []

    def make(config: RunConfig = ARTICLE, rate: float | None = None) -> Reader:
        runs.append(Run(config, rate, LOOK, Semaphore(1)))
        return Reader(runs[-1])

    yield make
    assert all(run.close(PATIENCE) for run in runs)
    wait_for(lambda: not [each for each in threading.enumerate() if each.name in ("training", "observing")])


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
    reader.run.thread.order(Driver.go)
    reader.until_state("finished")
    assert reader.losses == expected.loss.tolist()
    assert reader.epochs == list(expected.epochs)
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.update == 900)
    assert reader.snapshot is not None
    np.testing.assert_array_equal(reader.snapshot.output, unwatched.snapshot(LOOK).output)


def test_steps_and_epochs_are_exact(make: Callable[..., Reader]) -> None:
    reader = make(rate=50.0)
    reader.run.thread.order(Driver.step)
    reader.until(lambda: len(reader.losses) == 1)
    reader.until_state("paused")
    reader.run.thread.order(Driver.set_rate, None)
    reader.run.thread.order(Driver.step_epoch)
    reader.until(lambda: len(reader.epochs) == 1)
    reader.until_state("paused")
    assert len(reader.losses) == 100
    assert reader.epochs[0].validation_loss is not None
    reader.run.thread.order(Driver.step_epoch)
    reader.until(lambda: len(reader.epochs) == 2)
    assert len(reader.losses) == 200


def test_every_step_counts_however_fast_they_come(make: Callable[..., Reader]) -> None:
    reader = make(rate=2000.0)
    for _ in range(25):
        reader.run.thread.order(Driver.step)
    reader.until(lambda: len(reader.losses) == 25)
    reader.until_state("paused")
    assert len(reader.losses) == 25


def test_a_finished_run_can_be_asked_for_more(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.order(Driver.go)
    reader.until_state("finished")
    reader.run.thread.order(Driver.go)
    reader.until(lambda: len(reader.losses) == 1800)
    last = Status("finished", 18, 18, 1800, 1.0, engine="NumPy")
    reader.until(lambda: reader.status is not None and replace(reader.status, why="") == last)


def test_a_reset_begins_the_same_run_again(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.order(Driver.go)
    reader.until(lambda: len(reader.losses) >= 50)
    first = reader.losses[:50]
    reader.run.thread.order(Driver.reset)
    reader.until(lambda: len(reader.begun) == 2)
    reader.until_state("ready")
    assert reader.losses == []
    reader.run.thread.order(Driver.go)
    reader.until(lambda: len(reader.losses) >= 50)
    assert reader.losses[:50] == first


def test_a_rate_is_not_gone_beyond(make: Callable[..., Reader]) -> None:
    reader = make(rate=200.0)
    start = time.perf_counter()
    reader.run.thread.order(Driver.go)
    reader.until(lambda: len(reader.losses) >= 100)
    assert time.perf_counter() - start > 0.49


def test_live_settings_take_effect_at_the_next_update(make: Callable[..., Reader]) -> None:
    still = Trainer(ARTICLE)
    still.advance(updates=10)
    before = still.network.parameters.vector.copy()
    reader = make()
    for _ in range(10):
        reader.run.thread.order(Driver.step)
    reader.until(lambda: len(reader.losses) == 10)
    reader.run.thread.order(Driver.set_live, "training.learning_rate", 0.0)
    reader.run.thread.order(Driver.step_epoch)
    reader.until(lambda: len(reader.losses) == 100)
    still.set_live("training.learning_rate", 0.0)
    assert reader.losses[10:] == still.advance(updates=90).loss.tolist()
    np.testing.assert_array_equal(still.network.parameters.vector, before)


def test_another_sequence_is_shown_while_nothing_moves(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.until(lambda: reader.snapshot is not None)
    reader.run.thread.look(SnapshotRequest(sequence=41))
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.sequence == 41)


def test_pinned_moments_come_with_the_snapshot_and_go(make: Callable[..., Reader]) -> None:
    reader = make()
    reader.run.thread.order(Driver.step)
    reader.until_state("paused")
    reader.run.thread.order(Driver.keep_now)

    def ghosts() -> list[str]:
        fit = reader.snapshot.probes["fit"] if reader.snapshot else None
        return list(getattr(fit, "ghosts", ()))

    reader.until(lambda: ghosts() == ["update 1"])
    reader.run.thread.order(Driver.forget, "update 1")
    reader.until(lambda: ghosts() == [])


def test_a_divergence_pauses_at_once_and_says_where(make: Callable[..., Reader]) -> None:
    reader = make(ARTICLE.with_values({"training.learning_rate": 1e5}))
    reader.run.thread.order(Driver.go)
    reader.until_state("diverged")
    assert reader.status is not None
    assert "epoch 1, update" in reader.status.message
    assert np.isfinite(reader.losses).all()
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.update == len(reader.losses))
    assert reader.snapshot is not None
    assert np.isfinite(reader.snapshot.output).all()
    reader.run.thread.order(Driver.go)
    reader.run.thread.order(Driver.reset)
    reader.until_state("ready")


def test_what_nobody_foresaw_ends_in_a_sentence_and_a_log(
    make: Callable[..., Reader], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make()
    reader.until_state("ready")
    thread = reader.run.thread
    with caplog.at_level(logging.ERROR), monkeypatch.context() as planted:
        planted.setattr(Trainer, "advance", fail)
        thread.order(Driver.go)
        reader.until_state("failed")
    assert reader.status is not None
    assert reader.status.message == "Training stopped: ZeroDivisionError: planted"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_a_run_that_failed_can_be_reset_and_its_setting_put_back(
    make: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make()
    reader.until_state("ready")
    thread = reader.run.thread
    thread.order(Driver.step)
    reader.until_state("paused")
    first = list(reader.losses)
    with monkeypatch.context() as planted:
        planted.setattr(Trainer, "advance", fail)
        thread.order(Driver.set_live, "training.learning_rate", 0.5)
        thread.order(Driver.go)
        reader.until_state("failed")
    thread.order(Driver.go)  # what is left of it may be anything
    thread.order(Driver.set_live, "training.learning_rate", ARTICLE.training.learning_rate)
    thread.order(Driver.reset)
    reader.until_state("ready")
    reader.until(lambda: reader.snapshot is not None and reader.snapshot.update == 0)
    thread.order(Driver.go)
    reader.until_state("finished")
    assert reader.begun[-1].config == ARTICLE
    assert reader.losses == Trainer(ARTICLE).advance().loss.tolist()
    assert reader.losses[:1] == first


def test_a_probe_that_raises_ends_no_run_and_is_measured_again_when_it_is_asked_for(
    make: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    def moment() -> Snapshot:
        assert reader.snapshot is not None
        return reader.snapshot

    with monkeypatch.context() as planted:
        planted.setitem(PROBES, "flow", replace(PROBES["flow"], measure=fail))
        reader = make()
        thread = reader.run.thread
        reader.until(lambda: reader.snapshot is not None)
        assert moment().probes.keys() == {"fit"}
        assert [str(error) for error in moment().failures.values()] == ["planted"]
        thread.order(Driver.go)
        reader.until_state("finished")
        reader.until(lambda: moment().update == 900)
    assert moment().failures.keys() == {"flow"}
    thread.look(LOOK)
    reader.until(lambda: not moment().failures)
    assert moment().probes.keys() == LOOK.probes


def test_any_orders_in_any_number_end_cleanly(make: Callable[..., Reader]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        reader = make(ENDLESS, rate=[None, 1.0, 500.0][rng.integers(3)])
        thread = reader.run.thread
        orders = [Driver.go, Driver.pause, Driver.step, Driver.step_epoch, Driver.reset, Driver.keep_now]
        for _ in range(rng.integers(30)):
            thread.order(orders[rng.integers(len(orders))])
            if rng.random() < 0.3:
                reader.take()
        assert reader.run.close(PATIENCE)
        assert reader.run.close(0.0)


def test_a_config_that_cannot_run_is_refused_in_its_own_words(
    make: Callable[..., Reader], tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing.npz")
    reader = make(ARTICLE.with_values({"task.name": "data", "task.file": missing}))
    reader.until(lambda: reader.run.refused is not None)
    assert isinstance(reader.run.refused, DataError)
    assert "there is no such file" in str(reader.run.refused)
    assert not reader.run.has_begun
    reader.run.thread.order(Driver.go)
    reader.until(lambda: not reader.run.thread.is_alive())
    assert reader.begun == []


def test_what_nobody_foresaw_while_it_is_made_is_refused_and_logged(
    make: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for planted, refusal, words in (
        (ZeroDivisionError("planted"), ZeroDivisionError, "planted"),
        (MemoryError(), ScopeError, "This run is too large for the memory of this machine"),
    ):
        caplog.clear()

        def fail(*_: object, error: Exception = planted) -> None:
            raise error

        monkeypatch.setattr(Network, "initialize", fail)
        reader = make()
        reader.until(lambda reader=reader: reader.run.refused is not None)  # type: ignore[misc]
        assert type(reader.run.refused) is refusal
        assert str(reader.run.refused) == words
        assert len(caplog.records) == (refusal is ZeroDivisionError)


def test_what_is_asked_before_the_trainer_is_there_is_done_once_it_is(make: Callable[..., Reader]) -> None:
    reader = make()
    turns = reader.run.thread._turns
    reader.until_state("ready")
    with turns:
        late = Run(ARTICLE, None, LOOK, turns)
        late.thread.order(Driver.step)
        late.thread.order(Driver.step)
        second = Reader(late)
        second.take()
        assert late.prepares
        assert second.begun == []
    second.until(lambda: len(second.losses) == 2)
    second.until_state("paused")
    assert late.close(PATIENCE)
    assert second.losses == Trainer(ARTICLE).advance(updates=2).loss.tolist()


def test_a_run_that_is_given_up_before_its_turn_is_never_made(make: Callable[..., Reader]) -> None:
    turns = Semaphore(1)
    with turns:
        run = Run(ARTICLE, None, LOOK, turns)
        run.stop()
    run.thread.join(PATIENCE)
    assert not run.thread.is_alive()
    assert run.take().begun is None


def test_no_snapshot_is_made_before_the_window_has_asked() -> None:
    run = Run(ARTICLE, None, None, Semaphore(1))
    reader = Reader(run)
    reader.until_state("ready")
    run.thread.order(Driver.go)
    reader.until_state("finished")
    before = reader.snapshot
    run.thread.look(LOOK)
    reader.until(lambda: reader.snapshot is not None)
    assert before is None
    assert reader.snapshot is not None
    assert set(reader.snapshot.probes) == LOOK.probes
    assert run.close(PATIENCE)


def test_weights_are_saved_between_two_bursts_and_the_training_goes_on(
    make: Callable[..., Reader], tmp_path: Path
) -> None:
    reader = make()
    for _ in range(1234):
        reader.run.thread.order(Driver.step)
    reader.until_state("running")
    reader.until_state("paused")
    reader.run.thread.order(Driver.save_weights, tmp_path / "now.npz")
    reader.run.thread.order(Driver.step)
    reader.until(lambda: len(reader.losses) == 1235)
    assert reader.notices == [Notice("Weights of update 1,234 saved in now.npz.", done=True)]
    twin = Trainer(ARTICLE)
    twin.extend(epochs=4)
    twin.advance(updates=1234)
    with np.load(tmp_path / "now.npz") as saved:
        for name, array in to_torch(twin.network).items():
            np.testing.assert_array_equal(saved[name], array)


def test_weights_that_cannot_be_saved_are_told_in_one_sentence(
    make: Callable[..., Reader], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    reader = make()
    reader.run.thread.order(Driver.save_weights, tmp_path / "taken" / "now.npz")
    reader.until(lambda: len(reader.notices) == 1)
    assert not reader.notices[0].done
    assert "taken" in reader.notices[0].text
    assert reader.notices[0].text.endswith(".")
    reader.run.thread.order(Driver.step)
    reader.until(lambda: len(reader.losses) == 1)


def test_a_run_that_trains_on_hands_that_on_and_one_that_rests_or_steps_does_not(
    make: Callable[..., Reader],
) -> None:
    for asked, goes in ((Driver.go, True), (Driver.step, False), (Driver.pause, False)):
        before, after = make(rate=1.0), make()
        before.run.thread.order(asked)
        before.run.thread.hand_on(after.run.thread)
        before.run.stop()
        before.run.thread.join(PATIENCE)
        assert after.run.close(PATIENCE)
        after.take()
        assert after.status is not None
        assert (after.status.state != "ready") == goes


def test_a_check_goes_on_at_rest_until_it_is_complete(make: Callable[..., Reader]) -> None:
    reader = make(ARTICLE.with_values({"task.length": 60, "model.layers": "24"}))
    reader.run.thread.look(SnapshotRequest(probes=frozenset({"check"})))
    fractions: list[float] = []

    def complete() -> bool:
        found = None if reader.snapshot is None else reader.snapshot.probe(GradientCheck)
        if found is not None:
            fractions.append(found.fraction)
        return found is not None and found.complete

    reader.until(complete)
    assert 0.0 < min(fractions) < 1.0
    assert fractions == sorted(fractions)
    before = reader.snapshot
    reader.run.thread.look(SnapshotRequest(probes=frozenset({"check"}), sequence=1))
    reader.until(lambda: reader.snapshot is not before and complete())
    assert reader.snapshot is not None
    assert reader.snapshot.sequence == 1
    assert reader.status is not None
    assert reader.status.state == "ready"

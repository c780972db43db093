"""What is looked at beside the training: each probe by itself, of one moment, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import gui.bench.watcher as watcher_module
from gui.bench.driver import Driver
from gui.bench.mailbox import Mailbox, Notice
from gui.bench.run import Run
from gui.bench.watcher import Sight, Watcher
from rnn.config.presets import load_preset
from rnn.observing.probes import PROBES, Flow, GradientCheck, Line, Moment
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.explosion import EXPLOSION, Explosion
from rnn.training.trainer import Trainer
from tests.gui.bench.measured import whole
from tests.rnn.cases import small
from tests.waiting import PATIENCE, Clock, wait_for

LOOK = SnapshotRequest(probes=frozenset({"flow", "line", "pairs"}))
ENDLESS = load_preset("article").config.with_values({"training.epochs": 1_000_000})


class Watched:
    """A training with its two watchers, of which each look is asked for by the test."""

    def __init__(self, request: SnapshotRequest = LOOK) -> None:
        self.trainer, self.mailbox, self.clock = Trainer(small()), Mailbox(request), Clock(tick=1e-6)
        self.begun = self.mailbox.begin(self.trainer.info())
        self.slow = set[str]()
        self.quick, self.patient = (
            Watcher(self.trainer, self.mailbox, self.clock.perf_counter, self.slow, takes_slow=takes_slow)
            for takes_slow in (False, True)
        )

    def sight(self, *, at_rest: bool = False, **more: Any) -> Sight:
        slow = frozenset(self.slow)
        return Sight(self.trainer.instant.copied(), self.begun, at_rest, slow=slow, **more)

    def look(self, *, at_rest: bool = False, **more: Any) -> tuple[Snapshot, ...]:
        sight = self.sight(at_rest=at_rest, **more)
        for watcher in (self.quick, self.patient):
            watcher.show(sight)
            watcher.look()
        self.clock.now += 1.0
        return self.mailbox.take().snapshots


@pytest.fixture
def slow_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line takes longer than any other probe may."""
    monkeypatch.setattr(watcher_module.time, "thread_time", now := Clock().perf_counter)
    clock: Any = now.__self__  # type: ignore[attr-defined]
    measure = PROBES["line"].measure

    def slowly(moment: Moment) -> object:
        clock.now += 10.0 * watcher_module.SLOW_SECONDS
        return measure(moment)

    monkeypatch.setitem(PROBES, "line", replace(PROBES["line"], measure=slowly))


def test_what_is_measured_is_what_the_training_itself_would_measure_at_that_update() -> None:
    watched = Watched()
    for _ in range(3):
        watched.trainer.advance(7)
        expected = watched.trainer.snapshot(LOOK)
        sight = watched.sight(at_rest=True)
        watched.trainer.advance(5)  # the training goes on while it is looked at
        watched.quick.show(sight)
        watched.quick.look()
        found = whole(watched.mailbox.take().snapshots)
        assert found is not None
        assert (found.update, found.epoch) == (expected.update, expected.epoch)
        np.testing.assert_array_equal(found.output, expected.output)
        mine, theirs = found.probe(Flow), expected.probe(Flow)
        assert mine is not None
        assert theirs is not None
        np.testing.assert_array_equal(mine.layers[0].last, theirs.layers[0].last)
        line, their_line = found.probe(Line), expected.probe(Line)
        assert line is not None
        assert their_line is not None
        assert line.loss == their_line.loss
        assert line.step.length == their_line.step.length


def test_looking_changes_no_bit_of_the_training() -> None:
    watched, alone = Watched(replace(LOOK, probes=frozenset(PROBES))), Trainer(small())
    for _ in range(4):
        watched.look()
        assert watched.trainer.advance(3).loss.tolist() == alone.advance(3).loss.tolist()
    np.testing.assert_array_equal(watched.trainer.network.parameters.vector, alone.network.parameters.vector)


@pytest.mark.usefixtures("slow_line")
def test_a_slow_probe_keeps_no_other_waiting_and_has_its_share_of_the_time() -> None:
    watched = Watched()
    watched.look()
    assert watched.slow == {"line"}
    watched.trainer.advance(1)
    watched.quick.show(watched.sight())
    watched.quick.look()
    quick = whole(watched.mailbox.take().snapshots)
    assert quick is not None
    assert quick.probes.keys() == {"flow", "pairs"}
    watched.patient.show(watched.sight())
    watched.patient.look()
    (slow,) = watched.mailbox.take().snapshots
    assert slow.probes.keys() == {"line"}
    assert slow.update == 1
    watched.trainer.advance(1)
    sight = watched.sight()
    watched.patient.show(sight)
    watched.patient.look()
    assert not watched.mailbox.take().snapshots  # it is not its turn
    seconds = 10.0 * watcher_module.SLOW_SECONDS
    watched.clock.now += seconds / min(PROBES["line"].share, watcher_module.SLOW_SHARE)
    watched.patient.show(watched.sight())
    watched.patient.look()
    assert [each.probes.keys() for each in watched.mailbox.take().snapshots] == [{"line"}]


@pytest.mark.usefixtures("slow_line")
def test_at_rest_everything_is_measured_whoever_takes_it() -> None:
    watched = Watched()
    early = watched.sight(at_rest=True)  # before it was known that the line is slow
    watched.look()
    for sight in (early, watched.sight(at_rest=True)):
        for watcher in (watched.quick, watched.patient):
            watcher.show(sight)
            watcher.look()
        found = whole(watched.mailbox.take().snapshots)
        assert found is not None
        assert found.probes.keys() == LOOK.probes


def test_at_rest_what_has_more_to_do_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("rnn.observing.probes.check"), "SLICE_SECONDS_AT_REST", 0.0)
    watched = Watched(replace(LOOK, probes=frozenset({"check", "flow"})))
    sight = watched.sight(at_rest=True)
    watched.quick.show(sight)
    watched.quick.look()
    assert whole(watched.mailbox.take().snapshots) is not None
    slices: list[Snapshot] = []
    for _ in range(10_000):
        watched.quick.look()
        came = watched.mailbox.take().snapshots
        slices += came
        if not came:
            break
    assert len(slices) > 1
    assert all(each.probes.keys() == {"check"} for each in slices)
    check = slices[-1].probe(GradientCheck)
    assert check is not None
    assert check.complete


def test_a_probe_that_raises_costs_itself_alone_and_what_fails_before_any_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise ZeroDivisionError("planted")

    watched = Watched()
    with monkeypatch.context() as planted:
        planted.setitem(PROBES, "flow", replace(PROBES["flow"], measure=fail))
        found = whole(watched.look())
    assert found is not None
    assert found.probes.keys() == {"line", "pairs"}
    assert [str(error) for error in found.failures.values()] == ["planted"]
    with monkeypatch.context() as planted:
        planted.setattr("rnn.observing.observer.start_of", fail)
        watched.quick.show(watched.sight())
        watched.quick.look()
    told = watched.mailbox.take()
    assert told.notices == (Notice("Measuring failed: ZeroDivisionError: planted.", done=False),)
    assert whole(watched.look()) is not None


def test_what_was_being_measured_when_a_run_began_again_is_dropped() -> None:
    watched = Watched()
    watched.quick.show(watched.sight())
    watched.mailbox.begin(watched.trainer.info())
    watched.quick.look()
    assert watched.mailbox.take().snapshots == ()


def test_an_explosion_is_searched_in_a_training_of_its_own() -> None:
    config = load_preset("exploding").config.with_values({"engine": "numpy"})
    trainer, mailbox = Trainer(config), Mailbox(SnapshotRequest(probes=frozenset({EXPLOSION})))
    begun = mailbox.begin(trainer.info())
    watcher = Watcher(trainer, mailbox, Clock(tick=1e-6).perf_counter, set(), takes_slow=False)
    trainer.advance()
    bits = trainer.network.parameters.vector.copy()
    watcher.show(Sight(trainer.instant.copied(), begun, at_rest=True, again=trainer.again()))
    found: Explosion | None = None
    while found is None or not found.complete:
        watcher.look()
        found = next(filter(None, (each.probe(Explosion) for each in mailbox.take().snapshots)))
    assert found.exploded
    assert 0 < found.update < trainer.update
    np.testing.assert_array_equal(trainer.network.parameters.vector, bits)


@pytest.fixture
def run() -> Iterator[Run]:
    run = Run(ENDLESS, None, LOOK, threading.Semaphore(1))
    yield run
    assert run.close(PATIENCE)
    wait_for(lambda: not [each for each in threading.enumerate() if each.name == "observing"])


def test_a_probe_that_never_ends_holds_up_neither_the_training_nor_the_others(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on, came = threading.Event(), list[str]()

    def endless(_: Moment) -> object:
        going_on.wait()
        return Flow((), None)

    def taken(enough: Callable[[], bool]) -> bool:
        for snapshot in run.take().snapshots:
            came.extend(snapshot.probes)
        return enough()

    monkeypatch.setattr(watcher_module, "SLOW_SECONDS", -1.0)  # all that was measured once
    run.thread.order(Driver.go)
    wait_for(lambda: taken(lambda: LOOK.probes <= set(came)))
    monkeypatch.setitem(PROBES, "line", replace(PROBES["line"], measure=endless))
    monkeypatch.setattr(watcher_module, "SLOW_SECONDS", 60.0)
    run.thread.look(replace(LOOK, probes=frozenset({"line", "parameter_norms"})))
    came.clear()
    try:
        wait_for(lambda: taken(lambda: came.count("parameter_norms") > 5))
    finally:
        going_on.set()

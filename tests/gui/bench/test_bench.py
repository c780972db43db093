"""The runs of a window, one after another, without the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.bench.bench import Bench
from gui.bench.driver import Driver
from gui.bench.mailbox import Notice, Status
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.model.network import Network
from tests.waiting import PATIENCE, wait_for

ENDLESS = load_preset("article").config.with_values({"training.epochs": 1_000_000})
OTHER = ENDLESS.with_values({"seed": 3})


@pytest.fixture
def runs() -> Iterator[Bench]:
    made = Bench(ENDLESS, None)
    wait_for(lambda: made.take().begun is not None)
    yield made
    assert made.close(PATIENCE)
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


def change(runs: Bench, config: RunConfig = OTHER, pace: float | None = None) -> None:
    """Begin another run, and return when it could be taken."""
    runs.begin(config, pace)
    coming = runs._coming
    assert coming is not None
    wait_for(lambda: coming.mailbox._begun is not None)


def test_the_next_run_trains_where_the_one_before_trained(runs: Bench) -> None:
    for order, state in ((Driver.go, "running"), (Driver.pause, "ready"), (Driver.step, "ready")):
        runs.run.thread.order(order)
        change(runs)
        first = runs.take()
        assert first.begun is not None
        said: list[Status] = [status for status in (first.status,) if status is not None]

        def handed_on(said: list[Status] = said, state: str = state) -> bool:
            newest = runs.take().status
            said.extend([newest] if newest is not None else [])
            return not runs._ending and said[-1].state == state

        wait_for(handed_on)


def test_the_pace_is_that_of_the_newest_run_and_falls_back_where_it_cannot_begin(runs: Bench) -> None:
    runs.set_pace(50.0)
    change(runs, pace=7.0)
    assert (runs.pace, runs.run.pace) == (7.0, 50.0)
    runs.set_pace(9.0)
    runs.take()
    assert (runs.pace, runs.run.pace) == (9.0, 9.0)
    runs.begin(ENDLESS.with_values({"model.weights": "missing.npz"}), 20.0)
    assert runs.pace == 20.0
    wait_for(lambda: runs.take().refused is not None)
    assert runs.pace == 9.0
    assert not runs.awaits_another


def test_what_an_ending_run_still_had_to_say_is_not_lost(runs: Bench, tmp_path: Path) -> None:
    change(runs)
    runs.run.thread.order(Driver.save_weights, tmp_path / "last.npz")
    notices: list[Notice] = []

    def told() -> bool:
        notices.extend(runs.take().notices)
        return bool(notices)

    wait_for(told)
    assert notices == [Notice("Weights of update 0 saved in last.npz.", done=True)]
    assert runs.run.config == OTHER


def test_however_many_changes_come_only_two_runs_are_prepared_at_once(
    runs: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, made, at_once = threading.Event(), [], []
    initialize = Network.initialize

    def wait(network: Network, *arguments: object) -> None:
        made.append(network)
        at_once.append(len(made))
        assert opened.wait(PATIENCE)
        initialize(network, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Network, "initialize", wait)
    for seed in range(20):
        runs.begin(ENDLESS.with_values({"seed": seed}), None)
    wait_for(lambda: len(made) == 2)
    assert runs.take().begun is None
    assert runs.is_late(time.perf_counter() + 1.0)
    opened.set()
    wait_for(lambda: runs.take().begun is not None)
    assert runs.run.config.seed == 19
    assert not runs.is_late(time.perf_counter() + 1.0)
    wait_for(lambda: runs.take() is not None and not runs._ending)
    assert len(made) == 3  # the first, and one that waited; the others were never made


def test_a_value_that_is_put_back_leaves_the_run_alone(runs: Bench) -> None:
    run = runs.run
    run.thread.order(Driver.go)
    wait_for(lambda: any(len(part.loss) for part in runs.take().scalars))
    runs.begin(ENDLESS.with_values({"training.batch": 200}), None)  # more than there are sequences
    put_back = ENDLESS.with_values({"training.learning_rate": 0.0})
    assert runs.keeps(put_back)
    assert not runs.awaits_another
    assert runs.run is run
    assert not runs.keeps(OTHER)


def test_a_run_goes_on_with_the_live_settings_that_were_put_back_with_it(runs: Bench) -> None:
    runs.run.thread.order(Driver.go)
    assert runs.keeps(ENDLESS.with_values({"training.learning_rate": 0.0}))
    seen: list[float] = []

    def stands_still() -> bool:
        for part in runs.take().scalars:
            seen.extend(part.loss.tolist())
        return len(seen) > 300 and seen[-200:-100] == seen[-100:]  # an epoch is 100 updates

    wait_for(stands_still)

"""Runs that are recorded in bursts of any size, with changes by hand; and the same runs stopped anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn.config import RunConfig
from rnn.observing.probes import PROBES
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.recording import Event, Playback, Recorder, Recording, Replay
from rnn.training.engines.base import Engine
from rnn.training.trainer import Trainer
from tests.rnn.cuts import around_epochs, bits, trainer_with

EVERYTHING = SnapshotRequest(sequence=1, span=2, probes=frozenset(PROBES))


def changes(trainer: Trainer) -> list[Event]:
    """What a person does to a run of some epochs: at its begin, in an epoch, at the ends."""
    U, end = trainer.updates_an_epoch, trainer.target_epochs * trainer.updates_an_epoch
    wishes: list[tuple[int, str, tuple[Any, ...]]] = [
        (0, "keep_now", ()),
        (U // 2, "set_live", ("training.learning_rate", 2e-3)),
        (U // 2, "set_live", ("training.clip_norm", 0.7)),
        (U, "set_live", ("training.weight_decay", 1e-3)),
        (U + 1, "keep_now", ()),
        (U + 2, "forget", ("epoch 0",)),
        (end, "extend", (1,)),
        (end + 1, "set_live", ("training.learning_rate", 1e-3)),
    ]
    wishes.sort(key=lambda wish: wish[0])
    return [Event(update, order, arguments, "a person") for update, order, arguments in wishes]


def recorded(
    config: RunConfig, kind: type[Engine], events: Sequence[Event] = (), seed: int = 0, spacing: float = 0.0
) -> Recorder:
    """The whole run, with a checkpoint after every burst where ``spacing`` is zero."""
    rng = np.random.default_rng(seed)
    recorder = Recorder(trainer_with(config, kind))
    recorder.recording._spacing = spacing
    trainer = recorder.trainer
    most = 2 * trainer.updates_an_epoch if spacing == 0.0 else 10**9
    for event in [*events, None]:
        goal = float("inf") if event is None else event.update
        while trainer.update < goal and not trainer.finished:
            recorder.advance(min(goal - trainer.update, int(rng.integers(1, most + 1))))
            if spacing == 0.0 and trainer.divergence is None:
                recorder._keep()
        while trainer.validating and not trainer.finished:
            recorder.advance(0)
        if event is not None:
            recorder.order(event.order, *event.arguments, by=event.by)
    return recorder


def stopped(config: RunConfig, kind: type[Engine], events: Sequence[Event], update: int) -> Trainer:
    """The same run, that nobody records, stopped at an update."""
    trainer = trainer_with(config, kind)
    for event in events:
        if event.update <= update:
            trainer.advance(event.update - trainer.update)
            getattr(trainer, event.order)(*event.arguments)
    trainer.advance(update - trainer.update)
    return trainer


def gone_to(playback: Playback, update: int) -> list[float]:
    """What a seek tells of its way."""
    return list(playback.seek(update))


def measured(look: Any, request: SnapshotRequest = EVERYTHING) -> Snapshot:
    """What probes measure in the end."""
    snapshot: Snapshot = look(request)
    while not snapshot.complete:
        snapshot = look(request)
    return snapshot


def assert_exact(
    config: RunConfig, kind: type[Engine], *, spacing: float = 0.0, looks: bool = False, most: int = 12
) -> Recording:
    """Every seek comes to what a run is that is stopped there, to the last bit; so do the probes."""
    events = changes(trainer_with(config, kind))
    recorder = recorded(config, kind, events, spacing=spacing)
    trainer, recording = recorder.trainer, recorder.recording
    assert recording.update == trainer.update > events[-1].update
    replay = Replay(recording, trainer.twin())
    if replay.trainer.choice is None:  # as it is where the engine is ready to be chosen
        replay.trainer.use(trainer.choice)  # type: ignore[arg-type]
    places = {0, recording.update, *around_epochs(trainer, recording.update), *(e.update for e in events)}
    order = np.random.default_rng(1).permutation(sorted(places))[:most]
    for update in order.tolist():
        told = gone_to(replay, update)
        assert told[-1] == 1.0
        assert told == sorted(told)
        like = stopped(config, kind, events, update)
        assert bits(replay.trainer.state()) == bits(like.state()), update
        if looks:
            assert bits(measured(replay.snapshot)) == bits(measured(like.snapshot)), update
    return recording

"""Every panel shows the past as well: of a run that trains again, and of moments that were stored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from gui.panels import PANELS, Panel
from rnn.observing.snapshot import SnapshotRequest
from rnn.recording import Playback, Recorder, Replay, Stored
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import begun, settle, shown
from tests.rnn.cuts import bits

KINDS = [kind for place in PANELS for kind in place]
PLACES = (7, 0, 12, 3)


def drawn(panel: Panel, trainer: Trainer, scalars: list[Scalars], past: Playback) -> list[object]:
    """What a panel has in its table and says at some moments of the past, one after the other."""
    found: list[object] = []
    panel.begin(trainer.info())
    panel.receive(scalars, None)
    for update in PLACES:
        past.go_to(update)
        snapshot = past.snapshot(SnapshotRequest(sequence=1, probes=panel.probes))
        while not snapshot.complete:
            snapshot = past.snapshot(SnapshotRequest(sequence=1, probes=panel.probes))
        assert snapshot.update == update
        assert not snapshot.failures
        panel.receive((), snapshot)
        settle(panel)
        assert panel.failure is None
        found += [panel.table(), panel.summary()]
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_panel_shows_the_same_whichever_the_past_is_from(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    trainer = begun(panel)
    recorder = Recorder(trainer)
    scalars: list[Scalars] = []
    while trainer.update < max(PLACES):  # an advance is no longer than from one checkpoint to the next
        scalars.append(recorder.advance(max(PLACES) - trainer.update))
    replay, moments = Replay(recorder.recording, trainer.twin()), []
    for update in sorted(PLACES):
        replay.go_to(update)
        now = replay.instant
        moments.append(replace(now, parameters=now.parameters.copy(), before=now.before.copy()))
    tolerance = trainer.config.task.tolerance
    stored = Stored(moments, trainer.network.twin(), trainer.data, trainer.batches, tolerance)
    trained_again = drawn(panel, trainer, scalars, replay)
    assert bits(drawn(panel, trainer, scalars, stored)) == bits(trained_again)
    assert any(trained_again)

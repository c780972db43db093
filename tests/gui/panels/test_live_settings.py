"""What can change while training is not to be read from what was known when the run began."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.panels import PANELS
from gui.panels.frame.panel import Panel
from gui.theme import LIGHT
from rnn.config import live_keys
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import RUNS, settle, shown

LIVE = {key.removeprefix("training.") for key in live_keys()}
KINDS = [kind for place in PANELS for kind in place]


class Watched:
    """A part of a config that notes which of its live settings are read."""

    def __init__(self, part: Any, read: list[str]) -> None:
        self._part, self._read = part, read

    def __getattr__(self, name: str) -> Any:
        if name == "training":
            return Watched(self._part.training, self._read)
        if name in LIVE or name == "values":
            self._read.append(name)
        return getattr(self._part, name)


def test_the_watch_sees_a_live_setting_that_is_read() -> None:
    read: list[str] = []
    config = Watched(RUNS[0], read)
    assert config.training.truncation is None
    assert config.model.cell == "vanilla"
    assert read == []
    assert config.training.clip_norm is None
    assert read == ["clip_norm"]
    assert {"learning_rate", "clip_norm", "clip_value"} <= LIVE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_panel_reads_a_live_setting_from_the_start_of_the_run(qtbot: QtBot, kind: type[Panel]) -> None:
    panel, read = shown(qtbot, kind), []  # type: ignore[var-annotated]
    trainer = next(trainer for trainer in map(Trainer, RUNS) if panel.suits(trainer.info()))
    info = trainer.info()
    panel.begin(dataclasses.replace(info, config=Watched(info.config, read)))  # type: ignore[arg-type]
    assert set(read) <= {"values"}  # all of them at once, to tell which preset the run began as
    read.clear()
    for _ in range(2):
        scalars = trainer.advance(30)
        panel.receive((scalars,), trainer.snapshot(SnapshotRequest(probes=panel.probes)))
        settle(panel)
        panel.apply_theme(LIGHT)
        settle(panel)
        panel.table(), panel.summary(), panel.readout(2.0, 1.0), panel.menu()
    assert read == []

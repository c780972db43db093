"""A panel on the screen, and a real training that feeds it."""

from __future__ import annotations

import dataclasses
import math
from typing import TypeVar

from pytestqt.qtbot import QtBot

from gui import theme
from gui.panels.frame.panel import Panel
from gui.theme import DARK
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer

AnyPanel = TypeVar("AnyPanel", bound=Panel)
ARTICLE = load_preset("article").config
RUNS = (
    ARTICLE,
    *(
        ARTICLE.with_values(values)
        for values in (
            {"task.name": "text", "task.characters": 2_000, "task.length": 20, "training.batch": 1},
            {"task.name": "temporal-order", "task.sequences": 50, "task.validation_sequences": 20},
            {"task.name": "adding", "task.sequences": 50, "task.validation_sequences": 20},
        )
    ),
)
REQUEST = SnapshotRequest(probes=frozenset({"fit", "flow"}))
SIZE = (500, 330)


def shown(qtbot: QtBot, kind: type[AnyPanel], size: tuple[int, int] = SIZE) -> AnyPanel:
    """A panel of this kind, dressed and visible."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, DARK)
    panel = kind(DARK)  # type: ignore[call-arg]
    qtbot.addWidget(panel)
    panel.resize(*size)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def begun(panel: Panel, config: RunConfig | None = None) -> Trainer:
    """A training that the panel knows of, before its first update: the first one that suits it."""
    trainers = map(Trainer, RUNS if config is None else (config,))
    trainer = next(trainer for trainer in trainers if panel.suits(trainer.info()))
    panel.begin(trainer.info())
    settle(panel)
    return trainer


def feed(panel: Panel, trainer: Trainer, updates: float = math.inf) -> None:
    """Train so many updates further and have the panel draw them."""
    scalars = trainer.advance(updates)
    request = dataclasses.replace(REQUEST, probes=REQUEST.probes | panel.probes)
    panel.receive((scalars,), trainer.snapshot(request))
    settle(panel)


def settle(panel: Panel) -> None:
    """Draw until there is nothing left to draw: a new range asks for one drawing more."""
    for _ in range(5):
        panel.refresh()
        if not panel.dirty:
            return
    raise AssertionError("the panel draws on and on")


def details(panel: Panel) -> str:
    """The words under the title behind the sentence that the panel says first, as a part of a sentence."""
    words = panel._caption.text().removeprefix(panel.says_first).strip().removesuffix(".")
    return words[:1].lower() + words[1:]

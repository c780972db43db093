"""Runs that are wider than any screen, and a person who looks at every panel of one."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer
from pytestqt.qtbot import QtBot

from rnn.config import RunConfig
from rnn.config.presets import load_preset, starting_config
from tests.gui.windows import OpenWindow
from tests.rnn.cases import write_data

WIDE = ("classes", "outputs", "inputs", "units")


def wide(what: str, count: int, folder: Path) -> RunConfig:
    """A run with so many classes, outputs, inputs or units."""
    rng = np.random.default_rng(0)
    if what == "units":
        values = {"model.layers": count, "model.initializer": "gaussian", "training.learning_rate": 1e-4}
        return load_preset("article").config.with_values({**values, "task.sequences": 10})
    x = rng.standard_normal((6, 8, count if what == "inputs" else 3))
    targets = {"y": rng.standard_normal((6, 8, count if what == "outputs" else 2))}
    if what == "classes":
        targets = {"y": np.append(rng.integers(count, size=47), count - 1).reshape(6, 8)}
    file = write_data(folder / "wide.npz", x=x, **targets)
    config = starting_config("data").with_values({"task.file": file})
    return config.with_values({"model.readout": "nll" if what == "classes" else "mse"})


def worst_gap(qtbot: QtBot, open_window: OpenWindow, config: RunConfig, seconds: float) -> float:
    """The longest time in which the window did nothing, while a person looks at every panel, lets it train,
    points into it and takes its numbers, each for so many seconds.
    """
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(10)
    window = open_window(config)
    for panel in window.grid.suited:
        window.grid.fill(panel)
        qtbot.wait(round(1e3 * seconds))
        window.do.run_or_pause()
        qtbot.wait(round(1e3 * seconds))
        window.do.pause()
        (left, right), (low, high) = panel.plot.shown() if hasattr(panel, "plot") else ((0, 1), (0, 1))
        for share in np.linspace(0.02, 0.98, 9):
            if hasattr(panel, "plot"):
                place = QPointF(left + share * (right - left), low + share * (high - low))
                panel.plot.hovered.emit(place)
            qtbot.wait(round(10 * seconds))
        panel.table()
        panel.menu().deleteLater()
    window.grid.show_side_by_side([panel.name for panel in window.grid.suited])
    qtbot.wait(round(1e3 * seconds))
    window.themes.switch()
    qtbot.wait(round(1e3 * seconds))
    window.do.reset()
    qtbot.wait(round(1e3 * seconds))
    qtbot.waitUntil(lambda: len(ticks) > 1)
    timer.stop()
    return float(np.diff(ticks).max())

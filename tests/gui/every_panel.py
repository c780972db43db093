"""Every panel of a run, side by side in the real window, in every state that a run can be in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtGui import QImage, QPixmap
from pytestqt.qtbot import QtBot

from gui.docks.layouts import NAMES
from gui.main_window import MainWindow
from rnn.config import RunConfig
from rnn.config.presets import presets, starting_config
from rnn.data.tasks import TASKS
from tests.gui.windows import ARTICLE, OpenWindow

PACE = 0.01  # updates a second: on no machine is it over before it was seen running
FEW_COLOURS = 8
DIVERGING: dict[str, Any] = {
    "training.epochs": 1000,
    "seed": 7,  # of another run, where the rate alone would change this one
    "training.optimizer": "sgd",
    "training.learning_rate": 1e6,
    "training.clip_norm": None,
}
UNBOUNDED = {
    "model.cell": "vanilla",
    "model.nonlinearity": "identity",
}  # else classes are never far enough off
PRESETS = {preset.name: preset.config for preset in presets()}
OF_FILES = ("series", "numbers", "classes")
OTHERS = {
    **{name: starting_config(name) for name in TASKS if name not in (*OF_FILES, "data", *PRESETS)},
    **{
        f"stacked {cell}": ARTICLE.with_values({"model.cell": cell, "model.layers": (6, 4)})
        for cell in ("gru", "lstm")
    },
}
RUNS = (*PRESETS, *OTHERS, *OF_FILES)


def run(name: str, folder: Path) -> RunConfig:
    """The run of this name in RUNS; what it reads is written into ``folder``."""
    if name not in OF_FILES:
        return PRESETS.get(name) or OTHERS[name]
    rng = np.random.default_rng(0)
    if name == "series":
        file = folder / "series.txt"
        file.write_text("\n".join(str(value) for value in np.sin(np.arange(400.0))))
        return starting_config("series").with_values({"task.file": str(file)})
    x, mask = rng.standard_normal((30, 12, 3)), rng.integers(2, size=(30, 12))
    mask[:, 0] = 1
    y = np.cumsum(x[..., :2], axis=1) if name == "numbers" else rng.integers(3, size=(30, 12))
    np.savez(folder / "data.npz", x=x, y=y, mask=mask)
    changes = {"task.name": "data", "task.carry_state": False, "task.file": str(folder / "data.npz")}
    return ARTICLE.with_values(changes | {"model.readout": "mse" if name == "numbers" else "nll"})


def draw_all(qtbot: QtBot, open_window: OpenWindow, config: RunConfig) -> None:
    """Draw every panel before the run, in the midst of it, at its end, and where it diverges."""
    window = open_window(config, PACE)
    window.grid.show_side_by_side(NAMES)
    window.resize(1680, 1050)
    settle(qtbot, window, "ready")
    look(window, "before the run")
    window.do.one_update()
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 0)
    window.do.run_or_pause()
    qtbot.waitUntil(lambda: window.status is not None and window.status.state == "running")
    begun = time.perf_counter()
    for panel in window.grid.suited:
        panel.dirty = True
    qtbot.waitUntil(lambda: all(panel.drawn_at > begun for panel in window.grid.suited))
    assert window.status is not None
    assert window.status.state == "running"
    look(window, "running")
    window.do.pace(None)
    settle(qtbot, window, "finished")
    look(window, "finished")
    changes = DIVERGING | (UNBOUNDED if config.model.readout == "nll" else {})
    window.controls.config_changed.emit(config.with_values(changes))
    settle(qtbot, window, "ready")
    window.do.run_or_pause()
    settle(qtbot, window, "diverged")
    look(window, "diverged")


def settle(qtbot: QtBot, window: MainWindow, state: str) -> None:
    with qtbot.waitSignal(window.settled, check_params_cb=lambda now: now == state):
        pass


def look(window: MainWindow, when: str) -> None:
    """See that every panel is there, has a picture, and has numbers where something was measured."""
    panels = window.grid.suited
    assert {panel.name for panel in panels} == NAMES
    for panel in panels:
        assert panel.failure is None, f"{panel.name} {when}: {panel.failure!r}"
        assert panel.body.isVisible()
        assert colours(panel.body.grab()) > FEW_COLOURS, f"{panel.name} {when} is blank"
        assert panel.table() or when == "before the run", f"{panel.name} {when} has no numbers"


def colours(picture: QPixmap) -> int:
    """How many different ones it has."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return len(np.unique(np.frombuffer(image.constBits(), dtype=np.uint32)))

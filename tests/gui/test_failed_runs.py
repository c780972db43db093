"""A run that has failed is called so, in every panel and with what to try; one that has only begun is not."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.docks.layouts import NAMES
from gui.main_window import MainWindow
from gui.panels.check.panel import CheckPanel
from gui.panels.flow.panel import FlowPanel
from gui.theme import DARK
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.training.trainer import Trainer
from tests.gui.every_panel import DIVERGING, settle
from tests.gui.windows import ARTICLE, OpenWindow

EXPLODING = load_preset("exploding").config
ENDS: dict[str, tuple[RunConfig, str, str]] = {
    "blown up": (EXPLODING, "finished", "✗ failed: blown up"),
    "diverged": (ARTICLE.with_values(DIVERGING), "diverged", "✗ failed: diverged"),
    "learned nothing": (
        ARTICLE.with_values({"training.learning_rate": 1e-9, "training.epochs": 2}),
        "finished",
        "✗ failed: no better than the simplest rule",
    ),
    "at chance": (
        load_preset("temporal-order").config.with_values(
            {
                "task.sequences": 40,
                "task.validation_sequences": 10,
                "training.learning_rate": 1e-9,
                "training.epochs": 2,
                "model.layers": 8,
            }
        ),
        "finished",
        "✗ failed: no better than the simplest rule",
    ),
    "learned": (ARTICLE.with_values({"training.epochs": 3}), "finished", ""),
}


def opened(qtbot: QtBot, open_window: OpenWindow, config: RunConfig) -> MainWindow:
    """A window with all panels side by side, each as large as a panel must be to be read."""
    window = open_window(config, None)
    window.resize(1611, 1000)
    window.grid.show_side_by_side(NAMES)
    settle(qtbot, window, "ready")
    return window


def judged_cells(window: MainWindow) -> list[str]:
    """The colours of the verdicts in the gradient check."""
    check = next(panel for panel in window.grid.suited if isinstance(panel, CheckPanel))
    model = check.cells.cells
    return [model._colour(cell).name() for row in model.cells for cell in row if cell.verdict is not None]


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_green_of_a_run_that_has_failed_and_what_to_try_is_said(
    qtbot: QtBot, open_window: OpenWindow, end: str
) -> None:
    config, state, words = ENDS[end]
    window = opened(qtbot, open_window, config)
    assert "failed" not in window.transport.status.text
    assert "Failed" not in window.controls.sentence
    window.do.run_or_pause()
    settle(qtbot, window, state)
    assert window.transport.status.text.startswith(words or "epoch")
    assert ("✗ Failed: " in window.controls.sentence) == ("Try: " in window.controls.sentence) == bool(words)
    colours = {panel.name: panel.header.figure.colour for panel in window.grid.suited}
    assert (DARK.good in judged_cells(window)) == (not words)
    if words:
        assert DARK.good not in colours.values(), colours
    for panel in window.grid.suited:
        assert not panel.header.figure.is_cut, (panel.name, panel.header.figure.text(), panel.width())


def test_the_exploding_preset_ends_as_what_blew_it_up_and_shows_that_moment(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = opened(qtbot, open_window, EXPLODING)
    window.do.run_or_pause()
    settle(qtbot, window, "finished")
    flow = next(panel for panel in window.grid.suited if isinstance(panel, FlowPanel))
    assert flow.header.figure.text() == "blown up: exploding until update 12"
    assert flow.header.figure.colour == DARK.bad
    assert flow._caption.text().startswith("At update 12, the last to explode. ")
    x, _ = flow.norms["h"].curve.getData()
    assert len(x) == 10
    assert "At update 12, the last to explode: going back, the gradient is exploding: ×1.41" in (
        window.controls.sentence
    )
    window.do.reset()
    settle(qtbot, window, "ready")
    assert flow.header.figure.text().startswith("exploding · ×1.85 per time step, ")
    assert "ailed" not in window.controls.sentence + window.transport.status.text


def test_what_is_to_be_tried_mends_the_run() -> None:
    for change in (
        {"training.learning_rate": 0.012},
        {"training.clip_norm": 16.0},
        {"model.spectral_radius": 1.0},
    ):
        scalars = Trainer(EXPLODING.with_values(change)).advance()
        assert scalars.epochs[-1].train_loss < 0.1


def test_a_run_that_diverges_shows_its_last_finite_gradient(qtbot: QtBot, open_window: OpenWindow) -> None:
    changes: dict[str, Any] = {"model.nonlinearity": "identity", "training.epochs": 50}
    window = opened(qtbot, open_window, EXPLODING.with_values(changes))
    window.do.run_or_pause()
    settle(qtbot, window, "diverged")
    flow = next(panel for panel in window.grid.suited if isinstance(panel, FlowPanel))
    assert flow.header.figure.text().startswith("diverged: ")
    assert "update " in flow._caption.text()
    assert len(flow.norms["h"].curve.getData()[0]) == 10

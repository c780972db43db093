"""Docks with panels of few words in them, and what a test does with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.docks.dock import Dock
from gui.docks.panel_docks import PanelDocks
from gui.panels import PANELS
from gui.panels.frame.panel import Panel
from gui.panels.plots.plot import Plot
from gui.theme import DARK
from rnn.config.presets import load_preset
from rnn.observing.snapshot import RunInfo
from rnn.training.trainer import Trainer

ARTICLE = load_preset("article").config
ONE, TWO = (Trainer(ARTICLE.with_values({"seed": seed})).info() for seed in (1, 2))


class LossPanel(Panel):
    name = "loss"
    title = "First"
    says_first = "It is there whatever runs."
    caption = "whatever runs"
    explanation = ""
    probes = frozenset({"fit"})

    def __init__(self) -> None:
        super().__init__(DARK, Plot("time step", "value"))


class FitPanel(LossPanel):
    name = "fit"
    title = "Odd"
    caption = "runs of an odd seed"
    probes = frozenset({"flow"})

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.seed % 2 == 1


class Even(LossPanel):
    name = "fit"
    title = "Even"
    caption = "runs of an even seed, with a line that is far longer than that of the other panel in its place"
    probes = frozenset()

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.seed % 2 == 0

    def sizeHint(self) -> QSize:
        return QSize(900, 700)


class HiddenPanel(LossPanel):
    name = "hidden"
    title = "Third"


class FlowPanel(FitPanel):
    name = "flow"
    title = "Fourth"


class PairsPanel(LossPanel):
    name = "pairs"
    title = "Fifth"
    probes = frozenset({"pairs"})


class LagsPanel(LossPanel):
    name = "lags"
    title = "Sixth"


def new_docks() -> PanelDocks:
    four = [(LossPanel(),), (FitPanel(), Even()), (HiddenPanel(),), (FlowPanel(),)]
    return PanelDocks([*four, (PairsPanel(),), (LagsPanel(),)])


def opened(qtbot: QtBot, docks: PanelDocks, width: int = 1000, height: int = 700) -> PanelDocks:
    qtbot.addWidget(docks)
    docks.resize(width, height)
    with qtbot.waitExposed(docks):
        docks.show()
    docks.show_run(ONE)
    see(qtbot, docks)
    return docks


def see(qtbot: QtBot, docks: PanelDocks) -> None:
    """Let the layout come to rest, as it does between two frames."""
    QApplication.processEvents()
    docks.watch()


def titles(panels: Sequence[Panel]) -> list[str]:
    return [panel.title for panel in panels]


def dock_of(docks: PanelDocks, title: str) -> Dock:
    return next(dock for dock in docks.docks if title in titles(dock.panels))


def move_by_hand(docks: PanelDocks) -> None:
    """Let it be known that a person has dragged one, as Qt does."""
    docks.docks[0].dockLocationChanged.emit(Qt.DockWidgetArea.TopDockWidgetArea)


def tabify(qtbot: QtBot, docks: PanelDocks, first: str, second: str) -> None:
    """Put ``second`` behind a tab beside ``first``, as dropping it there does."""
    window = docks.docks[0].parent()
    window.tabifyDockWidget(dock_of(docks, first), dock_of(docks, second))  # type: ignore[attr-defined]
    move_by_hand(docks)
    dock_of(docks, first).raise_()
    see(qtbot, docks)


def places(docks: PanelDocks) -> dict[str, tuple[int, ...]]:
    return {
        dock.objectName(): dock.geometry().getRect()  # type: ignore[misc]
        for dock in docks.docks
        if dock.is_seen
    }


def every_place(qtbot: QtBot, width: int = 990, height: int = 740) -> PanelDocks:
    """The docks of all panels of the program, in the layout that holds them all."""
    made = PanelDocks([[panel(DARK) for panel in place] for place in PANELS])  # type: ignore[call-arg]
    opened(qtbot, made, width, height)
    made.arrange("All, in tabs")
    see(qtbot, made)
    return made

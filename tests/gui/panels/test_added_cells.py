"""Every panel of a run with a cell that somebody added: it draws, and says nothing of another cell."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.panels import PANELS
from gui.panels.check.panel import CheckPanel
from gui.panels.frame.panel import Panel
from gui.panels.unrolled.layout import Place
from gui.panels.unrolled.panel import UnrolledPanel
from gui.panels.unrolled.words import Words
from gui.panels.views.panel import ViewsPanel
from rnn.config import RunConfig
from rnn.number_format import short
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, details, settle, shown
from tests.gui.panels.measured import look
from tests.gui.panels.unrolled_runs import run
from tests.rnn.added_cells import ADDED

OF_OTHERS = re.compile(r"tanh|1 − h|g′|gate|ceiling|is stretched|LSTM|GRU|inside the circle|\bc\b|cₜ|∘")
pytestmark = pytest.mark.usefixtures("added_cells")


def config(cell: str, layers: int = 1) -> RunConfig:
    values = {"model.cell": cell, "model.layers": (3, 4)[:layers], "model.initializer": "glorot"}
    return ARTICLE.with_values({"task.sequences": 10, **values})


def said(panel: Panel) -> str:
    """What it writes around its picture, what it tells of it, and what it says under the cursor."""
    told = [panel.summary(), *panel.table()]
    for widget in filter(QWidget.isVisible, panel.findChildren(QWidget)):
        told += [widget.accessibleName(), widget.accessibleDescription()]
    if hasattr(panel, "plot"):
        (left, right), (low, high) = panel.plot.shown()
        for place in range(25):
            column, row = divmod(place, 5)
            x, y = left + (right - left) * (column + 0.5) / 5, low + (high - low) * (row + 0.5) / 5
            panel.plot.hovered.emit(QPointF(x, y))
            told += [panel.readout(x, y), details(panel)]
    return " · ".join(filter(None, told)).replace("Leaky tanh", "")


@pytest.mark.parametrize("cell", ADDED)
@pytest.mark.parametrize("kind", [kinds[0] for kinds in PANELS])
def test_every_panel_draws_it_and_says_nothing_of_another_cell(
    qtbot: QtBot, kind: type[Panel], cell: str
) -> None:
    panel, trainer = shown(qtbot, kind), Trainer(config(cell))
    panel.begin(trainer.info())
    look(panel, trainer, 12)
    while isinstance(panel, CheckPanel) and not look(panel, trainer, 0).complete:
        settle(panel)
    for place in range(len(panel.views) if isinstance(panel, ViewsPanel) else 1):
        if isinstance(panel, ViewsPanel):
            panel.view.choose(place)
        look(panel, trainer, 1)
        assert panel.table()
        written = said(panel)
        if trainer.network.cell.signals[0].nonlinearity is not None:  # of tanh, as the added cell itself says
            written = written.replace("1 − h²", "").replace("where tanh is flat", "")
        assert not (found := OF_OTHERS.findall(written)), found


@pytest.mark.parametrize("cell", ADDED)
@pytest.mark.parametrize("layers", [1, 2])
def test_the_unrolled_network_has_the_numbers_of_the_moment_and_no_equation(
    qtbot: QtBot, cell: str, layers: int
) -> None:
    panel = shown(qtbot, UnrolledPanel, (760, 460))
    moment = run(panel, config(cell, layers))
    words, title = Words(moment), ADDED[cell].title
    unwritten = f"no equation of the cell {title} is written here"
    state = float(moment.signals[0]["h"][3, 1])
    assert words.unit(0, 3, 1) == (f"h₃[2]: {unwritten}", f"h₃[2] = {short(state, 3)}")
    for by_cell, symbol in enumerate(moment.cell.symbols):
        symbols, numbers = words.passes(layers - 1, 4, bool(by_cell))
        assert symbols == f"∂L₁₀/∂{symbol}₄: {unwritten}"
        norm = float((moment.last[-1].passed[by_cell][4] ** 2).sum() ** 0.5)
        assert numbers.split(";")[0] == f"norm: {short(norm, 3)}"
    row = panel.drawing.layout.row_of(0)
    rows = panel.drawing.layout.rows
    place = Place("unit", 3, row, 0.5)
    panel.plot.hovered.emit(QPointF(place.step, 0.5 * (rows[row].bottom + rows[row].top)))
    assert panel.equation.lines == (f"h₃[2]: {unwritten}", f"h₃[2] = {short(state, 3)}")


def test_the_ways_of_two_states_have_their_own_letters(qtbot: QtBot) -> None:
    panel = shown(qtbot, UnrolledPanel, (760, 460))
    run(panel, config("traced"))
    assert {"by h", "by m"} <= {entry.text for entry in panel.key.legend.entries}
    assert [track.name for track in panel.overview.tracks] == ["‖∂L₁₀/∂h‖", "‖∂L₁₀/∂m‖"]
    assert "layer_1_total_m" in panel.table()

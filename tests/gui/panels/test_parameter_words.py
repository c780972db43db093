"""What parameters are called: as in equations, with their layer where there are several, alike everywhere."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.panels.lags.panel import LagsPanel
from gui.panels.norms.panel import NormsPanel
from gui.panels.words.parameters import full_name, names, short_names
from rnn.model.cells import CELLS
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import settle, shown
from tests.gui.panels.measured import look, small


def test_a_layer_is_told_where_there_are_several() -> None:
    one, two = ("l0.Wx", "l0.Wh", "head.W", "head.b"), ("l0.Wh", "l1.bn", "head.W")
    assert names(one) == {"l0.Wx": "Wₓ", "l0.Wh": "Wₕ", "head.W": "Wₒ", "head.b": "bₒ"}
    assert names(two) == {"l0.Wh": "Wₕ of layer 1", "l1.bn": "bₙ of layer 2", "head.W": "Wₒ"}
    assert list(short_names(two).values()) == ["Wₕ 1", "bₙ 2", "Wₒ"]
    assert (full_name("l0.Wh"), full_name("head.b")) == ("Wₕ of layer 1", "bₒ")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [(5,), (5, 4)])
def test_no_two_parameters_of_a_network_are_called_the_same(cell: str, layers: tuple[int, ...]) -> None:
    trainer = Trainer(small(model__cell=cell, model__layers=layers))
    for named in (names, short_names):
        called = named(trainer.network.parameters)
        assert len(set(called.values())) == len(called)
        assert not any("." in name for name in called.values())


def test_two_panels_call_the_same_parameter_alike(qtbot: QtBot) -> None:
    norms, lags = shown(qtbot, NormsPanel), shown(qtbot, LagsPanel)
    trainer = Trainer(small("gru"))
    for panel in (norms, lags):
        panel.begin(trainer.info())
        look(panel, trainer, 2)
    norms.view.choose(1)
    settle(norms)
    count = len(trainer.network.parameters)
    rows = {norms.readout(-1.0, float(row)).partition(":")[0] for row in range(1, count + 1)}
    offered = {action.text() for action in lags.parameter.menu().actions()}
    assert offered == rows - {"Wₒ", "bₒ"}
    assert "bₙ of layer 2" in offered

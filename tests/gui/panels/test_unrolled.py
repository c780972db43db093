"""The panel of the unrolled network: the shared cursor, every kind of run, and what every panel has."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from gui.panels.unrolled.panel import UnrolledPanel
from gui.theme import DARK, LIGHT
from rnn.config.presets import load_preset
from tests.gui.panels.feeding import ARTICLE, begun, settle, shown
from tests.gui.panels.unrolled_runs import STACKED_LSTM, feed, figures, run


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


def test_the_mouse_moves_the_shared_cursor_and_the_cursor_is_shown(
    qtbot: QtBot, panel: UnrolledPanel
) -> None:
    run(panel, load_preset("vanishing").config, 1)
    seen: list[object] = []
    panel.cursor_moved.connect(seen.append)
    panel.plot.hovered.emit(QPointF(38.2, 3.0))
    panel.plot.hovered.emit(None)
    assert seen == [38, None]
    standing = panel.plot.shown(), panel.equation.lines
    before = panel.plot.grab().toImage()
    panel.show_cursor(38)
    assert panel.plot.grab().toImage() != before
    panel.show_cursor(5)
    (left, right), _ = panel.plot.shown()
    assert left < 5 < right
    assert panel.equation.lines[0].startswith("∂L₄₀/∂h₅ ⟵")
    assert panel.overview.pointed == 5
    panel.show_cursor(None)
    assert (panel.drawing.cursor, panel.overview.pointed) == (None, None)
    assert (panel.plot.shown(), panel.equation.lines) == standing


@pytest.mark.parametrize("preset", ["text", "copy-memory", "adding", "exploding", "edge-of-chaos"])
def test_every_kind_of_run_is_painted_at_every_place_in_both_themes(
    panel: UnrolledPanel, preset: str
) -> None:
    changes = {"task.sequences": 20} if preset in ("copy-memory", "adding") else {}
    moment = run(panel, load_preset(preset).config.with_values(changes), 2)
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        for position in (0, 1.5, moment.steps, moment.steps + 2.5):
            panel.controls.asked.emit()
            panel.wave.go(position)
            settle(panel)
            assert not panel.plot.grab().isNull()
    (left, right), (bottom, top) = panel.plot.shown()
    rows = panel.drawing.layout
    for x in np.linspace(left, right, 25):
        for y in np.linspace(bottom, top, 25):
            panel.plot.hovered.emit(QPointF(x, y))
            assert "nan" not in panel.readout(x, y)
            place = rows.at(float(x), float(y), moment.steps)
            assert place is None or any(panel.equation.lines)


def test_after_a_divergence_it_is_painted(panel: UnrolledPanel) -> None:
    trainer = begun(panel, load_preset("exploding").config.with_values({"model.nonlinearity": "relu"}))
    feed(panel, trainer, 1000)
    assert trainer.divergence is not None
    assert not panel.plot.grab().isNull()
    assert panel.summary()


def test_units_can_be_coloured_by_another_signal(panel: UnrolledPanel) -> None:
    moment = run(panel, STACKED_LSTM)
    assert panel.signal.count == 6
    panel.signal.choose(1)
    settle(panel)
    assert panel.drawing.picture is not None
    np.testing.assert_array_equal(panel.drawing.picture.values[0], moment.signals[0]["cell state"])
    panel.signal.choose(3)
    settle(panel)
    np.testing.assert_array_equal(panel.drawing.picture.values[1][1:], moment.signals[1]["forget gate"])
    assert " f " in panel.readout(3.0, panel.drawing.layout.rows[2].middle)


def test_the_summary_names_both_ends_of_the_way(panel: UnrolledPanel) -> None:
    moment = run(panel)
    ends = [np.linalg.norm(moment.last[0].total[0][t]) for t in (10, 1)]
    text = panel.summary().split("last time step's loss is ")[1]
    assert [figures(part)[0] for part in text.split(" and ")] == pytest.approx(ends, rel=0.06)


def test_the_summary_of_a_single_step_is_no_plural(panel: UnrolledPanel) -> None:
    run(panel, ARTICLE.with_values({"task.length": 2}))
    assert panel.summary().startswith("The network over 1 time step at update 20: ")


def test_a_new_run_forgets_the_held_moment(panel: UnrolledPanel) -> None:
    run(panel)
    panel.controls.back.click()
    assert panel.frozen
    begun(panel)
    assert (panel.frozen, panel.controls.freeze.isChecked(), panel.moment) == (False, False, None)
    assert panel.table() == {}
    assert panel.readout(3.0, 3.0) == panel.summary() == ""

"""How far back it learns on the screen: bars, running total and horizon as the probe has them, odd runs."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.panels.lags.items import Bars, show_logs, show_norms
from gui.panels.lags.panel import LagsPanel
from rnn.array import Array
from rnn.model.cells import CELLS
from rnn.number_format import short
from rnn.observing.probes import Lags
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, details, settle, shown
from tests.gui.panels.memory_runs import memory_run
from tests.gui.panels.pointing import leave, pixel, point
from tests.rnn.cases import write_data

WIDE = {
    "task.length": 21,
    "model.layers": "6",
    "model.initializer": "orthogonal",
    "model.spectral_radius": 0.7,
    "training.learning_rate": 0.01,
    "training.epochs": 50,
}

TOO_LARGE = "too large for a linear axis: choose log"


@pytest.fixture
def panel(qtbot: QtBot) -> LagsPanel:
    return shown(qtbot, LagsPanel)


def trained(updates: int = 20, **changes: object) -> Trainer:
    values = WIDE | {k.replace("__", "."): v for k, v in changes.items()}
    if values.get("model.cell", "vanilla") != "vanilla":
        del values["model.spectral_radius"]
    trainer = Trainer(ARTICLE.with_values(values))
    trainer.advance(updates)
    return trainer


def look(panel: LagsPanel, trainer: Trainer, parameter: str | None = None, sequence: int = 3) -> Lags:
    """Give the panel a snapshot of now, drawn, and return what it should show."""
    panel.begin(trainer.info())
    return give(panel, snapshot_of(trainer, parameter, sequence))


def snapshot_of(trainer: Trainer, parameter: str | None = None, sequence: int = 3) -> Snapshot:
    return trainer.snapshot(SnapshotRequest(sequence, probes=LagsPanel.probes, parameter=parameter))


def give(panel: LagsPanel, snapshot: Snapshot) -> Lags:
    panel.receive((), snapshot)
    assert panel.dirty
    settle(panel)
    assert not panel.grab().toImage().isNull()
    lags = snapshot.probe(Lags)
    assert lags is not None
    return lags


def changed(snapshot: Snapshot, **changes: object) -> Snapshot:
    """The same moment with other results of the probe."""
    lags = snapshot.probe(Lags)
    assert lags is not None
    return dataclasses.replace(
        snapshot,
        probes={"lags": dataclasses.replace(lags, **changes)},  # type: ignore[arg-type]
    )


def tops(bars: Bars) -> tuple[Array, Array]:
    """Where the bars stand and how high they reach, in axis units."""
    options = bars.item.opts
    return np.asarray(options["x"]), np.asarray(options["height"]) + options["y0"]


def words(panel: LagsPanel) -> str:
    return details(panel)


@pytest.mark.parametrize("cell", CELLS)
def test_bars_line_and_horizon_are_the_probes(panel: LagsPanel, cell: str) -> None:
    lags = look(panel, trained(model__cell=cell, model__layers="6,4"))
    assert lags.parameter == "l1.Wh"
    x, y = tops(panel.trained)
    np.testing.assert_array_equal(x, np.arange(20))
    np.testing.assert_allclose(y, lags.norms, rtol=1e-12)
    x, y = panel.running.getData()
    np.testing.assert_array_equal(x, np.arange(20))
    np.testing.assert_array_equal(y, lags.running)
    assert len(tops(panel.cut)[0]) == 0
    left, right = panel.plot.shown()[0]
    assert -1.0 < left < -0.4
    assert 19.4 < right < 20.0
    horizon = int(np.flatnonzero(lags.left > 0.05 * lags.whole)[-1]) + 1
    assert panel._figure.text() == f"{horizon} time steps"
    assert panel.horizon.line.value() == horizon + 0.5
    assert panel.horizon.line.isVisible()
    assert panel.summary().startswith(
        f"For Wₕ of layer 2, beyond {horizon} time steps less than 5\u00a0% of the whole gradient is missing"
    )
    assert f"is at lag {int(np.argmax(lags.norms))}." in panel.summary()
    assert panel.check.text() == f"the parts add up to the gradient: residual {short(lags.residual, 1)}"
    assert lags.residual < 1e-10


def test_the_bars_are_seen_as_high_as_they_are(panel: LagsPanel) -> None:
    snapshot = snapshot_of(trained())
    panel.begin(trained().info())
    norms = np.array([1.0, 0.5, 0.0, 0.25, *[0.0] * 16])
    give(panel, changed(snapshot, norms=norms, running=np.full(20, 1.0), left=np.zeros(20), whole=1.0))
    picture = panel.plot.grab().toImage()
    accent = themes.DARK.accent
    for lag, height in ((1, 0.47), (1, 0.02), (3, 0.22), (0, 0.9)):
        assert picture.pixelColor(pixel(panel, lag, height)).name() == accent
    for lag, height in ((1, 0.55), (2, 0.02), (3, 0.3)):
        assert picture.pixelColor(pixel(panel, lag, height)).name() != accent
    assert panel._figure.text() == "lag 0 alone"
    assert panel.horizon.line.value() == 0.5


def test_the_word_at_the_horizon_is_clear_of_the_running_total(panel: LagsPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    running = np.where(np.arange(20) < 1, 1.0, np.linspace(0.7, 0.45, 20))
    lags = give(panel, changed(snapshot_of(trainer), running=running))
    label = panel.horizon.label
    assert label.isVisible()
    assert label.text() == "95 %"
    place = label.mapRectToScene(label.boundingRect())
    box = panel.plot.box
    assert box.sceneBoundingRect().contains(place)
    top, bottom = (box.mapSceneToView(at) for at in (place.topLeft(), place.bottomRight()))
    under = lags.running[max(0, int(top.x())) : int(bottom.x()) + 2]
    assert (under > top.y()).all() or (under < bottom.y()).all()


def test_what_truncation_cuts_off_is_drawn_hollow_with_a_legend(panel: LagsPanel) -> None:
    lags = look(panel, trained(training__truncation=5))
    assert lags.cut is not None
    x, y = tops(panel.cut)
    # From zero there is nothing that W_h was multiplied with 19 steps before the last.
    np.testing.assert_array_equal(x, np.arange(1, 19))
    np.testing.assert_allclose(y, lags.cut[1:19], rtol=1e-12)
    assert (lags.norms[5:] == 0.0).all()
    outline, inside = panel.cut.item.opts["pen"].color(), panel.cut.item.opts["brush"]
    assert outline.name() == themes.DARK.other
    assert inside.alphaF() < 0.3
    assert [entry.text for entry in panel.legend.entries] == [
        "trained on",
        "cut off by truncation",
        "running total",
    ]
    assert panel.legend.isVisible()
    assert panel.readout(7.2, 0.0).endswith(f" · cut off {short(float(lags.cut[7]))}")
    look(panel, trained())
    assert [entry.text for entry in panel.legend.entries] == ["from n time steps back", "running total"]
    assert len(tops(panel.cut)[0]) == 0


def test_any_parameter_can_be_asked_for_the_recurrent_weights_first(panel: LagsPanel, qtbot: QtBot) -> None:
    trainer = trained(model__cell="gru", model__layers="6,4")
    look(panel, trainer)
    assert panel.parameter.isVisible()
    assert panel.parameter.name == "Wₕ of layer 2"
    offered = [action.text() for action in panel.parameter.menu().actions()]
    assert offered == [
        f"{name} of layer {layer}"
        for names, layers in ((("Wₕ",), (1, 2)), (("Wₓ", "b", "bₙ"), (1,)), (("Wₓ", "b", "bₙ"), (2,)))
        for layer in layers
        for name in names
    ]
    with qtbot.waitSignal(panel.look_changed) as asked:
        panel.parameter.menu().actions()[offered.index("bₙ of layer 1")].trigger()
    assert asked.args == ["parameter", "l0.bn"]
    lags = give(panel, snapshot_of(trainer, "l0.bn"))
    assert "Of bₙ of layer 1: share of the gradient that came" in words(panel)
    np.testing.assert_allclose(tops(panel.trained)[1], lags.norms, rtol=1e-12)
    # A run without it falls back to W_h of its top layer, and one with it comes back to it.
    assert look(panel, trained(), "l0.bn").parameter == "l0.Wh"
    assert panel.parameter.name == "Wₕ of layer 1"
    assert panel.parameter.text() == "Wₕ ▾"
    assert look(panel, trainer, "l0.bn").parameter == "l0.bn"
    assert panel.parameter.name == "bₙ of layer 1"


def test_the_name_on_the_button_is_that_of_what_is_measured(panel: LagsPanel, qtbot: QtBot) -> None:
    """Whoever chooses what is shown already keeps it, also where that is no longer the top layer's."""
    two, three = trained(model__layers="6,4"), trained(model__layers="6,5,4")
    look(panel, two)
    with qtbot.waitSignal(panel.look_changed) as asked:
        panel.parameter.menu().actions()[1].trigger()
    assert asked.args == ["parameter", "l1.Wh"]
    with qtbot.assertNotEmitted(panel.look_changed):
        panel.parameter.menu().actions()[1].trigger()
    assert look(panel, three, "l1.Wh").parameter == "l1.Wh"
    assert panel.parameter.name == "Wₕ of layer 2"
    panel.begin(two.info())
    give(panel, snapshot_of(two, "l1.Wh"))
    # A request that got lost: the button says what is drawn and not what was asked for.
    assert look(panel, three, None).parameter == "l2.Wh"
    assert panel.parameter.name == "Wₕ of layer 3"
    assert "Of Wₕ of layer 3: share" in words(panel)


def test_the_axis_can_be_logarithmic(panel: LagsPanel, qtbot: QtBot) -> None:
    trainer = trained(model__nonlinearity="identity", model__spectral_radius=0.5)
    lags = look(panel, trainer)
    assert panel.plot.shown()[1][0] < 0.0
    panel.menu().actions()[0].trigger()
    settle(panel)
    assert panel.log_y
    assert lags.norms[19] == 0.0
    np.testing.assert_allclose(tops(panel.trained)[1], np.log10(lags.norms[:19]), rtol=1e-12)
    np.testing.assert_array_equal(panel.running.getData()[1], np.log10(lags.running))
    bottom, top = panel.plot.shown()[1]
    assert bottom < np.log10(lags.norms[:19]).min()
    assert np.log10(lags.running).max() < top
    assert panel.trained.item.opts["y0"] < bottom
    picture = panel.plot.grab().toImage()
    middle = 0.5 * (bottom + np.log10(lags.norms[3]))
    assert picture.pixelColor(pixel(panel, 3, middle)).name() == themes.DARK.accent
    point(qtbot, panel, 3, middle)
    assert words(panel).startswith("lag 3: ")
    panel.menu().actions()[0].trigger()
    settle(panel)
    assert panel.plot.shown()[1][0] < 0.0 < panel.plot.shown()[1][1]
    np.testing.assert_allclose(tops(panel.trained)[1], lags.norms, rtol=1e-12)


def test_a_bar_under_the_mouse_is_told(panel: LagsPanel, qtbot: QtBot) -> None:
    lags = look(panel, trained())
    point(qtbot, panel, 2, 0.5 * lags.norms[0])
    numbers = re.fullmatch(r"lag 2: (\S+), (\S+) % · lags 0 to 2 together (\S+), (\S+) %", words(panel))
    assert numbers is not None
    told = [float(text) for text in numbers.groups()]
    of = [
        lags.norms[2],
        100 * lags.norms[2] / lags.whole,
        lags.running[2],
        100 * lags.running[2] / lags.whole,
    ]
    np.testing.assert_allclose(told, of, rtol=0.05)
    point(qtbot, panel, 0, 0.5 * lags.norms[0])
    assert words(panel).startswith("lag 0: ")
    assert "together" not in words(panel)
    leave(panel)
    assert "Of Wₕ: share of the gradient that came from n time steps back" in words(panel)


def test_the_range_does_not_jump(panel: LagsPanel) -> None:
    plot = panel.plot

    def shown(*norms: float) -> tuple[float, float]:
        show_norms(plot, np.array(norms))
        return plot.shown()[1]

    assert shown() == shown(0.0, 0.0)
    assert shown(0.0, 2.0, np.nan) == pytest.approx((-0.05, 2.16))
    current = shown(2.0)
    assert shown(1.0) == shown(np.inf) == current
    assert shown(0.5)[1] == pytest.approx(0.54)
    plot.let_go()
    show_logs(plot, np.array([1e-200, 0.0, 1.0, np.nan]))
    low, high = plot.shown()[1]
    assert -20.0 < low < -16.0
    assert 0.0 < high < 3.0


def test_a_picture_that_has_not_changed_is_not_drawn_again(panel: LagsPanel) -> None:
    trainer = trained(training__truncation=5)
    look(panel, trainer)
    panel.receive((), snapshot_of(trainer))
    panel.receive((), trainer.snapshot(SnapshotRequest(3)))
    panel.receive((), None)
    assert not panel.dirty
    give(panel, snapshot_of(trainer, "l0.Wx"))
    trainer.advance(1)
    give(panel, snapshot_of(trainer, "l0.Wx"))


def test_lags_end_with_the_last_scored_step(panel: LagsPanel, tmp_path: Path) -> None:
    mask = np.zeros((1, 12), dtype=int)
    mask[0, [3, 7]] = 1
    rng = np.random.default_rng(0)
    file = write_data(tmp_path / "m.npz", x=rng.random((1, 12, 1)), y=rng.random((1, 12, 1)), mask=mask)
    lags = look(panel, Trainer(ARTICLE.with_values({"task.name": "data", "task.file": file})), sequence=0)
    assert lags.steps == 8
    assert 7.4 < panel.plot.shown()[0][1] < 8.0
    assert panel.readout(8.0, 0.0) == ""
    assert panel.readout(7.0, 0.0).startswith("lag 7: ")


def test_a_memory_task_shows_its_far_lags(panel: LagsPanel) -> None:
    trainer = memory_run("copy-memory", task__delay=12)
    trainer.advance(2)
    lags = look(panel, trainer, sequence=0)
    assert lags.horizon is not None
    assert panel._figure.text() == f"{lags.horizon} time steps"
    assert len(tops(panel.trained)[0]) == lags.steps


def test_a_very_long_sequence_says_what_is_taken_apart(
    panel: LagsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["rnn.observing.probes.pairs"], "BYTES", 20**2 * 6 * 8.0)
    lags = look(panel, trained(task__length=61))
    assert lags.last_only
    assert words(panel).endswith(", of the last 20 time steps only")
    assert panel.check.text().endswith("the losses and states of the last 20 time steps")


def test_odd_gradients_have_a_figure_of_their_own(panel: LagsPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    snapshot = snapshot_of(trainer)
    none, huge = np.zeros(20), np.full(20, 1e300)
    bad = np.full(20, np.nan)
    blank = "the gradient is not finite"
    for arrays, figure, linear, log in (
        ({"norms": none, "running": none, "left": none, "whole": 0.0}, "no gradient", "", ""),
        ({"norms": bad, "running": bad, "left": bad, "whole": np.nan}, "not finite", blank, blank),
        ({"norms": huge, "running": huge, "left": none, "whole": 1e300}, "lag 0 alone", TOO_LARGE, ""),
        (
            {"norms": none + np.inf, "running": bad, "left": bad, "whole": np.inf},
            "not finite",
            blank,
            blank,
        ),
    ):
        for words in (linear, log):
            given = give(panel, changed(snapshot, **arrays))
            assert panel._figure.text() == figure
            assert (panel.sentence.label.text() if panel.sentence.label.isVisible() else "") == words
            assert panel.summary()
            assert panel.horizon.line.isVisible() == (given.horizon is not None)
            assert panel.readout(4.0, 0.0)
            assert np.isfinite(panel.plot.shown()).all()
            panel._log_button.toggle()
            settle(panel)
            panel.grab()
            panel.receive((), snapshot)
    give(panel, changed(snapshot, residual=1e-3))
    assert panel.check.text() == "the parts miss the gradient by 0.001 of it"


def test_after_a_divergence_the_panel_is_readable(panel: LagsPanel) -> None:
    trainer = trained()
    trainer.network.parameters["l0.Wh"][...] = 1e308
    trainer.network.parameters["head.W"][...] = np.nan
    look(panel, trainer)
    assert panel._figure.text() == "not finite"
    assert panel.check.text() == ""
    assert len(tops(panel.trained)[0]) == 0


def test_a_single_time_step_is_one_bar(panel: LagsPanel) -> None:
    lags = look(panel, trained(task__length=2))
    assert lags.steps == 1
    # The state before the first step is zero, and so is ∂L/∂W_h.
    assert panel._figure.text() == "no gradient"
    lags = look(panel, trained(task__length=2), "l0.Wx")
    np.testing.assert_allclose(tops(panel.trained)[1], lags.norms)
    assert panel._figure.text() == "lag 0 alone"


def test_before_the_first_snapshot_there_is_nothing_to_read(panel: LagsPanel) -> None:
    look(panel, trained())
    panel.begin(trained(task__length=31).info())
    settle(panel)
    assert 29.4 < panel.plot.shown()[0][1] < 30.0
    assert len(tops(panel.trained)[0]) == 0
    assert not panel.horizon.line.isVisible()
    assert (panel.readout(3.0, 0.0), panel.table(), panel.summary()) == ("", {}, "")
    assert (panel._figure.text(), panel.check.text()) == ("", "")


def test_the_table_holds_the_probes_numbers(panel: LagsPanel) -> None:
    lags = look(panel, trained(training__truncation=5))
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [row["lag"] for row in rows] == [str(n) for n in range(20)]
    assert lags.cut is not None
    for name, array in (
        ("norms", lags.norms),
        ("running", lags.running),
        ("left", lags.left),
        ("cut", lags.cut),
    ):
        assert [float(row[f"l0_Wh_{name}"]) for row in rows] == array.tolist()


def test_new_colours_reach_every_stroke(panel: LagsPanel) -> None:
    look(panel, trained(training__truncation=5))
    panel.apply_theme(themes.LIGHT)
    settle(panel)
    assert panel.trained.item.opts["brush"].color().name() == themes.LIGHT.accent
    assert panel.cut.item.opts["pen"].color().name() == themes.LIGHT.other
    assert panel.running.opts["pen"].color().name() == themes.LIGHT.target
    assert panel.horizon.line.pen.color().name() == themes.LIGHT.target


def test_it_is_explained_in_a_few_words() -> None:
    text = re.sub(r"<[^>]*>", " ", LagsPanel.explanation).replace("&nbsp;", " ")
    assert 80 <= len(text.split()) <= 200

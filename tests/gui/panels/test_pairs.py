"""Who taught whom on the screen: the probe's numbers in their colours, the cross of frames, odd runs."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.panels.pairs.image import levels
from gui.panels.pairs.marks import borders
from gui.panels.pairs.panel import PairsPanel
from gui.panels.pairs.rowless import longest_run
from rnn.array import Array
from rnn.model.cells import CELLS
from rnn.observing.probes import Pairs
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
    "training.learning_rate": 0.01,
    "training.epochs": 50,
}


@pytest.fixture
def panel(qtbot: QtBot) -> PairsPanel:
    return shown(qtbot, PairsPanel, (560, 400))


def trained(updates: int = 20, **changes: object) -> Trainer:
    trainer = Trainer(ARTICLE.with_values(WIDE | {k.replace("__", "."): v for k, v in changes.items()}))
    trainer.advance(updates)
    return trainer


def look(panel: PairsPanel, trainer: Trainer, sequence: int = 3) -> Pairs:
    """Give the panel a snapshot of now, drawn, and return what it should show."""
    panel.begin(trainer.info())
    return give(panel, trainer.snapshot(SnapshotRequest(sequence, probes=panel.probes)))


def give(panel: PairsPanel, snapshot: Snapshot) -> Pairs:
    panel.receive((), snapshot)
    assert panel.dirty
    settle(panel)
    assert not panel.grab().toImage().isNull()
    pairs = snapshot.probe(Pairs)
    assert pairs is not None
    return pairs


def test_other_losses_are_drawn_anew_even_where_the_norms_are_the_same(panel: PairsPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    snapshot = trainer.snapshot(SnapshotRequest(3, probes=panel.probes))
    norms = np.tril(np.zeros((20, 20)))
    give(panel, with_norms(snapshot, norms))
    scored = snapshot.scored.copy()
    scored[4] = False
    assert "there is no loss" not in panel.readout(2.0, 5.0)
    give(panel, dataclasses.replace(with_norms(snapshot, norms), scored=scored))
    assert "there is no loss" in panel.readout(2.0, 5.0)
    panel.receive((), dataclasses.replace(with_norms(snapshot, norms), scored=scored))
    assert not panel.dirty


def with_norms(snapshot: Snapshot, norms: Array) -> Snapshot:
    """The same moment with other norms in its one layer."""
    pairs = snapshot.probe(Pairs)
    assert pairs is not None
    return dataclasses.replace(
        snapshot, probes={"pairs": dataclasses.replace(pairs, layers=((norms.copy(),),))}
    )


def expected(norms: Array, low: int, high: int) -> Array:
    """The places in the colour table, one pair at a time."""
    places = np.zeros(norms.shape, dtype=int)
    for i in range(len(norms)):
        for j in range(i + 1):
            share = (np.log10(norms[i, j]) - low) / (high - low)
            places[i, j] = 2 + int(253 * min(max(share, 0.0), 1.0))
    return places


def shades(panel: PairsPanel) -> Array:
    return np.asarray(panel.triangle.image.image)


def words(panel: PairsPanel) -> str:
    return details(panel)


@pytest.mark.parametrize("cell", CELLS)
def test_each_pair_has_the_shade_of_its_norm_in_every_layer_and_state(panel: PairsPanel, cell: str) -> None:
    pairs = look(panel, trained(model__cell=cell, model__layers="6,4"))
    assert (panel.layer.count, panel.layer.value) == (2, 1)
    assert panel.state.count == CELLS[cell]("tanh").states
    for layer, of_layer in enumerate(pairs.layers):
        for state, norms in enumerate(of_layer):
            panel.layer.choose(layer)
            panel.state.choose(state)
            settle(panel)
            low, high = panel.levels
            assert 3 <= high - low <= 8
            assert 10.0 ** (high - 1) < np.nanmax(norms) <= 10.0**high
            np.testing.assert_array_equal(shades(panel), expected(norms, low, high))
            assert panel.triangle.image.mapRectToParent(panel.triangle.image.boundingRect()) == QRectF(
                0.5, 0.5, 20.0, 20.0
            )
            assert words(panel).startswith(f"layer {layer + 1} of 2: ‖∂Lᵢ/∂{'hc'[state]}ⱼ‖, logarithmic")


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_rows_are_losses_downwards_and_columns_are_states(panel: PairsPanel, theme: themes.Theme) -> None:
    trainer = trained()
    panel.apply_theme(theme)
    panel.begin(trainer.info())
    norms = np.where(np.tri(20, dtype=bool), 1e-2, np.nan)
    norms[16, 4], norms[9, 2], norms[12, 3], norms[18, 1] = 1.0, 1e-6, 0.0, np.inf
    give(panel, with_norms(trainer.snapshot(SnapshotRequest(probes=panel.probes)), norms))
    assert panel.levels == (-6, 0)
    picture = panel.plot.grab().toImage()
    viridis = theme.sequential()
    for i, j, colour in (
        (17, 5, QColor(*viridis[255].tolist())),
        (10, 3, QColor(*viridis[0].tolist())),
        (6, 6, QColor(*viridis[round(255 * 4 / 6)].tolist())),
        (13, 4, QColor(theme.raised)),
        (19, 2, QColor(theme.raised)),
        (5, 17, QColor(theme.surface)),
    ):
        seen = picture.pixelColor(pixel(panel, j, i))
        for channel in (QColor.red, QColor.green, QColor.blue):
            assert abs(channel(seen) - channel(colour)) <= 4
    assert pixel(panel, 1, 20).y() > pixel(panel, 1, 1).y()


def test_the_colour_bar_names_powers_of_ten(panel: PairsPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    norms = np.where(np.tri(20, dtype=bool), 3e-5, np.nan)
    norms[5, 5] = 0.5
    give(panel, with_norms(trainer.snapshot(SnapshotRequest(probes=panel.probes)), norms))
    assert panel.colours.accessibleName() == "Colours from ≤ 10⁻⁵ to 1: ‖∂Lᵢ/∂hⱼ‖"


def test_levels_are_whole_decades_and_do_not_flicker() -> None:
    assert levels(None, np.array([3e-5, 0.5, 0.0, np.nan, np.inf])) == (-5, 0)
    assert levels(None, np.array([1e-30, 0.5])) == (-8, 0)
    assert levels(None, np.array([0.4, 0.5])) == (-3, 0)
    assert levels((-5, 0), np.zeros(3)) == (-5, 0)
    rng = np.random.default_rng(0)
    span, changes = levels(None, np.array([1e-5, 1.0])), 0
    for _ in range(300):
        low, high = rng.uniform(-5.7, -4.3), rng.uniform(-0.4, 0.4)
        before, span = span, levels(span, np.array([10.0**low, 10.0**high]))
        assert span[0] <= low
        assert high <= span[1]
        changes += span != before
    assert changes <= 2
    # A far larger gradient takes the colours along, and they come back.
    assert levels(span, np.array([1e3, 1e7])) == (3, 7)
    assert levels((3, 7), np.array([1e-5, 1.0])) == (-5, 0)


def test_what_truncation_parts_is_hatched_and_its_border_is_named(panel: PairsPanel) -> None:
    look(panel, trained(training__truncation=6))
    step = np.arange(20)
    parted = (step[:, None] // 6 != step // 6) & (step <= step[:, None])
    np.testing.assert_array_equal(panel.triangle.hatch.cells, parted)
    x, y = panel.triangle.border.getData()
    assert list(zip(x, y, strict=True)) == [
        (0.5, 6.5),
        (6.5, 6.5),
        (6.5, 12.5),
        (12.5, 12.5),
        (12.5, 18.5),
        (18.5, 18.5),
        (18.5, 20.5),
    ]
    assert [entry.text for entry in panel.legend.entries] == ["truncation", "never trained on"]
    assert words(panel).endswith("hatched: cut off by truncation every 6 time steps")
    assert panel.readout(6.0, 7.0).endswith(" · cut off by truncation")
    assert "cut off" not in panel.readout(7.0, 7.0)

    def tones(i: int, j: int) -> int:
        """How many colours lie around the middle of a cell."""
        middle = pixel(panel, j, i)
        return len({picture.pixelColor(middle.x() + x, middle.y()).name() for x in range(-4, 5)})

    picture = panel.plot.grab().toImage()
    assert all(tones(i, j) > 1 for i, j in ((8, 3), (20, 10)))
    assert all(tones(i, j) == 1 for i, j in ((11, 9), (5, 2), (2, 15)))


def test_a_zoom_takes_the_hatching_along(panel: PairsPanel) -> None:
    look(panel, trained(training__truncation=10))
    box = panel.plot.box
    box.setRange(xRange=(0.5, 12.5), yRange=(0.5, 12.5), padding=0)
    picture = panel.plot.grab().toImage()

    def tones(i: int, j: int) -> int:
        middle = pixel(panel, j, i)
        return len({picture.pixelColor(middle.x() + x, middle.y()).name() for x in range(-6, 7)})

    assert [tones(i, 5) for i in (8, 9, 10, 11, 12)] == [1, 1, 1, 2, 2]


def test_without_truncation_nothing_is_hatched(panel: PairsPanel) -> None:
    look(panel, trained())
    assert not panel.triangle.hatch.cells.any()
    assert len(panel.triangle.border.getData()[0]) == 0
    assert panel.legend.entries == ()
    x, _ = borders(1, 20, 20)
    assert len(x) == 0


def test_a_cell_under_the_mouse_is_told_marked_and_moves_the_shared_cursor(
    panel: PairsPanel, qtbot: QtBot
) -> None:
    pairs = look(panel, trained())
    (norms,) = pairs.layers[0]
    moved: list[int | None] = []
    panel.cursor_moved.connect(moved.append)
    point(qtbot, panel, 7, 15)
    assert moved == [7]
    told = re.fullmatch(
        r"loss of time step 15, state of time step 7, lag 8: (.*), (.*) of lag 0's", words(panel)
    )
    assert told is not None
    value, share = (
        float(text.replace("·10⁻", "e-").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
        for text in told.groups()
    )
    assert value == pytest.approx(norms[14, 6], rel=5e-3)
    assert share == pytest.approx(norms[14, 6] / norms[14, 14], rel=0.05)
    assert panel.triangle.cross.frames() == [QRectF(0.5, 14.5, 15.0, 1.0), QRectF(6.5, 6.5, 1.0, 14.0)]
    assert not panel.triangle.cross.faint
    # Another loss of the same state leaves the cursor where it is.
    point(qtbot, panel, 7, 18)
    assert moved == [7]
    assert panel.cell == (18, 7)
    point(qtbot, panel, 11, 3)
    assert words(panel) == "loss of time step 3, state of time step 11: no loss depends on a later state"
    assert moved == [7, None]
    assert panel.triangle.cross.frames() == []
    point(qtbot, panel, 2, 2)
    leave(panel)
    assert moved == [7, None, 2, None]
    assert words(panel).startswith("‖∂Lᵢ/∂hⱼ‖, logarithmic")


def test_the_cursor_of_another_panel_marks_its_row_and_column_faintly(
    panel: PairsPanel, qtbot: QtBot
) -> None:
    look(panel, trained())
    without = panel.plot.grab().toImage()
    panel.show_cursor(9)
    assert panel.triangle.cross.frames() == [QRectF(0.5, 8.5, 9.0, 1.0), QRectF(8.5, 8.5, 1.0, 12.0)]
    assert panel.triangle.cross.faint
    assert panel.plot.grab().toImage() != without
    point(qtbot, panel, 4, 6)
    panel.show_cursor(4)
    assert (panel.triangle.cross.row, panel.triangle.cross.column) == (6, 4)
    leave(panel)
    panel.show_cursor(300)
    assert panel.triangle.cross.frames() == []
    panel.show_cursor(None)
    assert panel.plot.grab().toImage() == without


def test_an_lstm_is_shown_by_its_cell_state_unless_h_is_asked_for(panel: PairsPanel) -> None:
    look(panel, trained(model__cell="lstm"))
    assert panel.state.name == "cell state c"
    assert words(panel).endswith("‖∂Lᵢ/∂cⱼ‖, logarithmic; hⱼ follows cⱼ")
    panel.state.choose(0)
    settle(panel)
    assert words(panel).endswith("h alone, with c held, looks as if the cell forgot")
    look(panel, trained(model__cell="gru"))
    assert not panel.state.isVisible()


@pytest.mark.parametrize(
    ("radius", "figure"), [(0.8, "10 % left after 11 time steps"), (1.0, "1.0 left after 19 time steps")]
)
def test_the_figure_is_the_lag_at_which_a_tenth_is_left(
    panel: PairsPanel, radius: float, figure: str
) -> None:
    # In a linear network with an orthogonal W_h, ‖∂L_i/∂h_{i−n}‖ = ρⁿ ‖∂L_i/∂h_i‖ exactly; 0.8¹¹ = 0.086.
    trainer = trained(0, model__nonlinearity="identity", model__spectral_radius=radius)
    pairs = look(panel, trainer)
    np.testing.assert_allclose(pairs.kept(0), radius ** np.arange(20), rtol=1e-10)
    assert panel._figure.text() == figure
    assert str(11 if radius < 1.0 else 19) in panel.summary()


def test_a_gradient_that_grows_is_told_so(panel: PairsPanel) -> None:
    look(panel, trained(0, model__nonlinearity="identity", model__spectral_radius=1.25))
    assert panel._figure.text() == "×69 over 19 time steps"  # 1.25¹⁹ = 69.4
    assert panel.summary() == (
        "The gradient of the last loss reaches all the way back: after 19 time steps it is 69 times as large."
    )


def test_steps_without_a_loss_are_empty_rows_with_a_word(panel: PairsPanel) -> None:
    trainer = memory_run("copy-memory", task__delay=12)
    trainer.advance(2)
    pairs = look(panel, trainer, sequence=0)
    (norms,) = pairs.layers[0]
    T = len(norms)
    empty = np.nansum(norms, axis=1) == 0.0
    count = int(empty.sum())
    assert 10 <= count < T
    assert empty[:count].all()
    assert (shades(panel)[:count][np.tri(count, T, dtype=bool)] == 1).all()
    assert (shades(panel)[count:][np.tri(T, dtype=bool)[count:]] > 1).all()
    label = panel.triangle.rowless.label
    assert label.isVisible()
    assert label.text() == "no loss at these time steps"
    place = label.mapRectToScene(label.boundingRect())
    box = panel.plot.box
    for corner in (place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight()):
        at = box.mapSceneToView(corner)
        assert at.x() < at.y() < count + 0.5
    assert words(panel).endswith("empty rows have no loss")
    assert (
        panel.readout(2.0, 5.0)
        == "loss of time step 5, state of time step 2, lag 3: there is no loss at time step 5"
    )
    look(panel, trained())
    assert not label.isVisible()


def test_the_word_is_left_out_where_it_does_not_fit(panel: PairsPanel, tmp_path: Path) -> None:
    mask = np.ones((1, 60), dtype=int)
    mask[0, 39] = 0
    rng = np.random.default_rng(0)
    file = write_data(tmp_path / "m.npz", x=rng.random((1, 60, 1)), y=rng.random((1, 60, 1)), mask=mask)
    look(panel, Trainer(ARTICLE.with_values({"task.name": "data", "task.file": file})), sequence=0)
    assert not panel.triangle.rowless.label.isVisible()
    assert words(panel).endswith("empty rows have no loss")
    assert (shades(panel)[39, :40] == 1).all()
    assert (shades(panel)[[38, 40], :39] > 1).all()


def test_the_longest_run_is_found() -> None:
    assert longest_run(np.array([True, False, True, True, False])) == (2, 2)
    assert longest_run(np.array([True, True])) == (0, 2)
    assert longest_run(np.zeros(3, dtype=bool)) == longest_run(np.zeros(0, dtype=bool)) == (0, 0)


def test_a_very_long_sequence_keeps_its_own_time_steps(
    panel: PairsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["rnn.observing.probes.pairs"], "BYTES", 20**2 * 6 * 8.0)
    pairs = look(panel, trained(task__length=61, training__truncation=16))
    assert pairs.first == 41
    assert panel.plot.shown() == ((40.5, 60.5), (40.5, 60.5))
    point(qtbot, panel, 45, 52)
    assert panel.cell == (52, 45)
    assert words(panel).startswith("loss of time step 52, state of time step 45, lag 7: ")
    assert words(panel).endswith("cut off by truncation")
    x, y = panel.triangle.border.getData()
    assert list(zip(x, y, strict=True)) == [(40.5, 48.5), (48.5, 48.5), (48.5, 60.5)]
    step = np.arange(40, 60)
    np.testing.assert_array_equal(
        panel.triangle.hatch.cells, (step[:, None] // 16 != step // 16) & (step <= step[:, None])
    )
    assert panel.triangle.hatch.mapRectToParent(panel.triangle.hatch.boundingRect()) == QRectF(
        40.5, 40.5, 20.0, 20.0
    )
    assert panel.table()["loss_step"] == list(range(41, 61))


def test_a_picture_that_has_not_changed_is_not_drawn_again(panel: PairsPanel) -> None:
    trainer = trained()
    look(panel, trainer)
    panel.receive((), trainer.snapshot(SnapshotRequest(3, probes=panel.probes)))
    panel.receive((), trainer.snapshot(SnapshotRequest(3)))
    panel.receive((), None)
    assert not panel.dirty
    image = shades(panel)
    panel.show_all()
    settle(panel)
    assert shades(panel) is image
    trainer.advance(1)
    give(panel, trainer.snapshot(SnapshotRequest(3, probes=panel.probes)))
    assert shades(panel) is not image


def test_after_a_divergence_the_panel_is_readable(panel: PairsPanel) -> None:
    trainer = trained()
    trainer.network.parameters["l0.Wh"][...] = 1e308
    trainer.network.parameters["head.W"][...] = np.nan
    look(panel, trainer)
    assert panel._figure.text() == "not finite"
    assert panel.summary() == "The gradients of some losses by earlier states are not finite."
    assert set(shades(panel).ravel()) == {0, 1}
    assert "not a number" in panel.readout(3.0, 9.0)


def test_odd_gradients_have_a_figure_of_their_own(panel: PairsPanel) -> None:
    trainer = trained()
    panel.begin(trainer.info())
    snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes))
    lower = np.tri(20, dtype=bool)
    for norms, figure in (
        (np.where(lower, 0.0, np.nan), "no gradient"),
        (np.where(lower, lower * (np.arange(20) < 19), np.nan), "does not fade"),
        (np.where(lower, 1e300, np.nan), "1.0 left after 19 time steps"),
        (np.where(np.eye(20) > 0.0, 1e-310, np.where(lower, 0.0, np.nan)), "10 % left after 1 time step"),
    ):
        give(panel, with_norms(snapshot, norms))
        assert panel._figure.text() == figure
        assert panel.summary()
        assert panel.readout(5.0, 9.0)


def test_a_single_time_step_is_one_cell(panel: PairsPanel) -> None:
    pairs = look(panel, trained(task__length=2))
    assert pairs.layers[0][0].shape == (1, 1)
    assert shades(panel).shape == (1, 1)
    assert panel._figure.text() == "one time step"


def test_before_the_first_snapshot_there_is_nothing_to_read(panel: PairsPanel, qtbot: QtBot) -> None:
    look(panel, trained(training__truncation=6))
    panel.begin(trained(task__length=31).info())
    settle(panel)
    assert panel.plot.shown() == ((0.5, 30.5), (0.5, 30.5))
    assert panel.triangle.image.image is None
    assert not panel.triangle.hatch.cells.any()
    assert (panel.readout(3.0, 9.0), panel.table(), panel.summary(), panel._figure.text()) == ("", {}, "", "")
    point(qtbot, panel, 4, 9)
    assert panel.cell is None


def test_the_table_is_the_triangle(panel: PairsPanel) -> None:
    pairs = look(panel, trained(model__layers="6,4"))
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    norms = pairs.layers[1][0]
    assert [row["loss_step"] for row in rows] == [str(i) for i in range(1, 21)]
    for i, j in ((0, 0), (19, 0), (12, 7)):
        assert float(rows[i][f"layer_2_h_{j + 1}"]) == norms[i, j]
    assert rows[3]["layer_2_h_5"] == ""


def test_it_is_explained_in_a_few_words() -> None:
    text = re.sub(r"<[^>]*>", " ", PairsPanel.explanation)
    assert 80 <= len(text.split()) <= 200
    assert "c held" in text

"""The hidden state panel: image, hatching, one unit's trace by mouse and keys, every signal, odd sizes."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.hidden.trace import HINT
from gui.panels.plots.hatch import hatched
from rnn.array import Array
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.number_format import percent
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import details

ARTICLE = load_preset("article").config
Shown = Callable[[Trainer], HiddenPanel]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Shown:
    """A panel on the screen that has begun with a trainer."""
    themes.apply(qapp, themes.DARK)

    def show(trainer: Trainer) -> HiddenPanel:
        panel = HiddenPanel(themes.DARK)
        qtbot.addWidget(panel)
        panel.resize(700, 430)
        panel.begin(trainer.info())
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return show


def trained(updates: int, **changes: object) -> Trainer:
    trainer = Trainer(ARTICLE.with_values({key.replace("__", "."): value for key, value in changes.items()}))
    trainer.advance(updates)
    return trainer


def look(panel: HiddenPanel, trainer: Trainer, sequence: int = 0) -> Array:
    """Give the panel a snapshot of now, drawn, and return h (T, H) that it should show."""
    return give(panel, trainer.snapshot(SnapshotRequest(sequence)))


def give(panel: HiddenPanel, snapshot: Snapshot) -> Array:
    panel.receive((), snapshot)
    assert panel.dirty
    panel.draw()
    assert not panel.grab().toImage().isNull()
    return snapshot.signals[0]["h"][1:]


def pixel(panel: HiddenPanel, step: float, unit: float) -> QPoint:
    """Where the plot shows this time step of this unit, counted from 1."""
    box = panel.plot.box
    return panel.plot.mapFromScene(box.mapViewToScene(QPointF(step, unit)))


def found_at(panel: HiddenPanel, place: QPoint, unit: int) -> bool:
    """Move the mouse there, as the window system would, until it is not too soon after the last move."""
    view = panel.plot.viewport()
    at = QPointF(place)
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), no_button, no_button, no_key)
    QApplication.sendEvent(view, move)
    return panel.units.hovered == unit


def kept(panel: HiddenPanel) -> int | None:
    return panel.units.kept


def trace(panel: HiddenPanel) -> Array:
    _, y = panel.trace.curve.getData()
    return np.empty(0) if y is None else y


def test_the_image_is_h_with_units_upwards_and_time_to_the_right(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    h = look(panel, trainer, sequence=3)
    np.testing.assert_array_equal(panel.image.image, h.T)
    assert panel.image.axisOrder == "row-major"
    assert panel.image.levels.tolist() == [-1.0, 1.0]
    np.testing.assert_array_equal(panel.image.lut, themes.DARK.diverging())
    placed = panel.image.mapRectToParent(panel.image.boundingRect())
    assert placed == QRectF(0.5, 0.5, 10.0, 4.0)
    assert panel.plot.shown() == ((0.5, 10.5), (0.5, 4.5))
    assert panel.trace.shown()[0] == (0.5, 10.5)


def test_each_cell_has_the_colour_of_its_value_on_the_screen(shown: Shown) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    h = np.zeros((11, 4))
    h[3, 0], h[8, 3] = -0.9, 0.9
    give(panel, dataclasses.replace(snapshot, signals=({"h": h},)))
    picture = panel.plot.grab().toImage()
    colours = themes.DARK.diverging()
    for step, unit, place in ((3, 1, 12), (8, 4, 243), (5, 2, 128), (3, 4, 128)):
        seen = picture.pixelColor(pixel(panel, step, unit)).getRgb()[:3]
        np.testing.assert_allclose(seen, colours[place], atol=3)


def test_saturated_cells_are_hatched_and_counted(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    h = look(panel, trainer)
    saturated = 1.0 - h.T**2 < 0.05
    assert 0 < saturated.sum() < saturated.size
    np.testing.assert_array_equal(panel.hatch.cells, saturated)
    assert panel._figure.text() == f"{percent(float(saturated.mean()))} saturated"
    assert "1 − h² < 0.05 (saturated)" in details(panel)


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_the_hatching_is_seen_on_its_cells_and_on_no_others(shown: Shown, theme: themes.Theme) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    panel.apply_theme(theme)
    snapshot = trainer.snapshot(SnapshotRequest())
    h = np.full((11, 4), 0.9)
    h[3, 0], h[8, 3] = -0.99, 0.99
    give(panel, dataclasses.replace(snapshot, signals=({"h": h},)))
    picture = panel.plot.grab().toImage()

    def colours_around(step: int, unit: int) -> set[str]:
        middle = pixel(panel, step, unit)
        around = [QPoint(x, y) for x in range(-12, 13) for y in range(-12, 13)]
        return {picture.pixelColor(middle + offset).name() for offset in around}

    for step, unit in ((3, 1), (8, 4)):
        under, line = sorted(colours_around(step, unit), key=lambda name: int(name[1:3], 16))
        assert abs(int(line[1:3], 16) - int(under[1:3], 16)) > 60
    assert len(colours_around(5, 2)) == len(colours_around(3, 4)) == 1


def test_hatching_keeps_its_width_at_any_size_of_the_cells() -> None:
    cells = np.zeros((2, 3), dtype=bool)
    cells[1, 2] = True
    red = QColor("red")

    def drawn(visible: QRectF, width: int, height: int) -> np.ndarray:
        image = hatched(cells, visible, width, height, red)
        pixels = [[image.pixelColor(x, y) for x in range(width)] for y in range(height)]
        assert {pixel.name() for row in pixels for pixel in row if pixel.alpha()} <= {red.name()}
        return np.array([[pixel.alpha() == 255 for pixel in row] for row in pixels])

    lines = drawn(QRectF(0.5, 0.5, 3.0, 2.0), 90, 40)
    assert lines[20:].sum() == lines[:, :60].sum() == 0
    part = lines[:20, 60:]
    assert part.mean() == pytest.approx(1 / 6, abs=0.01)
    assert (np.diff(np.flatnonzero(part[0])) == 6).all()
    zoomed = drawn(QRectF(2.5, 1.5, 1.0, 1.0), 60, 40)
    assert (np.diff(np.flatnonzero(zoomed[0])) == 6).all()
    assert zoomed.mean() == pytest.approx(1 / 6, abs=0.01)
    assert hatched(cells, QRectF(0.5, 0.5, 3.0, 2.0), 0, 40, red).isNull()


def test_pointing_at_a_unit_shows_its_trace(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    h = look(panel, trainer)
    assert trace(panel).size == 0
    assert panel.trace.hint.isVisible()
    assert panel.trace.hint.toPlainText() == HINT
    for unit in (3, 1):
        qtbot.waitUntil(partial(found_at, panel, pixel(panel, 7, unit), unit - 1))
        x, _ = panel.trace.curve.getData()
        np.testing.assert_array_equal(x, np.arange(1, 11))
        np.testing.assert_array_equal(trace(panel), h[:, unit - 1])
        assert panel.outline.rect() == QRectF(0.5, unit - 0.5, 10.0, 1.0)
        assert panel.outline.isVisible()
        assert panel.legend.entries[-1].text == f"unit {unit}"
    assert not panel.trace.hint.isVisible()
    low, high = panel.trace.shown()[1]
    assert low < -1.0
    assert high > 1.0
    text = details(panel)
    value = h[6, 0]
    assert text.startswith("unit 1 · time step 7 · h ")
    numbers = text.replace("−", "-").split(" · ")
    assert float(numbers[2].removeprefix("h ")) == pytest.approx(value, rel=5e-3)
    assert float(numbers[3].removeprefix("1 - h² ")) == pytest.approx(1.0 - value**2, rel=0.05)


def test_a_trace_follows_the_training(shown: Shown) -> None:
    trainer = trained(100)
    panel = shown(trainer)
    before = look(panel, trainer)
    panel.units.kept = 2
    trainer.advance(300)
    after = look(panel, trainer)
    assert not np.allclose(before, after)
    np.testing.assert_array_equal(trace(panel), after[:, 2])


def test_a_click_keeps_a_unit_and_another_click_frees_it(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    h = look(panel, trainer)
    view = panel.plot.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 4, 2))
    assert kept(panel) == 1
    assert panel.legend.entries[-1].text == "unit 2, kept"
    panel.plot.hovered.emit(None)
    np.testing.assert_array_equal(trace(panel), h[:, 1])
    panel.plot.hovered.emit(QPointF(5.0, 4.0))
    np.testing.assert_array_equal(trace(panel), h[:, 3])
    panel.plot.hovered.emit(None)
    np.testing.assert_array_equal(trace(panel), h[:, 1])
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 9, 2))
    assert kept(panel) is None
    panel.plot.hovered.emit(None)
    assert trace(panel).size == 0
    assert panel.trace.hint.isVisible()
    assert not panel.outline.isVisible()


def test_a_click_beside_the_image_or_with_another_button_keeps_nothing(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    look(panel, trainer)
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.MiddleButton, pos=pixel(panel, 4, 2))
    assert kept(panel) is None


@pytest.mark.parametrize("before", [None, 0])
def test_a_double_click_fills_the_window_and_keeps_what_was_kept(
    shown: Shown, qtbot: QtBot, before: int | None
) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    look(panel, trainer)
    panel.units.kept = before
    view, place = panel.plot.viewport(), pixel(panel, 4, 2)
    with qtbot.waitSignal(panel.fill_asked):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        assert kept(panel) == 1
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert kept(panel) == before


def test_a_double_click_on_an_axis_leaves_the_kept_unit_alone(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    look(panel, trainer)
    view, axis = panel.plot.viewport(), QPoint(20, 60)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 4, 2))
    with qtbot.waitSignal(panel.fill_asked):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=axis)
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=axis)
    assert kept(panel) == 1
    panel.plot.filled.emit()  # not even where the click on the axis went elsewhere
    assert kept(panel) == 1
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 4, 2))
    assert kept(panel) is None
    qtbot.keyClick(panel, Qt.Key.Key_Up)
    walked = kept(panel)
    assert walked is not None
    panel.plot.filled.emit()
    assert kept(panel) == walked


def test_a_double_click_after_a_narrower_run_brings_back_no_unit_of_the_wider_one(
    shown: Shown, qtbot: QtBot
) -> None:
    wide, narrow = trained(20, model__layers=100), trained(20, model__layers=4)
    panel = shown(wide)
    look(panel, wide)
    view = panel.plot.viewport()
    for expected in (89, None):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 4, 90))
        assert kept(panel) == expected
    panel.begin(narrow.info())
    panel.plot.filled.emit()
    assert kept(panel) is None
    assert look(panel, narrow).shape[1] == 4
    assert panel.trace.hint.isVisible()


def test_keys_walk_through_the_units(shown: Shown, qtbot: QtBot) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    h = look(panel, trainer)
    for key, unit in (
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Up, 2),
        (Qt.Key.Key_Up, 3),
        (Qt.Key.Key_Up, 3),
        (Qt.Key.Key_Down, 2),
    ):
        qtbot.keyClick(panel, key)
        assert kept(panel) == unit
        np.testing.assert_array_equal(trace(panel), h[:, unit])
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert kept(panel) is None
    assert trace(panel).size == 0
    with qtbot.waitSignal(panel.fill_asked):
        qtbot.keyClick(panel, Qt.Key.Key_Return)


def test_pointing_into_the_trace_says_its_values(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    look(panel, trainer)
    panel.trace.hovered.emit(QPointF(7.2, 0.3))
    assert details(panel) == panel.caption
    panel.units.kept = 2
    panel.trace.hovered.emit(QPointF(7.2, 0.3))
    assert details(panel) == panel.readout(7.0, 3.0)
    panel.trace.hovered.emit(None)
    assert details(panel) == panel.caption


def test_the_trace_is_zoomed_with_the_image(shown: Shown) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    look(panel, trainer)
    panel.plot.box.setXRange(2.0, 6.0, padding=0)
    assert panel.trace.shown()[0] == (2.0, 6.0)


def test_the_numbers_are_one_column_a_unit(shown: Shown) -> None:
    trainer = trained(450)
    panel = shown(trainer)
    assert panel.table() == {}
    h = look(panel, trainer)
    panel.paper.copy_numbers()
    header, *rows = csv.reader(QGuiApplication.clipboard().text().splitlines())
    assert header == ["time_step", "h_unit_1", "h_unit_2", "h_unit_3", "h_unit_4"]
    values = np.array(rows, dtype=float)
    np.testing.assert_array_equal(values[:, 0], np.arange(1, 11))
    np.testing.assert_array_equal(values[:, 1:], h)


def test_axes_are_right_before_anything_was_computed(shown: Shown) -> None:
    panel = shown(trained(0, task__length=61, model__layers=32))
    assert panel.plot.shown() == ((0.5, 60.5), (0.5, 32.5))
    assert panel.image.image is None
    assert panel._figure.text() == ""
    assert panel.readout(1.0, 1.0) == ""
    panel.plot.hovered.emit(QPointF(3.0, 3.0))
    assert trace(panel).size == 0


@pytest.mark.parametrize(("length", "width"), [(2, 1), (2, 5), (6, 1), (61, 32), (401, 256)])
def test_it_draws_any_size(shown: Shown, length: int, width: int) -> None:
    trainer = trained(
        1, task__length=length, task__sequences=3, model__layers=width, model__initializer="orthogonal"
    )
    panel = shown(trainer)
    h = look(panel, trainer)
    assert h.shape == (length - 1, width)
    steps = "1 time step" if length == 2 else f"{length - 1} time steps"
    units = "1 unit" if width == 1 else f"{width} units"
    assert panel.summary().startswith(f"Over {steps} the ")
    assert f" of {units} lies between " in panel.summary()
    np.testing.assert_array_equal(panel.image.image, h.T)
    assert panel.plot.shown() == ((0.5, length - 0.5), (0.5, width + 0.5))
    panel.plot.hovered.emit(QPointF(1.0, width))
    np.testing.assert_array_equal(trace(panel), h[:, -1])
    panel.grab()


@pytest.mark.parametrize("width", [1, 2, 4])
def test_ticks_stand_on_whole_units_and_time_steps(shown: Shown, width: int) -> None:
    trainer = trained(1, task__length=3, model__layers=width)
    panel = shown(trainer)
    look(panel, trainer)
    for axis, size in ((panel.plot.left, 300.0), (panel.trace.bottom, 600.0)):
        for _, ticks in axis.tickValues(0.5, width + 0.5, size):
            assert all(float(tick).is_integer() for tick in ticks)


def test_a_narrower_network_frees_a_unit_that_it_does_not_have(shown: Shown) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    look(panel, trainer)
    panel.units.kept = 3
    narrower = trained(20, model__layers=2)
    panel.begin(narrower.info())
    assert kept(panel) is None
    assert panel.image.image is None
    assert panel.hatch.cells.size == 0
    look(panel, narrower)
    assert panel.plot.shown()[1] == (0.5, 2.5)


def test_values_that_are_not_finite_are_drawn_as_something(shown: Shown) -> None:
    trainer = trained(20)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    h = snapshot.signals[0]["h"].copy()
    h[1, 0], h[2, 1], h[3, 2] = np.nan, np.inf, -np.inf
    assert panel._figure.text() == ""
    give(panel, dataclasses.replace(snapshot, signals=({"h": h},)))
    assert np.isfinite(panel.image.image).all()
    assert panel._figure.text() == "not finite"
    for unit in range(4):
        panel.plot.hovered.emit(QPointF(1.0, unit + 1.0))
        panel.grab()
        assert panel.readout(2.0, unit + 1.0)
    give(panel, dataclasses.replace(snapshot, signals=({"h": np.full_like(h, np.nan)},)))
    assert np.isfinite(panel.plot.shown()).all()


def test_a_state_that_is_infinite_gets_no_share_of_what_passes_no_gradient(shown: Shown) -> None:
    trainer = trained(5, model__nonlinearity="relu")
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    give(panel, snapshot)
    assert panel._figure.text().endswith(" % inactive")
    h = np.full_like(snapshot.signals[0]["h"], np.inf)
    give(panel, dataclasses.replace(snapshot, signals=({"h": h},)))
    assert panel._figure.text() == "not finite"


def test_the_key_says_what_the_colours_are(shown: Shown) -> None:
    panel = shown(trained(0))
    assert panel.colours.accessibleName() == "Colours from −1 to 1: hidden state h"
    picture = panel.colours.grab().toImage()
    level = picture.height() // 2
    seen = [picture.pixelColor(x, level) for x in range(picture.width())]
    row = np.array([(colour.red(), colour.green(), colour.blue()) for colour in seen])
    for colour in themes.DARK.diverging()[[0, -1]]:
        assert np.abs(row - colour.astype(int)).max(axis=1).min() < 8
    assert panel.legend.entries[0].text == "saturated"


DEEP = {"task__length": 21, "model__layers": "6,5", "model__initializer": "orthogonal"}


def values_of(trainer: Trainer, layer: int, signal: str) -> Array:
    """(T, H) as the panel should show it, without the state that the sequence began in."""
    values = trainer.snapshot(SnapshotRequest()).signals[layer][signal]
    return values[-20:]


def key_colours(panel: HiddenPanel) -> np.ndarray:
    """The colours that the key shows, from left to right."""
    picture = panel.colours.grab().toImage()
    level = picture.height() // 2
    seen = [picture.pixelColor(x, level) for x in range(picture.width())]
    return np.array([(colour.red(), colour.green(), colour.blue()) for colour in seen])


def test_every_signal_of_every_layer_is_shown_and_named(shown: Shown) -> None:
    trainer = trained(100, model__cell="lstm", **DEEP)
    panel = shown(trainer)
    look(panel, trainer)
    assert panel.layer.value == 1
    panel.units.kept = 2
    for layer in (0, 1):
        panel.layer.choose(layer)
        for place, signal in enumerate(trainer.network.cell.signals):
            panel.signal.choose(place)
            panel.refresh()
            values = values_of(trainer, layer, signal.name)
            assert values.shape == (20, (6, 5)[layer])
            np.testing.assert_array_equal(panel.image.image, values.T)
            np.testing.assert_array_equal(trace(panel), values[:, 2])
            name = f"{signal.name} {signal.symbol}" if signal.name != "h" else "h"
            assert details(panel).startswith(f"layer {layer + 1} of 2: {name} of every unit over time")
            assert panel.readout(4.0, 3.0).startswith(f"layer {layer + 1} · unit 3 · time step 4 · {name} ")
            assert (
                panel.table()[f"layer_{layer + 1}_{name.replace(' ', '_')}_unit_3"] == values[:, 2].tolist()
            )
            assert panel.trace.left.labelText == signal.symbol
            assert panel.signal.text() == f"{signal.symbol} ▾"
            assert panel.colours.accessibleName().endswith(signal.symbol)
    assert panel._title.text() == "Hidden state"


def test_choosers_are_there_where_there_is_something_to_choose(shown: Shown) -> None:
    panel = shown(trained(0))
    assert not panel.layer.isVisible()
    assert not panel.signal.isVisible()
    panel.begin(trained(0, model__cell="gru").info())
    assert not panel.layer.isVisible()
    assert [action.text() for action in panel.signal.menu().actions()] == [
        "hidden state h",
        "reset gate r",
        "update gate z",
        "candidate n",
    ]
    panel.begin(trained(0, **DEEP).info())
    assert panel.layer.isVisible()
    assert panel.layer.text() == "layer 2 ▾"
    assert not panel.signal.isVisible()


def test_what_was_chosen_stays_chosen_in_a_new_run_as_far_as_it_is_there(shown: Shown) -> None:
    lstm, plain = trained(0, model__cell="lstm", **DEEP), trained(0)
    panel = shown(lstm)
    panel.layer.menu().actions()[0].trigger()
    panel.signal.menu().actions()[3].trigger()
    for _ in range(2):
        look(panel, lstm)
        assert (panel.layer.text(), panel.signal.text()) == ("layer 1 ▾", "f ▾")
    panel.begin(plain.info())
    assert np.array_equal(look(panel, plain), panel.image.image.T)
    assert details(panel) == panel.caption
    panel.begin(lstm.info())
    look(panel, lstm)
    np.testing.assert_array_equal(panel.image.image, values_of(lstm, 0, "forget gate").T)


def test_a_person_who_never_chose_sees_the_top_layer_of_every_run(shown: Shown) -> None:
    panel = shown(trained(0))
    for widths in ("3,4", "5", "2,3,4"):
        trainer = trained(1, model__layers=widths)
        panel.begin(trainer.info())
        panel.receive((), trainer.snapshot(SnapshotRequest()))
        panel.draw()
        assert panel.image.image.shape[0] == int(widths[-1])


@pytest.mark.parametrize(
    ("nonlinearity", "levels", "limit", "word"),
    [
        ("tanh", (-1.0, 1.0), "1 − h² < 0.05", "saturated"),
        ("logistic", (0.0, 1.0), "h(1 − h) < 0.0125", "saturated"),
        ("relu", None, "it is 0", "inactive"),
        ("identity", None, None, None),
    ],
)
def test_each_nonlinearity_has_its_range_and_its_hatching(
    shown: Shown,
    nonlinearity: str,
    levels: tuple[float, float] | None,
    limit: str | None,
    word: str | None,
) -> None:
    trainer = trained(
        200,
        model__nonlinearity=nonlinearity,
        model__layers=12,
        model__initializer="gaussian",
        training__learning_rate=0.02,
    )
    panel = shown(trainer)
    h = look(panel, trainer)
    low, high = panel.image.levels
    if levels is not None:
        assert (low, high) == levels
    else:
        assert np.abs(h).max() <= high < 3.4 * np.abs(h).max()
        assert low == (0.0 if nonlinearity == "relu" else -high)
    hatched = {
        "tanh": 1.0 - h**2 < 0.05,
        "logistic": h * (1.0 - h) < 0.0125,
        "relu": h == 0.0,
        "identity": np.zeros_like(h, dtype=bool),
    }[nonlinearity]
    np.testing.assert_array_equal(panel.hatch.cells, hatched.T)
    if word is None:
        assert "hatched" not in details(panel)
        assert panel._figure.text().startswith("|h| up to ")
        assert panel.legend.entries == ()
    else:
        assert f"hatched where {limit} ({word}" in details(panel)
        assert panel._figure.text() == f"{percent(hatched.mean())} {word}"
        assert [entry.text for entry in panel.legend.entries] == [word]
    ends = panel.image.lut[[0, -1]].astype(int)
    for end in ends:
        assert np.abs(key_colours(panel) - end).max(axis=1).min() < 8
    diverging = themes.DARK.diverging()
    assert np.array_equal(panel.image.lut, diverging[128:] if nonlinearity == "relu" else diverging)


def test_a_relu_that_passes_nothing_on_says_so(shown: Shown) -> None:
    trainer = trained(10, model__nonlinearity="relu")
    panel = shown(trainer)
    h = np.ones((11, 4))
    h[3, 1] = 0.0
    give(panel, dataclasses.replace(trainer.snapshot(SnapshotRequest()), signals=({"h": h},)))
    assert panel.readout(3.0, 2.0) == "unit 2 · time step 3 · h 0, inactive"
    assert panel.readout(4.0, 2.0) == "unit 2 · time step 4 · h 1.00"
    assert panel._figure.text() == "2.5 % inactive"


def test_a_cell_state_is_hatched_where_h_hardly_moves_with_it(shown: Shown) -> None:
    trainer = trained(10, model__cell="lstm")
    panel = shown(trainer)
    panel.signal.choose(1)
    snapshot = trainer.snapshot(SnapshotRequest())
    c = np.linspace(-4.0, 4.0, 44).reshape(11, 4)
    give(panel, dataclasses.replace(snapshot, signals=({"h": c, "cell state": c},)))
    np.testing.assert_array_equal(panel.hatch.cells, 1.0 - np.tanh(c[1:].T) ** 2 < 0.05)
    assert "hatched where 1 − tanh(c)² < 0.05" in details(panel)
    assert panel.image.levels.tolist() == [-5.0, 5.0]
    assert panel.colours.accessibleName() == "Colours from −5 to 5: cell state c"
    assert panel.readout(10.0, 4.0) == "unit 4 · time step 10 · cell state c 4.00 · 1 − tanh(c)² 0.0013"


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
@pytest.mark.parametrize(("nonlinearity", "value"), [("relu", 0.0), ("logistic", 0.001), ("logistic", 0.999)])
def test_hatching_is_seen_on_the_colour_of_what_it_hatches(
    shown: Shown, theme: themes.Theme, nonlinearity: str, value: float
) -> None:
    trainer = trained(1, model__nonlinearity=nonlinearity)
    panel = shown(trainer)
    panel.apply_theme(theme)
    h = np.full((11, 4), 0.5)
    h[4, 1] = value
    give(panel, dataclasses.replace(trainer.snapshot(SnapshotRequest()), signals=({"h": h},)))
    picture, middle = panel.plot.grab().toImage(), pixel(panel, 4, 2)
    greys = {
        picture.pixelColor(middle + QPoint(x, y)).lightness() for x in range(-10, 11) for y in range(-10, 11)
    }
    assert max(greys) - min(greys) > 60


def test_an_unbounded_range_grows_at_once_and_shrinks_late(shown: Shown) -> None:
    trainer = trained(1, model__nonlinearity="identity")
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())

    def top(peak: float) -> float:
        h = np.zeros((11, 4))
        h[2, 2] = -peak
        give(panel, dataclasses.replace(snapshot, signals=({"h": h},)))
        low, high = panel.image.levels
        assert low == -high
        bottom, above = panel.trace.shown()[1]
        assert bottom < low
        assert above > high
        assert panel.colours.accessibleName().startswith(f"Colours from −{high:g} to {high:g}")
        return float(high)

    peaks = [0.7, 1.2, 1.9, 2.1, 4.9, 2.0, 1.6, 1.4, 0.7, 0.55, 0.0, 30.0]
    assert [top(peak) for peak in peaks] == [1.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0, 2.0, 2.0, 1.0, 1.0, 50.0]


def test_a_range_does_not_flicker_with_the_training(shown: Shown) -> None:
    trainer = trained(
        0, model__nonlinearity="identity", model__initializer="gaussian", training__learning_rate=0.02
    )
    panel = shown(trainer)
    levels = []
    for _ in range(150):
        trainer.advance(3)
        look(panel, trainer, sequence=3)
        levels.append(tuple(panel.image.levels))
    assert sum(before != after for before, after in itertools.pairwise(levels)) < 8


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_values_that_are_not_finite_are_drawn_in_every_signal(shown: Shown, cell: str) -> None:
    trainer = trained(1, model__cell=cell)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    broken = np.full((11, 4), np.nan)
    broken[2, 1], broken[3, 2], broken[4] = np.inf, -np.inf, 1e300
    for place, signal in enumerate(trainer.network.cell.signals):
        panel.signal.choose(place)
        give(panel, dataclasses.replace(snapshot, signals=({"h": broken, signal.name: broken},)))
        assert np.isfinite(panel.image.image).all()
        assert np.isfinite(panel.image.levels).all()
        assert panel.readout(3.0, 2.0)
        assert np.isfinite(panel.trace.shown()).all()


def test_only_the_signal_on_show_is_drawn(shown: Shown) -> None:
    trainer = trained(1, model__cell="lstm")
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    only = {"h": snapshot.signals[0]["h"]}  # any other would be a KeyError
    give(panel, dataclasses.replace(snapshot, signals=(only,)))
    assert panel.table()


def test_what_comes_after_the_last_scored_step_is_dimmed_and_named(shown: Shown) -> None:
    trainer = Trainer(
        RunConfig().with_values(
            {"task.name": "temporal-order", "task.sequences": 20, "task.validation_sequences": 5}
        )
    )
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())
    end, steps = int(np.flatnonzero(snapshot.scored)[-1]) + 1, len(snapshot.x)
    assert end < steps
    give(panel, snapshot)
    assert panel.after_end.isVisible()
    assert (panel.after_end.rect().left(), panel.after_end.rect().right()) == (end + 0.5, steps + 0.5)
    assert "after the end" in [entry.text for entry in panel.legend.entries]
    assert f"time step {end + 1}, after the last scored one, {end} ·" in panel.readout(end + 1.0, 1.0)
    assert "scored" not in panel.readout(float(end), 1.0)
    panel.plot.hovered.emit(QPointF(1.0, 1.0))
    assert len(trace(panel)) == end
    whole = trained(0)
    panel.begin(whole.info())
    look(panel, whole)
    assert not panel.after_end.isVisible()
    assert "after the end" not in [entry.text for entry in panel.legend.entries]


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_small_state_of_gates_is_seen_and_its_range_follows_late(shown: Shown, cell: str) -> None:
    trainer = trained(0, model__cell=cell)
    panel = shown(trainer)
    snapshot = trainer.snapshot(SnapshotRequest())

    def top(peak: float) -> float:
        h = np.full((11, 4), -peak)
        rest = {name: values for name, values in snapshot.signals[0].items() if name != "h"}
        give(panel, dataclasses.replace(snapshot, signals=({"h": h} | rest,)))
        low, high = panel.image.levels
        assert low == -high
        return float(high)

    peaks = [0.31, 0.29, 0.16, 0.14, 0.19, 0.05, 0.001, 0.15, 0.4, 0.97]
    assert [top(peak) for peak in peaks] == [1.0, 0.5, 0.5, 0.2, 0.2, 0.1, 0.1, 0.2, 0.5, 1.0]
    top(0.05)
    assert panel.colours.accessibleName() == "Colours from −0.1 to 0.1: hidden state h"


def test_a_small_state_of_tanh_keeps_the_whole_range(shown: Shown) -> None:
    trainer = trained(0)
    panel = shown(trainer)
    give(
        panel,
        dataclasses.replace(trainer.snapshot(SnapshotRequest()), signals=({"h": np.full((11, 4), 0.05)},)),
    )
    assert panel.image.levels.tolist() == [-1.0, 1.0]

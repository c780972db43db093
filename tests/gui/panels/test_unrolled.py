"""The unrolled network on the screen: the wave, its keys and its timer, its widths and its equations."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.panels.unrolled import UnrolledPanel
from gui.panels.unrolled_layout import Place, window
from gui.panels.unrolled_picture import DECADES, THICKEST, THINNEST, thickness
from gui.panels.unrolled_words import Words
from gui.theme import DARK, LIGHT
from rnn.cells import CELLS
from rnn.config import RunConfig
from rnn.presets import load_preset
from rnn.probes.unrolled import Unrolled
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, begun, settle, shown

REQUEST = SnapshotRequest(probes=frozenset({"unrolled"}))
STACKED_LSTM = ARTICLE.with_values(
    {"model.cell": "lstm", "model.layers": (6, 3), "model.initializer": "glorot"}
)


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


def feed(panel: UnrolledPanel, trainer: Trainer, updates: int = 0) -> Unrolled:
    """Train on and draw that moment."""
    scalars = trainer.advance(updates)
    snapshot = trainer.snapshot(REQUEST)
    panel.receive((scalars,), snapshot)
    settle(panel)
    moment = snapshot.probe(Unrolled)
    assert moment is not None
    return moment


def run(panel: UnrolledPanel, config: RunConfig = ARTICLE, updates: int = 20) -> Unrolled:
    return feed(panel, begun(panel, config), updates)


def figures(text: str) -> list[float]:
    """Every number in a line, as written with powers of ten."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    found = re.findall(r"(?<![\w₀-₉\[])(−?[\d.]+)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    return [
        float(mantissa.replace("−", "-")) * 10.0 ** float(power.translate(digits) or 0)
        for mantissa, power in found
    ]


# The wave


def test_it_follows_the_training_with_everything_run_through(panel: UnrolledPanel) -> None:
    trainer = begun(panel)
    for updates in (20, 40):
        moment = feed(panel, trainer, 20)
        assert panel.moment is moment is not None
        assert panel._figure.text() == f"update {updates}"
    assert panel.wave.position == panel.wave.last == 20
    assert not panel.frozen
    assert all(panel.wave.computed(t) == 1.0 for t in range(1, 11))
    assert all(panel.wave.pulled_back(t) == 1.0 for t in range(1, 11))


def test_the_keys_step_through_time_forward_and_then_back_with_the_gradient(
    qtbot: QtBot, panel: UnrolledPanel
) -> None:
    run(panel)
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert (panel.wave.position, panel.frozen) == (0.0, True)
    told = []
    for _ in range(20):
        qtbot.keyClick(panel, Qt.Key.Key_Right)
        told.append(panel._figure.text())
    forward = [f"forward · step {t}" for t in range(1, 11)]
    assert told == [*forward, *(f"backward · step {t}" for t in range(10, 1, -1)), "done"]
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel.wave.position == 20
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert panel._figure.text() == "backward · step 2"
    qtbot.keyClick(panel, Qt.Key.Key_Down)
    assert panel._figure.text() == "backward · step 10"
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert panel._figure.text() == "forward · step 10"
    qtbot.keyClick(panel, Qt.Key.Key_End)
    assert panel._figure.text() == "done"


def test_its_keys_are_its_own_where_the_window_has_the_same_ones(qtbot: QtBot) -> None:
    panel = UnrolledPanel(DARK)
    window_of = QWidget()
    qtbot.addWidget(window_of)
    QVBoxLayout(window_of).addWidget(panel)
    shortcut = QShortcut(QKeySequence("Right"), window_of)
    taken: list[None] = []
    shortcut.activated.connect(lambda: taken.append(None))
    with qtbot.waitActive(window_of):
        window_of.show()
        window_of.activateWindow()
    run(panel)
    panel.setFocus()
    panel.wave.go(3)
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert (panel.wave.position, taken) == (4.0, [])


def test_the_buttons_do_what_the_keys_do(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    for button, position in (
        (panel.controls.forward, 0.0),
        (panel.controls.on, 1.0),
        (panel.controls.on, 2.0),
        (panel.controls.back, 1.0),
        (panel.controls.backward, 11.0),
        (panel.controls.on, 12.0),
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert panel.wave.position == position
    assert panel.frozen
    assert panel.controls.freeze.isChecked()


def test_playing_runs_forward_then_backward_and_stops_by_itself(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    panel.wave.speed = 400.0
    steps: list[tuple[bool, int]] = []
    panel.wave.moved.connect(lambda: steps.append((panel.wave.backward, panel.wave.step)))
    qtbot.mouseClick(panel.controls.play, Qt.MouseButton.LeftButton)
    assert panel.wave.playing
    assert panel.controls.play.text() == "pause"
    qtbot.waitUntil(lambda: not panel.wave.playing)
    assert panel.controls.play.text() == "play"
    assert steps[0] == (False, 0)
    assert steps[-1] == (True, 1)
    assert steps == sorted(steps, key=lambda at: (at[0], -at[1] if at[0] else at[1]))


def test_the_timer_runs_only_while_it_plays_and_is_seen(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel)
    timer = panel.wave.findChild(QTimer)
    assert isinstance(timer, QTimer)
    assert not timer.isActive()
    for stop in (panel.controls.play.click, panel.controls.on.click, panel.hide):
        panel.show()
        panel.controls.play.click()
        assert timer.isActive()
        stop()
        assert not timer.isActive()
    panel.show()
    panel.controls.play.click()
    begun(panel)
    assert not timer.isActive()
    feed(panel, Trainer(ARTICLE))
    panel.controls.play.click()
    panel.close()
    assert not timer.isActive()


def test_a_held_moment_stays_while_the_training_goes_on_and_is_let_go(panel: UnrolledPanel) -> None:
    trainer = begun(panel)
    held = feed(panel, trainer, 20)
    panel.controls.on.click()
    panel.controls.backward.click()
    later = feed(panel, trainer, 20)
    assert panel.moment is held
    assert panel.wave.position == 11
    assert "held at update 20" in panel._caption.text()
    panel.controls.freeze.click()
    settle(panel)
    assert panel.moment is later
    assert panel.wave.position == 20
    assert "held" not in panel._caption.text()


def test_the_view_follows_the_wave_and_holds_whole_columns(panel: UnrolledPanel) -> None:
    run(panel, load_preset("vanishing").config, 1)
    for position in (0, 20, 40, 41, 60, 79):
        panel.controls.asked.emit()
        panel.wave.go(position)
        settle(panel)
        (left, right), _ = panel.plot.shown()
        assert left <= max(0, panel.wave.step) - 0.5 < panel.wave.step + 0.5 <= right
        assert (left - 0.5).is_integer()
        assert 4 <= right - left <= 12


@pytest.mark.parametrize("pixels", [100.0, 400.0, 2000.0])
@pytest.mark.parametrize("steps", [1, 5, 11, 40, 300])
def test_a_window_lies_within_the_sequence(steps: int, pixels: float) -> None:
    for centre in (0.0, 0.4 * steps, float(steps)):
        left, right = window(centre, steps, pixels)
        assert -0.5 <= left < right <= steps + 0.5
        assert right - left <= 13
        assert left <= centre <= right


# The gradient


def test_widths_are_decades_below_the_largest() -> None:
    assert thickness(3.0, 3.0) == THICKEST
    assert thickness(3.0 * 10.0**-DECADES, 3.0) == pytest.approx(THINNEST)
    assert thickness(1e-30, 3.0) == THINNEST
    middle = thickness(3.0 * 10.0 ** (-0.5 * DECADES), 3.0)
    assert middle == pytest.approx(0.5 * (THINNEST + THICKEST))
    assert (thickness(0.0, 1.0), thickness(math.nan, 1.0), thickness(math.inf, 1.0)) == (0.0, 0.0, THICKEST)


@pytest.mark.parametrize("whole", [False, True])
def test_the_ways_are_as_wide_as_the_gradients_of_the_probe(panel: UnrolledPanel, whole: bool) -> None:
    moment = run(panel, STACKED_LSTM)
    panel._whole_button.setChecked(whole)
    picture = panel.drawing.picture
    assert picture is not None
    ways = moment.whole if whole else moment.last
    for layer, way in enumerate(ways):
        for state in (0, 1):
            np.testing.assert_allclose(
                picture.passed[layer][state], np.linalg.norm(way.passed[state], axis=1), rtol=1e-12
            )
        np.testing.assert_allclose(picture.own[layer][0], np.linalg.norm(way.own[0], axis=1), rtol=1e-12)
    assert picture.largest == max(a.max() for part in (*picture.passed, *picture.own) for a in part)
    totals = np.linalg.norm(ways[1].total[1][1:], axis=1)
    assert panel.table()["layer_2_total_c"] == pytest.approx(totals.tolist(), rel=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_appears_as_the_wave_comes_back(panel: UnrolledPanel, cell: str) -> None:
    run(panel, ARTICLE.with_values({"model.cell": cell}))
    pictures = []
    for position in (10, 11, 14.5, 20):
        panel.controls.asked.emit()
        panel.wave.go(position)
        pictures.append(panel.plot.grab().toImage())
    assert all(one != other for one, other in itertools.pairwise(pictures))
    accent = [
        sum(
            image.pixelColor(x, y).name() == DARK.accent
            for x in range(60, image.width(), 2)
            for y in range(image.height() // 2, image.height(), 3)
        )
        for image in pictures
    ]
    assert accent[0] <= accent[1] < accent[2] < accent[3]


# The equations


def at(panel: UnrolledPanel, place: Place) -> tuple[str, str]:
    """What is written of a place, by the mouse over it."""
    bottom, top = panel.drawing.layout.rows[place.row]
    share = bottom + (top - bottom) * place.share
    x = place.step + (0.5 if place.kind == "across" else 0.0)
    if place.kind == "up":
        share = 0.5 * (panel.drawing.layout.rows[place.row - 1][1] + bottom)
    panel.plot.hovered.emit(QPointF(x, share))
    return panel.equation.lines


@pytest.mark.parametrize(
    ("cell", "nonlinearity", "width"),
    [
        ("vanilla", "tanh", 4),
        ("vanilla", "tanh", 20),
        ("vanilla", "logistic", 4),
        ("vanilla", "relu", 3),
        ("vanilla", "identity", 30),
        ("gru", "tanh", 5),
        ("lstm", "tanh", 5),
    ],
)
def test_the_equation_of_a_unit_holds_with_its_numbers(
    panel: UnrolledPanel, cell: str, nonlinearity: str, width: int
) -> None:
    config = {"model.cell": cell, "model.layers": width, "model.initializer": "glorot"}
    moment = run(panel, ARTICLE.with_values(config | {"model.nonlinearity": nonlinearity}))
    symbols, numbers = Words(moment).unit(0, 3, 1)
    assert "h₃" in symbols
    assert numbers.split(" = ")[0] == ("c₃[2]" if cell == "lstm" else "h₃[2]")
    for equation in numbers.split(",   "):
        _, written, value = equation.split(" = ")
        text = re.sub(r" \((?:x₃|h₂|b)\)", "", written).replace("·10", "e").replace("−", "-")
        text = text.replace("·", "*").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        functions: dict[str, Any] = {
            "tanh": math.tanh,
            "σ": lambda a: 1.0 / (1.0 + math.exp(-a)),
            "ReLU": lambda a: max(a, 0.0),
        }
        assert eval(text, functions) == pytest.approx(float(value.replace("−", "-")), abs=0.03)
    assert float(numbers.split(" = ")[-1].replace("−", "-")) == pytest.approx(
        moment.signals[0]["h"][3, 1], rel=5e-3
    )


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic", "relu", "identity"])
def test_a_way_back_is_the_product_of_what_units_and_weights_do(
    panel: UnrolledPanel, nonlinearity: str
) -> None:
    moment = run(
        panel, ARTICLE.with_values({"model.nonlinearity": nonlinearity, "model.initializer": "glorot"})
    )
    symbols, numbers = at(panel, Place("across", 9, 1, 0.5))
    assert symbols.startswith("∂L₁₀/∂h₉ ⟵ ")
    passed, *factors = figures(numbers)
    assert passed == pytest.approx(np.linalg.norm(moment.last[0].passed[0][9]), rel=6e-3)
    assert math.prod(factors) == pytest.approx(passed, rel=0.12)
    assert ("weights" in numbers, len(factors)) == (True, 2 if nonlinearity == "identity" else 3)


def test_what_its_own_loss_adds_is_told_with_the_whole_loss(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE.with_values({"model.initializer": "glorot"}))
    panel._whole_button.click()
    settle(panel)
    _, numbers = at(panel, Place("across", 5, 1, 0.5))
    way = moment.whole[0]
    *_, own, total = figures(numbers)
    assert own == pytest.approx(np.linalg.norm(way.own[0][5]), rel=6e-3)
    assert total == pytest.approx(np.linalg.norm(way.total[0][5]), rel=6e-3)
    symbols, numbers = at(panel, Place("up", 5, 2))
    assert "L₅" in symbols
    assert figures(numbers)[-2:] == pytest.approx([own, total], rel=6e-3)


def test_an_lstms_two_ways_are_told_apart_by_where_the_mouse_is(panel: UnrolledPanel) -> None:
    moment = run(panel, STACKED_LSTM)
    symbols, numbers = at(panel, Place("across", 9, 2, 0.7))
    assert symbols == "∂L₁₀/∂c₉ ⟵ ∂L₁₀/∂c₁₀ ∘ f₁₀"
    passed, came, gate, *_ = figures(numbers)
    assert passed == pytest.approx(np.linalg.norm(moment.last[1].passed[1][9]), rel=6e-3)
    assert passed == pytest.approx(came * gate, rel=0.02)
    symbols, numbers = at(panel, Place("across", 9, 2, 0.3))
    assert symbols.startswith("∂L₁₀/∂h₉ ⟵ ∂L₁₀/∂a₁₀ W_hᵀ")
    assert figures(numbers)[0] == pytest.approx(np.linalg.norm(moment.last[1].passed[0][9]), rel=6e-3)


def test_a_grus_parts_are_what_z_keeps_and_what_the_weights_bring(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE.with_values({"model.cell": "gru"}))
    _, numbers = at(panel, Place("across", 9, 1, 0.5))
    kept = moment.last[0].total[0][10] * moment.signals[0]["update gate"][9]
    rest = moment.last[0].passed[0][9] - kept
    wanted = [np.linalg.norm(part) for part in (kept + rest, kept, rest)]
    assert figures(numbers)[:3] == pytest.approx(wanted, rel=6e-3)


def test_truncation_is_said_where_it_stops_the_whole_loss(panel: UnrolledPanel) -> None:
    run(panel, ARTICLE.with_values({"training.truncation": 5}))
    assert "truncated" not in at(panel, Place("across", 5, 1, 0.5))[0]
    panel._whole_button.click()
    settle(panel)
    assert at(panel, Place("across", 6, 1, 0.5))[0].startswith("∂L/∂h₆")
    assert at(panel, Place("across", 5, 1, 0.5)) == (
        "truncated after 5 steps",
        "nothing passes from step 6 to step 5",
    )


def test_pausing_writes_the_equation_of_the_step_just_reached(panel: UnrolledPanel) -> None:
    run(panel)
    panel.controls.forward.click()
    for _ in range(3):
        panel.controls.on.click()
    assert panel.equation.lines[0].startswith("h₃ = tanh(")
    panel.controls.backward.click()
    assert "∂L₁₀/∂ŷ₁₀" in panel.equation.lines[0] or "∂L₁₀/∂h₁₀ gets" in panel.equation.lines[0]
    panel.controls.on.click()
    assert panel.equation.lines[0].startswith("∂L₁₀/∂h₉ ⟵ (∂L₁₀/∂h₁₀ ∘ (1 − h₁₀²))")


def test_inputs_answers_and_losses_are_read_out(panel: UnrolledPanel) -> None:
    moment = run(panel)
    assert figures(at(panel, Place("input", 3, 0, 0.5))[1]) == pytest.approx([moment.x[2, 0]], rel=6e-3)
    _, answer = at(panel, Place("output", 3, 2, 0.5))
    wanted = [moment.output[2, 0], moment.y[2, 0], moment.loss_terms[2]]
    assert figures(answer) == pytest.approx(wanted, rel=6e-3)
    assert at(panel, Place("loss", 3, 3, 0.5))[1] == answer


# The shared cursor, and what every panel has


def test_the_mouse_moves_the_shared_cursor_and_the_cursor_is_shown(
    qtbot: QtBot, panel: UnrolledPanel
) -> None:
    run(panel, load_preset("vanishing").config, 1)
    seen: list[object] = []
    panel.cursor_moved.connect(seen.append)
    panel.plot.hovered.emit(QPointF(38.2, 3.0))
    panel.plot.hovered.emit(None)
    assert seen == [38, None]
    before = panel.plot.grab().toImage()
    panel.show_cursor(38)
    assert panel.plot.grab().toImage() != before
    panel.show_cursor(5)
    (left, right), _ = panel.plot.shown()
    assert left < 5 < right
    panel.show_cursor(None)
    assert panel.drawing.cursor is None


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
    assert " f " in panel.readout(3.0, 0.5 * sum(panel.drawing.layout.rows[2]))


def test_the_summary_names_both_ends_of_the_way(panel: UnrolledPanel) -> None:
    moment = run(panel)
    ends = [np.linalg.norm(moment.last[0].total[0][t]) for t in (10, 1)]
    text = panel.summary().split("last step's loss is ")[1]
    assert [figures(part)[0] for part in text.split(" and ")] == pytest.approx(ends, rel=0.06)


def test_a_new_run_forgets_the_held_moment(panel: UnrolledPanel) -> None:
    run(panel)
    panel.controls.on.click()
    assert panel.frozen
    begun(panel)
    assert (panel.frozen, panel.controls.freeze.isChecked(), panel.moment) == (False, False, None)
    assert panel.table() == {}
    assert panel.readout(3.0, 3.0) == panel.summary() == ""

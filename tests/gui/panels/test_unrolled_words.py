"""The equations under the unrolled network hold with the numbers that stand in them."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from gui.panels.unrolled.layout import Place
from gui.panels.unrolled.panel import UnrolledPanel
from gui.panels.unrolled.words import Words
from rnn.number_format import short
from tests.gui.panels.feeding import ARTICLE, settle, shown
from tests.gui.panels.unrolled_runs import STACKED_LSTM, figures, run
from tests.rnn.cases import write_data


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


def at(panel: UnrolledPanel, place: Place) -> tuple[str, str]:
    """What is written of a place, by the mouse over it."""
    rows = panel.drawing.layout.rows
    row = rows[place.row]
    y = row.bottom + (row.top - row.bottom) * place.share
    x = place.step + (0.5 if place.kind == "across" else 0.0)
    if place.kind == "up":
        y = 0.5 * (rows[place.row - 1].top + row.bottom)
    panel.plot.hovered.emit(QPointF(x, y))
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
            "logistic": lambda a: 1.0 / (1.0 + math.exp(-a)),
            "ReLU": lambda a: max(a, 0.0),
        }
        shown = value.replace("·10", "e").replace("−", "-")
        shown = shown.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        assert short(eval(text, functions), 3) == short(float(shown), 3)
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
    assert math.prod(factors) == pytest.approx(passed, rel=6e-3)
    assert all(len(written.strip()) >= 5 for written in numbers.split(" = ")[1].split(" × "))
    assert ("weights" in numbers, len(factors)) == (True, 2 if nonlinearity == "identity" else 3)


def test_what_its_own_loss_adds_is_told_with_the_whole_loss(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE.with_values({"model.initializer": "glorot"}))
    panel.losses.second.click()
    settle(panel)
    _, numbers = at(panel, Place("across", 5, 1, 0.5))
    way = moment.whole[0]
    *_, own, total = figures(numbers)
    assert own == pytest.approx(np.linalg.norm(way.own[0][5]), rel=6e-3)
    assert total == pytest.approx(np.linalg.norm(way.total[0][5]), rel=6e-3)
    symbols, numbers = at(panel, Place("up", 5, 2))
    assert "L₅" in symbols
    later = float(np.linalg.norm(way.passed[0][5]))
    assert figures(numbers)[-3:] == pytest.approx([own, later, total], rel=6e-3)
    assert "a vector of norm" in numbers


def test_an_lstms_two_ways_are_told_apart_by_where_the_mouse_is(panel: UnrolledPanel) -> None:
    moment = run(panel, STACKED_LSTM)
    symbols, numbers = at(panel, Place("across", 9, 2, 0.7))
    assert symbols == "∂L₁₀/∂c₉ ⟵ ∂L₁₀/∂c₁₀ ∘ f₁₀"
    passed, came, gate, *_ = figures(numbers)
    assert passed == pytest.approx(np.linalg.norm(moment.last[1].passed[1][9]), rel=6e-3)
    assert passed == pytest.approx(came * gate, rel=6e-3)
    symbols, numbers = at(panel, Place("across", 9, 2, 0.3))
    assert symbols.startswith("∂L₁₀/∂h₉ ⟵ ∂L₁₀/∂a₁₀ Wₕᵀ")
    assert figures(numbers)[0] == pytest.approx(np.linalg.norm(moment.last[1].passed[0][9]), rel=6e-3)


def test_a_grus_parts_are_what_z_keeps_and_what_the_weights_bring(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE.with_values({"model.cell": "gru"}))
    _, numbers = at(panel, Place("across", 9, 1, 0.5))
    kept = moment.last[0].total[0][10] * moment.signals[0]["update gate"][9]
    rest = moment.last[0].passed[0][9] - kept
    wanted = [np.linalg.norm(part) for part in (kept + rest, kept, rest)]
    assert figures(numbers)[:3] == pytest.approx(wanted, rel=6e-3)
    assert wanted[0] < 0.998 * (wanted[1] + wanted[2])
    assert numbers.startswith("as vectors: ‖u + v‖ = ")
    assert "sum" not in numbers


def test_truncation_is_said_where_it_stops_the_whole_loss(panel: UnrolledPanel) -> None:
    run(panel, ARTICLE.with_values({"training.truncation": 5}))
    assert "truncated" not in at(panel, Place("across", 5, 1, 0.5))[0]
    panel.losses.second.click()
    settle(panel)
    assert at(panel, Place("across", 6, 1, 0.5))[0].startswith("∂L/∂h₆")
    assert at(panel, Place("across", 5, 1, 0.5)) == (
        "truncated after 5 time steps",
        "nothing passes from time step 6 to 5",
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
    assert panel.equation.lines[0].startswith("∂L₁₀/∂h₉ ⟵ (∂L₁₀/∂h₁₀ ∘ (1 − h₁₀²)) Wₕᵀ")


def test_inputs_answers_and_losses_are_read_out(panel: UnrolledPanel) -> None:
    moment = run(panel)
    assert figures(at(panel, Place("input", 3, 0, 0.5))[1]) == pytest.approx([moment.x[2, 0]], rel=6e-3)
    _, answer = at(panel, Place("answer", 3, 2, 0.5))
    wanted = [moment.output[2, 0], moment.y[2, 0], moment.loss_terms[2]]
    assert figures(answer)[:3] == pytest.approx(wanted, rel=6e-3)
    total = float(moment.loss_terms.sum())
    assert figures(answer)[-2:] == pytest.approx([total, 2.0 * total], rel=6e-3)
    assert answer.endswith(f"half of the mean square error {short(2.0 * total, 3)}")
    assert at(panel, Place("loss", 3, 4, 0.5))[1] == answer


def test_class_numbers_without_names_count_from_0_as_in_their_file(
    panel: UnrolledPanel, tmp_path: Path
) -> None:
    symbols = np.array([[0, 2, 1]])
    file = write_data(tmp_path / "d.npz", x=np.eye(3)[symbols], y=symbols)
    values = {"task.name": "data", "task.file": file, "model.readout": "nll"}
    moment = run(panel, ARTICLE.with_values(values), updates=1)
    words = Words(moment)
    for step, symbol in enumerate([0, 2, 1], start=1):
        assert words.symbol(step) == str(symbol)
        assert words.answer(step)[1].startswith(f"P(class {symbol}) = ")

"""The gradient check panel: what it says, what it lets a person plant and mend, and how it asks for more."""

from __future__ import annotations

import csv
import re
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.panels.check.cells import ARTICLE, HEADERS, NORM
from gui.panels.check.panel import CheckPanel
from gui.panels.check.table import LARGEST, SPARED
from gui.panels.check.words import EXPLANATION, listed
from gui.theme import DARK, LIGHT, SMALL
from rnn.config import RunConfig
from rnn.observing.probes.article_recursion import CARRIED, ERRORS, TRANSPOSED
from rnn.observing.probes.check_result import GradientCheck
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE as PRESET
from tests.gui.panels.feeding import begun, details, settle, shown

EXACT, VERDICT, ENTRIES = 2, 3, 5
DOCK = (338, 268)  # in the layout of all panels


def fed(panel: CheckPanel, trainer: Trainer, number: int = 0, snapshots: int = 10_000) -> GradientCheck:
    """Snapshots until the check is complete, or so many; the panel has drawn the last one."""
    found: GradientCheck | None = None
    for _ in range(snapshots):
        snapshot = trainer.snapshot(SnapshotRequest(probes=panel.probes, check=number))
        panel.receive((), snapshot)
        found = snapshot.probe(GradientCheck)
        assert found is not None
        if found.complete:
            break
    settle(panel)
    assert found is not None
    return found


def checked(
    qtbot: QtBot, config: RunConfig = PRESET, size: tuple[int, int] = (480, 330), **changes: Any
) -> tuple[CheckPanel, GradientCheck]:
    """A panel with a complete check after ten updates; ``model__cell`` stands for model.cell."""
    panel = shown(qtbot, CheckPanel, size)
    values = {key.replace("__", "."): value for key, value in changes.items()}
    trainer = begun(panel, config.with_values(values))
    trainer.advance(10)
    return panel, fed(panel, trainer)


def column(panel: CheckPanel, number: int) -> list[str]:
    """What stands in a column, from top to bottom."""
    model = panel.cells.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def colours(panel: CheckPanel, number: int) -> list[str]:
    """The colours of a column, from top to bottom."""
    model = panel.cells.model()
    role = Qt.ItemDataRole.ForegroundRole
    return [model.index(row, number).data(role).name() for row in range(model.rowCount())]


def test_the_real_gradient_passes_in_words_and_figures(qtbot: QtBot) -> None:
    panel, found = checked(qtbot)
    assert column(panel, 0) == ["Wₓ", "Wₕ", "b", "Wₒ", "bₒ"]
    assert column(panel, ENTRIES) == ["4", "16", "4", "4", "1"]
    assert column(panel, VERDICT) == ["✓ agrees"] * 5
    assert colours(panel, VERDICT) == [DARK.good] * 5
    assert re.fullmatch(r"✓ to \d·10⁻\S+", panel._figure.text())
    assert re.fullmatch(
        r"Every gradient agrees to \d·10⁻\S+ with differences and to \d·10⁻¹\S with complex steps\. "
        r"By the article's recursion Wₓ, Wₕ and b are wrong by \d+\s%, \d+\s% and \d+\s%\.",
        panel.summary(),
    )
    assert panel.sentence.text() == panel.summary()
    assert details(panel) == "sequence 1, update 10 · relative errors of ∂L/∂θ"
    worst = max(row.by_differences(row.backprop).error for row in found.rows)
    assert worst < 1e-7


def test_the_articles_column_turns_right_when_both_errors_are_mended(qtbot: QtBot) -> None:
    panel, found = checked(qtbot)
    wrong = re.compile(r"✗ \d+ %")
    assert [bool(wrong.fullmatch(text)) for text in column(panel, ARTICLE)] == [True] * 3 + [False] * 2
    assert colours(panel, ARTICLE) == [DARK.bad] * 3 + [DARK.good] * 2
    row = found.rows[2]
    expected = row.verdict(row.article[frozenset(ERRORS)]).error
    assert column(panel, ARTICLE)[2] == f"✗ {100.0 * expected:.0f} %"
    before = column(panel, ARTICLE)
    panel.article.switches[TRANSPOSED].click()
    settle(panel)
    assert panel.article.switches[TRANSPOSED].text() == "✓ Jacobian mended"
    between = column(panel, ARTICLE)
    assert between[:3] != before[:3]
    assert colours(panel, ARTICLE)[:3] == [DARK.bad] * 3
    panel.article.switches[CARRIED].click()
    settle(panel)
    assert panel.article.switches[CARRIED].text() == "✓ carry mended"
    assert colours(panel, ARTICLE) == [DARK.good] * 5
    assert panel.summary().endswith(" The article's recursion, mended, is right.")
    for _ in range(2):
        panel.article.switches[CARRIED].click()
    panel.article.switches[TRANSPOSED].click()
    panel.article.switches[CARRIED].click()
    settle(panel)
    assert column(panel, ARTICLE) == before


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_a_planted_error_is_found_where_a_person_chooses_it(qtbot: QtBot, cell: str) -> None:
    initializer = "uniform" if cell == "vanilla" else "gaussian"
    panel, found = checked(qtbot, model__cell=cell, model__initializer=initializer)
    assert panel.planted.count == 5
    assert panel.planted.text() == "plant ▾"
    for place, name in enumerate(found.planted, start=1):
        panel.planted.choose(place)
        settle(panel)
        refuted = [row.verdict(row.planted[name]).verdict == "differs" for row in found.rows]
        assert any(refuted)
        assert [text == "✗ differs" for text in column(panel, VERDICT)] == refuted
        assert colours(panel, VERDICT) == [DARK.bad if wrong else DARK.good for wrong in refuted]
        assert panel._figure.text() == f"✗ {sum(refuted)} of {len(refuted)} differ"
        assert panel.summary().startswith(f"Planted: {found.planted[name]}. Found: ")
        assert panel.cells.model().headerData(NORM, Qt.Orientation.Horizontal) == "norm with\nthe error"
    panel.planted.choose(0)
    settle(panel)
    assert column(panel, VERDICT) == ["✓ agrees"] * len(found.rows)
    assert panel.cells.model().headerData(NORM, Qt.Orientation.Horizontal) == HEADERS[NORM]


def test_where_an_error_changes_nothing_it_says_why(qtbot: QtBot) -> None:
    panel, found = checked(qtbot, model__layers=1)
    panel.planted.choose(1 + list(found.planted).index("transpose"))
    settle(panel)
    assert panel.summary().startswith(
        "Planted: take the wrong transpose of Wₕ. "
        "The gradient is the true one all the same: Wₕ is a single number. By the article's recursion "
    )
    assert panel._figure.text() == "✓ no difference"


def test_it_says_what_does_not_apply(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot, model__nonlinearity="relu", model__initializer="orthogonal")
    assert panel.cells.isColumnHidden(ARTICLE)
    assert not any(switch.isVisible() for switch in panel.article.switches.values())
    assert panel.article._words.text() == (
        "the article's recursion does not apply: it is for tanh, not for ReLU"
    )
    assert column(panel, EXACT) == ["–"] * 5
    assert panel.summary().endswith(
        "; no complex steps: ReLU has a kink, complex steps need a smooth function."
    )
    assert "article_error" not in panel.table()


def test_truncation_is_said(qtbot: QtBot) -> None:
    panel, found = checked(qtbot, training__truncation=4)
    assert details(panel) == "sequence 1, update 10 · cut as in training: states at time steps 4, 8, … held"
    assert column(panel, VERDICT) == ["✓ agrees"] * 5
    assert found.truncation == 4


def test_layers_are_told_apart_and_wide_ones_say_how_many_entries(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot, model__layers="16,2", model__initializer="orthogonal")
    assert column(panel, 0)[:4] == ["Wₓ of layer 1", "Wₕ of layer 1", "b of layer 1", "Wₓ of layer 2"]
    assert column(panel, ENTRIES)[1] == "200 of 256"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_the_numbers_are_those_of_the_check(qtbot: QtBot) -> None:
    panel, found = checked(qtbot)
    panel.paper.copy_numbers()
    rows = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines()))
    assert [row["parameter"] for row in rows] == ["Wₓ", "Wₕ", "b", "Wₒ", "bₒ"]
    for row, expected in zip(rows, found.rows, strict=True):
        assert float(row["norm_by_backprop"]) == np.linalg.norm(expected.backprop)
        assert float(row["norm_by_differences"]) == np.linalg.norm(expected.differences)
        assert float(row["error_by_differences"]) == expected.by_differences(expected.backprop).error
        assert expected.complex_steps is not None
        exact = np.linalg.norm(expected.backprop - expected.complex_steps)
        size = max(np.linalg.norm(expected.backprop), np.linalg.norm(expected.complex_steps))
        assert float(row["error_by_complex_steps"]) == pytest.approx(exact / size, rel=1e-12)
        assert float(row["article_error"]) == expected.verdict(expected.article[frozenset(ERRORS)]).error
    panel.planted.choose(1)
    assert "norm_with_slope_planted" in panel.table()
    assert list(panel.table()["verdict"]) == ["differs", "differs", "differs", "agrees", "agrees"]


def test_a_check_under_way_says_how_far_it_is(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    config = PRESET.with_values({"task.length": 100, "model.layers": "48", "model.cell": "lstm"})
    trainer = begun(panel, config)
    found = fed(panel, trainer, snapshots=3)
    assert 0.0 < found.fraction < 1.0
    assert panel._figure.text() == f"checking {100.0 * found.fraction:.0f} %"
    assert panel.summary().startswith("Checking: ")


def test_it_asks_for_another_check_and_keeps_the_result_until_then(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    trainer = begun(panel)
    fed(panel, trainer)
    asked: list[tuple[str, int]] = []
    panel.look_changed.connect(lambda field, number: asked.append((field, number)))
    trainer.advance(50)
    fed(panel, trainer)
    assert "update 0 ·" in details(panel)
    assert not panel.dirty
    panel.again.click()
    menu = QMenu()
    panel.extend_menu(menu)
    menu.actions()[0].trigger()
    assert asked == [("check", 1), ("check", 2)]
    fed(panel, trainer, number=asked[-1][1])
    assert "update 50 ·" in details(panel)


def test_what_is_drawn_already_is_not_drawn_again(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    trainer = begun(panel)
    fed(panel, trainer)
    for updates in (5, 5):
        settle(panel)
        trainer.advance(updates)
        panel.receive((), trainer.snapshot(SnapshotRequest(probes=panel.probes)))
    assert not panel.dirty  # that it is a check of earlier weights is drawn once
    resets: list[None] = []
    panel.cells.model().modelReset.connect(lambda: resets.append(None))
    panel.refresh()
    assert resets == []


def test_a_gradient_that_is_not_finite_is_told(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    trainer = begun(panel, PRESET.with_values({"model.nonlinearity": "identity"}))
    trainer.network.parameters["head.W"][...] = 1e200
    found = fed(panel, trainer)
    assert found.problem is not None
    assert panel.summary() == "Nothing can be compared: the gradient is not finite."
    assert panel._figure.text() == "cannot be compared"
    assert column(panel, 0) == []


def test_a_new_run_forgets_the_old_one(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot)
    panel.planted.choose(1)
    panel.begin(Trainer(PRESET.with_values({"model.cell": "gru"})).info())
    settle(panel)
    assert (panel.summary(), panel._figure.text(), panel.table(), column(panel, 0)) == ("", "", {}, [])


def test_the_sentence_tells_what_the_switches_change(qtbot: QtBot) -> None:
    panel, found = checked(qtbot, size=DOCK)
    assert not panel.cells.isColumnHidden(ARTICLE)
    errors = [row.verdict(row.article[frozenset(ERRORS)]).error for row in found.rows[:3]]
    sizes = [f"{100.0 * error:.0f}\u00a0%" for error in errors]
    assert panel.sentence.text().endswith(
        f"By the article's recursion Wₓ, Wₕ and b are wrong by {sizes[0]}, {sizes[1]} and {sizes[2]}."
    )
    before = panel.sentence.text()
    panel.article.switches[TRANSPOSED].click()
    settle(panel)
    assert panel.sentence.text() not in ("", before)
    assert "are wrong by" in panel.sentence.text()


def test_a_verdict_on_earlier_weights_says_so_and_is_muted(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    trainer = begun(panel)
    fed(panel, trainer)
    assert panel._figure.text().startswith("✓ to ")
    assert panel._figure.colour == DARK.good
    trainer.advance(5)
    panel.receive((), trainer.snapshot(SnapshotRequest(probes=panel.probes)))
    assert panel.dirty
    settle(panel)
    assert panel._figure.text() == "✓ at update 0"
    assert panel._figure.colour == DARK.muted
    assert panel.sentence.text().startswith("At update 0: every gradient agrees to ")
    panel.planted.choose(1)
    settle(panel)
    assert panel._figure.text() == "✗ at update 0"
    fed(panel, trainer, number=1)
    panel.planted.choose(0)
    settle(panel)
    assert panel._figure.text().startswith("✓ to ")


def test_letters_grow_with_the_room_and_fit_it(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot, size=DOCK)
    assert panel.cells.letters == SMALL
    for size, least in (((1300, 800), LARGEST), ((1300, 300), SMALL + 1), (DOCK, SMALL)):
        panel.resize(*size)
        settle(panel)
        assert panel.cells.letters >= least
        assert panel.cells.horizontalHeader().length() <= panel.cells.viewport().width()
        assert panel.cells.letters == SMALL or not panel.cells.verticalScrollBar().isVisible()
    assert panel.cells.letters == SMALL
    assert panel.sentence.font().pixelSize() == SMALL


def test_in_a_narrow_panel_no_word_of_a_button_is_cut(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot, size=DOCK)
    buttons = [panel.planted, panel.again, *panel.article.switches.values()]
    for place in (0, 1):
        panel.planted.choose(place)
        settle(panel)
        qtbot.waitUntil(lambda: panel.planted.width() >= panel.planted.sizeHint().width())
        for button in buttons:
            assert button.fontMetrics().horizontalAdvance(button.text()) + 4 <= button.width()
    for switch in panel.article.switches.values():
        switch.click()
    assert [switch.text() for switch in panel.article.switches.values()] == ["✓ Jacobian", "✓ carry"]
    panel.resize(900, 330)
    settle(panel)
    assert panel.article.switches[TRANSPOSED].text() == "✓ Jacobian mended"


@pytest.mark.parametrize("layers", [4, 120])
@pytest.mark.parametrize("width", [480, 900])
def test_the_columns_fit_the_width_and_none_is_cut(qtbot: QtBot, width: int, layers: int) -> None:
    panel, _ = checked(qtbot, size=(width, 330), model__layers=layers, model__initializer="orthogonal")
    for error in ERRORS:
        panel.article.switches[error].click()
    settle(panel)
    assert panel.cells.isColumnHidden(SPARED[0]) == (width == 480)
    assert panel.cells.horizontalHeader().length() <= panel.cells.viewport().width()
    assert not panel.cells.horizontalScrollBar().isVisible()
    for number in range(len(HEADERS)):
        if not panel.cells.isColumnHidden(number):
            assert panel.cells.columnWidth(number) >= panel.cells.sizeHintForColumn(number)


def test_another_theme_recolours_it(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot)
    panel.apply_theme(LIGHT)
    settle(panel)
    assert colours(panel, VERDICT) == [LIGHT.good] * 5
    assert LIGHT.bad in panel.article.switches[CARRIED].styleSheet()
    assert not panel.grab().isNull()


def test_a_double_click_asks_to_fill_the_window(qtbot: QtBot) -> None:
    panel, _ = checked(qtbot)
    with qtbot.waitSignal(panel.fill_asked):
        qtbot.mouseDClick(panel.cells.viewport(), Qt.MouseButton.LeftButton)


def test_it_explains_itself() -> None:
    words = re.sub(r"<[^>]+>", " ", EXPLANATION).split()
    assert 80 <= len(words) <= 200


def test_a_loss_that_hides_the_gradient_is_no_agreement(qtbot: QtBot) -> None:
    panel = shown(qtbot, CheckPanel)
    trainer = begun(panel, PRESET)
    trainer.network.parameters["l0.b"][...] = 50.0  # saturated: next to no gradient passes
    trainer.network.parameters["head.W"][...] = 1e74
    fed(panel, trainer)
    assert "cannot be compared" in panel._figure.text()
    assert panel._figure.colour == panel.theme.muted
    assert "✓" not in panel._figure.text()
    assert "recursion is right" not in panel.summary()
    assert "beside a loss of " in panel.summary()
    assert "– no telling" in column(panel, VERDICT)

"""The loss panel with batches, likelihoods and accuracies: places, axes, words and columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.panels.loss.panel import LossPanel
from gui.panels.loss.words import loss_words
from gui.panels.words.figures import accuracy_words
from rnn.config import RunConfig
from tests.gui.panels.feeding import ARTICLE, begun, details, feed, settle, shown

RECALL = RunConfig().with_values(
    {
        "task.name": "recall",
        "task.delay": 3,
        "task.sequences": 40,
        "task.validation_sequences": 25,
        "training.batch": 8,
        "training.epochs": 4,
    }
)


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    return shown(qtbot, LossPanel)


def test_in_batches_an_epoch_ends_after_its_updates(panel: LossPanel) -> None:
    trainer = begun(panel, ARTICLE.with_values({"training.batch": 8}))
    scalars = trainer.advance()
    panel.receive((scalars,), None)
    settle(panel)
    assert trainer.updates_an_epoch == 13
    ends = np.arange(13, 13 * 9 + 1, 13)
    x, y = panel._mean.curve.getData()
    np.testing.assert_array_equal(x, ends)
    np.testing.assert_allclose(10.0**y, [epoch.train_loss for epoch in scalars.epochs])
    assert {epoch: line.value() for epoch, (line, _) in panel._guides.marks.items()} == {6: 78, 9: 117}
    assert panel.readout(14.0, 0.0).startswith("update 14, epoch 2: ")
    table = panel.table()
    assert [row + 1 for row, value in enumerate(table["train_mse"]) if value != ""] == ends.tolist()
    assert list(table["epoch"])[12:14] == [1, 2]


def test_a_likelihood_has_its_own_axis_columns_and_words(panel: LossPanel) -> None:
    trainer = begun(panel, RECALL)
    assert panel.plot.left.labelText == "negative log-likelihood (nats)"
    assert not panel.log_y
    scalars = trainer.advance(12)
    panel.receive((scalars,), None)
    settle(panel)
    np.testing.assert_allclose(panel._each.curve.getData()[1], scalars.loss)
    newest = scalars.epochs[-1]
    table = panel.table()
    assert [name for name in table if "nll" in name or name == "accuracy"] == [
        "nll",
        "train_nll",
        "validation_nll",
        "accuracy",
    ]
    assert table["nll"] == scalars.loss.tolist()
    assert (table["train_nll"][9], table["accuracy"][9]) == (newest.train_loss, newest.accuracy)
    assert newest.accuracy is not None
    words = panel._figure.text()
    assert words.startswith("epoch 2: nll ")
    nll, correct = words.removeprefix("epoch 2: nll ").split(" · ")
    assert float(nll) == pytest.approx(newest.train_loss, rel=5e-3)
    share = correct.removeprefix("held out ").removesuffix(" % correct")
    assert float(share) == pytest.approx(100.0 * newest.accuracy, abs=0.05)
    assert "perplexity" in panel.readout(3.0, 0.0)
    assert panel.readout(3.0, 0.0).endswith(" % correct")
    assert "held out " in panel.readout(3.0, 0.0)
    assert details(panel) == "every update faint, epoch mean bold, held out dashed"


def test_the_chance_line_is_named_and_in_view_from_the_start(panel: LossPanel) -> None:
    trainer = begun(panel, RECALL)
    for _ in range(3):
        line, label = panel._guides.levels["chance"]
        assert line.value() == pytest.approx(math.log(2.0))
        (bottom, top) = panel.plot.shown()[1]
        assert bottom < line.value() < top
        assert label.isVisible()
        feed(panel, trainer, 5)


def test_of_a_text_the_bits_a_character_are_said(panel: LossPanel) -> None:
    config = RunConfig().with_values({"task.name": "text"})
    info = begun(panel, config).info()
    assert loss_words(info, math.log(8.0)) == "nll 2.08 · perplexity 8.00 · 3.00 bits/char"
    assert loss_words(info, 1e4) == "nll 10,000 · perplexity ∞ · 14,400 bits/char"


def test_each_kind_of_loss_remembers_its_axis(panel: LossPanel) -> None:
    begun(panel)
    assert panel.log_y
    panel._log_button.click()
    begun(panel, RECALL)
    panel._log_button.click()
    assert panel.log_y
    begun(panel)
    assert (panel.log_y, panel._log_button.isChecked()) == (False, False)
    assert panel.plot.left.labelText == "mean square error"
    begun(panel, RECALL)
    assert (panel.log_y, panel._log_button.isChecked()) == (True, True)


def test_epochs_are_marked_only_where_their_fits_are_shown_again(panel: LossPanel) -> None:
    begun(panel, RECALL)
    assert panel._guides.marks == {}
    begun(panel)
    assert list(panel._guides.marks) == [6, 9]


def test_a_run_without_accuracy_has_no_column_of_it(panel: LossPanel) -> None:
    feed(panel, begun(panel))
    assert "accuracy" not in panel.table()
    assert "correct" not in panel._figure.text() + details(panel) + panel.readout(200.0, 0.0)


def test_a_validation_above_all_else_is_in_view(panel: LossPanel) -> None:
    import dataclasses

    trainer = begun(panel, RECALL)
    scalars = trainer.advance(5)
    (epoch,) = scalars.epochs
    worse = dataclasses.replace(epoch, validation_loss=2.0)
    panel.receive((dataclasses.replace(scalars, epochs=(worse,)),), None)
    panel._log_button.click()
    settle(panel)
    assert panel.plot.shown()[1][1] > math.log10(2.0)


def test_only_all_of_them_are_a_hundred_percent() -> None:
    assert accuracy_words(1.0) == "100 % correct"
    assert accuracy_words(0.99999) == "over 99.9 % correct"
    assert accuracy_words(0.984) == "98.4 % correct"


def test_of_numbers_it_says_within_what_an_answer_is_correct(panel: LossPanel) -> None:
    adding = {"task.name": "adding", "task.delay": 5, "task.sequences": 20, "task.validation_sequences": 10}
    feed(panel, begun(panel, RunConfig().with_values(adding)), 20)
    assert panel._figure.text().startswith("epoch 1: mse ")
    assert panel._figure.text().endswith(" % correct")
    assert details(panel).endswith("; correct: within 0.04")


def test_a_carried_state_explains_what_happens_at_each_epochs_start(panel: LossPanel) -> None:
    config = RunConfig().with_values({"task.carry_state": True, "task.sequences": 10, "training.batch": 1})
    feed(panel, begun(panel, config), 15)
    assert details(panel).endswith("; each epoch begins at zero")
    assert "the carried state begins at zero" in panel.readout(11.0, 0.0)
    assert "begins at zero" not in panel.readout(12.0, 0.0)

"""No word of the window is one that was misread, and each panel begins with its sentence."""

from __future__ import annotations

from itertools import chain

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.actions import ACTIONS
from gui.docks.panels_button import PanelsButton
from gui.opening.open_model import OpenModel
from gui.panels import PANELS
from gui.panels.frame.panel import Panel
from gui.panels.spectrum.panel import SpectrumPanel
from rnn.config import ModelConfig, RunConfig, TrainingConfig
from rnn.config.presets import presets
from rnn.data.tasks import TASKS
from rnn.model.cells import CELLS
from rnn.model.initializers import INITIALIZERS
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.optimizing.schedules import SCHEDULES
from rnn.settings import declarations
from tests.gui.every_word import misnamed, of_menu, shown_in, words_of
from tests.gui.panels.feeding import ARTICLE, begun, feed, shown
from tests.gui.windows import OpenWindow

KINDS = [kind for place in PANELS for kind in place]
every_panel = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
NARROW = (320, 300)
SAID_FIRST = {
    "Loss": "Dotted lines are what simple rules would get; green is the average that no network can beat.",
    "Fit": "Left of the line it sees the true value at each time step; right of it the dashed curve feeds on "
    "its own answers.",
    "Hidden": "Strong colour is near ±1, where tanh is flat and hardly any gradient passes.",
    "Flow": "Read from right to left: how strongly the last answer's error would still be felt by each "
    "earlier state. Height is how wrong the answer is, slope is vanishing or exploding.",
    "Pairs": "A row is one time step's loss; go left from the diagonal to see how far back it is felt.",
    "Lags": "Bars are lengths of arrows and may cancel; it is the reach of the lesson now, not what the "
    "network remembers.",
    "Spectrum": "Dots tell what Wₕ alone would do; σₘₐₓ < 1 must vanish, > 1 may explode and need not.",
    "FlowHistory": "Each column is one moment; a jump between columns is a gap between moments, not an "
    "event.",
    "Norms": "Of the sequences that this update trained on, so other numbers than panels about one sequence.",
    "Unrolled": "Information goes up and to the right, the gradient back to the left.",
    "Check": "The first columns test this program; the last one tests a formula from the article, which this "
    "program does not use.",
    "Line": "Walk all weights straight downhill: what the loss really does, what its slope promised, where "
    "the next update lands.",
    "MemoryClasses": "Only asked time steps count; grey is what it would have said if asked earlier, which "
    "it was never taught.",
}


@every_panel
def test_no_panel_says_what_was_misread(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    trainer = begun(panel)
    feed(panel, trainer, 20)
    wrong = list(chain.from_iterable(map(misnamed, words_of(panel, trainer))))
    assert not wrong, wrong


@every_panel
def test_each_panel_begins_with_its_sentence_which_is_read_whole_where_it_is_narrow(
    qtbot: QtBot, kind: type[Panel]
) -> None:
    panel = shown(qtbot, kind, NARROW)
    feed(panel, begun(panel), 20)
    QApplication.processEvents()
    sentence = SAID_FIRST.get(kind.__name__.removesuffix("Panel"), panel.says_first)
    assert panel.says_first.replace("\u00a0", " ") == sentence.replace("\u00a0", " ")
    assert panel._caption.seen.startswith(panel.says_first)
    sheet = panel.header.explanation
    assert sheet.startswith("<p><b>")
    assert sheet.partition("</b>")[0].endswith(panel.says_first[-20:].replace("'", "&#x27;"))


def test_a_panel_whose_picture_changes_says_another_sentence_first(qtbot: QtBot) -> None:
    panel = shown(qtbot, SpectrumPanel)
    trainer = begun(panel)
    said = []
    for place in range(len(panel.views)):
        panel.view.choose(place)
        feed(panel, trainer, 1)
        said.append(panel.says_first)
        assert panel._caption.text().startswith(said[-1])
        assert said[-1] in panel.header.explanation.replace("&lt;", "<").replace("&gt;", ">")
    assert len(set(said)) >= 4


def test_the_window_and_its_dialogs_say_nothing_that_was_misread(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window()
    menus = [button.menu() for button in window.findChildren(PanelsButton)]
    for menu in menus:
        menu.aboutToShow.emit()
    dialog = OpenModel(window, ARTICLE)
    qtbot.addWidget(dialog)
    texts = chain(shown_in(window), shown_in(dialog), *map(of_menu, menus))
    wrong = list(chain.from_iterable(map(misnamed, texts)))
    assert not wrong, wrong
    assert any(action.text() == "Layout: six gradient panels" for menu in menus for action in menu.actions())


def test_no_action_setting_or_preset_says_what_was_misread() -> None:
    said = [text for action in ACTIONS.values() for text in (action.title, action.tip)]
    said += [text for preset in presets() for text in (preset.title, preset.watch)]
    registered = (TASKS, CELLS, INITIALIZERS, OPTIMIZERS, SCHEDULES, NONLINEARITIES)
    said += [thing.title for registry in registered for thing in registry.values()]
    for part in (RunConfig, ModelConfig, TrainingConfig, *TASKS.values(), *SCHEDULES.values()):
        for _, declared, _ in declarations(part):
            said += [declared.label, declared.help, declared.unit, declared.range_text(), declared.empty]
    wrong = list(chain.from_iterable(map(misnamed, said)))
    assert not wrong, wrong


@pytest.mark.parametrize(
    "text",
    [
        "Run on",
        "×0.52 a step",
        "the last step's",
        "the whole loss",
        "σ_max",
        "0 to 1e+06",
        "seed 1 (not 0)",
        "mse 3",
    ],
)
def test_a_word_that_was_misread_is_found(text: str) -> None:
    assert misnamed(text)
    assert not misnamed("×0.52 per time step, one gradient step, complex\nsteps, step decay")

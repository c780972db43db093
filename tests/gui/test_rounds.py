"""Whose turn it is to be drawn: all within a fifteenth of a second, and what did not change never."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.panels.base import Panel
from gui.panels.plot import Plot
from gui.rounds import Rounds
from gui.theme import DARK


class Any(Panel):
    title = "Any"
    caption = "nothing"

    def __init__(self) -> None:
        super().__init__(DARK, Plot("x", "y"))


@pytest.fixture
def panels(qtbot: QtBot) -> list[Panel]:
    made: list[Panel] = [Any() for _ in range(9)]
    for panel in made:
        qtbot.addWidget(panel)
    return made


def drawn(panels: list[Panel], frames_a_second: float, seconds: float = 4.0) -> list[int]:
    """How often each panel is drawn in the second half of the time, where each is dirty in every frame."""
    rounds, count = Rounds(), [0] * len(panels)
    for frame in range(round(frames_a_second * seconds)):
        now = frame / frames_a_second
        for panel in rounds.turn(panels, now):
            panel.drawn_at = now
            count[panels.index(panel)] += now >= seconds / 2.0
    return count


@pytest.mark.parametrize("frames_a_second", [60.0, 45.0, 30.0])
def test_each_panel_comes_round_fifteen_times_a_second(panels: list[Panel], frames_a_second: float) -> None:
    assert min(drawn(panels, frames_a_second)) >= 15 * 2 - 1


def test_frames_are_even(panels: list[Panel]) -> None:
    rounds = Rounds()
    sizes = [len(rounds.turn(panels, frame / 60.0)) for frame in range(60)]
    assert max(sizes) == 3


def test_slow_frames_are_not_made_slower_still(panels: list[Panel]) -> None:
    rounds = Rounds()
    assert max(len(rounds.turn(panels, frame / 5.0)) for frame in range(60)) == 5


def test_what_did_not_change_is_not_drawn(panels: list[Panel]) -> None:
    for panel in panels:
        panel.dirty = False
    rounds = Rounds()
    assert rounds.turn(panels, 0.0) == []
    panels[3].dirty = True
    assert rounds.turn(panels, 1.0) == [panels[3]]

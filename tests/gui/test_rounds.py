"""Whose turn it is to be drawn: all within a fifteenth of a second, and what did not change never."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.panels.frame.panel import Panel
from gui.panels.plots.plot import Plot
from gui.rounds import Rounds
from gui.theme import DARK


class Any(Panel):
    title = "Any"
    caption = says_first = explanation = "nothing"

    def __init__(self) -> None:
        super().__init__(DARK, Plot("x", "y"))


class Film:
    """Frames sixty times a second, in a time of its own, and what each panel takes to be drawn."""

    def __init__(self, panels: list[Panel], milliseconds: list[float]) -> None:
        self.now = 0.0
        self.panels = panels
        self.milliseconds = dict(zip(panels, milliseconds, strict=True))
        self.rounds = Rounds(lambda: self.now)

    def frame(self) -> list[Panel]:
        begun, drawn = self.now, []
        for panel in self.rounds.turn(self.panels):
            drawn.append(panel)
            panel.drawn_at = self.now
            self.now += self.milliseconds[panel] / 1000.0
        self.now = max(self.now, begun + 1.0 / 60.0)
        return drawn

    def frames(self, count: int) -> list[list[Panel]]:
        return [self.frame() for _ in range(count)]

    def load(self, drawn: list[Panel]) -> float:
        """The milliseconds of drawing in a frame."""
        return sum(self.milliseconds[panel] for panel in drawn)


@pytest.fixture
def panels(qtbot: QtBot) -> list[Panel]:
    made: list[Panel] = [Any() for _ in range(9)]
    for panel in made:
        qtbot.addWidget(panel)
    return made


LIGHT = [0.5] * 9
MIXED = [1.0, 7.0, 2.0, 5.0, 1.0, 3.0, 8.0, 2.0, 4.0]
HEAVY = [9.0] * 9


@pytest.mark.parametrize("milliseconds", [LIGHT, MIXED])
def test_each_panel_comes_round_fifteen_times_a_second(
    panels: list[Panel], milliseconds: list[float]
) -> None:
    film = Film(panels, milliseconds)
    film.frames(60)
    drawn = [panel for frame in film.frames(120) for panel in frame]
    assert min(drawn.count(panel) for panel in panels) >= 2 * 15 - 1


def test_what_is_light_is_drawn_thirty_times_a_second(panels: list[Panel]) -> None:
    film = Film(panels, LIGHT)
    film.frames(60)
    drawn = [panel for frame in film.frames(120) for panel in frame]
    assert min(drawn.count(panel) for panel in panels) >= 2 * 30 - 2


def test_frames_share_the_work_evenly(panels: list[Panel]) -> None:
    film = Film(panels, MIXED)
    film.frames(60)
    loads = [film.load(drawn) for drawn in film.frames(120)]
    assert max(loads) <= sum(MIXED) / 4.0 + max(MIXED) / 2.0
    assert min(loads) > 0.0


def test_too_much_for_sixty_frames_is_spread_over_four(panels: list[Panel]) -> None:
    film = Film(panels, HEAVY)
    film.frames(60)
    assert max(film.load(drawn) for drawn in film.frames(60)) <= 3 * 9.0


def test_the_panel_that_waited_longest_comes_first(panels: list[Panel]) -> None:
    film = Film(panels, MIXED)
    film.frames(60)
    oldest = min(panels, key=lambda panel: panel.drawn_at)
    assert film.frame()[0] is oldest


def test_what_did_not_change_is_not_drawn(panels: list[Panel]) -> None:
    for panel in panels:
        panel.dirty = False
    film = Film(panels, LIGHT)
    assert film.frame() == []
    panels[3].dirty = True
    assert film.frame() == [panels[3]]

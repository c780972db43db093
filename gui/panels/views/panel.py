"""A panel that has several pictures, one at a time in its plot."""

from __future__ import annotations

from collections.abc import Sequence

from gui.panels.frame.chooser import Chooser
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.unhurried import Unhurried
from gui.panels.keys.legend import Legend
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepLine
from gui.panels.views.view import View
from gui.theme import Theme
from gui.widgets.boxes import in_row


class ViewsPanel(Panel):
    """A plot whose picture is chosen; time steps under the cursor are shared where the picture has them.

    Attributes:
        views: what can be chosen.
        view: the chooser.
        key: the line with the legend and the chooser; a subclass adds its own before that.
        legend: what the strokes of the picture on show are.
        step_line: the line that marks a time step.
    """

    def __init__(self, theme: Theme, plot: Plot) -> None:
        super().__init__(theme, plot)
        self.views: Sequence[View] = ()
        self.view = Chooser("what is drawn")
        self.view.chosen.connect(self._on_view_chosen)
        self.legend = Legend()
        self.key = in_row((self.legend, 1))
        self.rows.insertLayout(self.rows.indexOf(plot), self.key)
        self.step_line = StepLine(plot)
        self._words = Unhurried()
        self._drawn = False

    @property
    def on_show(self) -> View:
        """The view that was chosen."""
        return self.views[self.view.value]

    def offer_views(self, views: Sequence[View]) -> None:
        """Let one of these be chosen; to be called once, at the end of the making."""
        self.views = views
        self.view.offer({view.name: view.button for view in views})
        self.key.addWidget(self.view)
        self.enter()

    def enter(self) -> None:
        """The chosen view comes on show."""
        self.on_show.enter()

    def change(self) -> None:
        self._drawn = False
        self.dirty = True

    def restart(self) -> None:
        """Something else is drawn from now on: its own heights, and words at once."""
        self.plot.let_go()
        self._words.hurry()
        self.show_all()

    # The contract

    def draw(self) -> None:
        if not self._drawn:
            self._drawn = True
            self.on_show.draw()
        if self._words.take_turn(self.clock()):
            self.write_words()
        else:
            self.dirty = True

    def write_words(self) -> None:
        """Caption, legend and figure; a few times a second, so that they can be read."""
        view = self.on_show
        self.say_first(view.says_first or type(self).says_first)
        self.set_caption(view.caption)
        self.set_figure(view.figure(), view.brief())
        self.legend.show_entries(view.entries())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.step_line.apply_theme(theme)
        self.legend.apply_theme(theme)
        for view in self.views:
            view.apply_theme(theme)
        self._words.hurry()
        self.change()

    def show_all(self) -> None:
        super().show_all()
        self.change()

    def readout(self, x: float, y: float) -> str:
        return self.on_show.readout(x, y)

    def table(self) -> Table:
        return self.on_show.table()

    def show_cursor(self, step: int | None) -> None:
        angle = self.on_show.cursor_angle
        self.step_line.setAngle(angle or 0)
        self.step_line.show_step(None if angle is None else step)

    def step_at(self, x: float, y: float) -> int | None:
        return self.on_show.step_at(x, y)

    # Events

    def _on_view_chosen(self) -> None:
        for view in self.views:
            view.leave()
        self.enter()
        self.show_cursor(self._pointed_at)
        self.restart()

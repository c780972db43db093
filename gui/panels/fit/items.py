"""What the fit panel draws, and the plot items that draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from gui.panels.fit import words
from gui.panels.keys.legend import Dots, Entry, Stroke
from gui.panels.plots.curves import LONG, draw_curve, make_curve
from gui.panels.plots.labels import Label
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepLine
from gui.theme import SMALL, Theme, font
from rnn.array import Array
from rnn.model.batch import Mask

OFF_THE_SCALE = "answers are off the scale"
OWN_OUTPUT_LABEL = "from here on its own answers"
BELOW_PREDICTION = 0.5
MANY_DOTS = 100
FAINT = 0.35
EDGE = 6.0
OWN_DASHES = [5.0, 3.0]  # in widths of the pen
GHOST_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DotLine)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One output feature over n time steps, and what of it a person wants to see.

    Attributes:
        target, prediction: (n,).
        scored: (n,) the time steps that count in the loss; the others are drawn fainter.
        ghosts: predictions (n,) of earlier moments by their labels, oldest first.
        own_output: (n,) from ``warm_up`` on the network on its own output, NaN elsewhere; None is not drawn.
        warm_up: the number of time steps before it.
        steps: the time steps of one sequence.
        carried: whether the state goes on from one sequence to the next.
    """

    target: Array
    prediction: Array
    scored: Mask
    ghosts: Mapping[str, Array]
    own_output: Array | None
    warm_up: int
    steps: int
    carried: bool

    @property
    def mse(self) -> float:
        """The mean square error of the prediction over the scored time steps."""
        with np.errstate(all="ignore"):
            return float(np.mean((self.prediction - self.target)[self.scored] ** 2))

    @property
    def own_mse(self) -> float | None:
        """The same of the network on its own output, where it runs on it."""
        if self.own_output is None:
            return None
        with np.errstate(all="ignore"):
            missed = (self.own_output - self.target)[self.warm_up :] ** 2
            return float(np.mean(missed[np.isfinite(missed)])) if np.isfinite(missed).any() else None


class FitItems:
    """The plot items of the fit panel.

    Attributes:
        answers_name: what the prediction is called.
    """

    def __init__(self, plot: Plot, theme: Theme) -> None:
        self._plot = plot
        self._theme = theme
        self.answers_name = words.GIVEN_THE_PAST
        self._prediction_width = 2.0
        self._target_scored: Mask = np.empty(0, dtype=bool)
        self.ghosts: dict[str, pg.PlotCurveItem] = {}
        self.borders = pg.VTickGroup()
        self.own_output = make_curve()
        self.warm_up = pg.InfiniteLine(
            angle=90, label=OWN_OUTPUT_LABEL, labelOpts={"position": 0.985, "anchors": [(0, 0), (1, 0)]}
        )
        self.warm_up.label.setFont(font(SMALL))
        self.off_the_scale = Label(plot, "")
        self.target_line = make_curve()
        self.unscored = make_curve()
        self.answers = pg.ScatterPlotItem(pen=None, size=5)
        self.prediction = make_curve()
        self.prediction.setSegmentedLineMode("on")  # a thick smoothed line is five times quicker so
        self.target = pg.ScatterPlotItem(pen=None)
        upwards = (
            self.borders,
            self.own_output,
            self.warm_up,
            self.target_line,
            self.unscored,
            self.prediction,
            self.target,
            self.answers,
        )
        for layer, item in enumerate(upwards):
            item.setZValue(layer)
            plot.add(item)
        self.line = StepLine(plot)
        self.rings = pg.ScatterPlotItem(size=11, brush=None)
        self.rings.setZValue(len(upwards))
        plot.add(self.rings)
        self.clear()

    def clear(self) -> None:
        """Draw nothing."""
        for item in (
            self.target,
            self.target_line,
            self.unscored,
            self.prediction,
            self.answers,
            self.own_output,
        ):
            item.setData([], [])
        self._keep_ghosts(())
        self.warm_up.hide()

    def mark_borders(self, count: int, steps: int) -> None:
        """A thin line wherever one of ``count`` sequences ends and the next begins."""
        self.borders.setXVals([steps * ended + 0.5 for ended in range(1, count)])
        self.borders.update()

    def draw(self, drawn: Drawn, shown: tuple[float, float]) -> None:
        """Bring the items up to ``drawn``; ``shown`` is the range of the value axis."""
        prediction = drawn.prediction
        self._draw_target(drawn, shown)
        piece = None if drawn.carried or drawn.steps == 1 else drawn.steps
        self._prediction_width = 2.0 if len(prediction) <= LONG else 1.0
        self.prediction.setPen(self._prediction_pen())
        self._draw_prediction(drawn, shown, piece)
        self._keep_ghosts(tuple(drawn.ghosts))
        for label, answers in drawn.ghosts.items():
            draw_curve(self.ghosts[label], answers, shown, piece=piece)
        if drawn.own_output is None:
            self.own_output.setData([], [])
        else:
            # The last answer to a true input is the first one that the network feeds on.
            fed_on = np.append(prediction[drawn.warm_up - 1], drawn.own_output[drawn.warm_up :])
            draw_curve(self.own_output, fed_on, shown, first=drawn.warm_up)
            self.warm_up.setValue(drawn.warm_up + 0.5)
        self.warm_up.setVisible(drawn.own_output is not None)

    def mark_step(self, step: int | None, values: Sequence[float]) -> None:
        """A line at this time step and rings around these ``values`` there; None takes them away."""
        self.line.show_step(step)
        seen = [] if step is None else [value for value in values if np.isfinite(value)]
        if seen or len(self.rings.getData()[0]):
            self.rings.setData([step] * len(seen), seen)

    def say_off_the_scale(self, off: bool) -> None:
        """Write in a corner, or not, that the prediction leaves the picture."""
        self.off_the_scale.write(OFF_THE_SCALE)
        width, height = self.off_the_scale.size()
        below_the_other_words = height + 2.0 * EDGE
        line = float(self._plot.to_pixels(np.array([self.warm_up.value()]), np.zeros(1))[0][0])
        is_crossed = self.warm_up.isVisible() and EDGE <= line <= 2.0 * EDGE + width
        left = line + EDGE if is_crossed else EDGE
        self.off_the_scale.show_in(QRectF(left, below_the_other_words, width, height) if off else None)

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self._theme = theme
        self.line.apply_theme(theme)
        self.rings.setPen(theme.pen(theme.text))
        self.borders.setPen(theme.pen(theme.muted))
        self.borders.setOpacity(0.35)
        self.off_the_scale.apply_theme(theme, theme.bad)
        self._colour_target()
        self.answers.setBrush(theme.accent)
        self.unscored.setPen(pg.mkPen(theme.faint(theme.accent, FAINT), width=1.0))
        self.target_line.setPen(theme.pen(theme.target))
        self.prediction.setPen(self._prediction_pen())
        self.own_output.setPen(self._own_output_pen())
        self.warm_up.setPen(theme.pen(theme.text))
        self.warm_up.label.setColor(theme.text)
        self.warm_up.label.fill = pg.mkBrush(theme.faint(theme.surface, 0.85))
        for place, curve in enumerate(self.ghosts.values()):
            curve.setPen(self._ghost_pen(place))

    def entries(self) -> list[Entry]:
        """What the legend says of all that is drawn now."""
        entries = [
            Entry("target", Dots(self._theme.target)),
            Entry(self.answers_name, Stroke(self._prediction_pen())),
        ]
        entries += [Entry(label, Stroke(self._ghost_pen(place))) for place, label in enumerate(self.ghosts)]
        if len(self.answers.getData()[0]):
            entries.append(Entry("not scored", Stroke(self.unscored.opts["pen"])))
        if self.warm_up.isVisible():
            entries.append(Entry("given its own answers", Stroke(self._own_output_pen())))
        return entries

    def _draw_target(self, drawn: Drawn, shown: tuple[float, float]) -> None:
        """As dots; very many of them as a line."""
        target, scored = drawn.target, drawn.scored
        if len(target) > LONG:
            self.target.setData([], [])
            draw_curve(self.target_line, np.where(scored, target, np.nan), shown)
        elif not (
            np.array_equal(target, self.target.getData()[1]) and np.array_equal(scored, self._target_scored)
        ):
            self._target_scored = scored
            self.target.setSize(6 if len(target) <= MANY_DOTS else 4)
            self.target.setData(np.arange(1, len(target) + 1), target)
            self.target_line.setData([], [])
            self._colour_target()

    def _colour_target(self) -> None:
        """Fainter where it is not scored."""
        full = pg.mkBrush(self._theme.target)
        faint = pg.mkBrush(self._theme.faint(self._theme.target, FAINT))
        scored = self._target_scored
        if scored.all() or len(scored) != len(self.target.getData()[1]):
            self.target.setBrush(full)
        else:
            self.target.setBrush([full if counts else faint for counts in scored])

    def _draw_prediction(self, drawn: Drawn, shown: tuple[float, float], piece: int | None) -> None:
        """Boldly where it is scored, with a dot that is seen alone too; thinly where it is not."""
        if drawn.scored.all():
            draw_curve(self.prediction, drawn.prediction, shown, piece=piece)
            self.unscored.setData([], [])
            self.answers.setData([], [])
            return
        scored = np.where(drawn.scored, drawn.prediction, np.nan)
        draw_curve(self.prediction, scored, shown, piece=piece)
        draw_curve(self.unscored, drawn.prediction, shown, piece=piece)
        low, high = shown
        dots = np.flatnonzero((scored >= low) & (scored <= high))
        few = dots if len(dots) <= LONG else dots[:0]
        self.answers.setData(few + 1, scored[few])

    def _keep_ghosts(self, labels: tuple[str, ...]) -> None:
        """Have a curve for each of these, in this order, and no other."""
        if tuple(self.ghosts) == labels:
            return
        for label in set(self.ghosts) - set(labels):
            self._plot.remove(self.ghosts.pop(label))
        for label in set(labels) - set(self.ghosts):
            self.ghosts[label] = make_curve()
            self._plot.add(self.ghosts[label])
        self.ghosts = {label: self.ghosts[label] for label in labels}
        for place, curve in enumerate(self.ghosts.values()):
            curve.setZValue(BELOW_PREDICTION)
            curve.setPen(self._ghost_pen(place))

    def _ghost_pen(self, place: int) -> QPen:
        colours = self._theme.ghosts
        style = GHOST_STYLES[place % len(GHOST_STYLES)]
        return self._theme.pen(colours[place % len(colours)], style=style)

    def _own_output_pen(self) -> QPen:
        pen = self._theme.pen(self._theme.text, 1.5)
        pen.setDashPattern(OWN_DASHES)
        return pen

    def _prediction_pen(self) -> QPen:
        return self._theme.pen(self._theme.accent, self._prediction_width)

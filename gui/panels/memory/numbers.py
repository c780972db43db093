"""Expected and answered in numbers: the values shown, some marked, and expected against answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from gui.panels.frame.export import Table
from gui.panels.keys.cells import Ramp
from gui.panels.keys.legend import Dots, Entry, Legend, Stroke
from gui.panels.memory.panel import MemoryFitPanel
from gui.panels.memory.words import NUMBERS
from gui.panels.plots.axes import NumberAxis
from gui.panels.plots.curves import draw_curve, make_curve
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepLine, nearest
from gui.theme import Theme
from gui.widgets.boxes import in_row
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.probes import Answers
from rnn.observing.snapshot import RunInfo, Snapshot

FAR = 10.0  # times the largest target: an answer beyond that leaves the picture
BAR = 0.7
NARROW = 40
ABOVE = 0.03  # of the picture: where the tip over a marked bar stands


class MemoryNumbersPanel(MemoryFitPanel):
    """The values of the displayed sequence with its answer, and expected against answered beside them.

    The first input is the value; a second one called ``marker`` marks what belongs to the answer.
    """

    caption = "The values shown, the answer at every time step, and expected against answered."
    explanation = NUMBERS

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("time step", "value"))
        self._steps = 0
        self._marks = False
        self.values = pg.BarGraphItem(x=[], height=[], width=BAR)
        self.marked = pg.BarGraphItem(x=[], height=[], width=BAR)
        self.tips = pg.ScatterPlotItem(symbol="t", size=8, pen=None)
        self.course = make_curve()
        self.miss = pg.PlotCurveItem()
        self.asked = pg.ScatterPlotItem(size=9)
        self.answered = pg.ScatterPlotItem(size=9, pen=None)
        for layer, item in enumerate(
            (self.values, self.marked, self.tips, self.course, self.miss, self.asked, self.answered)
        ):
            item.setZValue(layer)
            self.plot.add(item)
        self.line = StepLine(self.plot)
        self.beside = self._make_beside()
        self.legend = Legend()
        self.add_key(self.legend)
        self.rows.removeWidget(self.plot)
        self.rows.addLayout(in_row((self.plot, 5), (self.beside, 4), spacing=2), 1)
        self.apply_theme(theme)

    def _make_beside(self) -> Plot:
        beside = Plot("expected", "answered", bottom=NumberAxis("bottom"))
        beside.box.setMouseEnabled(x=False, y=False)
        beside.filled.connect(self.fill_asked)
        self.diagonal = pg.PlotCurveItem()
        self.right = pg.ScatterPlotItem(size=6, pen=None)
        self.wrong = pg.ScatterPlotItem(size=6, pen=None)
        self.displayed = pg.ScatterPlotItem(size=11, brush=None)
        for layer, item in enumerate((self.diagonal, self.wrong, self.right, self.displayed)):
            item.setZValue(layer)
            beside.add(item)
        return beside

    # The contract

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return super().suits(info) and not info.readout.classes

    def begin(self, info: RunInfo) -> None:
        super().begin(info)
        self._steps, self._marks = info.steps, info.input_names[1:2] == ("marker",)
        self.plot.let_go()
        self.beside.let_go()
        for bars in (self.values, self.marked):
            bars.setOpts(x=[], height=[])
        for item in (
            self.tips,
            self.course,
            self.miss,
            self.asked,
            self.answered,
            self.right,
            self.wrong,
            self.displayed,
        ):
            item.setData([], [])
        self.set_caption(self.caption)
        self._show_ranges((0.0, 2.0), (0.0, 2.0))

    def draw_answers(self, answers: Answers, snapshot: Snapshot) -> None:
        asked, answered = answers.asked[:, 0], answers.answered[:, 0]
        x = snapshot.x[: answers.end]
        near = np.isfinite(answered) & (np.abs(answered) <= FAR * (np.abs(asked).max() or 1.0))
        first = answers.sequence == answers.sequence[0]
        seen = np.concatenate((x[:, 0], asked[first], answered[first & near], [0.0]))
        seen_beside = np.concatenate((asked, answered[near]))
        self._show_ranges((seen.min(), seen.max()), (seen_beside.min(), seen_beside.max()))
        self._draw_values(x)
        _, shown = self.plot.shown()
        draw_curve(self.course, answers.course[: answers.end, 0], shown)
        steps = answers.time_step[first].astype(float)
        self.asked.setData(steps, asked[first])
        self.answered.setData(steps[near[first]], answered[first & near])
        ends = np.column_stack((asked[first & near], answered[first & near])).ravel()
        self.miss.setData(np.repeat(steps[near[first]], 2), ends, connect="pairs")
        right = np.zeros(len(asked), dtype=bool) if answers.right is None else answers.right
        self.right.setData(asked[near & right], answered[near & right])
        self.wrong.setData(asked[near & ~right], answered[near & ~right])
        self.displayed.setData(asked[first & near], answered[first & near])
        self.show_caption(answers, "beside,", left_out=int((~near).sum()))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.beside.apply_theme(theme)
        self.line.apply_theme(theme)
        self.beside.left.setWidth(NARROW)
        self.values.setOpts(brush=theme.faint(theme.muted, 0.45), pen=None)
        self.marked.setOpts(brush=theme.target, pen=None)
        self.tips.setBrush(theme.target)
        self.course.setPen(theme.pen(theme.accent))
        self.miss.setPen(theme.pen(theme.bad, 2.0))
        self.asked.setPen(theme.pen(theme.target, 2.0))
        self.asked.setBrush(theme.surface)
        self.answered.setBrush(theme.accent)
        self.diagonal.setPen(theme.pen(theme.muted, style=Qt.PenStyle.DashLine))
        self.right.setBrush(theme.accent)
        self.wrong.setBrush(theme.bad)
        self.displayed.setPen(theme.pen(theme.text))
        self.legend.apply_theme(theme)
        self.legend.show_entries(
            [
                Entry("marked", Ramp(theme.target, theme.target)),
                Entry("expected", Dots(theme.target)),
                Entry("answered", Dots(theme.accent)),
                Entry("answer on the way", Stroke(theme.pen(theme.accent))),
                Entry("wrong", Dots(theme.bad)),
            ]
        )

    def readout(self, x: float, y: float) -> str:
        step = nearest(x)
        answers, snapshot = self.answers, self.snapshot
        if answers is None or snapshot is None or not 1 <= step <= answers.end:
            return ""
        value = f"value {short(float(snapshot.x[step - 1, 0]), 3)}"
        marked = ", marked" if self._marks and snapshot.x[step - 1, 1] > 0.5 else ""
        words = [f"time step {step} of {answers.end}", value + marked]
        asked = np.flatnonzero((answers.sequence == answers.sequence[0]) & (answers.time_step == step))
        if asked.size:
            place = int(asked[0])
            words.append(f"expected {short(float(answers.asked[place, 0]), 3)}")
            words.append(f"answered {short(float(answers.answered[place, 0]), 3)}")
        else:
            words.append(f"would answer {short(float(answers.course[step - 1, 0]), 3)}")
        return " · ".join(words)

    def table(self) -> Table:
        answers, snapshot = self.answers, self.snapshot
        if answers is None or snapshot is None:
            return {}
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, answers.end + 1))}
        table["value"] = snapshot.x[: answers.end, 0].tolist()
        if self._marks:
            table["marked"] = snapshot.x[: answers.end, 1].astype(int).tolist()
        table["answer_on_the_way"] = answers.course[: answers.end, 0].tolist()
        table["answer_of_sequence"] = (answers.sequence + 1).tolist()
        table["answer_at_time_step"] = answers.time_step.tolist()
        table["expected"] = answers.asked[:, 0].tolist()
        table["answered"] = answers.answered[:, 0].tolist()
        table["correct"] = [] if answers.right is None else [int(right) for right in answers.right]
        return table

    def show_cursor(self, step: int | None) -> None:
        self.line.show_step(None if step is None or step > self._steps else step)

    # What is drawn

    def _draw_values(self, x: Array) -> None:
        steps = np.arange(1, len(x) + 1)
        marked = x[:, 1] > 0.5 if self._marks else np.zeros(len(x), dtype=bool)
        self.values.setOpts(x=steps[~marked], height=x[~marked, 0])
        self.marked.setOpts(x=steps[marked], height=x[marked, 0])
        bottom, top = self.plot.shown()[1]
        self.tips.setData(steps[marked], x[marked, 0] + ABOVE * (top - bottom))

    def _show_ranges(self, values: tuple[float, float], beside: tuple[float, float]) -> None:
        """Let the axes hold these values."""
        self.plot.set_ranges(x=(0.5, self._steps + 1.0))
        self.plot.hold(float(values[0]), float(values[1]))
        span = self.beside.hold(float(beside[0]), float(beside[1]))
        self.beside.set_ranges(x=span)
        self.diagonal.setData(*np.tile(span, (2, 1)))

"""Expected and answered in classes: what was shown, and the probability of every answer over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from gui.panels.frame.export import Table
from gui.panels.keys.cells import BLANK, GO, Cell, CellRow, Frame, Frames, Ramp, SymbolCells
from gui.panels.keys.legend import Entry, Legend
from gui.panels.memory.answer_strip import AnswerStrip
from gui.panels.memory.panel import MemoryFitPanel
from gui.panels.memory.words import CLASSES
from gui.panels.plots.names_axis import NamesAxis
from gui.panels.plots.plot import Plot
from gui.panels.plots.rows import gathered
from gui.panels.plots.step_marks import StepColumn, nearest
from gui.theme import Theme
from rnn.number_format import short
from rnn.observing.probes import Answers
from rnn.observing.probes.answers import NO_ANSWER
from rnn.observing.snapshot import RunInfo, Snapshot

SIGNS = {BLANK: "a blank", GO: "the go mark"}


class MemoryClassesPanel(MemoryFitPanel):
    """What the displayed sequence shows over the probabilities, and a strip of its answers and the next ones.

    Classes stand in the rows 1 … O from below, the first one on top; above them what was shown.
    """

    caption = "What was shown, and the probability of each answer over time."
    explanation = CLASSES

    def __init__(self, theme: Theme) -> None:
        self.rows_axis = NamesAxis()
        super().__init__(theme, Plot("time step", "answer", left=self.rows_axis, grid=False))
        self._steps = self._classes = self._inputs = 0
        self._class_names: tuple[str, ...] = ()
        self._input_names: tuple[str, ...] = ()
        self._answer: int | None = None
        self._range_shown = ""
        self.shown = CellRow()
        self.values = pg.ImageItem(axisOrder="row-major")
        self.image = pg.ImageItem(axisOrder="row-major")
        self.frames = Frames()
        for layer, item in enumerate((self.image, self.values, self.shown, self.frames)):
            item.setZValue(layer)
            self.plot.add(item)
        self.column = StepColumn(self.plot)
        self.legend = Legend()
        self.add_key(self.legend)
        self.strip = AnswerStrip()
        self.strip.hovered.connect(self._on_answer_hovered)
        self.rows.addWidget(self.strip)
        self.apply_theme(theme)

    # The contract

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        """Whether classes are asked, in a memory task or in a file of data."""
        return info.readout.classes and info.config.task.display != "text"

    def begin(self, info: RunInfo) -> None:
        super().begin(info)
        self._steps, self._classes = info.steps, info.outputs
        self._class_names = info.class_names or tuple(str(place) for place in range(info.outputs))
        self._input_names = info.input_names or tuple(str(place + 1) for place in range(info.inputs))
        self._inputs = 0
        self._dress()
        self._explain()
        self.image.clear()
        self.values.clear()
        self.shown.set_cells((), 0.0, 1.0)
        self.frames.set_frames((), 0, 0)
        self.strip.show_answers((), (), ())
        self.set_caption(self.caption)
        self._show_rows(("shown",), 1)

    def draw_answers(self, answers: Answers, snapshot: Snapshot) -> None:
        first = answers.sequence == answers.sequence[0]
        steps, asked, answered = answers.time_step[first], answers.asked[first], answers.answered[first]
        self._draw_shown(answers, snapshot)
        self._draw_probabilities(answers, steps)
        frames = []
        for step, wanted, given in zip(steps.tolist(), asked.tolist(), answered.tolist(), strict=True):
            if given not in (wanted, NO_ANSWER):
                frames.append((step, self._classes - given, self.theme.bad))
            frames.append((step, self._classes - wanted, self.theme.target))
        self.frames.set_frames(frames, self._steps, self._classes)
        self._draw_strip(answers)
        self.show_caption(answers, "below,")

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.rows_axis.setStyle(tickLength=0)
        self.values.setLookupTable(theme.diverging())
        self.legend.apply_theme(theme)
        self._dress()
        self._explain(self._range_shown)
        self.strip.apply_theme(theme)

    def readout(self, x: float, y: float) -> str:
        answers = self.answers
        if answers is None:
            return ""
        if self._answer is not None:
            return self._of_answer(answers, self._answer)
        step, row = nearest(x), nearest(y)
        if not 1 <= step <= answers.end:
            return ""
        words = [f"time step {step} of {answers.end}", self._shown_at(answers, step)]
        if 1 <= row <= self._classes:
            place = self._classes - row
            words.append(f"P({self._class_names[place]}) {short(float(answers.course[step - 1, place]), 3)}")
        first = np.flatnonzero((answers.sequence == answers.sequence[0]) & (answers.time_step == step))
        if first.size:
            words.append(self._verdict(answers, int(first[0])))
        return " · ".join(words)

    def table(self) -> Table:
        answers = self.answers
        if answers is None or self.snapshot is None or answers.probabilities is None:
            return {}
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, answers.end + 1))}
        if answers.shown is not None:
            table["shown"] = [self._input_names[symbol] for symbol in answers.shown[: answers.end]]
        else:
            for name, column in zip(self._input_names, self.snapshot.x.T, strict=True):
                table[f"shown_{name}"] = column[: answers.end].tolist()
        for name, column in zip(self._class_names, answers.course.T, strict=True):
            table[f"p_{name}"] = column[: answers.end].tolist()
        table["answer_of_sequence"] = (answers.sequence + 1).tolist()
        table["answer_at_time_step"] = answers.time_step.tolist()
        table["expected"] = [self._name(place) for place in answers.asked]
        table["answered"] = [self._name(place) for place in answers.answered]
        table["correct"] = [] if answers.right is None else [int(right) for right in answers.right]
        return table

    def show_cursor(self, step: int | None) -> None:
        step = None if step is None or step > self._steps else step
        self.column.show_step(step, len(self.rows_axis.names))

    # What is drawn

    def _dress(self) -> None:
        """How each symbol looks in this run and theme."""
        self._shown_looks = SymbolCells(self.theme, self._input_names)
        self._answer_looks = SymbolCells(self.theme, self._class_names)

    def _draw_shown(self, answers: Answers, snapshot: Snapshot) -> None:
        if answers.shown is None:
            x = snapshot.x[: answers.end]
            self._show_rows(self._input_names, 1)
            levels = max(1.0, float(np.abs(x).max()))
            digits = 1 if levels == 1.0 else 2
            self._explain(f"{short(-levels, digits)} to {short(levels, digits)}")
            image, rows = gathered(x.T[::-1])  # the first feature is the upper row, as names are written
            self.values.setImage(image, autoLevels=False, levels=(-levels, levels))
            self.values.setRect(QRectF(0.5, self._classes + 0.6, len(x), rows - 0.1))
            return
        height = 1 + 2 * (self._classes // 12)
        self._show_rows(("shown",), height)
        cells = [self._shown_looks[self._input_names[symbol]] for symbol in answers.shown[: answers.end]]
        self.shown.set_cells(cells, self._classes + 0.6, self._classes + height + 0.5)

    def _draw_probabilities(self, answers: Answers, asked_at: np.ndarray) -> None:
        """An image whose colour says how likely, and whose hue whether an answer is expected."""
        likely, rows = gathered(answers.course[: answers.end, ::-1].T)
        p = np.nan_to_num(likely, nan=0.0)[..., None]
        full = np.empty((answers.end, 3))
        full[:] = 0.8 * _rgb(self.theme.muted) + 0.2 * _rgb(self.theme.surface)
        full[asked_at - 1] = _rgb(self.theme.accent)
        colours = (1.0 - p) * _rgb(self.theme.surface) + p * full
        self.image.setImage(np.rint(colours).astype(np.uint8), autoLevels=False, levels=(0, 255))
        self.image.setRect(QRectF(0.5, 0.5, answers.end, rows))

    def _explain(self, shown: str = "") -> None:
        """Say what the colours are; ``shown`` is the range of the numbers that were shown, if they are."""
        self._range_shown = shown
        theme = self.theme
        low, middle, high = (QColor(*c).name() for c in theme.diverging()[[0, 127, -1]].tolist())
        numbers = [Entry(shown, Ramp(low, middle, high))] if shown else []
        self.legend.show_entries(
            [
                *numbers,
                Entry("P, 0 to 1", Ramp(theme.surface, theme.accent)),
                Entry("P on the way", Ramp(theme.surface, theme.muted)),
                Entry("expected", Frame(theme.target)),
                Entry("wrong answer", Frame(theme.bad)),
            ]
        )

    def _draw_strip(self, answers: Answers) -> None:
        looks = self._answer_looks
        nothing = Cell("–", None, self.theme.bad, self.theme.bad)
        asked = [looks[self._name(place)] for place in answers.asked]
        answered = []
        for place, wanted in zip(answers.answered, answers.asked, strict=True):
            if place == wanted:
                answered.append(looks[self._name(place)])
            elif place == NO_ANSWER:
                answered.append(nothing)
            else:
                answered.append(Cell(self._name(place), None, self.theme.bad, self.theme.bad))
        self.strip.show_answers([int(number) + 1 for number in answers.sequence], asked, answered)

    def _show_rows(self, above: Sequence[str], height: int) -> None:
        """Name the rows: the classes, and above them those of what was shown, each so many rows high."""
        padding = (height - 1) // 2
        names = [*self._class_names[::-1]]
        for name in reversed(above):
            names += [""] * padding + [name] + [""] * padding
        self.rows_axis.show_names(names)
        self.plot.set_ranges(x=(0.5, self._steps + 0.5), y=(0.5, len(names) + 0.5))

    # Words

    def _name(self, place: int) -> str:
        return "none" if place == NO_ANSWER else self._class_names[int(place)]

    def _shown_at(self, answers: Answers, step: int) -> str:
        if answers.shown is not None:
            name = self._input_names[answers.shown[step - 1]]
            return f"shown {SIGNS.get(name, name)}"
        assert self.snapshot is not None
        values = zip(self._input_names, self.snapshot.x[step - 1], strict=True)
        return ", ".join(f"{name} {short(float(value), 3)}" for name, value in values)

    def _verdict(self, answers: Answers, place: int) -> str:
        asked, answered = self._name(answers.asked[place]), self._name(answers.answered[place])
        return f"expected {asked}, answered {answered}: {'correct' if asked == answered else 'wrong'}"

    def _of_answer(self, answers: Answers, place: int) -> str:
        if place >= len(answers.sequence):
            return ""
        where = f"sequence {answers.sequence[place] + 1:,}, time step {answers.time_step[place]:,}"
        words = [where, self._verdict(answers, place)]
        if answers.probabilities is not None:
            sure = float(answers.probabilities[place, answers.asked[place]])
            words.append(f"P({self._name(answers.asked[place])}) {short(sure, 3)}")
        return " · ".join(words)

    def _on_answer_hovered(self, place: int | None) -> None:
        self._answer = place
        self._on_hovered(None if place is None else QPointF())


def _rgb(colour: str) -> np.ndarray:
    """(3,) red, green and blue from 0 to 255."""
    made = QColor(colour)
    return np.array((made.red(), made.green(), made.blue()), dtype=float)

"""The text panel: how probable each next character is, which one was right, and what the network writes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QMenu

from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.keys.legend import Entry, Legend
from gui.panels.keys.marks import Frame, Patch
from gui.panels.plots.names_axis import ROW_HEIGHT, NamesAxis
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepColumn, nearest
from gui.panels.text import words
from gui.panels.text.axis import ReadAxis
from gui.panels.text.writing import Writing
from gui.panels.words.characters import spelled, visible
from gui.theme import SMALL, Theme, mono
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.probes import Characters
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

REST = "all others"
NAMES_WIDTH = 92
MARKED = (0.0, 0.1, 0.5, 1.0)  # probabilities whose colours are in the legend


class TextFitPanel(Panel):
    """P(next character) over the time steps of the displayed sequence, and a sample of the network's writing.

    The most frequent characters have a row each, as many as there is room for; the last row is all others.
    """

    name = "fit"
    title = "Next character"
    says_first = words.SAYS_FIRST
    caption = "Probability of each next character."
    explanation = words.EXPLANATION
    probes = frozenset({"text"})

    def __init__(self, theme: Theme) -> None:
        self.read_axis, self.next_axis = ReadAxis(), NamesAxis()
        labels = "character read at each time step", "next character"
        super().__init__(theme, Plot(*labels, bottom=self.read_axis, left=self.next_axis, grid=False))
        self._names: tuple[str, ...] = ()
        self._row_names: tuple[str, ...] = ()
        self._steps = 1
        self._characters: Characters | None = None
        self._probabilities: Array = np.zeros((0, 0))
        self._sequence = 0
        self._rows = 0
        self.image = pg.ImageItem(axisOrder="row-major")
        self.frames = QGraphicsPathItem()
        self.frames.setZValue(1)
        self.plot.add(self.image)
        self.plot.add(self.frames)
        self.column = StepColumn(self.plot)
        self.legend = Legend()
        self.add_key(self.legend)
        self.writing = Writing()
        self.writing.temperature_changed.connect(self._on_temperature_changed)
        self.rows.addWidget(self.writing)
        self.rows.setStretchFactor(self.plot, 4)
        self.rows.setStretchFactor(self.writing, 1)
        self.apply_theme(theme)

    # The contract

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.task.display == "text"

    def begin(self, info: RunInfo) -> None:
        self._names = tuple(map(visible, info.class_names))
        self._row_names = tuple(map(spelled, info.class_names))
        self._steps = info.steps
        self._characters = None
        self._rows = 0
        self.image.clear()
        self.frames.setPath(QPainterPath())
        self.read_axis.show_names(())
        self.next_axis.show_names(())
        self.writing.clear()
        self.set_figure("")
        self.set_caption(self.caption)
        self._show_ranges(1)

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        characters = snapshot.probe(Characters) if snapshot is not None else None
        if snapshot is not None and characters is not None:
            self._characters = characters
            self._sequence = snapshot.sequence
            self.dirty = True

    def draw(self) -> None:
        characters = self._characters
        if characters is None:
            return
        self._probabilities = np.exp(characters.log_probabilities)
        self._choose_rows()
        alone = characters.by_frequency[: self._rows]
        shares = [self._probabilities[:, alone].T]
        names = [self._row_names[number] for number in alone.tolist()]
        if self._has_rest:
            rest = self._probabilities[:, characters.by_frequency[self._rows :]]
            shares.append(rest.sum(axis=1)[None])
            names.append(REST)
        upwards = np.nan_to_num(np.concatenate(shares)[::-1], nan=0.0)
        # The root shows what is small: at the start all of them are.
        self.image.setImage(np.sqrt(upwards), autoLevels=False, levels=(0.0, 1.0))
        self.image.setRect(QRectF(0.5, 0.5, len(characters.read), len(names)))
        self._steps = len(characters.read)
        self._show_ranges(len(names))
        self.next_axis.show_names(names[::-1])
        self.read_axis.show_names([self._names[number] for number in characters.read.tolist()])
        self._frame_next()
        self._say(characters)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        for axis in (self.read_axis, self.next_axis):
            axis.setTickFont(mono(SMALL))
            axis.setStyle(tickLength=0)
        self.next_axis.setWidth(NAMES_WIDTH)
        colours = theme.fading()
        self.image.setLookupTable(colours)
        self.frames.setPen(theme.pen(theme.target, 1.5))
        self.writing.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.legend.show_entries(
            (
                *(
                    Entry(f"P = {p:g}" if p == 0.0 else f"{p:g}", Patch(_colour(colours, p), theme.border))
                    for p in MARKED
                ),
                Entry("true next character", Frame(theme.target)),
            )
        )

    def readout(self, x: float, y: float) -> str:
        characters = self._characters
        step, row = nearest(x) - 1, self._rows + self._has_rest - nearest(y)
        if characters is None or not (0 <= step < self._steps and 0 <= row < self._rows + self._has_rest):
            return ""
        of_step = self._probabilities[step]
        if row < self._rows:
            number = int(characters.by_frequency[row])
            here = f"“{self._names[number]}” {short(float(of_step[number]))}"
        else:
            rest = float(of_step[characters.by_frequency[self._rows :]].sum())
            here = f"all {len(self._names) - self._rows} others {short(rest)}"
        true = int(characters.next[step])
        return (
            f"time step {step + 1}, read “{self._names[int(characters.read[step])]}” · next {here} · "
            f"true “{self._names[true]}” {short(float(of_step[true]))}"
        )

    def table(self) -> Table:
        characters = self._characters
        if characters is None:
            return {}
        table: dict[str, Sequence[object]] = {
            "time_step": list(range(1, len(characters.read) + 1)),
            "read": [self._names[number] for number in characters.read.tolist()],
            "next": [self._names[number] for number in characters.next.tolist()],
            "ln_p_next": characters.of_next.tolist(),
        }
        probabilities = np.exp(characters.log_probabilities)
        for number in characters.by_frequency.tolist():
            table[f"p_{self._names[number]}"] = probabilities[:, number].tolist()
        return table

    def summary(self) -> str:
        characters = self._characters
        if characters is None or not math.isfinite(characters.log_likelihood):
            return ""
        return words.summary(characters, self._sequence)

    def show_cursor(self, step: int | None) -> None:
        step = None if step is None or step > self._steps else step
        self.column.show_step(step, self._rows + self._has_rest)

    def extend_menu(self, menu: QMenu) -> None:
        menu.addAction("Copy sample", self.copy_sample)

    def copy_sample(self) -> None:
        """The prompt and what is written, as they are, to the clipboard."""
        characters = self._characters
        if characters is not None:
            self.paper.copy_text(characters.prompt + characters.written)

    def sizeHint(self) -> QSize:
        return QSize(480, 330)

    # Parts

    @property
    def _has_rest(self) -> bool:
        return self._rows < len(self._names)

    def _choose_rows(self) -> None:
        """Give the most frequent characters a row each, as the height allows."""
        if self._rows and not self.plot.following:
            return
        room = max(2, math.floor(self.plot.box.height() / ROW_HEIGHT))
        self._rows = len(self._names) if len(self._names) <= room else room - 1

    def _show_ranges(self, rows: int) -> None:
        self.time_steps = self._steps
        self.plot.set_ranges(x=(0.5, self._steps + 0.5), y=(0.5, rows + 0.5))

    def _frame_next(self) -> None:
        """Put a frame around the true next character of every time step."""
        characters = self._characters
        assert characters is not None
        rank = np.empty(len(self._names), dtype=int)
        rank[characters.by_frequency] = np.arange(len(self._names))
        bottoms = self._rows + self._has_rest - np.minimum(rank[characters.next], self._rows) - 0.5
        path = QPainterPath()
        for step, bottom in enumerate(bottoms.tolist(), start=1):
            path.addRect(step - 0.5, bottom, 1.0, 1.0)
        self.frames.setPath(path)

    def _say(self, characters: Characters) -> None:
        sound = math.isfinite(characters.log_likelihood)
        if sound:
            figure = f"perplexity {short(characters.perplexity)} · {short(characters.bits)} bits/char"
            self.set_figure(figure)
        else:
            self.set_figure("not finite", colour=self.theme.bad)
        total = short(characters.log_likelihood, 4) if sound else "not finite"
        self.set_caption(
            f"ln P = {total}, the sum of ln P(next | read so far) "
            f"over the {len(characters.next)} characters of sequence {self._sequence + 1}."
        )
        self.writing.show_text(characters.prompt, characters.written)

    def _on_temperature_changed(self, temperature: float) -> None:
        self.look_changed.emit("temperature", temperature)


def _colour(colours: np.ndarray, p: float) -> str:
    """The name of the colour that a probability has in the image."""
    return QColor(*colours[round(math.sqrt(p) * (len(colours) - 1))].tolist()).name()

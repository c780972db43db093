"""The loss panel: every update, every epoch, what is held out, and what simple predictors would reach."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QMenu

from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Toggle
from gui.panels.loss.guides import Guides
from gui.panels.loss.range import decades, linear_limits, log_limits
from gui.panels.loss.record import LossRecord
from gui.panels.loss.words import EXPLANATION, SAYS_FIRST, loss_words, summary
from gui.panels.plots.axes import LogAxis
from gui.panels.plots.curves import DottedCurve
from gui.panels.plots.labels import Label, Polyline
from gui.panels.plots.plot import Plot
from gui.panels.plots.pyramid import Pyramid, trimmed
from gui.panels.plots.step_marks import nearest
from gui.panels.plots.updates import extent
from gui.panels.words.figures import accuracy_words
from gui.theme import Theme
from rnn.array import Array
from rnn.config.presets import marked_epochs
from rnn.number_format import short
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

CARRIED = "each epoch begins at zero"
MARGIN = 0.02
BOLD_COLUMNS = 100  # a wide smooth pen is for short curves: on long ones it takes longer than a frame
SMOOTH = 100
OFF_THE_SCALE = "↑ off the scale"
EDGE = 4.0


class LossPanel(Panel):
    """The loss of every update and of every epoch, as the readout reports it; no extreme is left out.

    A mean square error begins on a logarithmic axis; a negative log-likelihood, which is a logarithm itself,
    on a linear one. What a person chooses stays for losses of that kind.

    Attributes:
        log_y: whether the axis of the loss is logarithmic.
    """

    name = "loss"
    title = "Loss"
    says_first = SAYS_FIRST
    caption = "Every update faint, epoch mean bold"
    explanation = EXPLANATION

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("update", "mean square error", left=LogAxis("left")))
        self.log_y = True
        self._log_chosen: dict[str, bool] = {}
        self._guides = Guides(self.plot, theme)
        self._log_button = Toggle(
            "log", "Logarithmic loss axis", "Show the loss on a logarithmic axis", entry="Logarithmic axis"
        )
        self._log_button.setChecked(True)
        self._log_button.toggled.connect(self._on_log_toggled)
        self.add_control(self._log_button)
        self._each = DottedCurve(self.plot, 0, bold=False, connect="all", skipFiniteCheck=True)
        self._held_out = DottedCurve(self.plot, SMOOTH, bold=False)
        self._mean = DottedCurve(self.plot, SMOOTH, bold=False)
        for line in (self._each, self._held_out, self._mean):
            self.plot.add(line.curve)
            self.plot.add(line.dots)
        self._beyond = Label(self.plot, OFF_THE_SCALE)
        self._info: RunInfo | None = None
        self._forget()
        self.apply_theme(theme)

    def _forget(self) -> None:
        self._record = LossRecord()
        self.plot.let_go()

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._info = info
        self._forget()
        marks = {epoch: epoch * info.updates_an_epoch for epoch in sorted(marked_epochs(info.config))}
        self._guides.begin(info.references, marks)
        self.plot.left.setLabel(info.readout.axis)
        self._set_log(self._log_chosen.get(info.readout.column, not info.readout.classes))
        self._explain()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if not scalars:
            return
        self._record.receive(scalars)
        self._explain()
        self.dirty = True

    def draw(self) -> None:
        if self._info is None:
            return
        record, an_epoch = self._record, self._info.updates_an_epoch
        whole = extent(len(record.losses), an_epoch, self._info.config.training.epochs)
        self.plot.set_ranges(x=(-0.5 * MARGIN * whole, (1.0 + MARGIN) * whole))
        each = self._on_show(record.losses, 1, self.plot.columns)
        mean = self._on_show(record.train, an_epoch, BOLD_COLUMNS)
        held_out = self._on_show(record.validation, an_epoch, BOLD_COLUMNS)
        losses = np.concatenate([each[1], mean[1], held_out[1]])
        self._show_heights(losses)
        lines = [(x, self.plot.near(self._scaled(y))) for x, y in (each, mean, held_out)]
        for curve, line in zip((self._each, self._mean, self._held_out), lines, strict=True):
            curve.draw(*line)
        taken = self._say_what_is_beyond(losses)
        scaled = self._scaled(np.array([reference.loss for reference in self._info.references]))
        names = [reference.label for reference in self._info.references]
        heights = dict(zip(names, scaled, strict=True))
        self._guides.draw(heights, [self.plot.to_pixels(*line) for line in lines], taken)
        self._write_figure()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._each.set_pen(pg.mkPen(theme.faint(theme.accent, 0.45)), theme.accent)
        self._mean.set_pen(theme.pen(theme.accent, 2.0))
        self._held_out.set_pen(theme.pen(theme.other, 2.0, Qt.PenStyle.DashLine))
        self._beyond.apply_theme(theme, theme.bad)
        self._guides.apply_theme(theme)

    def readout(self, x: float, y: float) -> str:
        return "" if self._info is None else self._record.words_at(self._info, nearest(x))

    def table(self) -> Table:
        """That of the record, and the references at the first row."""
        if self._info is None:
            return {}
        references = {reference.column: [reference.loss] for reference in self._info.references}
        return {**self._record.table(self._info), **references}

    def summary(self) -> str:
        if self._info is None or not len(self._record.losses):
            return ""
        epochs, updates = len(self._record.train), len(self._record.losses)
        loss = self._record.train.last if epochs else self._record.losses.last
        return summary(self._info, epochs, updates, loss, self._record.losses.first)

    def extend_menu(self, menu: QMenu) -> None:
        self._log_button.extend_menu(menu)

    # What is on show

    def _on_show(self, series: Pyramid, updates: int, columns: int) -> Polyline:
        """Updates and losses in view, of a series with one value every so many ``updates``."""
        (left, right), _ = self.plot.shown()
        places, losses = series.within(left / updates - 1.0, right / updates - 1.0, columns)
        return trimmed((places + 1.0) * updates, losses)

    def _show_heights(self, shown: Array) -> None:
        assert self._info is not None
        references = [reference.loss for reference in self._info.references]
        first = self._record.losses.first if len(self._record.losses) else 0.0
        limits = log_limits if self.log_y else linear_limits
        bottom, top = limits(shown, first, references)
        if self.log_y and top - bottom < 1.0:
            bottom, top = 0.5 * (bottom + top - 1.0), 0.5 * (bottom + top + 1.0)
        self.plot.hold(bottom, top)

    def _scaled(self, losses: Array) -> Array:
        return decades(losses) if self.log_y else losses

    def _say_what_is_beyond(self, losses: Array) -> list[QRectF]:
        """Write in a corner whether ``losses`` are too large for the view; returns the place of the words."""
        _, (_, top) = self.plot.shown()
        width, height = self._beyond.size()
        place = QRectF(EDGE, height + EDGE, width, height)
        beyond = self.plot.following and bool((self._scaled(losses) > top).any())
        self._beyond.show_in(place if beyond else None)
        return [place] if beyond else []

    def _explain(self) -> None:
        """Say in the caption what the lines are, and what the figure counts as correct."""
        assert self._info is not None
        task = self._info.config.task
        held_out = not math.isnan(self._record.validation.last)
        parts = [f"{self.caption}, held out dashed" if held_out else self.caption]
        if self._correct() is not None and task.tolerance is not None:
            parts.append(f"correct: within {short(task.tolerance, 1)}")
        if task.carry_state:
            parts.append(CARRIED)
        self.set_caption(f"{'; '.join(parts)}.")

    def _write_figure(self) -> None:
        assert self._info is not None
        if len(self._record.train):
            loss, correct = self._record.train.last, self._correct()
            epoch, brief = f"epoch {len(self._record.train):,}: ", loss_words(self._info, loss, brief=True)
            figure = loss_words(self._info, loss)
            if correct is not None:
                figure = f"{self._info.readout.column} {short(loss, 3)} · held out {correct}"
            self.set_figure(epoch + figure, epoch + brief, colour=self.theme.accent)
        elif len(self._record.losses):
            update, loss = f"update {len(self._record.losses):,}: ", self._record.losses.last
            forms = (update + loss_words(self._info, loss, brief=brief) for brief in (False, True))
            self.set_figure(*forms, colour=self.theme.accent)
        else:
            self.set_figure("")

    def _correct(self) -> str | None:
        """How many held-out answers are correct at the newest epoch; of a text the bits say more."""
        assert self._info is not None
        accuracy = self._record.accuracy.last
        is_text = self._info.config.task.display == "text"
        return None if math.isnan(accuracy) or is_text else accuracy_words(accuracy)

    # Events

    def _on_log_toggled(self, on: bool) -> None:
        if self._info is not None:
            self._log_chosen[self._info.readout.column] = on
        self._set_log(on)

    def _set_log(self, on: bool) -> None:
        if on != self.log_y:
            self.log_y = on
            self.plot.set_log_y(on)
            self.plot.let_go()
            self.show_all()
        self._log_button.show_on(on)

"""The loss panel: every update, every epoch, what is held out, and what simple predictors would reach."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QMenu

from gui.panels.frame.binned import extremes, spans
from gui.panels.frame.export import Table
from gui.panels.frame.panel import ARTICLE_EPOCHS, Panel
from gui.panels.frame.toggle import Toggle
from gui.panels.loss.curve import LossCurve
from gui.panels.loss.guides import Guides
from gui.panels.loss.range import decades, linear_limits, log_limits
from gui.panels.loss.words import EXPLANATION, loss_words, summary
from gui.panels.plots.axes import LogAxis
from gui.panels.plots.labels import Label, Polyline
from gui.panels.plots.plot import Plot, steady
from gui.panels.plots.pyramid import Pyramid, trimmed
from gui.panels.plots.step_marks import nearest
from gui.panels.plots.updates import extent
from gui.panels.words.figures import accuracy_words
from gui.theme import Theme
from rnn.array import Array
from rnn.figures import short
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

CARRIED = "each epoch begins at zero"
MARGIN = 0.02
BOLD_COLUMNS = 100  # a wide smooth pen is for short curves: on long ones it takes longer than a frame
SMOOTH = 100
BEYOND = 20.0
OFF_THE_SCALE = "↑ off the scale"
EDGE = 4.0


class LossPanel(Panel):
    """The loss of every update and of every epoch, as the readout reports it; no extreme is left out.

    A mean square error begins on a logarithmic axis; a negative log-likelihood, which is a logarithm itself,
    on a linear one. What a person chooses stays for losses of that kind.

    Attributes:
        log_y: whether the axis of the loss is logarithmic.
    """

    title = "Loss"
    caption = "every update faint, epoch mean bold"
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
        self._each = LossCurve(self.plot, 0, skipFiniteCheck=True)
        self._held_out = LossCurve(self.plot, SMOOTH, connect="finite")
        self._mean = LossCurve(self.plot, SMOOTH, connect="finite")
        self._beyond = Label(self.plot, OFF_THE_SCALE)
        self.plot.box.sigRangeChanged.connect(self._on_view_changed)
        self.plot.box.sigResized.connect(self._on_view_changed)
        self._info: RunInfo | None = None
        self._forget()
        self.apply_theme(theme)

    def _forget(self) -> None:
        self._losses = Pyramid()
        self._norms = Pyramid()
        self._train = Pyramid()
        self._validation = Pyramid()
        self._accuracy = Pyramid()
        self._y_range: tuple[float, float] | None = None

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._info = info
        self._forget()
        has_fits = info.config.task.display == "numbers" and not info.readout.classes
        shown_again = sorted(ARTICLE_EPOCHS) if has_fits else []
        self._guides.begin(info.references, {epoch: epoch * info.updates_an_epoch for epoch in shown_again})
        self.plot.left.setLabel(info.readout.axis)
        self._set_log(self._log_chosen.get(info.readout.column, not info.readout.classes))
        self._explain()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if not scalars:
            return
        self._losses.extend(np.concatenate([part.loss for part in scalars]))
        self._norms.extend(np.concatenate([part.grad_norm for part in scalars]))
        ended = [epoch for part in scalars for epoch in part.epochs]
        self._train.extend(np.array([epoch.train_loss for epoch in ended]))
        self._validation.extend(np.array([epoch.validation_loss for epoch in ended], dtype=float))
        self._accuracy.extend(np.array([epoch.accuracy for epoch in ended], dtype=float))
        self._explain()
        self.dirty = True

    def draw(self) -> None:
        if self._info is None:
            return
        whole = extent(len(self._losses), self._info.updates_an_epoch, self._info.config.training.epochs)
        self.plot.set_ranges(x=(-0.5 * MARGIN * whole, (1.0 + MARGIN) * whole))
        each = self._on_show(self._losses, 1, self.plot.columns)
        mean = self._on_show(self._train, self._info.updates_an_epoch, BOLD_COLUMNS)
        held_out = self._on_show(self._validation, self._info.updates_an_epoch, BOLD_COLUMNS)
        losses = np.concatenate([each[1], mean[1], held_out[1]])
        self.plot.set_ranges(y=self._heights(losses))
        lines = [(x, self._placed(y)) for x, y in (each, mean, held_out)]
        for curve, line in zip((self._each, self._mean, self._held_out), lines, strict=True):
            curve.draw(line)
        taken = self._say_what_is_beyond(losses)
        scaled = self._scaled(np.array([reference.loss for reference in self._info.references]))
        names = [reference.label for reference in self._info.references]
        heights = dict(zip(names, scaled, strict=True))
        self._guides.draw(heights, [self.plot.to_pixels(*line) for line in lines], taken)
        self._write_figure()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._each.apply_theme(pg.mkPen(theme.faint(theme.accent, 0.45)), theme.accent)
        self._mean.apply_theme(theme.pen(theme.accent, 2.0), theme.accent)
        self._held_out.apply_theme(theme.pen(theme.other, 2.0, Qt.PenStyle.DashLine), theme.other)
        self._beyond.apply_theme(theme, theme.bad)
        self._guides.apply_theme(theme)

    def readout(self, x: float, y: float) -> str:
        update = nearest(x)
        if self._info is None or not 1 <= update <= len(self._losses):
            return ""
        epoch = (update - 1) // self._info.updates_an_epoch + 1
        text = f"update {update:,}, epoch {epoch:,}: "
        if self._losses.width > 1:
            least, greatest = self._losses.at(update - 1)
            around = f"among {self._losses.width:,} updates"
            return f"{text}{around} {loss_words(self._info, least)} to {loss_words(self._info, greatest)}"
        text += loss_words(self._info, self._losses.values[update - 1])
        if self._info.config.task.carry_state and (update - 1) % self._info.updates_an_epoch == 0:
            text += ", the carried state begins at zero"
        if epoch > len(self._train):
            return f"{text} · the epoch is not over"
        text += f" · mean of the epoch {short(self._train.values[epoch - 1], 3)}"
        held_out, accuracy = self._validation.values[epoch - 1], self._accuracy.values[epoch - 1]
        text += "" if math.isnan(held_out) else f", validation {short(held_out, 3)}"
        return text if math.isnan(accuracy) else f"{text}, held out {accuracy_words(accuracy)}"

    def table(self) -> Table:
        """A row an update; an epoch's figures stand at its last update, the references at the first.

        Of a run too long for that a row every so many updates, and further ones every so many epochs.
        """
        if self._info is None:
            return {}
        if self._losses.width > 1:
            return self._long_table(self._info)
        an_epoch, column = self._info.updates_an_epoch, self._info.readout.column
        updates = np.arange(len(self._losses))
        table: dict[str, Sequence[object]] = {
            "update": (updates + 1).tolist(),
            "epoch": (updates // an_epoch + 1).tolist(),
            column: self._losses.values.tolist(),
            "grad_norm": self._norms.values.tolist(),
            f"train_{column}": _at_ends(self._train.values, an_epoch, len(updates)),
            f"validation_{column}": _at_ends(self._validation.values, an_epoch, len(updates)),
        }
        if not math.isnan(self._accuracy.last):
            table["accuracy"] = _at_ends(self._accuracy.values, an_epoch, len(updates))
        return table | {reference.label: [reference.loss] for reference in self._info.references}

    def _long_table(self, info: RunInfo) -> Table:
        column = info.readout.column
        table = spans("update", self._losses)
        table |= extremes(column, self._losses) | extremes("grad_norm", self._norms)
        table |= spans("epoch", self._train) | extremes(f"train_{column}", self._train)
        table |= extremes(f"validation_{column}", self._validation) | extremes("accuracy", self._accuracy)
        return table | {reference.label: [reference.loss] for reference in info.references}

    def summary(self) -> str:
        if self._info is None or not len(self._losses):
            return ""
        epochs, updates = len(self._train), len(self._losses)
        loss = self._train.last if epochs else self._losses.last
        return summary(self._info, epochs, updates, loss, self._losses.first)

    def extend_menu(self, menu: QMenu) -> None:
        self._log_button.extend_menu(menu)

    # What is on show

    def _on_show(self, series: Pyramid, updates: int, columns: int) -> Polyline:
        """Updates and losses in view, of a series with one value every so many ``updates``."""
        (left, right), _ = self.plot.shown()
        places, losses = series.within(left / updates - 1.0, right / updates - 1.0, columns)
        return trimmed((places + 1.0) * updates, losses)

    def _heights(self, shown: Array) -> tuple[float, float]:
        assert self._info is not None
        references = [reference.loss for reference in self._info.references]
        first = self._losses.first if len(self._losses) else 0.0
        limits = log_limits if self.log_y else linear_limits
        bottom, top = limits(shown, first, references)
        if self.log_y and top - bottom < 1.0:
            bottom, top = 0.5 * (bottom + top - 1.0), 0.5 * (bottom + top + 1.0)
        self._y_range = steady(self._y_range, bottom, top)
        return self._y_range

    def _scaled(self, losses: Array) -> Array:
        return decades(losses) if self.log_y else losses

    def _placed(self, losses: Array) -> Array:
        """Losses in axis units, those far outside the view a little outside: so that each can be painted."""
        _, (bottom, top) = self.plot.shown()
        room = BEYOND * (top - bottom)
        return np.clip(self._scaled(losses), bottom - room, top + room)

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
        held_out = not math.isnan(self._validation.last)
        parts = [f"{self.caption}, validation dashed" if held_out else self.caption]
        if self._correct() is not None and task.tolerance is not None:
            parts.append(f"correct: within {short(task.tolerance, 1)}")
        if task.carry_state:
            parts.append(CARRIED)
        self.set_caption("; ".join(parts))

    def _write_figure(self) -> None:
        assert self._info is not None
        if len(self._train):
            loss, correct = self._train.last, self._correct()
            figure = f"epoch {len(self._train):,}: "
            if correct is None:
                figure += loss_words(self._info, loss)
            else:
                figure += f"{self._info.readout.column} {short(loss, 3)} · held out {correct}"
            self.set_figure(figure, self.theme.accent)
        elif len(self._losses):
            newest = loss_words(self._info, self._losses.last)
            self.set_figure(f"update {len(self._losses):,}: {newest}", self.theme.accent)
        else:
            self.set_figure("")

    def _correct(self) -> str | None:
        """How many held-out answers are correct at the newest epoch; of a text the bits say more."""
        assert self._info is not None
        accuracy = self._accuracy.last
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
            self._y_range = None
            self.show_all()
        self._log_button.show_on(on)

    def _on_view_changed(self, *_: object) -> None:
        self.dirty = True


def _at_ends(values: Array, an_epoch: int, updates: int) -> list[object]:
    """One value an epoch, at its last update; empty at the others, and where there is none."""
    column: list[object] = [""] * updates
    for end, value in zip(range(an_epoch - 1, updates, an_epoch), values.tolist(), strict=False):
        column[end] = "" if math.isnan(value) else value
    return column

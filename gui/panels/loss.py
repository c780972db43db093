"""The loss panel: every update, every epoch, what is held out, and what simple predictors would reach."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from gui.panels.base import ARTICLE_EPOCHS, Panel
from gui.panels.export import Table
from gui.panels.guides import Guides
from gui.panels.labels import Label, Polyline
from gui.panels.loss_range import decades, extent, linear_limits, log_limits
from gui.panels.plot import Plot, steady
from gui.panels.pyramid import Growing, Pyramid, trimmed
from gui.theme import Theme
from rnn.array import Array
from rnn.figures import short
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

WITH_VALIDATION = "every update (faint), mean of each epoch (bold), validation (dashed)"
MARGIN = 0.02
BOLD_COLUMNS = 100  # a wide smooth pen is for short curves: on long ones it takes longer than a frame
SMOOTH = 100
DOTTED = 40
BEYOND = 20.0
OFF_THE_SCALE = "↑ off the scale"
EDGE = 4.0


class LossPanel(Panel):
    """The mean square error of every update and of every epoch; every value is kept.

    Attributes:
        log_y: whether the axis of the loss is logarithmic.
    """

    title = "Loss"
    caption = "every update (faint), mean of each epoch (bold)"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("update", "mean square error", log_y=True))
        self.log_y = True
        self._guides = Guides(self.plot, theme)
        self._log_button = QToolButton()
        self._log_button.setText("log")
        self._log_button.setCheckable(True)
        self._log_button.setChecked(True)
        self._log_button.setAccessibleName("Logarithmic loss axis")
        self._log_button.setToolTip("Show the loss on a logarithmic axis")
        self._log_button.toggled.connect(self._on_log_toggled)
        self.add_control(self._log_button)
        self._each = pg.PlotCurveItem(skipFiniteCheck=True)
        self._mean = pg.PlotCurveItem(connect="finite")
        self._held_out = pg.PlotCurveItem(connect="finite")
        self._each_dots = pg.ScatterPlotItem(size=5, pen=None)
        self._mean_dots = pg.ScatterPlotItem(size=5, pen=None)
        self._held_out_dots = pg.ScatterPlotItem(size=5, pen=None)
        for item in (
            self._each,
            self._each_dots,
            self._held_out,
            self._held_out_dots,
            self._mean,
            self._mean_dots,
        ):
            self.plot.addItem(item, ignoreBounds=True)
        self._beyond = Label(self.plot, OFF_THE_SCALE)
        self.plot.getPlotItem().getViewBox().sigRangeChanged.connect(self._on_view_changed)
        self.plot.getPlotItem().getViewBox().sigResized.connect(self._on_view_changed)
        self._info: RunInfo | None = None
        self._forget()
        self.apply_theme(theme)

    def _forget(self) -> None:
        self._mse = Pyramid()
        self._norms = Growing()
        self._train = Pyramid()
        self._validation = Pyramid()
        self._y_range: tuple[float, float] | None = None

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._info = info
        self._forget()
        self._guides.begin(
            info.references, {epoch: epoch * info.sequences for epoch in sorted(ARTICLE_EPOCHS)}
        )
        self.set_caption(self.caption)
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if not scalars:
            return
        self._mse.extend(np.concatenate([part.mse for part in scalars]))
        self._norms.extend(np.concatenate([part.grad_norm for part in scalars]))
        ended = [epoch for part in scalars for epoch in part.epochs]
        self._train.extend(np.array([epoch.train_mse for epoch in ended]))
        held_out = [math.nan if epoch.validation_mse is None else epoch.validation_mse for epoch in ended]
        self._validation.extend(np.array(held_out))
        if any(epoch.validation_mse is not None for epoch in ended):
            self.set_caption(WITH_VALIDATION)
        self.dirty = True

    def draw(self) -> None:
        if self._info is None:
            return
        whole = extent(len(self._mse), self._info.sequences, self._info.config.training.epochs)
        self.plot.set_ranges(x=(-0.5 * MARGIN * whole, (1.0 + MARGIN) * whole))
        each = self._on_show(self._mse, 1, self.plot.columns)
        mean = self._on_show(self._train, self._info.sequences, BOLD_COLUMNS)
        held_out = self._on_show(self._validation, self._info.sequences, BOLD_COLUMNS)
        losses = np.concatenate([each[1], mean[1]])
        if self.plot.following:
            self.plot.set_ranges(y=self._heights(losses))
        lines = []
        for curve, dots, line, smooth in (
            (self._each, self._each_dots, each, 0),
            (self._mean, self._mean_dots, mean, SMOOTH),
            (self._held_out, self._held_out_dots, held_out, SMOOTH),
        ):
            lines.append(self._draw_curve(curve, line, smooth))
            few = lines[-1] if len(line[0]) <= DOTTED else (np.empty(0), np.empty(0))
            dots.setData(*few)
        taken = self._say_what_is_beyond(losses)
        scaled = self._scaled(np.array([reference.mse for reference in self._info.references]))
        names = [reference.label for reference in self._info.references]
        heights = dict(zip(names, scaled, strict=True))
        self._guides.draw(heights, [self.plot.to_pixels(*line) for line in lines], taken)
        self._write_figure()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._each.setPen(pg.mkPen(theme.faint(theme.accent, 0.45)))
        self._mean.setPen(theme.pen(theme.accent, 2.0))
        self._held_out.setPen(theme.pen(theme.other, 2.0, Qt.PenStyle.DashLine))
        self._beyond.apply_theme(theme, theme.bad)
        self._each_dots.setBrush(theme.accent)
        self._mean_dots.setBrush(theme.accent)
        self._held_out_dots.setBrush(theme.other)
        self._guides.apply_theme(theme)

    def readout(self, x: float, y: float) -> str:
        update = round(x)
        if self._info is None or not 1 <= update <= len(self._mse):
            return ""
        epoch = (update - 1) // self._info.sequences + 1
        text = f"update {update:,}, epoch {epoch:,}: {short(self._mse.values[update - 1], 3)}"
        if epoch > len(self._train):
            return f"{text} · the epoch is not over"
        text += f" · mean of the epoch {short(self._train.values[epoch - 1], 3)}"
        held_out = self._validation.values[epoch - 1]
        return text if math.isnan(held_out) else f"{text}, validation {short(held_out, 3)}"

    def table(self) -> Table:
        """A row an update; an epoch's figures stand at its last update, the references at the first."""
        if self._info is None:
            return {}
        an_epoch = self._info.sequences
        updates = np.arange(len(self._mse))
        train: list[object] = [""] * len(updates)
        held_out = list(train)
        for epoch in range(min(len(self._train), len(updates) // an_epoch)):
            end = an_epoch * (epoch + 1) - 1
            train[end] = float(self._train.values[epoch])
            mse = float(self._validation.values[epoch])
            held_out[end] = "" if math.isnan(mse) else mse
        table: dict[str, Sequence[object]] = {
            "update": (updates + 1).tolist(),
            "epoch": (updates // an_epoch + 1).tolist(),
            "mse": self._mse.values.tolist(),
            "grad_norm": self._norms.values.tolist(),
            "train_mse": train,
            "validation_mse": held_out,
        }
        return table | {reference.label: [reference.mse] for reference in self._info.references}

    def extend_menu(self, menu: QMenu) -> None:
        action = menu.addAction("Logarithmic axis", self._log_button.toggle)
        action.setCheckable(True)
        action.setChecked(self.log_y)

    # What is on show

    def _on_show(self, series: Pyramid, updates: int, columns: int) -> Polyline:
        """Updates and losses in view, of a series with one value every so many ``updates``."""
        (left, right), _ = self.plot.shown()
        places, losses = series.within(left / updates - 1.0, right / updates - 1.0, columns)
        return trimmed((places + 1.0) * updates, losses)

    def _heights(self, shown: Array) -> tuple[float, float]:
        assert self._info is not None
        references = [reference.mse for reference in self._info.references]
        first = float(self._mse.values[0]) if len(self._mse) else 0.0
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

    def _draw_curve(self, curve: pg.PlotCurveItem, line: Polyline, smooth: int) -> Polyline:
        placed = line[0], self._placed(line[1])
        curve.setData(*placed, antialias=len(placed[0]) <= smooth)
        return placed

    def _say_what_is_beyond(self, losses: Array) -> list[QRectF]:
        """Write in a corner whether ``losses`` are too large for the view; returns the place of the words."""
        _, (_, top) = self.plot.shown()
        width, height = self._beyond.size()
        place = QRectF(EDGE, height + EDGE, width, height)
        beyond = self.plot.following and bool((self._scaled(losses) > top).any())
        self._beyond.show_in(place if beyond else None)
        return [place] if beyond else []

    def _write_figure(self) -> None:
        if len(self._train):
            newest = short(self._train.values[-1], 3)
            self.set_figure(f"epoch {len(self._train):,}: {newest}", self.theme.accent)
        elif len(self._mse):
            newest = short(self._mse.values[-1], 3)
            self.set_figure(f"update {len(self._mse):,}: {newest}", self.theme.accent)
        else:
            self.set_figure("")

    # Events

    def _on_log_toggled(self, on: bool) -> None:
        self.log_y = on
        self.plot.set_log_y(on)
        self._y_range = None
        self.show_all()

    def _on_view_changed(self, *_: object) -> None:
        self.dirty = True

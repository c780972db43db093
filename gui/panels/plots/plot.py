"""The plot inside a panel: axes in the theme's dress, ranges set by us, and a zoom that a person can undo."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGraphicsItem

from gui.panels.plots.axes import LogAxis, NumberAxis, StepAxis
from gui.theme import SMALL, Theme, font
from rnn.array import Array

# An axis changes far less often than what it measures: most frames paint it from memory.
CACHED = QGraphicsItem.CacheMode.DeviceCoordinateCache
UNCACHED = QGraphicsItem.CacheMode.NoCache
MARGIN = 0.1  # of a range: how far a person may go beyond it
FINEST = 1000.0  # times: how far a person may zoom in
FEWEST = 2.0  # time steps or updates that stay in view


class Plot(pg.PlotWidget):
    """One pair of axes.

    Signals:
        hovered: the place under the cursor in axis units (log10 on a log axis), or None beside the plot.
        filled: a double click.
    """

    hovered = Signal(object)
    filled = Signal()

    def __init__(self, x_label: str, y_label: str, log_y: bool = False) -> None:
        axes = {"left": LogAxis("left") if log_y else NumberAxis("left"), "bottom": StepAxis("bottom")}
        super().__init__(background=None, axisItems=axes)
        self.following = True
        self._whole: list[tuple[float, float] | None] = [None, None]  # of x and of y, as it was set last
        self._theme: Theme | None = None
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMinimumSize(120, 80)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.layout.setContentsMargins(0, 6, 12, 0)  # room for half of a tick's number
        item.getViewBox().disableAutoRange()
        item.getViewBox().sigRangeChangedManually.connect(self._on_ranged_by_hand)
        item.showGrid(x=True, y=True, alpha=0.12)
        self.label_axes(x_label, y_label)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    def label_axes(self, x_label: str, y_label: str) -> None:
        self.setLabel("bottom", x_label)
        self.setLabel("left", y_label)
        for side in ("left", "bottom"):
            self.getAxis(side).resizeEvent()  # which alone puts a label into the middle

    def set_log_y(self, log: bool) -> None:
        """Exchange the left axis; the items' own values are the panel's affair."""
        label = self.getAxis("left").labelText
        axis = LogAxis("left") if log else NumberAxis("left")
        self.setAxisItems({"left": axis})
        self.setLabel("left", label)
        self.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        if self._theme is not None:
            self.apply_theme(self._theme)

    def set_axes(self, bottom: pg.AxisItem, left: pg.AxisItem, x_label: str, y_label: str) -> None:
        """Exchange both axes; the items' own values are the panel's affair."""
        self.setAxisItems({"bottom": bottom, "left": left})
        for axis, span in zip((bottom, left), self.shown(), strict=True):
            axis.setRange(*span)
        self.label_axes(x_label, y_label)
        self.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        if self._theme is not None:
            self.apply_theme(self._theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colours of the axes; the items' own colours are the panel's affair."""
        self._theme = theme
        self.setBackground(theme.surface)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.pen(theme.muted))
            axis.setTextPen(theme.pen(theme.muted))
            axis.setTickFont(font(SMALL))
            axis.setStyle(tickLength=-4, tickTextOffset=5, hideOverlappingLabels=12)
            axis.label.setFont(font(SMALL))
            axis.labelStyle = {"color": theme.muted, "font-size": f"{SMALL}px"}
            axis.setLabel(axis.labelText)
            if axis.cacheMode() != CACHED:
                axis.setCacheMode(CACHED)
                axis.geometryChanged.connect(self._on_axis_resized)
        self.getAxis("left").setWidth(58)

    @contextmanager
    def in_vectors(self) -> Iterator[None]:
        """Meanwhile the plot is painted without pictures of its parts, for a file of vectors."""
        axes = [self.getAxis(side) for side in ("left", "bottom")]
        dots = [item for item in self.items() if isinstance(item, pg.ScatterPlotItem)]
        for axis in axes:
            axis.setCacheMode(UNCACHED)
        for item in dots:
            item.setExportMode(True, {})
        try:
            yield
        finally:
            for axis in axes:
                axis.setCacheMode(CACHED)
            for item in dots:
                item.setExportMode(False)

    def set_ranges(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Show these ranges, or, while a person has zoomed, let the zoom reach so far and little further.

        Ranges that are not finite or empty are passed over.
        """
        box = self.getPlotItem().getViewBox()
        for axis, span in enumerate((x, y)):
            if span is None or not _sound(span):
                continue
            before, whole = self._whole[axis], span
            if before is not None and not self.following:
                whole = min(before[0], span[0]), max(before[1], span[1])
            if whole != before:
                self._whole[axis] = whole
                box.setLimits(**self._limits(axis, whole))
            if self.following and tuple(box.viewRange()[axis]) != span:
                (box.setXRange, box.setYRange)[axis](*span, padding=0)

    def _limits(self, axis: int, span: tuple[float, float]) -> dict[str, float]:
        """How far the view of the axis, 0 for x, may go, in the words of pyqtgraph."""
        low, high = span
        counts = isinstance(self.getAxis(("bottom", "left")[axis]), StepAxis)
        least = min(FEWEST, high - low) if counts else (high - low) / FINEST
        name = "xy"[axis]
        room = MARGIN * (high - low)
        return {f"{name}Min": low - room, f"{name}Max": high + room, f"min{name.upper()}Range": least}

    @property
    def columns(self) -> int:
        """How many pixels lie side by side between the axes."""
        return max(1, round(self.getPlotItem().getViewBox().width() * self.devicePixelRatioF()))

    def shown(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ranges on show, of x and of y."""
        (left, right), (bottom, top) = self.getPlotItem().getViewBox().viewRange()
        return (left, right), (bottom, top)

    def to_pixels(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Places in axis units as pixels from the upper left corner between the axes."""
        box = self.getPlotItem().getViewBox()
        (left, right), (bottom, top) = self.shown()
        across = (np.asarray(x) - left) / (right - left) * box.width()
        return across, (top - np.asarray(y)) / (top - bottom) * box.height()

    def follow(self) -> None:
        """Give up a zoom by hand: the panel sets the ranges again."""
        self.following = True

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.filled.emit()

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def _on_axis_resized(self) -> None:
        # WORKAROUND for Qt: of a picture that it keeps and that grows, it paints only what is new.
        axis = self.sender()
        axis.setCacheMode(UNCACHED)
        axis.setCacheMode(CACHED)

    def _on_ranged_by_hand(self, axes: object) -> None:
        # Who has zoomed all the way out sees everything again, also what is still to come.
        self.following = all(
            whole is None or (low <= whole[0] and whole[1] <= high)
            for whole, (low, high) in zip(self._whole, self.shown(), strict=True)
        )

    def _on_mouse_moved(self, position: object) -> None:
        box = self.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.hovered.emit(box.mapSceneToView(position) if inside else None)


def steady(
    current: tuple[float, float] | None, low: float, high: float, filled: float = 0.4
) -> tuple[float, float]:
    """A range that holds ``low`` … ``high`` and does not jump.

    It keeps ``current`` while that holds the values and they fill at least the share ``filled`` of it; else
    it leaves 8 % of room.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return current or (0.0, 1.0)
    room = 0.08 * (high - low) or 0.5 * max(abs(high), 1e-6)
    if current is not None:
        bottom, top = current
        if bottom <= low and high <= top and high - low >= filled * (top - bottom):
            return current
    return low - room, high + room


def _sound(span: tuple[float, float]) -> bool:
    return math.isfinite(span[0]) and math.isfinite(span[1]) and span[0] < span[1]

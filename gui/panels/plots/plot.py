"""The plot inside a panel: axes in the theme's dress, ranges set by us, and a zoom that a person can undo."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGraphicsItem, QSizePolicy

from gui.panels.plots.axes import LogAxis, NumberAxis, StepAxis
from gui.theme import SMALL, Theme, font
from rnn.array import Array

# An axis changes far less often than what it measures: most frames paint it from memory.
CACHED = QGraphicsItem.CacheMode.DeviceCoordinateCache
UNCACHED = QGraphicsItem.CacheMode.NoCache
MARGIN = 0.1  # of a range: how far a person may go beyond it
FINEST = 1000.0  # times: how far a person may zoom in
GRID = 30  # of 255
AXIS_WIDTH = 58
BOX, AT_LEFT, AT_BOTTOM = (0, 1), (0, 0), (1, 1)  # row and column
BEYOND, ROOM = 20.0, 0.08  # of the range: how far out of view is painted, and what is left free
FEWEST = 2.0  # time steps or updates that stay in view


class Plot(pg.GraphicsView):
    """One pair of axes.

    Attributes:
        box: what lies between the axes.
        bottom: the axis of x.
        left: the axis of y.
        following: whether the ranges are the panel's; not while a person has zoomed.

    Attributes:
        held: the ranges of x and of y that do not jump; None where none is held.

    Signals:
        hovered: the place under the cursor in axis units (log10 on a log axis), or None beside the plot.
        filled: a double click.
        zoomed: whether a part is shown that a person has chosen, from now on.
    """

    hovered = Signal(object)
    filled = Signal()
    zoomed = Signal(bool)

    def __init__(
        self,
        x_label: str,
        y_label: str,
        *,
        bottom: pg.AxisItem | None = None,
        left: pg.AxisItem | None = None,
        grid: bool = True,
    ) -> None:
        # One box and two axes: a PlotWidget would bring menus and buttons that are never shown, and take
        # five times as long to make.
        super().__init__(background=None)
        self._following = True
        self._whole: list[tuple[float, float] | None] = [None, None]  # of x and of y, as it was set last
        self.held: list[tuple[float, float] | None] = [None, None]
        self._theme: Theme | None = None
        self._grid: float | bool = GRID if grid else False
        self._items: list[QGraphicsItem] = []  # Qt does not keep what Python has made of them
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.centralLayout.setContentsMargins(0, 6, 12, 0)  # room for half of a tick's number
        self.centralLayout.setSpacing(0)
        self.box = pg.ViewBox(enableMenu=False)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._on_ranged_by_hand)
        self.centralLayout.addItem(self.box, *BOX)
        self.bottom, self.left = bottom or StepAxis("bottom"), left or NumberAxis("left")
        self._put(self.bottom, AT_BOTTOM)
        self._put(self.left, AT_LEFT)
        self.label_axes(x_label, y_label)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    def add(self, item: QGraphicsItem) -> None:
        """Draw this item from now on, in axis units."""
        self._items.append(item)
        self.box.addItem(item, ignoreBounds=True)

    def remove(self, item: QGraphicsItem) -> None:
        """Draw this item no longer."""
        self._items.remove(item)
        self.box.removeItem(item)

    def label_axes(self, x_label: str, y_label: str) -> None:
        for axis, label in ((self.bottom, x_label), (self.left, y_label)):
            axis.setLabel(label)
            axis.resizeEvent()  # which alone puts a label into the middle

    def set_axes(self, bottom: pg.AxisItem, left: pg.AxisItem) -> None:
        """Exchange the axes for others with the same labels; the items' own values are the panel's affair."""
        labels = self.bottom.labelText, self.left.labelText
        for old, new, place in ((self.bottom, bottom, AT_BOTTOM), (self.left, left, AT_LEFT)):
            if new is not old:
                self.centralLayout.removeItem(old)
                self.scene().removeItem(old)  # while it has the outline that the scene knows
                old.unlinkFromView()
                self._put(new, place)
        self.bottom, self.left = bottom, left
        for axis, span in zip((bottom, left), self.shown(), strict=True):
            axis.setRange(*span)
        self.label_axes(*labels)
        if self._theme is not None:
            self.apply_theme(self._theme)

    def set_log_y(self, log: bool) -> None:
        """Exchange the left axis; the items' own values are the panel's affair."""
        self.set_axes(self.bottom, LogAxis("left") if log else NumberAxis("left"))

    def _put(self, axis: pg.AxisItem, place: tuple[int, int]) -> None:
        axis.linkToView(self.box)
        axis.setZValue(0.5)  # its grid lies over pictures and under what stands at 1
        axis.setGrid(self._grid)
        self.centralLayout.addItem(axis, *place)

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colours of the axes; the items' own colours are the panel's affair."""
        self._theme = theme
        self.setBackground(theme.surface)
        for axis in (self.left, self.bottom):
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
        self.left.setWidth(AXIS_WIDTH)

    @contextmanager
    def in_vectors(self) -> Iterator[None]:
        """Meanwhile the plot is painted without pictures of its parts, for a file of vectors."""
        modes = {axis: axis.cacheMode() for axis in (self.left, self.bottom)}
        dots = [item for item in self.items() if isinstance(item, pg.ScatterPlotItem)]
        for axis in modes:
            axis.setCacheMode(UNCACHED)
        for item in dots:
            item.setExportMode(True, {})
        try:
            yield
        finally:
            for axis, mode in modes.items():
                axis.setCacheMode(mode)
            for item in dots:
                item.setExportMode(False)

    def set_ranges(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Show these ranges, or, while a person has zoomed, let the zoom reach so far and little further.

        Ranges that are not finite or empty are passed over.
        """
        for axis, span in enumerate((x, y)):
            if span is None or not _sound(span):
                continue
            before, whole = self._whole[axis], span
            if before is not None and not self.following:
                whole = min(before[0], span[0]), max(before[1], span[1])
            if whole != before:
                self._whole[axis] = whole
                self.box.setLimits(**self._limits(axis, whole))
            if self.following and tuple(self.box.viewRange()[axis]) != span:
                (self.box.setXRange, self.box.setYRange)[axis](*span, padding=0)

    def _limits(self, axis: int, span: tuple[float, float]) -> dict[str, float]:
        """How far the view of the axis, 0 for x, may go, in the words of pyqtgraph."""
        low, high = span
        counts = isinstance((self.bottom, self.left)[axis], StepAxis)
        least = min(FEWEST, high - low) if counts else (high - low) / FINEST
        name = "xy"[axis]
        room = MARGIN * (high - low)
        return {f"{name}Min": low - room, f"{name}Max": high + room, f"min{name.upper()}Range": least}

    @property
    def following(self) -> bool:
        return self._following

    @following.setter
    def following(self, follows: bool) -> None:
        if follows != self._following:
            self._following = follows
            self.zoomed.emit(not follows)

    @property
    def columns(self) -> int:
        """How many pixels lie side by side between the axes."""
        return max(1, round(self.box.width() * self.devicePixelRatioF()))

    def shown(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ranges on show, of x and of y."""
        (left, right), (bottom, top) = self.box.viewRange()
        return (left, right), (bottom, top)

    def to_pixels(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Places in axis units as pixels from the upper left corner between the axes."""
        (left, right), (bottom, top) = self.shown()
        across = (np.asarray(x) - left) / (right - left) * self.box.width()
        return across, (top - np.asarray(y)) / (top - bottom) * self.box.height()

    def near(self, values: Array, axis: int = 1) -> Array:
        """Values of y, or x for 0, those far out of view a little out of it, so that each can be painted."""
        low, high = self.shown()[axis]
        room = BEYOND * (high - low)
        with np.errstate(invalid="ignore"):
            return np.clip(values, low - room, high + room)

    def hold(
        self, low: float, high: float, axis: int = 1, filled: float = 0.4, foot: float = ROOM
    ) -> tuple[float, float]:
        """Show a range of y, or x for 0, that holds these values and does not jump; returns it.

        It stays while the values lie in it and fill the share ``filled`` of it. Else it leaves 8 % of room on
        top, and ``foot`` below.
        """
        self.held[axis] = span = steady(self.held[axis], low, high, filled, foot)
        self.set_ranges(**{"xy"[axis]: span})
        return span

    def let_go(self) -> None:
        """Something else is shown from now on: hold no range any longer."""
        self.held = [None, None]

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
        inside = self.box.sceneBoundingRect().contains(position)
        self.hovered.emit(self.box.mapSceneToView(position) if inside else None)


def steady(
    current: tuple[float, float] | None, low: float, high: float, filled: float = 0.4, foot: float = ROOM
) -> tuple[float, float]:
    """A range as `Plot.hold` shows it, where it showed ``current`` before."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return current or (0.0, 1.0)
    room = ROOM * (high - low) or 0.5 * max(abs(high), 1e-6)
    if current is not None:
        bottom, top = current
        if bottom <= low and high <= top and high - low >= filled * (top - bottom):
            return current
    return low - foot / ROOM * room, high + room


def _sound(span: tuple[float, float]) -> bool:
    return math.isfinite(span[0]) and math.isfinite(span[1]) and span[0] < span[1]

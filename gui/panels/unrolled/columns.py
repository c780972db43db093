"""Which columns of the unrolled network are in view: by themselves, after the wave, or as a person wants."""

from __future__ import annotations

import math

NEAREST_COLUMN, MOST_COLUMNS, FEWEST_COLUMNS, NEAREST = 78.0, 12, 4, 7
Span = tuple[float, float]


class Columns:
    """A part of the columns 0 … T.

    It is in view, first what applies: the time step that another panel points at, where a person has
    scrolled to, where the wave is, the end.

    Attributes:
        steps: T.
        pixels: how wide all that is in view is.
        wave, visited: the column of the wave, and the time step that another panel points at, or None.
    """

    def __init__(self) -> None:
        self.pixels = 400.0
        self.begin(1)

    def begin(self, steps: int) -> None:
        """Another sequence: its end, as it fits."""
        self.steps = steps
        self.wave: float | None = None
        self.visited: int | None = None
        self.reset()

    def reset(self) -> None:
        """Give up what a person has scrolled and zoomed."""
        self._count: float | None = None
        self._first: float | None = None

    def resize(self, pixels: float) -> None:
        """Be so wide from now on, with the column of the wave in view."""
        if pixels == self.pixels:
            return
        self.pixels = pixels
        left, right = self._base()
        if self.wave is not None and not left + 0.5 <= self.wave <= right - 0.5:
            self._first = None

    def follow(self, wave: float | None) -> None:
        """Go where the wave is, or to the end, at the same zoom."""
        self.wave, self._first = wave, None

    @property
    def touched(self) -> bool:
        """Whether a person has scrolled or zoomed."""
        return self._count is not None or self._first is not None

    @property
    def usual(self) -> int:
        """How many columns are in view by themselves."""
        return min(self.steps + 1, MOST_COLUMNS, max(FEWEST_COLUMNS, int(self.pixels / NEAREST_COLUMN)))

    @property
    def count(self) -> float:
        """How many are."""
        return self.usual if self._count is None else min(self._count, self.steps + 1.0)

    @property
    def span(self) -> Span:
        """From where to where, half a column beyond the middle of the outer ones."""
        base = self._base()
        step = self.visited
        if step is None or base[0] + 0.5 <= step <= base[1] - 0.5:
            return base
        return self._around(step)

    def scroll(self, columns: float) -> None:
        """Move the view later by so many columns, as far as there are some."""
        self._first = self._held_in(self.span[0] + columns)

    def go(self, middle: float) -> None:
        """Have this column in the middle, as far as there are more on both sides."""
        self._first = self._held_in(middle - 0.5 * self.count)

    def zoom(self, factor: float, at: float) -> None:
        """See so many times as many columns, ``at`` staying in its place."""
        left, right = self.span
        share = (at - left) / (right - left)
        nearest = min(float(NEAREST), self.usual)
        self._count = min(self.steps + 1.0, max(nearest, self.count * factor))
        self._first = self._held_in(at - share * self.count)

    def show_all(self) -> None:
        """See the whole sequence."""
        self._count, self._first = self.steps + 1.0, -0.5

    def _base(self) -> Span:
        if self._first is not None:
            first = self._held_in(self._first)
            return first, first + self.count
        return self._around(self.steps if self.wave is None else self.wave)

    def _around(self, middle: float) -> Span:
        """Whole columns around this one."""
        count = math.floor(self.count)
        first = self._held_in(round(middle - 0.5 * count) - 0.5, count)
        return first, first + count

    def _held_in(self, first: float, count: float | None = None) -> float:
        return max(-0.5, min(first, self.steps + 0.5 - (self.count if count is None else count)))

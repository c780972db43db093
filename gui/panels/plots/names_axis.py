"""An axis whose places have names."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gui.panels.plots.axes import PlainAxis, Ticks

ROW_HEIGHT = 11.0


class NamesAxis(PlainAxis):
    """An upright axis whose places 1, 2, … have names; where they are too close, only every so many."""

    def __init__(self) -> None:
        super().__init__("left")
        self.names: tuple[str, ...] = ()

    def show_names(self, names: Sequence[str]) -> None:
        """Write these at 1, 2, …, upwards."""
        if self.names != tuple(names):
            self.names = tuple(names)
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        every = max(1, math.ceil(ROW_HEIGHT * (high - low) / max(size, 1.0) - 0.01))
        inside = range(max(1, math.ceil(low)), min(len(self.names), math.floor(high)) + 1)
        return [(float(every), [float(place) for place in inside if (len(self.names) - place) % every == 0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self.names[round(value) - 1] for value in values]

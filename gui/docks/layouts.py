"""Arrangements of panels that can be chosen by name, and how so many places are laid in rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

Place = TypeVar("Place")
ANY = 1_000  # more rows or columns than there are places

WIDE = 1.23  # how much wider than high a panel should be, as a share of what the window is

# Places, and the panels that lie in each behind tabs, the first one in front.
LAYOUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Four panels": (("loss",), ("fit",), ("hidden",), ("flow",)),
    "Six gradient panels": (
        ("flow",),
        ("pairs",),
        ("lags",),
        ("spectrum",),
        ("flow-history",),
        ("norms",),
    ),
    "All, in tabs": (
        ("loss", "norms", "flow-history"),
        ("fit", "pairs", "lags"),
        ("hidden", "unrolled", "spectrum"),
        ("flow", "line", "check"),
    ),
}
DEFAULT = "Four panels"
NAMES = frozenset(name for layout in LAYOUTS.values() for place in layout for name in place)


def in_places(names: Sequence[str], layout: str) -> list[list[str]]:
    """The panels of these names in the places that a layout has for them, each other one in its own."""
    places = [[name for name in place if name in names] for place in LAYOUTS[layout]]
    placed = {name for place in places for name in place}
    return [place for place in places if place] + [[name] for name in names if name not in placed]


def folded(places: Sequence[list[Place]], most: int) -> list[list[Place]]:
    """At most so many places: what would be further ones lies behind tabs in the first."""
    return [
        [name for place in places[first::most] for name in place] for first in range(min(most, len(places)))
    ]


def in_rows(places: Sequence[Place], columns: int = ANY, rows: int = ANY) -> list[list[Place]]:
    """So many places in as many rows that each is somewhat wider than high; the first rows are the fuller.

    Two lie side by side, four are two by two, six are two rows of three, twelve are three rows of four, as
    far as there is room for so many ``columns`` and ``rows``.
    """
    if not places:
        return []
    wanted = max(2, math.ceil(math.sqrt(len(places) * WIDE) - 0.3), math.ceil(len(places) / rows))
    columns = min(len(places), wanted, columns)
    count = math.ceil(len(places) / columns)
    lines, first = [], 0
    for line in range(count):
        size = math.ceil((len(places) - first) / (count - line))
        lines.append(list(places[first : first + size]))
        first += size
    return lines

"""The arrangements by name, and how so many places are laid in rows."""

from gui.docks.layouts import LAYOUTS, in_places, in_rows
from gui.panels import PANELS


def test_places_lie_in_rows_that_are_nearly_as_long_as_each_other() -> None:
    rows = {count: [len(row) for row in in_rows(range(count))] for count in range(14)}
    assert rows[0] == []
    assert [rows[count] for count in (1, 2, 3, 4)] == [[1], [2], [2, 1], [2, 2]]
    assert [rows[count] for count in (5, 6, 8, 12)] == [[3, 2], [3, 3], [3, 3, 2], [4, 4, 4]]
    for count, row in rows.items():
        assert sum(row) == count
        assert not row or max(row) - min(row) <= 1


def test_what_a_layout_does_not_name_has_a_place_of_its_own() -> None:
    names = ["flow-history", "loss", "norms", "Another"]
    assert in_places(names, "All, in tabs") == [["loss", "norms", "flow-history"], ["Another"]]
    assert in_places(names, "Four panels") == [
        ["loss"],
        ["flow-history"],
        ["norms"],
        ["Another"],
    ]


def test_every_layout_names_panels_that_are_there() -> None:
    names = {place[0].name for place in PANELS}
    for layout in LAYOUTS.values():
        named = [name for place in layout for name in place]
        assert set(named) <= names
        assert len(named) == len(set(named))
    assert {name for place in LAYOUTS["All, in tabs"] for name in place} == names

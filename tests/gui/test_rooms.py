"""The rooms of the window and of its panels: each knows only those under it, so that imports run one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gui

GUI = Path(gui.__file__).parent
PANELS = GUI / "panels"

HOUSE: dict[str, set[str]] = {  # what each room of gui/ knows of the others: of those above it in this list
    "theme": set(),
    "widgets": {"theme"},
    "fields": {"theme", "widgets"},
    "bench": set(),
    "failures": set(),
    "panels": {"theme", "widgets", "failures"},
    "settings": {"theme", "widgets", "fields"},
    "opening": {"widgets", "fields"},
    "docks": {"widgets", "panels"},
    "transport": {"theme", "widgets", "bench", "docks"},
}
SHARED = ("words", "plots", "keys", "frame", "views")  # of the panels; each may know those before it


def rooms_in(house: Path) -> list[str]:
    """The names of its folders with code in them."""
    return sorted(folder.name for folder in house.iterdir() if (folder / "__init__.py").exists())


def imports_of(room: Path) -> Iterator[tuple[str, str]]:
    """Every module that a file of this room imports, with the file; anywhere in it, not only on top."""
    for file in sorted(room.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name, f"{room.name}/{file.name}") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", f"{room.name}/{file.name}"


def known_to(room: Path) -> Iterator[tuple[str, str]]:
    """The rooms beside this one, and the files beside them, that a file of this one imports from."""
    house = ["gui", *room.relative_to(GUI).parts[:-1]]
    for module, file in imports_of(room):
        *above, known = module.split(".")[: len(house) + 1]
        if above == house and known != room.name:
            yield known, file


def test_the_house_has_these_rooms() -> None:
    assert sorted(HOUSE) == rooms_in(GUI)


@pytest.mark.parametrize("room", HOUSE)
def test_a_room_knows_these_and_all_of_them_are_above_it_in_the_list(room: str) -> None:
    """So there is no way round in a circle; of the files beside the rooms, none is known to any room."""
    above = list(HOUSE)[: list(HOUSE).index(room)]
    assert HOUSE[room] <= set(above)
    assert [(known, file) for known, file in known_to(GUI / room) if known not in HOUSE[room]] == []
    assert {known for known, _ in known_to(GUI / room)} == HOUSE[room]


def test_the_bench_knows_no_qt() -> None:
    assert [
        file for module, file in imports_of(GUI / "bench") if module.startswith(("PySide6", "pyqt"))
    ] == []


def test_the_panels_have_rooms() -> None:
    assert set(SHARED) < set(rooms_in(PANELS))
    assert len(rooms_in(PANELS)) >= len(SHARED) + 12


@pytest.mark.parametrize("room", rooms_in(PANELS))
def test_the_room_of_a_panel_knows_only_what_is_shared(room: str) -> None:
    before = SHARED[: SHARED.index(room)] if room in SHARED else SHARED
    assert [(known, file) for known, file in known_to(PANELS / room) if known not in before] == []

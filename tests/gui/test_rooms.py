"""The rooms of the panels: what they share knows none of them, and none of them knows another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gui.panels

PANELS = Path(gui.panels.__file__).parent
SHARED = ("words", "plots", "keys", "frame", "views")  # each may know those before it
ROOMS = sorted(folder.name for folder in PANELS.iterdir() if (folder / "__init__.py").exists())


def rooms_known_to(room: str) -> Iterator[tuple[str, str]]:
    """The rooms that a file of this one imports from, with the file."""
    for file in sorted((PANELS / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gui.panels"):
                parts = str(node.module).split(".")[2:]
                for known in parts[:1] or [alias.name for alias in node.names]:
                    yield known, f"{room}/{file.name}"


def test_there_are_rooms() -> None:
    assert set(SHARED) < set(ROOMS)
    assert len(ROOMS) >= len(SHARED) + 12


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_what_is_shared(room: str) -> None:
    before = SHARED[: SHARED.index(room)] if room in SHARED else SHARED
    allowed = {room, *before}
    assert [(known, file) for known, file in rooms_known_to(room) if known not in allowed] == []

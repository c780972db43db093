"""No module is in a circle of imports, of those inside of functions and those for types alone neither."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The rooms of rnn: each imports only from those before it.
ROOMS = [
    *("array", "errors", "number_format", "settings", "files"),
    *("model", "weights", "data", "optimizing", "config", "observing", "training"),
    *("recording", "report", "commands"),
]
SOURCES = ["main.py", "gui/**/*.py", "rnn/**/*.py", "resources/**/*.py"]


def module_of(file: Path) -> str:
    """The name of the module in a file; a package is its __init__.py."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.Module, modules: Mapping[str, object]) -> Iterator[str]:
    """Every module of the tree that is imported anywhere in a file, in its smallest part that is a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the whole module"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in modules or node.module in modules:
                    yield inner if inner in modules else str(node.module)


def graph() -> dict[str, set[str]]:
    """What each module imports."""
    files = {module_of(file): file for pattern in SOURCES for file in ROOT.glob(pattern)}
    trees = {module: ast.parse(file.read_text(encoding="utf-8")) for module, file in files.items()}
    return {module: set(imports_of(tree, files)) - {module} for module, tree in trees.items()}


def circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_module_is_in_a_circle_of_imports() -> None:
    imports = graph()
    assert len(imports) > 250
    assert {"rnn.training.trainer", "rnn.config"} <= imports["rnn.commands.train"]
    assert circle_in(imports) == []


def test_the_rooms_of_rnn_read_downwards() -> None:
    imports = {module: known for module, known in graph().items() if module.startswith("rnn.")}
    height = {f"rnn.{room}": number for number, room in enumerate(ROOMS)}
    room = {module: ".".join(module.split(".")[:2]) for module in imports}
    assert set(room.values()) == set(height)
    upward = [
        f"{module} imports {other}"
        for module, known in imports.items()
        for other in known
        if other in room and height[room[other]] > height[room[module]]
    ]
    assert upward == []


@pytest.mark.parametrize(
    "line",
    ["import b", "from b import it", "def f():\n    from b import it", "if TYPE_CHECKING:\n    import b"],
)
def test_a_circle_of_any_kind_is_found(line: str) -> None:
    modules = {"a": line, "b": "from c import it", "c": "import a"}
    imports = {name: set(imports_of(ast.parse(text), modules)) for name, text in modules.items()}
    assert circle_in(imports) in (["a", "b", "c", "a"], ["b", "c", "a", "b"], ["c", "a", "b", "c"])

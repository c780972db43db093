"""What the program needs, as pyproject.toml says it, and whether a Python has it."""

import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import Any, NamedTuple

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": eq,
    "!=": ne,
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
}
COMPARISONS = {"Eq": eq, "NotEq": ne, "GtE": ge, "LtE": le, "Gt": gt, "Lt": lt}  # as ast names them


class Requirements(NamedTuple):
    """What a command needs: ranges that any environment may meet, and the pins that .venv is made of.

    The ranges are those that apply to the running Python; which of the pins do is for pip to say.
    """

    accepted: list[str]
    pinned: list[str]


def read_requirements(pyproject: Path, group: str) -> Requirements:
    """Read the needs of a dependency group, "run" or "test".

    A tool for the tests is accepted at its pinned version alone, since another one finds other faults.
    """
    document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    groups = document["dependency-groups"]
    own = [entry for entry in groups[group] if isinstance(entry, str)]
    included = [
        pin for entry in groups[group] if isinstance(entry, dict) for pin in groups[entry["include-group"]]
    ]
    needed = document["project"]["dependencies"] + (own if included else [])
    accepted = [entry.partition(";")[0].strip() for entry in needed if applies(entry)]
    return Requirements(accepted, included + own)


def name_of(requirement: str) -> str:
    """Return the package that a requirement speaks of: PySide6-Essentials of "PySide6-Essentials>=6.8"."""
    return re.split(r"[\s<>=!;]", requirement, maxsplit=1)[0]


def applies(requirement: str) -> bool:
    """Tell whether a requirement is one of the running Python, by its marker.

    Known are ``python_version``, ``sys_platform`` and ``platform_machine``, compared with a text, and, or,
    brackets.
    """
    marker = requirement.partition(";")[2].strip()
    if not marker:
        return True
    import ast

    try:
        return _holds(ast.parse(marker, mode="eval").body)
    except (SyntaxError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{requirement!r}: its marker cannot be read") from error


def _holds(node: Any) -> bool:
    """Tell whether a marker holds; its notation is that of a Python expression."""
    import ast
    import platform

    if isinstance(node, ast.BoolOp):
        return (all if isinstance(node.op, ast.And) else any)(map(_holds, node.values))
    (operator,), (right,), name = node.ops, node.comparators, node.left.id
    facts = {
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "sys_platform": sys.platform,
        "platform_machine": platform.machine(),
    }
    left, limit = facts[name], ast.literal_eval(right)
    if isinstance(operator, ast.In):
        return left in limit
    compare = COMPARISONS[type(operator).__name__]
    return bool(compare(_order(left), _order(limit)) if name == "python_version" else compare(left, limit))


def is_met(requirement: str, version: str) -> bool:
    """Tell whether a version lies within a requirement such as "numpy>=2.0,!=2.1"; a marker is not read."""
    clauses = requirement.partition(";")[0].strip()[len(name_of(requirement)) :]
    for clause in filter(None, clauses.split(",")):
        match = re.fullmatch(r"\s*([<>=!]=|[<>])\s*(\d[\w.]*)\s*", clause)
        if match is None:
            raise ValueError(f"{requirement!r}: expected clauses such as >=2.0 or !=6.9.1, not {clause!r}")
        if not OPERATORS[match[1]](_order(version), _order(match[2])):
            return False
    return True


def missing(requirements: Iterable[str]) -> list[str]:
    """Return the requirements that the running Python does not meet."""
    return [requirement for requirement in requirements if not _has(requirement)]


def _has(requirement: str) -> bool:
    from importlib import metadata

    try:
        return is_met(requirement, metadata.version(name_of(requirement)))
    except metadata.PackageNotFoundError:
        return False


def _order(version: str) -> tuple[list[int], bool]:
    """Return what versions are ordered by: 2.0rc1 comes before 2.0, which equals 2.0.0."""
    release = re.match(r"\d+(\.\d+)*", version)
    if release is None:
        raise ValueError(f"{version!r} is no version: expected one such as 2.4.6")
    numbers = [int(number) for number in release[0].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    final = re.match(r"\.?(a|b|c|rc|dev|alpha|beta|pre)\d*", version[release.end() :]) is None
    return numbers, final

"""What the program needs, as pyproject.toml says it, and whether a Python has it."""

import re
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


class Requirements(NamedTuple):
    """What a command needs: ranges that any environment may meet, and the pins that .venv is made of."""

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
    accepted = document["project"]["dependencies"]
    return Requirements(accepted + own if included else accepted, included + own)


def name_of(requirement: str) -> str:
    """Return the package that a requirement speaks of: PySide6-Essentials of "PySide6-Essentials>=6.8"."""
    return re.split(r"[\s<>=!;]", requirement, maxsplit=1)[0]


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

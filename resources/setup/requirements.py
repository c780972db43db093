"""Whether the running Python has what the program needs, as pyproject.toml says it."""

import platform
import re
import sys
import tomllib
from importlib import metadata
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path

OPERATORS = {"==": eq, "!=": ne, ">=": ge, "<=": le, ">": gt, "<": lt}


def missing(pyproject: Path, group: str) -> list[str]:
    """Return the requirements of a group, "run" or "test", that the running Python does not meet.

    A tool for the tests is accepted at its pinned version alone, since another one finds other faults.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    facts = {"sys_platform": sys.platform, "platform_machine": platform.machine()}
    lacking = []
    for entry in project["project"]["dependencies"] + project["dependency-groups"].get(group, []):
        requirement, _, marker = entry.partition(";")
        compared = re.findall(r'(\w+) == "(\w+)"', marker)  # all that ours do, joined by "and"
        if all(facts[name] == value for name, value in compared) and not is_met(requirement):
            lacking.append(requirement)
    return lacking


def is_met(requirement: str) -> bool:
    """Tell whether the running Python meets a requirement such as "numpy>=2.0,!=2.1"."""
    try:
        version = _numbers(metadata.version(re.split("[<>=!]", requirement)[0]))
    except metadata.PackageNotFoundError:
        return False
    clauses = re.findall(r"([<>=!]=?)([\d.]+)", requirement)
    return all(OPERATORS[operator](version, _numbers(limit)) for operator, limit in clauses)


def _numbers(version: str) -> list[int]:
    """Return what versions are ordered by; a pre-release counts as its release."""
    return [int(number) for number in re.split(r"[^\d.]", version)[0].split(".") if number]

"""TOML in and out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnn.errors import DataError
from rnn.files import read_bytes
from rnn.settings import OFF, as_text

MOST = 1_000_000  # bytes
DEEPEST = 20
LARGE = "expected whole numbers of at most 64 bits"


def read_toml(path: str | Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        DataError: the file cannot be read or is not TOML.
    """
    return parsed_toml(path, read_text(path))


def read_text(path: str | Path) -> str:
    """The text of a TOML file; the rest as in `read_toml`."""
    try:
        return read_bytes(path, MOST).decode()
    except UnicodeDecodeError as error:
        raise DataError(path, "", f"expected TOML ({error})") from None


def parsed_toml(path: str | Path, text: str) -> dict[str, Any]:
    """The tables in the ``text`` of a TOML file; the rest as in `read_toml`."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(path, "", f"expected TOML ({error})") from None
    except ValueError:  # of more digits than Python reads
        raise DataError(path, "", LARGE) from None
    _refuse_strange(path, "", tables, DEEPEST)
    return tables


def _refuse_strange(path: str | Path, key: str, value: object, depth: int) -> None:
    """Raise DataError where a value could not even be named in a sentence."""
    if isinstance(value, int) and abs(value) >= 1 << 64:
        raise DataError(path, key, LARGE)
    if depth == 0:
        raise DataError(path, key, f"expected tables and lists in each other at most {DEEPEST} deep")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_strange(path, f"{key}.{name}" if key else name, inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_strange(path, key, inner, depth - 1)


def flatten(path: str | Path, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Tables as full keys: ``{"task": {"noise": 1}}`` is ``{"task.noise": 1}``."""
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        elif key in ("task", "model", "training"):
            raise DataError(path, key, f"expected a table [{key}]")
        else:
            flat[key] = value
    return flat


def toml_value(value: Any) -> str:
    """``value`` as TOML; None is "off"."""
    if value is None:
        return f'"{OFF}"'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(str(part) for part in value) + "]"
    return as_text(value)

"""Config files: a run.toml, which tells when it was cut or mixed with another run, or one of a person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnn.config.run import RunConfig
from rnn.config.toml import flatten, parsed_toml, read_text
from rnn.data.tasks import TASKS
from rnn.errors import DataError
from rnn.files import refuse_mixture, seal

NEWER = frozenset({"model.rnn"})  # settings that no file without the two lines has, since they came after


def read_settings(path: str | Path) -> dict[str, Any]:
    """What a config file says, by full keys.

    Raises:
        DataError: the file cannot be read, is not TOML, or is a run.toml that was cut, or that lies among
            files of another run.
    """
    text = read_text(path)
    if seal.is_cut(text):
        reason = f"expected {seal.END} as the last line, as in every file that begins with {seal.BEGIN}"
        raise DataError(path, "", f"is not whole: {reason}")
    refuse_mixture(path)
    tables = parsed_toml(path, text)
    settings = flatten(path, tables)
    if not seal.is_sealed(text) and "model" in tables and (missing := _missing_after(settings)):
        reason = f"every setting is there up to {list(settings)[-1]}, and none from {missing} on"
        raise DataError(path, "", f"is not whole: {reason}")
    return settings


def read_config(path: str | Path) -> RunConfig:
    """The config in a TOML file; what it leaves out has its default.

    Raises:
        DataError: as in `read_settings`.
        ConfigError: a key is unknown, or a value is not allowed.
    """
    return RunConfig().with_values(read_settings(path))


def _missing_after(settings: Mapping[str, Any]) -> str | None:
    """The setting that is missing where all before it are there, and none after, in a file of before."""
    name = settings.get("task.name")
    if not isinstance(name, str) or name not in TASKS:
        return None
    whole = [key for key in RunConfig().with_values({"task.name": name}).values() if key not in NEWER]
    is_beginning = list(settings) == whole[: len(settings)] and len(settings) < len(whole)
    return whole[len(settings)] if is_beginning else None

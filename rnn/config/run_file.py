"""run.toml: a config as a file that tells when its end is missing, and the reading of any config file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rnn.config.run import RunConfig
from rnn.config.toml import flatten, parsed_toml, read_text
from rnn.errors import DataError
from rnn.tasks import TASKS

BEGIN, END = "# rnn-scope run", "# end"
NEWER = frozenset({"model.rnn"})  # settings that no file without the two lines has, since they came after


def run_text(config: RunConfig, notes: Iterable[str] = ()) -> str:
    """The whole config as TOML between its two lines, with ``notes`` as comments before the last."""
    return "\n".join([BEGIN, config.to_toml(), *(f"# {note}" for note in notes), END]) + "\n"


def read_settings(path: str | Path) -> dict[str, Any]:
    """What a config file says, by full keys.

    Raises:
        DataError: the file cannot be read, is not TOML, or is a run.toml that was cut.
    """
    text = read_text(path)
    lines = [line.strip() for line in text.split("\n")]
    if BEGIN.startswith(text.strip()) or (BEGIN in lines and END not in lines):
        _refuse_cut(path, f"expected {END} as the last line, as in every file that begins with {BEGIN}")
    tables = parsed_toml(path, text)
    settings = flatten(path, tables)
    if BEGIN not in lines and "model" in tables and (missing := _missing_after(settings)):
        _refuse_cut(path, f"every setting is there up to {list(settings)[-1]}, and none from {missing} on")
    return settings


def read_config(path: str | Path) -> RunConfig:
    """The config in a TOML file; what it leaves out has its default.

    Raises:
        DataError: as in `read_settings`.
        ConfigError: a key is unknown, or a value is not allowed.
    """
    return RunConfig().with_values(read_settings(path))


def _refuse_cut(path: str | Path, why: str) -> None:
    raise DataError(path, "", f"is not whole: {why}")


def _missing_after(settings: Mapping[str, Any]) -> str | None:
    """The setting that is missing where all before it are there, and none after, in a file of before."""
    name = settings.get("task.name")
    if not isinstance(name, str) or name not in TASKS:
        return None
    whole = [key for key in RunConfig().with_values({"task.name": name}).values() if key not in NEWER]
    is_beginning = list(settings) == whole[: len(settings)] and len(settings) < len(whole)
    return whole[len(settings)] if is_beginning else None

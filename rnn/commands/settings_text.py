"""All settings as the help of a command lists them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from rnn.config import ModelConfig, RunConfig, TrainingConfig
from rnn.data.tasks import TASKS
from rnn.settings import Setting, Settings, as_text, base_type, declarations, is_optional

WIDTH = 100


def settings_text() -> str:
    """For each setting its key, what it may be, its default, where it applies, and what it does."""
    default = RunConfig()
    lines = [
        line for key, facts, declared in _declared(RunConfig) for line in _entry(key, facts, declared.help)
    ]
    names = f"{_either(TASKS)}; {default.task.name} by default"
    lines += _entry("task.name", names, "What is learned.")
    tasks: dict[tuple[str, str, str], list[str]] = {}
    for name, task in TASKS.items():
        for key, facts, declared in _declared(task):
            tasks.setdefault((key, facts, declared.help), []).append(name)
    for (key, facts, help), found in sorted(tasks.items(), key=lambda entry: _place(entry[0][0])):
        lines += _entry(key, f"{facts}; for task.name={_either(found)}", help)
    for part in (ModelConfig, TrainingConfig):
        for key, facts, declared in _declared(part):
            where = _where(declared)
            lines += _entry(key, f"{facts}; {where}" if where else facts, declared.help)
    return "\n".join(lines).replace("−", "-")  # not every terminal has the longer sign


def _declared(part: type[Settings]) -> Iterator[tuple[str, str, Setting]]:
    """The key of each setting, what it may be, and its declaration."""
    defaults = part().values()
    for name, declared, kind in declarations(part):
        options = _options(declared, kind)
        if options:
            allowed = _either([as_text(option) for option in options])
        else:
            text = "FILE" if declared.file else "TEXT"
            allowed = text if base_type(kind) is str else declared.range_text()
        allowed += " or off" if is_optional(kind) else ""
        default = as_text(defaults[name])
        yield (
            part.key(name),
            "; ".join(filter(None, (allowed, default and f"{default} by default"))),
            declared,
        )


def _options(declared: Setting, kind: Any) -> tuple[Any, ...]:
    """All that a setting may be, where that can be listed."""
    if declared.choices is not None:
        return tuple(declared.choices())
    return (True, False) if base_type(kind) is bool else ()


def _where(declared: Setting) -> str:
    """What must be chosen elsewhere for a setting to apply; empty where it always does."""
    if declared.unless is None:
        return ""
    values = RunConfig().values()
    switches: dict[str, tuple[Any, ...]] = {"task.name": tuple(TASKS)}
    for part in (type(RunConfig().task), ModelConfig, TrainingConfig):
        for name, other, kind in declarations(part):
            switches[part.key(name)] = _options(other, kind)
    for key, options in switches.items():
        fitting = [as_text(o) for o in options if declared.unless(values | {key: o}) is None]
        if 0 < len(fitting) < len(options):
            return f"for {key}={_either(fitting)}"
    return ""


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _place(key: str) -> int:
    """Where a task's setting is listed: beside those of the same name, in the order of the first tasks."""
    keys = [task.key(name) for task in TASKS.values() for name, _, _ in declarations(task)]
    return keys.index(key)


def _entry(key: str, facts: str, help: str) -> list[str]:
    head = textwrap.wrap(f"{key} ({facts})", WIDTH, initial_indent="  ", subsequent_indent="    ")
    return head + textwrap.wrap(help, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)

"""A setting: a field of a frozen dataclass that knows its label, its help and its limits, and checks itself.

The command line, the TOML files and the form in the window all read the same declarations.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, ClassVar, Self, TypeVar

from rnn.errors import ConfigError

OFF = "off"
_TRUE = {"true", "on", "yes", "1"}
_FALSE = {"false", "off", "no", "0"}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one setting beside its value.

    Attributes:
        label: its name in the form.
        help: one or two sentences on what it does.
        minimum, maximum: the closed range of a number; None is unlimited.
        above: an open lower limit, for numbers that must be greater than it.
        choices: the names it may take, asked for when they are needed: a registry of things with a title, or
            the names alone.
        unit: printed behind the number.
        live: it may change while training; any other setting makes a new run.
        file: the text is the path of a file.
        endings: what the names of such files usually end in; empty is anything.
        empty: what an empty text stands for, in the field's place; a file without it must be named.
        among: given all values of a config by their full keys, names that the text may be taken from.
        of: the setting in the same section whose file it belongs to: another file brings its default back.
        first: what an optional number is when it is first switched on; None leaves that to the form.
        unless: given all values of a config by their full keys, why the setting does not apply among them,
            such as "with the cell gru"; None where it does. One that does not apply has its default. None of
            a setting that always applies.
    """

    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: Callable[[], Collection[str]] | None = None
    unit: str = ""
    live: bool = False
    file: bool = False
    endings: tuple[str, ...] = ()
    empty: str = ""
    among: Callable[[Mapping[str, Any]], Collection[str]] | None = None
    of: str = ""
    first: float | None = None
    unless: Callable[[Mapping[str, Any]], str | None] | None = None

    def title(self, choice: str) -> str:
        """The name of one of the choices in the form: its title in the registry, where it has one."""
        choices = self.choices() if self.choices is not None else ()
        return str(getattr(choices[choice], "title", choice)) if isinstance(choices, Mapping) else choice

    def refuse(self, value: float) -> str | None:
        """Why the number ``value`` is out of range, or None when it is not."""
        if isinstance(value, float) and not math.isfinite(value):
            return "must be a finite number"
        low = self.minimum if self.above is None else self.above
        too_low = low is not None and (value < low or (value == self.above))
        too_high = self.maximum is not None and value > self.maximum
        return f"must be {self.range_text()}" if too_low or too_high else None

    def range_text(self) -> str:
        """What a number may be, in words, such as ``from 1 to 4,096``; empty where it may be any."""
        low, high, above = (_plain(limit) for limit in (self.minimum, self.maximum, self.above))
        if above:
            return f"above {above}" + (f" and at most {high}" if high else "")
        if low and high:
            return f"from {low} to {high}"
        return f"at least {low}" if low else (f"at most {high}" if high else "")


def setting(default: Any, label: str, help: str, **limits: Any) -> Any:
    """A dataclass field that is a setting; ``limits`` are further attributes of `Setting`."""
    return field(default=default, metadata={"setting": Setting(label, help, **limits)})


class Settings:
    """Base of a frozen dataclass whose fields are settings.

    Every value is checked and brought to its type when the object is made, so that an object that
    exists is valid.

    Raises:
        ConfigError: naming ``section.field``, what it may be and what was given.
    """

    section: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, declared, kind in declarations(type(self)):
            value = _coerced(self.key(name), declared, kind, getattr(self, name))
            object.__setattr__(self, name, value)

    @classmethod
    def key(cls, name: str) -> str:
        return f"{cls.section}.{name}" if cls.section else name

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Made from a mapping of field names; unknown names are refused."""
        known = [name for name, _, _ in declarations(cls)]
        for name in values:
            if name not in known:
                raise ConfigError(cls.key(name), f"is not a setting; here there are {', '.join(known)}")
        return cls(**values)

    def values(self) -> dict[str, Any]:
        """The settings by field name."""
        return {name: getattr(self, name) for name, _, _ in declarations(type(self))}


Kind = TypeVar("Kind", bound=Settings)


def with_settings_of(
    registry: Mapping[str, type[Settings]], chosen_by: str
) -> Callable[[type[Kind]], type[Kind]]:
    """Decorates a class that is to be a dataclass, one of whose settings is a choice from a registry.

    It gets the settings of all that may be chosen, behind that one; each applies where its own is chosen.
    """

    def decorate(cls: type[Kind]) -> type[Kind]:
        kinds: dict[str, Any] = {}
        for name, kind in cls.__annotations__.items():
            kinds[name] = kind
            for part in registry.values() if name == chosen_by else ():
                for entry in dataclasses.fields(part):  # type: ignore[arg-type]
                    unless = partial(_not_chosen, registry, cls.key(chosen_by), entry.name)
                    declared = dataclasses.replace(entry.metadata["setting"], unless=unless)
                    kinds[entry.name] = typing.get_type_hints(part)[entry.name]
                    setattr(cls, entry.name, field(default=entry.default, metadata={"setting": declared}))
        cls.__annotations__ = kinds
        return cls

    return decorate


def _not_chosen(
    registry: Mapping[str, type[Settings]], key: str, name: str, values: Mapping[str, Any]
) -> str | None:
    """Why the setting ``name`` does not apply: what is chosen by ``key`` is without it."""
    chosen = values[key]
    has_it = name in (own for own, _, _ in declarations(registry[chosen]))
    return None if has_it else f"with the {key.rpartition('.')[2]} {chosen}"


def declarations(cls: type) -> tuple[tuple[str, Setting, Any], ...]:
    """The name, the declaration and the type of every setting of a `Settings` class, in order."""
    return _declarations(cls)


@cache
def _declarations(cls: Any) -> tuple[tuple[str, Setting, Any], ...]:
    hints = typing.get_type_hints(cls)
    return tuple(
        (entry.name, entry.metadata["setting"], hints[entry.name])
        for entry in dataclasses.fields(cls)
        if "setting" in entry.metadata
    )


@cache
def is_optional(kind: Any) -> bool:
    """Whether the type ``kind`` admits None, that is, whether the setting can be switched off."""
    return typing.get_origin(kind) in (types.UnionType, typing.Union) and type(None) in typing.get_args(kind)


@cache
def base_type(kind: Any) -> Any:
    """``kind`` without its None."""
    if is_optional(kind):
        return next(part for part in typing.get_args(kind) if part is not type(None))
    return kind


def as_text(value: Any) -> str:
    """A value as the command line takes it: the inverse of what a `Settings` class reads."""
    if value is None:
        return OFF
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return repr(value) if isinstance(value, float) else str(value)


def _coerced(key: str, declared: Setting, kind: Any, value: Any) -> Any:
    """``value`` as the type ``kind``, within its limits; text is read as the command line gives it."""
    base = base_type(kind)
    if is_optional(kind) and (value is None or (isinstance(value, str) and value.strip().lower() == OFF)):
        return None
    if base is bool:
        return _bool(key, value)
    if base is str:
        return _name(key, declared, value)
    if base in (int, float):
        return _number(key, declared, base, value, is_optional(kind))
    return _widths(key, declared, value)


def _bool(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ConfigError(key, f"must be true or false, not {value!r}")


def _name(key: str, declared: Setting, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(key, f"must be text, not {value!r}")
    if declared.choices is not None:
        meant = [choice for choice in declared.choices() if same_name(choice, value)]
        if not meant:
            raise ConfigError(key, f"must be one of {', '.join(declared.choices())}, not {value!r}")
        return meant[0]
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ConfigError(key, f"must be text in UTF-8, not {value!r}") from None
    return value


def same_name(one: str, other: str) -> bool:
    """Whether they differ at most in how they are written: warm-up, warm_up and Warmup are one."""
    bare = (name.lower().replace("-", "").replace("_", "").replace(" ", "") for name in (one, other))
    return next(bare) == next(bare)


def _number(key: str, declared: Setting, base: type, value: Any, optional: bool) -> int | float:
    wanted = "a whole number" if base is int else "a number"
    wanted += " or off" if optional else ""
    try:
        if isinstance(value, bool):
            raise ValueError
        number = base(value)
        if base is int and isinstance(value, float) and number != value:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        hint = _with_a_point(value) if base is float else ""
        raise ConfigError(key, f"must be {wanted}, not {_short(repr(value))}{hint}") from None
    reason = declared.refuse(number)
    if reason is not None:
        raise ConfigError(key, f"{reason}{' or off' if optional else ''}, not {_short(str(value))}")
    return number + base(0)  # type: ignore[no-any-return]  # and not −0.0, which is no standard deviation


def _with_a_point(value: Any) -> str:
    """Behind a text that is no number: that it would be one with a point."""
    pointed = value.strip().replace(",", ".") if isinstance(value, str) and value.count(",") == 1 else ""
    try:
        float(pointed)
    except ValueError:
        return ""
    return f"; with a decimal point it is {pointed}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _plain(limit: float | None) -> str:
    if limit is None:
        return ""
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:,.13g}"


def _widths(key: str, declared: Setting, value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        text = value.strip("[] ")
        value = [part.strip() for part in text.split(",")] if "," in text else text.split()
    if not isinstance(value, (list, tuple)):
        value = [value]
    if not value:
        raise ConfigError(key, "must name at least one width")
    return tuple(int(_number(key, declared, int, part, False)) for part in value)

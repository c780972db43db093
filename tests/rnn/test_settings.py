"""A setting checks itself, and text means what the command line and a TOML file give."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.config import RunConfig
from rnn.errors import ConfigError
from rnn.settings import (
    Setting,
    Settings,
    as_text,
    base_type,
    declarations,
    is_optional,
    setting,
)


@dataclass(frozen=True)
class Example(Settings):
    section: ClassVar[str] = "part"

    count: int = setting(3, "Count", "How many.", minimum=1, maximum=10_000)
    rate: float = setting(0.5, "Rate", "How fast.", above=0.0, maximum=2.0)
    limit: float | None = setting(None, "Limit", "How far.", minimum=0.0)
    on: bool = setting(False, "On", "Whether.")
    kind: str = setting("a", "Kind", "Which.", choices=lambda: ("a", "b"))
    file: str | None = setting(None, "File", "From where.", file=True)
    widths: tuple[int, ...] = setting((4,), "Widths", "How wide.", minimum=1, maximum=99)


ACCEPTED: list[tuple[str, Any, Any]] = [
    ("count", "7", 7),
    ("count", 7.0, 7),
    ("count", " 7 ", 7),
    ("rate", "1e-3", 0.001),
    ("rate", 2, 2.0),
    ("limit", "off", None),
    ("limit", "OFF", None),
    ("limit", None, None),
    ("limit", "0", 0.0),
    ("on", "true", True),
    ("on", "Off", False),
    ("on", "1", True),
    ("on", True, True),
    ("kind", "b", "b"),
    ("file", "off", None),
    ("file", "a b.npz", "a b.npz"),
    ("widths", "8", (8,)),
    ("widths", "8,16", (8, 16)),
    ("widths", "8 16", (8, 16)),
    ("widths", "[8]", (8,)),
    ("widths", "[8, 16]", (8, 16)),
    ("widths", [8, 16], (8, 16)),
    ("widths", 8, (8,)),
]


@pytest.mark.parametrize(("name", "given", "value"), ACCEPTED)
def test_a_value_is_brought_to_its_type(name: str, given: Any, value: Any) -> None:
    found = getattr(Example.from_values({name: given}), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("given", ["-0", "-0.0", -0.0])
def test_no_number_is_a_negative_zero(given: Any) -> None:
    limit = Example.from_values({"limit": given}).limit
    assert limit is not None
    assert (limit, math.copysign(1.0, limit)) == (0.0, 1.0)


REFUSED: list[tuple[str, Any, str]] = [
    ("count", "0", "part.count must be from 1 to 10,000, not 0"),
    ("count", 10_001, "part.count must be from 1 to 10,000, not 10001"),
    ("count", "1.5", "part.count must be a whole number, not '1.5'"),
    ("count", 1.5, "part.count must be a whole number, not 1.5"),
    ("count", "1,000", "part.count must be a whole number, not '1,000'"),
    ("limit", "0,05", "part.limit must be a number or off, not '0,05'; with a decimal point it is 0.05"),
    ("limit", "a,5", "part.limit must be a number or off, not 'a,5'"),
    ("limit", "1,000,5", "part.limit must be a number or off, not '1,000,5'"),
    ("count", "", "part.count must be a whole number, not ''"),
    ("count", "many", "part.count must be a whole number, not 'many'"),
    ("count", True, "part.count must be a whole number, not True"),
    ("count", None, "part.count must be a whole number, not None"),
    ("count", "off", "part.count must be a whole number, not 'off'"),
    ("count", [1], "part.count must be a whole number, not [1]"),
    ("count", math.inf, "part.count must be a whole number, not inf"),
    ("count", math.nan, "part.count must be a whole number, not nan"),
    ("count", 10**400, f"part.count must be from 1 to 10,000, not 1{'0' * 36}…"),
    ("rate", 0, "part.rate must be above 0 and at most 2, not 0"),
    ("rate", "2.1", "part.rate must be above 0 and at most 2, not 2.1"),
    ("rate", "nan", "part.rate must be a finite number, not nan"),
    ("rate", "-inf", "part.rate must be a finite number, not -inf"),
    ("rate", 10**400, f"part.rate must be a number, not 1{'0' * 36}…"),
    ("rate", {"a": 1}, "part.rate must be a number, not {'a': 1}"),
    ("limit", -1, "part.limit must be at least 0 or off, not -1"),
    ("limit", "none", "part.limit must be a number or off, not 'none'"),
    ("on", "maybe", "part.on must be true or false, not 'maybe'"),
    ("on", 2, "part.on must be true or false, not 2"),
    ("kind", "c", "part.kind must be one of a, b, not 'c'"),
    ("kind", 1, "part.kind must be text, not 1"),
    ("file", "\udcff.npz", "part.file must be text in UTF-8, not '\\udcff.npz'"),
    ("widths", "", "part.widths must name at least one width"),
    ("widths", "[]", "part.widths must name at least one width"),
    ("widths", [], "part.widths must name at least one width"),
    ("widths", "4,x", "part.widths must be a whole number, not 'x'"),
    ("widths", [4, 100], "part.widths must be from 1 to 99, not 100"),
    ("other", 1, "part.other is not a setting; here there are count, rate, limit, on, kind, file, widths"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), REFUSED, ids=lambda part: repr(part)[:40])
def test_a_wrong_value_is_refused_in_one_sentence(name: str, value: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Example.from_values({name: value})
    assert str(refusal.value) == sentence
    assert refusal.value.key == f"part.{name}"
    assert sentence == f"{refusal.value.key} {refusal.value.reason}"


@given(
    st.builds(
        Example,
        count=st.integers(1, 10_000),
        rate=st.floats(0.0, 2.0, exclude_min=True),
        limit=st.none() | st.floats(0.0, allow_infinity=False),
        on=st.booleans(),
        kind=st.sampled_from("ab"),
        file=st.none() | st.text(min_size=1).filter(lambda text: text.strip().lower() != "off"),
        widths=st.lists(st.integers(1, 99), min_size=1).map(tuple),
    )
)
def test_text_is_the_inverse_of_reading(example: Example) -> None:
    text = {name: as_text(value) for name, value in example.values().items()}
    assert Example.from_values(text) == example


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()


@given(SCALARS | st.lists(SCALARS) | st.dictionaries(st.text(), SCALARS))
def test_any_value_at_all_is_taken_or_refused_as_a_config_error(value: Any) -> None:
    for name, _, _ in declarations(Example):
        with contextlib.suppress(ConfigError):
            assert as_text(getattr(Example.from_values({name: value}), name)) != "nan"


def test_the_declarations_stand_in_order_with_their_types() -> None:
    kinds = {name: (base_type(kind), is_optional(kind)) for name, _, kind in declarations(Example)}
    assert list(kinds) == ["count", "rate", "limit", "on", "kind", "file", "widths"]
    assert kinds["limit"] == (float, True)
    assert kinds["count"] == (int, False)
    assert kinds["file"] == (str, True)


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({}, ""),
        ({"minimum": 1}, "at least 1"),
        ({"maximum": 2.5}, "at most 2.5"),
        ({"minimum": 0, "maximum": 2**53}, "from 0 to 9,007,199,254,740,992"),
        ({"above": 0.0}, "above 0"),
        ({"above": 0.0, "maximum": 1e12}, "above 0 and at most 1,000,000,000,000"),
    ],
)
def test_a_range_in_words(limits: dict[str, Any], text: str) -> None:
    assert Setting("Label", "Help.", **limits).range_text() == text


@pytest.mark.parametrize("written", ["4,,5", ",4", "4,", ","])
def test_a_width_that_was_left_out_is_not_passed_over(written: str) -> None:
    with pytest.raises(ConfigError, match=r"model\.layers must be a whole number, not ''"):
        RunConfig().with_values({"model.layers": written})


@pytest.mark.parametrize("written", ["warm-up", "warmup", "Warm_Up", "warm up"])
def test_a_name_may_be_written_in_the_usual_ways(written: str) -> None:
    config = RunConfig().with_values({"training.schedule": written})
    assert config.training.schedule == "warm-up"
    assert RunConfig().with_values({"task.name": "temporal_order"}).task.name == "temporal-order"

"""The text task: windows of one series, an alphabet of the whole text, and references that can be counted."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.config import RunConfig
from rnn.data.tasks import Data, Sequences
from rnn.data.tasks.text import MOST_SYMBOLS, SHIPPED, Text
from rnn.errors import ConfigError, DataError

GRID = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


def generated(task: Text) -> Data:
    return task.generate(np.random.default_rng(0))


def task_on(folder: Path, text: str, **settings: object) -> Text:
    file = folder / "t.txt"
    file.write_bytes(text.encode())
    return Text(file=str(file), **settings)  # type: ignore[arg-type]


def spelled(data: Data, sequences: Sequences | None) -> tuple[list[str], list[str]]:
    """Each window's inputs and targets as text."""
    assert sequences is not None
    assert isinstance(sequences.x, np.ndarray)
    return tuple(  # type: ignore[return-value]
        ["".join(data.class_names[number] for number in window) for window in numbers.T.astype(int)]
        for numbers in (sequences.x, sequences.y)
    )


def test_windows_follow_each_other_and_targets_are_one_further(tmp_path: Path) -> None:
    data = generated(task_on(tmp_path, "abcdefghijklmnopqrst", length=4, held_out=0.4))
    assert spelled(data, data.train) == (["abcd", "efgh"], ["bcde", "fghi"])
    assert spelled(data, data.validation) == (["mnop"], ["nopq"])
    assert data.class_names == data.input_names == tuple("abcdefghijklmnopqrst")
    assert (data.outputs, data.train.inputs, data.train.steps) == (20, 20, 4)


@given(
    text=st.text("abc \n", min_size=12, max_size=80).filter(lambda t: len(set(t)) > 1), L=st.integers(1, 4)
)
def test_all_windows_together_are_the_text_but_for_a_rest(
    text: str, L: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = generated(task_on(tmp_path_factory.getbasetemp(), text, length=L, held_out=0.0))
    assert data.validation is None
    x, y = spelled(data, data.train)
    read = "".join(x)
    assert text.startswith(read)
    assert text[1:].startswith("".join(y))
    assert len(text) - 1 - L < len(read) <= len(text) - 1


def test_a_character_that_only_the_held_out_part_has_is_in_the_alphabet(tmp_path: Path) -> None:
    data = generated(task_on(tmp_path, "ab" * 20 + "zz", length=3, held_out=0.2))
    assert data.class_names == ("a", "b", "z")
    assert data.validation is not None
    assert 2 not in data.train.x
    assert 2 in data.validation.y
    for line in task_on(tmp_path, "ab" * 20 + "zz", length=3, held_out=0.2).references(data):
        assert math.isfinite(line.loss)


def test_a_batch_is_one_hot_with_class_numbers_as_targets(tmp_path: Path) -> None:
    data = generated(task_on(tmp_path, "abcabcabcabc", length=3, held_out=0.0))
    batch = data.train.batch(slice(0, 2))
    assert batch.x.shape == (3, 2, 3)
    np.testing.assert_array_equal(batch.x[:, 1], np.eye(3))
    np.testing.assert_array_equal(batch.y[:, 0], [1, 2, 0])
    assert batch.y.dtype == np.int64


def test_characters_beyond_the_first_plane_count_as_one(tmp_path: Path) -> None:
    data = generated(task_on(tmp_path, "😀a€" * 9, length=3, held_out=0.0))
    assert data.class_names == ("a", "€", "😀")
    assert spelled(data, data.train)[0][0] == "😀a€"


def plain_references(trained: list[tuple[str, str]], asked: list[tuple[str, str]], V: int) -> list[float]:
    """The three lines counted pair by pair, with nothing but dictionaries."""
    singles, pairs, begun = Counter(c for _, c in trained), Counter(trained), Counter(b for b, _ in trained)
    single = -sum(math.log((singles[c] + 1) / (len(trained) + V)) for _, c in asked) / len(asked)
    bigrams = [
        -sum(math.log((pairs[b, c] + k) / (begun[b] + k * V)) for b, c in asked) / len(asked) for k in GRID
    ]
    return [math.log(V), single, min(bigrams)]


@pytest.mark.parametrize("held_out", [0.0, 0.25])
def test_the_references_are_those_of_a_plain_count(held_out: float, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")[5_000:9_000]
    task = task_on(tmp_path, text, length=30, held_out=held_out)
    data = generated(task)
    M, L = (3_000, 30) if held_out else (4_000, 30)

    def pairs(part: str) -> list[tuple[str, str]]:
        used = (len(part) - 1) // L * L
        return [(part[at], part[at + 1]) for at in range(used)]

    trained = pairs(text[:M])
    asked = pairs(text[M:]) if held_out else trained
    expected = plain_references(trained, asked, len(set(text)))
    lines = task.references(data)
    np.testing.assert_allclose([line.loss for line in lines], expected, rtol=1e-12)
    assert [line.label.split(",")[0] for line in lines] == [
        "uniform",
        "single characters",
        "best add-k bigram",
    ]
    assert not any(line.floor for line in lines)
    k = float(lines[2].label.split("k = ")[1])
    assert k == (0.001 if not held_out else k)
    counted = Counter(trained)
    begun = Counter(b for b, _ in trained)
    with_k = [math.log((counted[pair] + k) / (begun[pair[0]] + k * len(set(text)))) for pair in asked]
    assert -sum(with_k) / len(asked) == pytest.approx(expected[2], rel=1e-12)


def test_the_text_that_ships_is_plain_and_its_bigram_is_where_it_was_measured() -> None:
    text = SHIPPED.read_text(encoding="ascii")
    assert 100_000 < len(text) < 160_000
    assert text.startswith("CHAPTER I. Down the Rabbit-Hole\nAlice was beginning to get very tired")
    assert text.endswith("and the happy summer days.\n")
    assert "gutenberg" not in text.lower()
    assert "  " not in text
    assert "\n\n" not in text
    data = generated(Text())
    assert (data.train.count, data.outputs) == (2_551, 65)
    losses = [line.loss for line in Text().references(data)]
    assert losses == pytest.approx([math.log(65), 3.163, 2.3997], abs=1e-3)
    readme = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    for fact in ("Lewis Carroll", "1865", "public domain", f"{len(text):,}", str(len(set(text)))):
        assert fact in readme


def test_the_same_text_gives_the_same_data_whatever_the_seed() -> None:
    one, two = (Text(characters=900).generate(np.random.default_rng(seed)) for seed in (1, 2))
    np.testing.assert_array_equal(one.train.x, two.train.x)


def test_a_limit_uses_the_beginning(tmp_path: Path) -> None:
    data = generated(task_on(tmp_path, "abababab" + "cdef" * 5, length=3, held_out=0.0, characters=8))
    assert data.class_names == ("a", "b")
    assert data.train.count == 2


REFUSED = {
    "too short": (
        "abcab",
        {"length": 5, "held_out": 0.0},
        "expected at least 6 characters to train on for windows of 5, found 5",
    ),
    "one character": ("aaaaaaaa", {"length": 2}, "expected at least two distinct characters, found only 'a'"),
    "too many characters": (
        "".join(map(chr, range(0x4E00, 0x4E00 + MOST_SYMBOLS + 1))),
        {"length": 2},
        "expected at most 1,000 distinct characters, found 1,001",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_text_that_cannot_be_learned_is_refused_by_name(case: str, tmp_path: Path) -> None:
    text, settings, expected = REFUSED[case]
    task = task_on(tmp_path, text, **settings)  # type: ignore[arg-type]
    with pytest.raises(DataError) as refusal:
        generated(task)
    assert str(refusal.value) == f"{task.file}: {expected}"


def test_as_many_distinct_characters_as_may_be_are_learned(tmp_path: Path) -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + MOST_SYMBOLS)))
    assert generated(task_on(tmp_path, text, length=2)).outputs == MOST_SYMBOLS


def test_a_held_out_part_shorter_than_a_window_is_a_matter_of_the_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        generated(task_on(tmp_path, "ab" * 50, length=10, held_out=0.1))
    assert str(refusal.value) == (
        "task.held_out must be 0, or leave at least 11 characters for windows of 10, not 10"
    )
    data = generated(task_on(tmp_path, "ab" * 50, length=10, held_out=0.11))
    assert data.validation is not None
    assert data.validation.count == 1


def test_it_is_a_task_like_any_other(tmp_path: Path) -> None:
    task = task_on(tmp_path, "abc", length=7, held_out=0.2, characters=1_000, carry_state=True)
    config = RunConfig().with_values(
        {
            "task.name": "text",
            "task.file": task.file,
            "task.length": "7",
            "task.held_out": "0.2",
            "task.characters": "1000",
            "task.carry_state": "on",
        }
    )
    assert config.task == task
    with pytest.raises(ConfigError, match=r"^task\.held_out must be from 0 to 0\.9"):
        Text(held_out=0.95)

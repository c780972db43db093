"""The next character of a text: one that ships with the program, or any file in UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from rnn.data.tasks.base import Data, Display, Kind, Reference, Sequences, Task, carry_setting
from rnn.data.tasks.ngrams import best_bigram, single_characters, uniform
from rnn.data.tasks.text_file import LARGEST, read_text
from rnn.errors import ConfigError, DataError
from rnn.model.batch import Classes
from rnn.settings import setting

SHIPPED = Path(__file__).parents[3] / "resources" / "texts" / "alice.txt"
MOST_SYMBOLS = 1_000  # a batch holds every time step one-hot


@dataclass(frozen=True, slots=True)
class Text(Task):
    """A text cut into windows of ``length`` characters, each to be followed by the one after it.

    Window n has the characters n·L … n·L + L − 1 as inputs and those one further as targets, so that no
    character is the input of two windows; a rest shorter than a window is left out. The alphabet is that of
    the whole text, in the order of Unicode. The text that ships is Alice's Adventures in Wonderland by Lewis
    Carroll, of 1865 and in the public domain.
    """

    name: ClassVar[str] = "text"
    preset: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    targets: ClassVar[tuple[Kind, ...]] = ("classes",)
    display: ClassVar[Display] = "text"

    file: str = setting(
        "",
        "Text file",
        "A text file in UTF-8. Empty is the text that ships: Alice's Adventures in Wonderland.",
        file=True,
        empty="Alice's Adventures in Wonderland",
    )
    length: int = setting(
        50,
        "Window length",
        "Characters that the network reads in one window; after each it says what comes next.",
        minimum=1,
        maximum=10_000,
        unit="characters",
    )
    held_out: float = setting(
        0.1,
        "Held out",
        "Share of the text, at its end, that is never trained on and measures the validation loss; "
        "0 is none.",
        minimum=0.0,
        maximum=0.9,
        unit="of the text",
    )
    characters: int | None = setting(
        None,
        "Characters used",
        "How many characters of the text are used, from its beginning; off is all of them.",
        first=20_000,
        minimum=2,
        maximum=LARGEST,
    )
    carry_state: bool = carry_setting()

    def generate(self, rng: Generator) -> Data:
        text = read_text(self.file or SHIPPED, self.characters)
        alphabet, symbols = self._numbered(text)
        train_characters = len(symbols) - round(self.held_out * len(symbols))
        needed = self.length + 1
        if train_characters < needed:
            raise DataError(
                self.file or SHIPPED.name,
                "",
                f"expected at least {needed:,} characters to train on for windows of {self.length:,}, "
                f"found {train_characters:,}",
            )
        held_out = symbols[train_characters:]
        if 0 < len(held_out) < needed:
            raise ConfigError(
                "task.held_out",
                f"must be 0, or leave at least {needed:,} characters for windows of {self.length:,}, "
                f"not {len(held_out):,}",
            )
        return Data(
            train=self._windows(symbols[:train_characters], len(alphabet)),
            validation=self._windows(held_out, len(alphabet)) if len(held_out) else None,
            outputs=len(alphabet),
            input_names=alphabet,
            class_names=alphabet,
        )

    def references(self, data: Data) -> tuple[Reference, ...]:
        """What counting reaches on the held-out windows, on those of the training where nothing is held out.

        All counts are of the training part alone.
        """
        train = _pairs_of(data.train)
        measured = train if data.validation is None else _pairs_of(data.validation)
        return (
            uniform(data.outputs),
            single_characters(train[1], measured[1], data.outputs),
            best_bigram(train, measured, data.outputs),
        )

    def _numbered(self, text: str) -> tuple[tuple[str, ...], Classes]:
        """The alphabet, and each character as its number in it."""
        points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        distinct, numbers = np.unique(points, return_inverse=True)
        name = self.file or SHIPPED.name
        if len(distinct) < 2:
            raise DataError(name, "", f"expected at least two distinct characters, found only {text[0]!r}")
        if len(distinct) > MOST_SYMBOLS:
            raise DataError(
                name, "", f"expected at most {MOST_SYMBOLS:,} distinct characters, found {len(distinct):,}"
            )
        return tuple(map(chr, distinct.tolist())), numbers.astype(np.int64)

    def _windows(self, symbols: Classes, size: int) -> Sequences:
        """(T, N) numbers of characters, and (T, N) those of the characters after them."""
        count = (len(symbols) - 1) // self.length
        used = count * self.length
        x, y = (symbols[at : at + used].reshape(count, self.length).T for at in (0, 1))
        return Sequences(np.ascontiguousarray(x), np.ascontiguousarray(y), symbols=size)


def _pairs_of(sequences: Sequences) -> tuple[Classes, Classes]:
    """All characters that are read, and all that follow them."""
    return np.asarray(sequences.x, dtype=np.int64), np.asarray(sequences.y, dtype=np.int64)

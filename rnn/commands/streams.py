"""What a command says on its streams."""

from __future__ import annotations

from typing import TextIO

from resources.streams import write
from rnn.errors import ScopeError


def say(text: str, stream: TextIO | None) -> None:
    """Write ``text`` and a line's end at once; a reader that has gone has seen what it wanted.

    Raises:
        ScopeError: it cannot be written, as on a full disk.
    """
    if problem := write(f"{text}\n", stream):
        raise ScopeError(f"Standard output cannot be written ({problem})")

"""What a command says on its streams, which may be full or gone."""

from __future__ import annotations

import os
from typing import TextIO

from rnn.errors import ScopeError


def say(text: str, stream: TextIO | None) -> None:
    """Write ``text`` and a line's end at once; a reader that has gone has seen what it wanted.

    Raises:
        ScopeError: it cannot be written, as on a full disk.
    """
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        give_up(stream)
    except OSError as error:
        give_up(stream)
        raise ScopeError(f"Standard output cannot be written ({error.strerror or error})") from None


def give_up(stream: TextIO) -> None:
    """Let what waits in the buffer of ``stream`` go nowhere, or it would fail once more when Python ends, and
    spoil the exit code.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

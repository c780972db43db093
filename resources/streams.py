"""What a command writes to its streams, which may be full or gone; standard library only."""

import os
from typing import TextIO


def write(text: str, stream: TextIO | None) -> str:
    """Write ``text`` at once and return nothing, or why it cannot be written, as on a full disk.

    A reader that has gone has seen what it wanted.
    """
    if stream is None:
        return ""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _give_up(stream)
    except OSError as error:
        _give_up(stream)
        return error.strerror or str(error)
    return ""


def _give_up(stream: TextIO) -> None:
    """Let what waits in the buffer of ``stream`` go nowhere, or it would fail once more when Python ends, and
    spoil the exit code.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

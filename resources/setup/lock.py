"""A lock that one set-up holds at a time, and that the system takes back from a process that dies."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 0.2  # seconds between two tries


@contextmanager
def locked(path: Path, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock of a file, after waiting for whoever has it; give its descriptor.

    A child that inherits the descriptor holds the lock too: a pip that outlives its set-up is waited for.
    """
    with path.open("a", encoding="utf-8") as file:
        if not _take(file.fileno()):
            say("another set-up is at work in this folder; waiting for it")
            while not _take(file.fileno()):
                time.sleep(PATIENCE)
        yield file.fileno()


def _take(descriptor: int) -> bool:
    """Take the lock if it is free; tell whether it was."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

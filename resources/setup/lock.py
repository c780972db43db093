"""A lock that one process holds at a time, and that the system takes back from one that dies."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, before_waiting: Callable[[], object] | None = None) -> Iterator[int]:
    """Hold the lock of a folder, or of a file, which is made where it is missing, and give its descriptor.

    A child that inherits the descriptor holds the lock too: a pip that outlives its set-up is waited for.

    Args:
        path: the file, or the folder.
        before_waiting: called once before waiting for whoever holds the lock; None is not to wait.

    Raises:
        BlockingIOError: another holds the lock, and it is not to be waited for.
        OSError: it cannot be opened, or is of a kind that the system cannot lock, as a folder on Windows.
    """
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, flags, 0o666)
    try:
        if not _take(descriptor):
            if before_waiting is None:
                raise BlockingIOError(f"another process holds {path}")
            before_waiting()
            while not _take(descriptor):
                time.sleep(0.2)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Take the lock if it is free; tell whether it was."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # as Linux and Windows say it
        return False
    return True

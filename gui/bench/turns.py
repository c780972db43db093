"""Who has the interpreter: the window while it paints, or the training thread while it works in Python.

Both at once would each take several times as long: of hundreds of calls from Qt into Python each one would
wait for the other thread. What is compiled runs beside the window and needs no turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

THREAD_SECONDS = 0.05  # the thread waits at most so long for its turn
WINDOW_SECONDS = 0.012  # the window does; what takes longer goes on while it paints


class Turns:
    """Turns between two threads; neither waits for ever, and the window comes first where both want one."""

    def __init__(self) -> None:
        self._work = Lock()
        self._is_free = Event()
        self._is_free.set()

    @property
    def is_painting(self) -> bool:
        """Whether the window paints at this moment, or is about to."""
        return not self._is_free.is_set()

    @contextmanager
    def for_painting(self) -> Iterator[None]:
        """The window's turn: after the piece of work under way, and with none begun before it is over."""
        self._is_free.clear()
        alone = self._work.acquire(timeout=WINDOW_SECONDS)
        try:
            yield
        finally:
            if alone:
                self._work.release()
            self._is_free.set()

    @contextmanager
    def for_work(self) -> Iterator[None]:
        """The thread's turn, for a piece of work of some milliseconds."""
        self._is_free.wait(THREAD_SECONDS)
        alone = self._work.acquire(timeout=THREAD_SECONDS)
        try:
            yield
        finally:
            if alone:
                self._work.release()

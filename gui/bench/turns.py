"""Who has the interpreter: the window while it paints, or one of the threads that work in Python beside it.

Several at once would each take several times as long: of hundreds of calls from Qt into Python each one would
wait for the other threads. What is compiled runs beside the window and needs no turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

THREAD_SECONDS = 0.05  # a thread waits at most so long for its turn
WINDOW_SECONDS = 0.012  # the window does; what takes longer goes on while it paints


class Turns:
    """Turns between the threads; none waits for ever, and the window comes first where several want one."""

    def __init__(self) -> None:
        self._work = Lock()
        self._next = Lock()  # held by the thread that is to work next, so that each has its turn
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
    def for_work(self) -> Iterator[Callable[[], None]]:
        """A thread's turn, for a piece of work of some milliseconds.

        What it gives is called in the midst of a longer one, as often as it is no harm: others that wait have
        their turn then.
        """
        alone = self._await_turn()

        def breathe() -> None:
            nonlocal alone
            if self.is_painting or self._next.locked():
                if alone:
                    self._work.release()
                alone = self._await_turn()

        try:
            yield breathe
        finally:
            if alone:
                self._work.release()

    def _await_turn(self) -> bool:
        """Whether the turn has come, and was not just waited for long enough."""
        self._is_free.wait(THREAD_SECONDS)
        is_next = self._next.acquire(timeout=THREAD_SECONDS)
        alone = self._work.acquire(timeout=THREAD_SECONDS)
        if is_next:
            self._next.release()
        return alone

"""Reads what files say on a thread: the window goes on meanwhile, and one that never answers is given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from rnn.errors import ScopeError

AT_ONCE_SECONDS = 0.03  # a file of this machine answers sooner, and nothing flickers
LATE_SECONDS = 1.0
ANSWER_MILLISECONDS = 15


@dataclass(frozen=True, slots=True)
class _Wish:
    read: Callable[[], Any]
    then: Callable[[Any], None]
    refused: Callable[[ScopeError], None]


class Reader(QObject):
    """One reading after another; of those that are asked for meanwhile only the newest is made.

    Signals:
        late: it takes so long that it should be said, and that a person may give it up.
        over: that is over.
    """

    late = Signal()
    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._answers: SimpleQueue[Any] | None = None  # of the reading that is under way
        self._wish: _Wish | None = None
        self._next: _Wish | None = None
        self._since = 0.0
        self._is_late = False
        self._timer = QTimer(self, interval=ANSWER_MILLISECONDS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def busy(self) -> bool:
        """Whether something is still to be read."""
        return self._wish is not None

    @property
    def is_late(self) -> bool:
        """Whether that takes long."""
        return self._is_late

    def ask(
        self, read: Callable[[], Any], then: Callable[[Any], None], refused: Callable[[ScopeError], None]
    ) -> None:
        """Do ``read`` on a thread, and here what follows: ``then`` with what it has read, or ``refused``.

        A file that answers at once is read before this returns.
        """
        self._next = _Wish(read, then, refused)
        if self._wish is None or self._is_late:
            self._begin()

    def give_up(self) -> None:
        """Wait no longer; nothing follows."""
        self._answers = self._wish = self._next = None
        self._timer.stop()
        self._end()

    def _begin(self) -> None:
        self._end()
        self._wish, self._next, self._since = self._next, None, time.perf_counter()
        assert self._wish is not None
        self._answers = begun(self._wish.read)
        self._timer.start()
        self._look(AT_ONCE_SECONDS)

    def _end(self) -> None:
        if self._is_late:
            self._is_late = False
            self.over.emit()

    def _on_timeout(self) -> None:
        self._look(0.0)

    def _look(self, seconds: float) -> None:
        """Whether there is an answer within so long."""
        assert self._answers is not None
        try:
            answer = self._answers.get(timeout=seconds) if seconds else self._answers.get_nowait()
        except Empty:
            if not self._is_late and time.perf_counter() - self._since > LATE_SECONDS:
                self._is_late = True
                self.late.emit()
            if self._is_late and self._next is not None:
                self._begin()
            return
        wish = self._wish
        if self._next is not None:
            self._begin()
            return
        self.give_up()
        assert wish is not None
        if isinstance(answer, ScopeError):
            wish.refused(answer)
        elif isinstance(answer, Exception):
            raise answer
        else:
            wish.then(answer)


def begun(read: Callable[[], Any]) -> SimpleQueue[Any]:
    """Do ``read`` on a thread; the queue gets what it has read, or the exception that it has raised."""
    answers: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_read, args=(read, answers), name="reading", daemon=True).start()
    return answers


def _read(read: Callable[[], Any], answers: SimpleQueue[Any]) -> None:
    try:
        answers.put(read())
    except MemoryError:
        answers.put(ScopeError("What is read is too large for the memory of this machine"))
    except Exception as error:
        answers.put(error)

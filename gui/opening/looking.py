"""Looks into a person's files without holding up the window."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from rnn.config import RunConfig
from rnn.opening import Found, Wish, look

ANSWER_MILLISECONDS = 15


class Looking(QObject):
    """One look after the other on a thread; of those that are asked for meanwhile only the newest is made.

    Signals:
        found: what was found for the newest wish.
    """

    found = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._answers: SimpleQueue[Found | Exception] = SimpleQueue()
        self._next: tuple[Wish, RunConfig] | None = None
        self._looks = False
        self._timer = QTimer(self, interval=ANSWER_MILLISECONDS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def busy(self) -> bool:
        """Whether something is still to be found."""
        return self._looks or self._next is not None

    def ask(self, wish: Wish, base: RunConfig) -> None:
        """Look into the files of ``wish``, for a person who is at ``base``."""
        self._next = (wish, base)
        self._begin()

    def _begin(self) -> None:
        if self._next is None or self._looks:
            return
        thread = Thread(target=_answer, args=(*self._next, self._answers), name="looking", daemon=True)
        self._next = None
        thread.start()
        self._looks = True
        self._timer.start()

    def _on_timeout(self) -> None:
        try:
            answer = self._answers.get_nowait()
        except Empty:
            return
        self._looks = False
        self._timer.stop()
        if self._next is not None:
            self._begin()
        elif isinstance(answer, Exception):
            raise answer
        else:
            self.found.emit(answer)


def _answer(wish: Wish, base: RunConfig, answers: SimpleQueue[Found | Exception]) -> None:
    try:
        answers.put(look(wish, base))
    except MemoryError:
        answers.put(Found(wish, refusal="These files are too large for the memory of this machine."))
    except Exception as error:
        answers.put(error)

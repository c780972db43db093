"""What asks a command to end: noted instead of raised where something could be torn, raised elsewhere."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


class Interrupt:
    """Whether the command was asked to end, and by which signal first."""

    def __init__(self) -> None:
        self.number: int | None = None

    @property
    def seen(self) -> bool:
        return self.number is not None

    @property
    def code(self) -> int:
        """The exit code of a command that a signal ended: 130 after Ctrl-C, 143 after SIGTERM."""
        assert self.number is not None
        return 128 + self.number

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.number is None:
            self.number = number

    def raise_it(self) -> None:
        """Raise KeyboardInterrupt where the command was asked to end."""
        if self.number is not None:
            raise KeyboardInterrupt(self.number)


def requests_to_end() -> list[signal.Signals]:
    """Ctrl-C, SIGTERM, and SIGHUP where there is such a signal and no nohup has it ignored."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


@contextmanager
def handled(handler: Handler) -> Iterator[None]:
    """Inside, ``handler`` is called where the command is asked to end."""
    before = {number: signal.signal(number, handler) for number in requests_to_end()}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def interrupts() -> Iterator[Interrupt]:
    """Inside, that the command is asked to end is noted."""
    interrupt = Interrupt()
    with handled(interrupt):
        yield interrupt

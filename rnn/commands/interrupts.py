"""What asks a command to end, noted instead of raised, so that it ends where nothing can be torn."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


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


@contextmanager
def interrupts(*signals: signal.Signals) -> Iterator[Interrupt]:
    """These signals are noted inside; where none is named, Ctrl-C is."""
    interrupt = Interrupt()
    before = {number: signal.signal(number, interrupt) for number in signals or (signal.SIGINT,)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

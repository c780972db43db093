"""Waiting for what must come, however busy the machine is, and a clock that a test itself moves."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds; they are spent only where what is waited for never comes


def wait_for(condition: Callable[[], bool], what: Callable[[], object] = str) -> None:
    """Wait until a condition holds; ``what`` tells how things stand where it never does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not reached within {PATIENCE:.0f} s {what()}")
        time.sleep(0.002)


class Clock:
    """Stands where a module has ``time``; it moves by ``tick`` when it is read, and as a test moves it."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now = 0.0
        self.tick = tick

    def perf_counter(self) -> float:
        self.now += self.tick
        return self.now

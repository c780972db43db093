"""How fast something happens, measured over the last second or so."""

from __future__ import annotations

from collections import deque


class Rate:
    """The mean rate of a counter over the last ``seconds``."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._points: deque[tuple[float, float]] = deque()

    def add(self, now: float, count: float) -> None:
        """The counter stands at ``count`` at the time ``now`` in seconds."""
        self._points.append((now, count))
        while len(self._points) > 2 and now - self._points[0][0] > self._seconds:
            self._points.popleft()

    def clear(self) -> None:
        """Forget all; the counter begins again."""
        self._points.clear()

    @property
    def value(self) -> float:
        """A second; 0 where too little is known."""
        if len(self._points) < 2:
            return 0.0
        (then, before), (now, count) = self._points[0], self._points[-1]
        return (count - before) / (now - then) if now > then else 0.0

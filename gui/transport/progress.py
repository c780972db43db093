"""Where the run on display stands, in the words of the transport: its epoch, its updates, and how fast."""

from __future__ import annotations

from collections import deque

from gui.bench.mailbox import Status
from gui.transport.transport import Transport
from rnn.observing.snapshot import RunInfo


class Progress:
    """Counts frames and updates, and says a few times a second what came of it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._updates_an_epoch = 1
        self._frames = 0
        self._frame_rate, self._update_rate = Rate(), Rate()

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again."""
        self._updates_an_epoch = info.updates_an_epoch
        self._update_rate.clear()

    def count_frame(self) -> None:
        """A frame more."""
        self._frames += 1

    def count_updates(self, now: float, status: Status) -> None:
        """The run stands here at the time ``now`` in seconds."""
        self._update_rate.add(now, status.update)

    def say(self, now: float, status: Status | None) -> None:
        """Show where it stands; nothing is known of a run that has not begun."""
        self._frame_rate.add(now, self._frames)
        if status is None:
            return
        running = status.state == "running"
        self._transport.show_progress(
            state=status.state,
            epoch=-(-status.update // self._updates_an_epoch),  # the one that the last update belongs to
            target_epochs=status.target_epochs,
            update=status.update,
            updates_a_second=self._update_rate.value if running else 0.0,
            frames_a_second=self._frame_rate.value if running else 0.0,
            fraction=status.fraction,
            engine=status.engine,
            why=status.why,
            failed="" if status.failure is None else status.failure.kind,
        )


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

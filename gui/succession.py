"""The runs of a window, one after another: the one on display, and those that are still ending."""

from __future__ import annotations

import time

from gui.run import Run
from rnn.config import RunConfig
from rnn.snapshot import SnapshotRequest


class Succession:
    """Begins runs and ends those that they replace, without anybody waiting for them.

    Attributes:
        run: the one on display.
        pace: updates a second, or None for full speed; the next run begins with it.
        request: what snapshots should hold; so does the next run's.
        going: whether it trains, as far as the window knows; then its successor trains too.

    Raises:
        ScopeError: the config cannot be run.
    """

    def __init__(
        self, config: RunConfig, pace: float | None, request: SnapshotRequest, keep_epochs: frozenset[int]
    ) -> None:
        self.pace = pace
        self.request = request
        self.going = False
        self._keep_epochs = keep_epochs
        self._ending: list[Run] = []
        self.run = Run(config, pace, request, keep_epochs)

    def begin(self, config: RunConfig) -> None:
        """Put a new run in the place of the one on display; it trains on where that one did.

        Raises:
            ScopeError: the config cannot be run; the run on display stays.
        """
        run = Run(config, self.pace, self.request, self._keep_epochs)
        self.run.stop()
        self._ending = [old for old in (*self._ending, self.run) if not old.close(0.0)]
        self.run = run
        if self.going:
            run.thread.go()

    def set_pace(self, pace: float | None) -> None:
        """Train at this pace, now and in the next run."""
        self.pace = pace
        self.run.thread.set_rate(pace)

    def look(self, request: SnapshotRequest) -> None:
        """Make snapshots of this, now and in the next run."""
        self.request = request
        self.run.thread.look(request)

    def close(self, seconds: float) -> bool:
        """End all runs, waiting at most so long for all of them together; whether they ended."""
        deadline = time.perf_counter() + seconds
        runs = (self.run, *self._ending)
        for run in runs:
            run.stop()
        ended = [run.close(max(0.0, deadline - time.perf_counter())) for run in runs]
        return all(ended)

"""The runs of a window, one after another: the one on display, the one that comes, those that are ending."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Semaphore
from typing import Any

from gui.bench.driver import Driver
from gui.bench.mailbox import Notice, Update
from gui.bench.pace import Clock
from gui.bench.run import Run
from rnn.config import RunConfig, live_keys
from rnn.observing.snapshot import SnapshotRequest

PREPARED_AT_ONCE = 2  # one that is no longer wanted, and the one that is
LATE_SECONDS = 0.15


class Bench:
    """Begins runs and ends those that they replace, without anybody waiting for them.

    Args:
        config, pace: what the first one runs.
        awaited: tells its config where that is still to be read; it stands in for it until then.

    Attributes:
        clock: of the window; the pace is kept by it, too.
        run: the one on display; the first one already while it is prepared.
        request: what snapshots should hold, of this run and of the next.
    """

    def __init__(
        self,
        config: RunConfig,
        pace: float | None,
        awaited: Callable[[], RunConfig] | None = None,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.clock = clock
        self.request = SnapshotRequest()
        self._turns = Semaphore(PREPARED_AT_ONCE)
        self._ending: list[Run] = []
        self._coming: Run | None = None
        self._preparing_since = self.clock()
        self.run = Run(config, pace, None, self._turns, awaited=awaited, clock=clock)

    @property
    def pace(self) -> float | None:
        """Updates a second, or None for full speed, of the newest run."""
        return (self._coming or self.run).pace

    @property
    def config(self) -> RunConfig:
        """What the newest run runs."""
        return (self._coming or self.run).config

    @property
    def awaits_another(self) -> bool:
        """Whether a run is prepared that is to take the place of the one on display."""
        return self._coming is not None

    def begin(self, config: RunConfig, pace: float | None) -> None:
        """Prepare a run to take the place of the one on display, which goes on until then.

        One that was being prepared is given up.
        """
        if not self._prepares:
            self._preparing_since = self.clock()
        if self._coming is not None:
            self._end(self._coming)
        self._coming = Run(config, pace, None, self._turns, clock=self.clock)

    def keeps(self, config: RunConfig) -> bool:
        """Whether the run on display is one of this config already, live settings aside.

        It then goes on with the live settings of ``config``, and one that was being prepared is given up:
        what was refused, or is on its way, was taken back.
        """
        live = {key: value for key, value in config.values().items() if key in live_keys()}
        if not self.run.has_begun or self.run.config.with_values(live) != config:
            return False
        if self._coming is not None:
            self._end(self._coming)
            self._coming = None
        for key, value in live.items():
            self.run.thread.order(Driver.set_live, key, value)
        return True

    def take(self) -> Update:
        """What has come of the run on display, or of the one that takes its place at this moment.

        An update that has ``refused`` is of the one that was to come, unless ``run`` itself was refused.
        """
        update = self._taken_of_coming() or self.run.take()
        late = self._late_notices()
        return replace(update, notices=(*update.notices, *late)) if late else update

    def is_late(self, now: float, seconds: float = LATE_SECONDS) -> bool:
        """Whether preparing takes so long that it should be said."""
        return self._prepares and now - self._preparing_since > seconds

    def give_up(self) -> None:
        """Refuse the run that is prepared; of its files one may never answer."""
        for run in self._living():
            if run.prepares:
                run.give_up()

    def set_pace(self, pace: float | None) -> None:
        """Train at this pace, now and in the run that comes."""
        for run in self._living():
            run.set_pace(pace)

    def set_live(self, key: str, value: object) -> None:
        """Change a setting that may change while training, now and in the run that comes."""
        for run in self._living():
            run.thread.order(Driver.set_live, key, value)

    def look(self, **changes: Any) -> None:
        """Ask the run on display for snapshots with these fields of ``request`` from now on."""
        self.request = replace(self.request, **changes)
        self.run.thread.look(self.request)

    def close(self, seconds: float) -> bool:
        """End all runs, waiting at most so long for all of them together; whether they ended."""
        deadline = time.perf_counter() + seconds
        runs = (*self._living(), *self._ending)
        for run in runs:
            run.stop()
        ended = [run.close(max(0.0, deadline - time.perf_counter())) for run in runs]
        return all(ended)

    @property
    def _prepares(self) -> bool:
        return any(run.prepares for run in self._living())

    def _living(self) -> list[Run]:
        return [self.run] if self._coming is None else [self.run, self._coming]

    def _taken_of_coming(self) -> Update | None:
        """What the run that comes has to say: that it begins now, in the place of the other, or cannot."""
        coming = self._coming
        if coming is None:
            return None
        update = coming.take()
        if coming.prepares:
            return None
        self._coming = None
        if coming.has_begun:
            if self.run.has_begun:
                self.run.thread.hand_on(coming.thread)
            self._end(self.run)
            self.run = coming
        return update

    def _end(self, run: Run) -> None:
        run.stop()
        self._ending.append(run)

    def _late_notices(self) -> list[Notice]:
        """What runs that are ending still had to say."""
        ended = [run for run in self._ending if not run.thread.is_alive()]
        notices = [notice for run in self._ending for notice in run.take().notices]
        self._ending = [run for run in self._ending if run not in ended]
        return notices

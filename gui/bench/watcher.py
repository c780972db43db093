"""Watcher: measures what the window looks at, with a network of its own, beside the training; no Qt."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from dataclasses import dataclass
from threading import Condition, Thread

from gui.bench.mailbox import Mailbox, Notice
from gui.bench.pace import Clock
from rnn.observing.observer import Look, Observer
from rnn.observing.probes import PROBES, Breathe, go_on
from rnn.observing.snapshot import Instant, Snapshot, SnapshotRequest
from rnn.training.explosion import EXPLOSION, Explosion, Search
from rnn.training.trainer import Trainer

log = logging.getLogger(__name__)
OBSERVING = "observing"  # the name of the threads
LOOK_SECONDS = 0.04  # no panel draws more often
SLICE_SECONDS = 0.02  # from one to the next, where a probe at rest has more to do
TOGETHER_SECONDS = 0.008  # what is measured in so short a time crosses together, in one turn
SLOW_SECONDS = 0.02  # of a processor: a probe that takes longer is measured beside the others
SLOW_SHARE = 0.1  # of the time, which such a probe may take
SHARE, PYTHON_SHARE = 0.5, 0.2  # of the time for all others; beside a training in Python, too
TAKEN_SECONDS = 0.1  # how often it is looked whether it is to end, while the window takes nothing


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A moment that is handed over to be looked at.

    Attributes:
        instant: the weights are its own.
        begun: the number of the beginning that it follows.
        at_rest: nothing is trained meanwhile.
        in_python: the training needs the interpreter.
        slow: the probes that take long, as far as was found before.
        again: a training that makes the same updates again, for a run that came apart; else None.
    """

    instant: Instant
    begun: int
    at_rest: bool
    in_python: bool = False
    slow: frozenset[str] = frozenset()
    again: Trainer | None = None


class Watcher:
    """Looks at the newest moment, the quick probes first; what each says crosses when it is there.

    A run has two: what takes long is measured by another one, and keeps nothing else waiting.

    Arguments:
        trainer: the run's, of which only what never changes is used beside the training.
        mailbox: where what is measured goes; it has what is asked for.
        slow: gets the names of the probes that take long, which are found while training.
        takes_slow: whether it is these that it measures, or all others.

    Attributes:
        is_free: whether it could do with a newer moment.
    """

    def __init__(
        self, trainer: Trainer, mailbox: Mailbox, clock: Clock, slow: set[str], *, takes_slow: bool
    ) -> None:
        self._trainer = trainer
        self._slow = slow
        self._takes_slow = takes_slow
        self._observer: Observer | None = None
        self._mailbox = mailbox
        self._clock = clock
        self._changed = Condition()
        self._sight: Sight | None = None
        self._asked = 0
        self._stopped = False
        self.is_free = True
        self._begun = -1
        self._shown: tuple[Sight | None, SnapshotRequest | None, int] = None, None, 0
        self._open: frozenset[str] = frozenset()  # the probes that have more to do at this rest
        self._next = -math.inf
        self._seconds: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._search: Search | None = None
        self._let_in: Breathe = go_on

    # Called from other threads

    def show(self, sight: Sight) -> None:
        """Look at this moment from now on."""
        with self._changed:
            self._sight, self.is_free = sight, False
            self._changed.notify()

    def look_again(self) -> None:
        """Something else is asked for, or the same once more."""
        with self._changed:
            self._asked += 1
            self._changed.notify()

    def stop(self) -> None:
        """End after the probe under way."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def start(self) -> None:
        """Watch, on a thread of its own."""
        Thread(target=self._run, name=OBSERVING, daemon=True).start()

    # Its own thread

    def _run(self) -> None:
        while self._wait():
            self.look()

    def _wait(self) -> bool:
        """Until there is something to measure and the window has taken the last; False where it is to end."""
        while not self._stopped:
            if self._mailbox.taken.wait(TAKEN_SECONDS):
                with self._changed:
                    if (pause := self._pause()) == 0.0:
                        return not self._stopped
                    self._changed.wait(pause)
        return False

    def _pause(self) -> float | None:
        """How many seconds there is nothing to do; None is until something changes."""
        sight, request, _ = wanted = self._wanted()
        if self._stopped:
            return 0.0
        if sight is None or request is None:
            return None
        is_new = wanted != self._shown
        if is_new and sight.at_rest:
            return 0.0
        return max(0.0, self._next - self._clock()) if is_new or self._open else None

    def _wanted(self) -> tuple[Sight | None, SnapshotRequest | None, int]:
        return self._sight, self._mailbox.request, self._asked

    def look(self) -> None:
        """Measure what is asked for of the newest moment, as far as nothing newer is at rest meanwhile."""
        with self._changed:
            wanted = sight, request, _ = self._wanted()
            again = wanted == self._shown
        if sight is None or request is None or (again and not self._open):
            return
        begun = self._clock()
        if not again:
            self._shown = wanted
            self._open = frozenset(
                name for name in request.probes if (name in sight.slow) == self._takes_slow
            )
        try:
            self._measure(sight, request, again)
        except Exception as error:
            log.exception("looking at the training failed")
            self._open = frozenset()
            self._mailbox.tell(Notice(f"Measuring failed: {type(error).__name__}: {error}.", done=False))
        quick = 0.0 if self._takes_slow else sum(self._seconds.values())
        share = PYTHON_SHARE if sight.in_python else SHARE
        self._next = begun + (SLICE_SECONDS if sight.at_rest else max(LOOK_SECONDS, quick / share))
        self.is_free = True

    def _measure(self, sight: Sight, request: SnapshotRequest, again: bool) -> None:
        turns, names, look = self._mailbox.turns, self._in_turn(sight), None
        while (names or (look is None and not self._takes_slow)) and not self._is_over(sight):
            with turns.for_work() as self._let_in:
                until, gathered = self._clock() + TOGETHER_SECONDS, None
                if look is None:
                    look = self._look_at(sight, request)
                    if not (again or self._takes_slow):  # for what shows no probe, once for each moment
                        gathered = look.snapshot
                while names and (gathered is None or (self._clock() < until and not turns.is_painting)):
                    found = self._found(look, names.popleft(), sight)
                    gathered = found if gathered is None else gathered.with_results(found)
            if gathered is not None:
                self._mailbox.put(gathered, sight.begun)
        if not sight.at_rest:
            self._open = frozenset()

    def _look_at(self, sight: Sight, request: SnapshotRequest) -> Look:
        trainer = self._trainer
        if self._observer is None or sight.begun != self._begun:
            self._begun = sight.begun
            network, tolerance = trainer.network.twin(), trainer.config.task.tolerance
            self._observer = Observer(network, trainer.data, trainer.batches, tolerance)
            self._due.clear()
        self._observer.network.parameters.vector[:] = sight.instant.parameters
        return self._observer.look(request, sight.instant, at_rest=sight.at_rest, breathe=self._breathe)

    def _in_turn(self, sight: Sight) -> deque[str]:
        """The probes to be measured now, those first that took the least time."""
        now = self._clock()
        due = [name for name in self._open if sight.at_rest or self._due.get(name, now) <= now]
        return deque(sorted(due, key=lambda name: (self._seconds.get(name, 0.0), name)))

    def _note(self, name: str, seconds: float) -> None:
        """Remember what a probe took, and when it may be measured again while training."""
        share = PROBES[name].share if name in PROBES else 1.0
        if seconds > SLOW_SECONDS and not self._takes_slow:
            self._slow.add(name)
            self._seconds.pop(name, None)
            return
        self._seconds[name] = seconds
        share = min(share, SLOW_SHARE) if self._takes_slow else share
        self._due[name] = self._clock() + seconds * (1.0 / share - 1.0)

    def _is_over(self, sight: Sight) -> bool:
        """Whether to measure on is in vain: it is to end, or another moment or question has come at rest."""
        with self._changed:
            newest = self._sight
            if self._stopped or newest is None or newest.begun != sight.begun:
                return True
            return newest.at_rest and self._wanted() != self._shown

    def _found(self, look: Look, name: str, sight: Sight) -> Snapshot:
        """What a probe says; that of an explosion is a search in a training of its own."""
        began = time.thread_time()
        found = (
            look.with_result(name, self._explosion(look, sight)) if name == EXPLOSION else look.measure(name)
        )
        if not sight.at_rest:
            self._note(name, time.thread_time() - began)
        if getattr(found.probes.get(name), "complete", True):
            self._open -= {name}
        return found

    def _explosion(self, look: Look, sight: Sight) -> Explosion:
        if not sight.at_rest:
            return Explosion()
        of = look.snapshot.sequence, look.snapshot.update
        if self._search is None or self._search.of != of:
            self._search = Search(sight.again, *of)
        return self._search.go_on()

    def _breathe(self) -> None:
        self._let_in()

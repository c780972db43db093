"""Watcher: measures what the window looks at, with a network of its own, beside the training; no Qt."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Condition, Thread

from gui.bench.mailbox import Mailbox, Notice
from gui.bench.pace import Clock
from rnn.observing.observer import Look, Observer
from rnn.observing.probes import PROBES
from rnn.observing.snapshot import Instant, Snapshot, SnapshotRequest
from rnn.training.explosion import EXPLOSION, Explosion, Search
from rnn.training.trainer import Trainer

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.04  # no panel draws more often
SLICE_SECONDS = 0.02  # from one to the next, where a probe at rest has more to do
TOGETHER_SECONDS = 0.004  # what is measured in so short a time crosses together
SLOW_SECONDS = 0.02  # a probe that takes longer has its own, slower time
SLOW_SHARE = 0.2  # of the time, which such a probe may take
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
        again: a training that makes the same updates again, for a run that came apart; else None.
    """

    instant: Instant
    begun: int
    at_rest: bool
    in_python: bool = False
    again: Trainer | None = None


class Watcher:
    """Looks at the newest moment, the quick probes first; what each says crosses when it is there.

    Arguments:
        trainer: the run's, of which only what never changes is used beside the training.
        mailbox: where what is measured goes; it has what is asked for.

    Attributes:
        is_free: whether it could do with a newer moment.
    """

    def __init__(self, trainer: Trainer, mailbox: Mailbox, clock: Clock) -> None:
        self._network = trainer.network.twin()
        self._made_of = trainer.data, trainer.batches, trainer.config.task.tolerance
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
        Thread(target=self._run, name="observing", daemon=True).start()

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
            self._open = request.probes
        try:
            self._measure(sight, request, again)
        except Exception as error:
            log.exception("looking at the training failed")
            self._open = frozenset()
            self._mailbox.tell(Notice(f"Measuring failed: {type(error).__name__}: {error}.", done=False))
        quick = sum(seconds for name, seconds in self._seconds.items() if seconds <= SLOW_SECONDS)
        share = PYTHON_SHARE if sight.in_python else SHARE
        self._next = begun + (SLICE_SECONDS if sight.at_rest else max(LOOK_SECONDS, quick / share))
        self.is_free = True

    def _measure(self, sight: Sight, request: SnapshotRequest, again: bool) -> None:
        turns = self._mailbox.turns
        with turns.for_work():
            look = self._look_at(sight, request)
        # What shows no probe has it first, once for each moment.
        gathered, since = None if again else look.snapshot, self._clock()
        for name in self._in_turn(sight):
            if self._is_over(sight):
                return
            began = self._clock()
            with turns.for_work():
                found = self._found(look, name, sight)
            ended = self._clock()
            self._note(name, ended - began, ended)
            if getattr(found.probes.get(name), "complete", True):
                self._open -= {name}
            gathered = found if gathered is None else gathered.with_results(found)
            if ended - since >= TOGETHER_SECONDS:
                self._mailbox.put(gathered, sight.begun)
                gathered, since = None, ended
        if gathered is not None:
            self._mailbox.put(gathered, sight.begun)
        if not sight.at_rest:
            self._open = frozenset()

    def _look_at(self, sight: Sight, request: SnapshotRequest) -> Look:
        if sight.begun != self._begun:
            self._begun = sight.begun
            self._observer = Observer(self._network, *self._made_of)
            self._due.clear()
        self._network.parameters.vector[:] = sight.instant.parameters
        return self._observer.look(request, sight.instant, at_rest=sight.at_rest)

    def _in_turn(self, sight: Sight) -> Iterable[str]:
        """The probes to be measured now, those first that took the least time."""
        now = self._clock()
        due = [name for name in self._open if sight.at_rest or self._due.get(name, now) <= now]
        return sorted(due, key=lambda name: (self._seconds.get(name, 0.0), name))

    def _note(self, name: str, seconds: float, now: float) -> None:
        """Remember what a probe took, and when it may be measured again while training."""
        self._seconds[name] = seconds
        share = PROBES[name].share if name in PROBES else 1.0
        share = min(share, SLOW_SHARE) if seconds > SLOW_SECONDS else share
        self._due[name] = now + seconds * (1.0 / share - 1.0)

    def _is_over(self, sight: Sight) -> bool:
        """Whether to measure on is in vain: it is to end, or another moment or question has come at rest."""
        with self._changed:
            newest = self._sight
            if self._stopped or newest is None or newest.begun != sight.begun:
                return True
            return newest.at_rest and self._wanted() != self._shown

    def _found(self, look: Look, name: str, sight: Sight) -> Snapshot:
        """What a probe says; that of an explosion is a search in a training of its own."""
        if name != EXPLOSION:
            return look.measure(name)
        sequence, update = look.snapshot.sequence, look.snapshot.update
        if not sight.at_rest:
            found = Explosion()
        else:
            if self._search is None or self._search.of != (sequence, update):
                self._search = Search(sight.again, sequence, update)
            found = self._search.go_on()
        return look.with_result(name, found)

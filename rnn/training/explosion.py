"""Until when the gradient exploded in a run that came apart: its updates are made again, and looked at."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rnn.observing.probes.flow import Flow
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.outcome import Course

CHUNK = 50  # updates
CHUNKS = 3  # as many before it came apart are looked at, update by update
SLICE_SECONDS = 0.03
SECONDS = 20.0  # what takes longer is given up
MORE_EPOCHS = 1_000_000
EXPLOSION = "explosion"  # its name among the probes of a snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Explosion:
    """The last moment before a run came apart at which the gradient exploded, else the last that is finite.

    Attributes:
        update: how many were complete.
        flow: the gradient flow of the displayed sequence; None where the moment is not known.
        complete: the search is over.
    """

    update: int = 0
    flow: Flow | None = None
    complete: bool = True

    @property
    def exploded(self) -> bool:
        """Whether the gradient of some layer exploded."""
        return self.flow is not None and _explodes(self.flow)


class Search:
    """A search under way, with a training of its own.

    Arguments:
        again: a Trainer at its first update, which makes the same updates anew; None where there is none.
        sequence, update: of which sequence, counted from 0, and up to which update is searched.
    """

    def __init__(self, again: Any, sequence: int, update: int) -> None:
        self.of = sequence, update
        self._work = iter(()) if again is None else self._search(again)
        self._found = Explosion()
        self._seconds = 0.0

    def go_on(self) -> Explosion:
        """Search for a slice of time, and return how far that is."""
        begun = time.perf_counter()
        done = False
        while not done and time.perf_counter() - begun < SLICE_SECONDS:
            done = next(self._work, self) is self
        self._seconds += time.perf_counter() - begun
        if done or self._seconds > SECONDS:
            self._work = iter(())
            return self._found
        return Explosion(complete=False)

    def _search(self, again: Any) -> Iterator[None]:
        sequence, last = self.of
        again.extend(MORE_EPOCHS)
        course, states = Course(again.info().references), deque([again.state()], maxlen=CHUNKS + 1)
        while again.update < last and again.divergence is None and not course.is_blown_up:
            course.receive(again.advance(min(CHUNK, last - again.update), SLICE_SECONDS))
            if again.update - states[-1].update >= CHUNK:
                states.append(again.state())
            yield
        end = again.update
        again.restore(states[0])
        request = SnapshotRequest(sequence=sequence, probes=frozenset({"flow"}))
        while True:
            flow = again.snapshot(request).probe(Flow)
            if flow is None or any(layer.rate is None for layer in flow.layers):
                return
            if _explodes(flow) or not self._found.exploded:
                self._found = Explosion(again.update, flow)
            if again.update >= end:
                return
            again.advance(1)
            yield


def _explodes(flow: Flow) -> bool:
    return any(layer.verdict == "exploding" for layer in flow.layers)

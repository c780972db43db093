"""Playback: the weights of any update of the past, and what a probe needs beside them."""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence

from rnn.data.batches import Batches
from rnn.data.tasks import Data
from rnn.errors import ScopeError
from rnn.model.network import Network
from rnn.observing.observer import Observer
from rnn.observing.snapshot import Instant, Snapshot, SnapshotRequest
from rnn.recording.recording import Recording
from rnn.training.trainer import Trainer

SLICE = 0.02  # seconds of training, after which a seek may be dropped


class Playback(ABC):
    """A training that stands at one of its moments, and goes to any other; it belongs to one thread.

    Arguments:
        network: takes the weights of the moment; nothing else trains it.
        data, batches, tolerance: as in `Observer`.
    """

    def __init__(self, network: Network, data: Data, batches: Batches, tolerance: float | None) -> None:
        self.network = network
        self._made_of = data, batches, tolerance
        self._observer = Observer(network, *self._made_of)

    @property
    @abstractmethod
    def last(self) -> int:
        """The newest update that it can go to."""

    @property
    @abstractmethod
    def instant(self) -> Instant:
        """The moment at which it stands."""

    @abstractmethod
    def estimate(self, update: int) -> float:
        """How many seconds it would take to go to an update, about."""

    @abstractmethod
    def _go(self, update: int) -> Generator[float, None, None]:
        """As `seek`."""

    def seek(self, update: int) -> Generator[float, None, None]:
        """Go to an update, at most the last one, with all that was done to the run there.

        It yields what share of the way is done, first at the moment nearest before that it has at once, then
        every some milliseconds. Where it is not asked to go on, it stands where it came to.

        Raises:
            ScopeError: what made the updates cannot be had here.
        """
        for share in self._go(min(max(update, 0), self.last)):
            self._observer = Observer(self.network, *self._made_of)
            yield share

    def go_to(self, update: int) -> None:
        """Go to an update, all of the way."""
        for _ in self.seek(update):
            pass

    def snapshot(self, request: SnapshotRequest) -> Snapshot:
        """What the moment at which it stands shows."""
        return self._observer.snapshot(request, self.instant)


class Replay(Playback):
    """The moments of a run that trains again: from the checkpoint before, with the engine that made it.

    Arguments:
        recording: of a run that may be going on.
        trainer: of the same run, driven by nobody else, such as a twin of the one that is recorded.

    Attributes:
        trainer: stands at the moment.
    """

    def __init__(self, recording: Recording, trainer: Trainer) -> None:
        super().__init__(trainer.network, trainer.data, trainer.batches, trainer.config.task.tolerance)
        self.trainer = trainer
        self._recording = recording
        self._restore(0)

    @property
    def last(self) -> int:
        return self._recording.update

    @property
    def instant(self) -> Instant:
        return self.trainer.instant

    def estimate(self, update: int) -> float:
        recording, checkpoint = self._recording, self._recording.before(update)
        begin = (
            recording.seconds_to(self.trainer.update) if self._is_on_the_way(update) else checkpoint.seconds
        )
        return recording.seconds_to(update) - begin

    def _go(self, update: int) -> Generator[float, None, None]:
        if not self._is_on_the_way(update):
            self._restore(update)
        yield 0.0
        begin, events = self.trainer.update, self._recording.events
        for event in events[self._events :]:
            if event.update > update:
                break
            yield from self._train_on(begin, event.update, update)
            getattr(self.trainer, event.order)(*event.arguments)
            self._events += 1
        yield from self._train_on(begin, update, update)
        yield 1.0

    def _is_on_the_way(self, update: int) -> bool:
        """Whether it stands nearer before an update than the checkpoint."""
        return self._recording.before(update).state.update <= self.trainer.update <= update

    def _restore(self, update: int) -> None:
        checkpoint = self._recording.before(update)
        self.trainer.restore(checkpoint.state)
        self._events = checkpoint.events

    def _train_on(self, begin: int, update: int, end: int) -> Generator[float, None, None]:
        """On to an update; yields the share of the way from ``begin`` to ``end``."""
        trainer = self.trainer
        if trainer.choice is None and self._recording.engine is not None and trainer.update < update:
            trainer.use_named(self._recording.engine)
        while (trainer.update < update or trainer.validating) and not trainer.finished:
            trainer.advance(update - trainer.update, SLICE)
            yield (trainer.update - begin) / max(1, end - begin)
        if trainer.update < update:
            raise ScopeError(f"Trained again, it came only to update {trainer.update:,} of {update:,}")


class Stored(Playback):
    """Moments of a training of which nothing else is known: between two of them there is nothing.

    Arguments:
        moments: at least one, in their order.
    """

    def __init__(
        self,
        moments: Sequence[Instant],
        network: Network,
        data: Data,
        batches: Batches,
        tolerance: float | None = None,
    ) -> None:
        super().__init__(network, data, batches, tolerance)
        self._moments = moments
        self._stand_at(0)

    @property
    def last(self) -> int:
        return self._moments[-1].update

    @property
    def instant(self) -> Instant:
        return self._instant

    def estimate(self, update: int) -> float:
        return 0.0

    def _go(self, update: int) -> Generator[float, None, None]:
        place = bisect.bisect(self._moments, update, key=lambda moment: moment.update)
        self._stand_at(max(0, place - 1))
        yield 1.0

    def _stand_at(self, place: int) -> None:
        self._instant = self._moments[place]
        self.network.parameters.vector[:] = self._instant.parameters

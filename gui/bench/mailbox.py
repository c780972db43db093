"""What crosses between the threads of a run and the window; plain Python, no Qt.

To the window go the scalars of every update and every notice, all of them, and of what is measured and of the
status only the newest. To the threads goes what the window looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Lock
from typing import Literal

from gui.bench.turns import Turns
from rnn.observing.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.training.outcome import Failure
from rnn.training.scalars import Scalars

State = Literal["ready", "running", "paused", "finished", "diverged", "failed"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a run stands.

    Attributes:
        state: what the thread is doing.
        epoch: complete epochs.
        target_epochs: where it stops by itself.
        update: complete updates.
        fraction: of all updates asked for, from 0 to 1.
        message: one sentence after a divergence or a failure.
        engine: what makes its updates, such as "compiled"; empty before the first one.
        why: why that is not the compiled one, where that was not asked for.
        failure: how the training has failed; None where it has not.
    """

    state: State
    epoch: int
    target_epochs: int
    update: int
    fraction: float
    message: str = ""
    engine: str = ""
    why: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What came of something that a person asked for: one sentence, and whether it was done."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Update:
    """What the window takes out of the mailbox at once, to be used in this order.

    Attributes:
        refused: why the run cannot begin; nothing else comes then.
        begun: the run began, or began again, before all that follows.
        scalars: all that came since the last take.
        snapshots: the newest of each measurement that came, in the order in which they were made.
        status: the newest one, or None where it is as before.
        notices: all that came since the last take.
    """

    refused: Exception | None
    begun: RunInfo | None
    scalars: tuple[Scalars, ...]
    snapshots: tuple[Snapshot, ...]
    status: Status | None
    notices: tuple[Notice, ...]


class Mailbox:
    """The one place where the threads meet; with no request, measuring waits until the window asks.

    Attributes:
        turns: who runs Python.
        taken: set while the window has taken all that was measured.
    """

    def __init__(self, request: SnapshotRequest | None) -> None:
        self._lock = Lock()
        self._refused: Exception | None = None
        self._begun: RunInfo | None = None
        self._scalars: list[Scalars] = []
        self._snapshots: dict[frozenset[str], Snapshot] = {}
        self._status: Status | None = None
        self._notices: list[Notice] = []
        self._request = request
        self._beginnings = 0
        self.turns = Turns()
        self.taken = Event()
        self.taken.set()

    # The thread's side

    def refuse(self, error: Exception) -> None:
        """The run cannot begin, because of this."""
        with self._lock:
            self._refused = error

    def begin(self, info: RunInfo) -> int:
        """A run begins, or begins again: what was waiting belongs to the past and is dropped.

        Returns:
            The number of this beginning, which goes with what is measured after it.
        """
        with self._lock:
            self._begun = info
            self._scalars.clear()
            self._snapshots.clear()
            self._status = None
            self._beginnings += 1
            self.taken.set()
            return self._beginnings

    def add(self, scalars: Scalars) -> None:
        """Hand over the scalars of a burst."""
        if len(scalars.loss) or scalars.epochs:
            with self._lock:
                self._scalars.append(scalars)

    @property
    def request(self) -> SnapshotRequest | None:
        """What the window looks at; None before it has said so."""
        with self._lock:
            return self._request

    def put(self, snapshot: Snapshot, begun: int) -> None:
        """Hand over a measurement, in the place of one not taken, unless it is of a past beginning."""
        with self._lock:
            if begun == self._beginnings:
                of = frozenset(snapshot.probes) | frozenset(snapshot.failures)
                self._snapshots.pop(of, None)
                self._snapshots[of] = snapshot
                self.taken.clear()

    def report(self, status: Status) -> None:
        """Hand over where the run stands."""
        with self._lock:
            self._status = status

    def tell(self, notice: Notice) -> None:
        """Hand over what came of something that a person asked for."""
        with self._lock:
            self._notices.append(notice)

    # The window's side

    def ask(self, request: SnapshotRequest) -> None:
        """What the window looks at from now on."""
        with self._lock:
            self._request = request

    def take(self) -> Update:
        """Everything that has come since the last take."""
        with self._lock:
            update = Update(
                self._refused,
                self._begun,
                tuple(self._scalars),
                tuple(self._snapshots.values()),
                self._status,
                tuple(self._notices),
            )
            self._refused = self._begun = self._status = None
            self._scalars.clear()
            self._snapshots.clear()
            self.taken.set()
            self._notices.clear()
            return update

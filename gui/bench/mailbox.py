"""What crosses between the training thread and the window; plain Python, no Qt.

To the window go the scalars of every update and every notice, all of them, and the newest snapshot and
status, only the newest. To the thread goes what the next snapshot should hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
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
        snapshot: the newest one, or None where none came.
        status: the newest one, or None where it is as before.
        notices: all that came since the last take.
    """

    refused: Exception | None
    begun: RunInfo | None
    scalars: tuple[Scalars, ...]
    snapshot: Snapshot | None
    status: Status | None
    notices: tuple[Notice, ...]


class Mailbox:
    """The one place where the two threads meet; with no request, snapshots wait until the window asks.

    Attributes:
        turns: who runs Python.
    """

    def __init__(self, request: SnapshotRequest | None) -> None:
        self._lock = Lock()
        self._refused: Exception | None = None
        self._begun: RunInfo | None = None
        self._scalars: list[Scalars] = []
        self._snapshot: Snapshot | None = None
        self._status: Status | None = None
        self._notices: list[Notice] = []
        self._request = request
        self.turns = Turns()

    # The thread's side

    def refuse(self, error: Exception) -> None:
        """The run cannot begin, because of this."""
        with self._lock:
            self._refused = error

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: what was waiting belongs to the past and is dropped."""
        with self._lock:
            self._begun = info
            self._scalars.clear()
            self._snapshot = self._status = None

    def add(self, scalars: Scalars) -> None:
        """Hand over the scalars of a burst."""
        if len(scalars.loss) or scalars.epochs:
            with self._lock:
                self._scalars.append(scalars)

    def wanted(self) -> SnapshotRequest | None:
        """What the window would look at next; None while it has not taken the last snapshot."""
        with self._lock:
            return self._request if self._snapshot is None else None

    @property
    def request(self) -> SnapshotRequest | None:
        """What snapshots should hold; None before the window has said so."""
        with self._lock:
            return self._request

    def put(self, snapshot: Snapshot) -> None:
        """Hand over a snapshot, in the place of one that was not taken."""
        with self._lock:
            self._snapshot = snapshot

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
        """What snapshots should hold from now on."""
        with self._lock:
            self._request = request

    def take(self) -> Update:
        """Everything that has come since the last take."""
        with self._lock:
            update = Update(
                self._refused,
                self._begun,
                tuple(self._scalars),
                self._snapshot,
                self._status,
                tuple(self._notices),
            )
            self._refused = self._begun = self._snapshot = self._status = None
            self._scalars.clear()
            self._notices.clear()
            return update

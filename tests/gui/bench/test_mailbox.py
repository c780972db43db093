"""What crosses between the threads."""

import threading

import numpy as np

from gui.bench.mailbox import Mailbox, Notice, Status
from rnn.config import RunConfig
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.trainer import Trainer


def scalars(first: int, count: int) -> Scalars:
    numbers = np.arange(first, first + count, dtype=float)
    return Scalars(first, numbers, numbers, numbers, ())


def test_all_scalars_arrive_once_and_in_order() -> None:
    mailbox = Mailbox(SnapshotRequest())
    total = 20_000

    def send() -> None:
        for first in range(1, total + 1, 4):
            mailbox.add(scalars(first, 4))

    thread = threading.Thread(target=send)
    thread.start()
    received: list[float] = []
    while thread.is_alive() or len(received) < total:
        for part in mailbox.take().scalars:
            received.extend(part.loss)
    thread.join()
    assert received == list(range(1, total + 1))
    assert mailbox.take().scalars == ()


def test_an_epoch_without_an_update_is_not_lost() -> None:
    mailbox = Mailbox(SnapshotRequest())
    end = EpochResult(1, 100, 0.5, None, None)
    mailbox.add(Scalars(101, np.array([]), np.array([]), np.array([]), (end,)))
    mailbox.add(scalars(101, 0))
    (only,) = mailbox.take().scalars
    assert only.epochs == (end,)


def test_of_each_measurement_only_the_newest_is_kept_until_it_is_taken() -> None:
    mailbox, trainer = Mailbox(SnapshotRequest()), Trainer(RunConfig())
    begun = mailbox.begin(trainer.info())
    flow, pairs = (SnapshotRequest(probes=frozenset({name})) for name in ("flow", "pairs"))
    first = trainer.snapshot(flow)
    trainer.advance(updates=5)
    second, other = trainer.snapshot(flow), trainer.snapshot(pairs)
    assert mailbox.taken.is_set()
    for snapshot in (first, other, second):
        mailbox.put(snapshot, begun)
    assert not mailbox.taken.is_set()
    assert mailbox.take().snapshots == (other, second)
    assert mailbox.taken.is_set()
    assert mailbox.take().snapshots == ()


def test_beginning_again_drops_what_belongs_to_the_past() -> None:
    mailbox, trainer = Mailbox(SnapshotRequest()), Trainer(RunConfig())
    mailbox.add(scalars(1, 3))
    before = mailbox.begin(trainer.info())
    old = trainer.snapshot(SnapshotRequest())
    mailbox.put(old, before)
    mailbox.report(Status("running", 0, 9, 3, 0.0))
    mailbox.tell(Notice("Saved.", done=True))
    info = trainer.info()
    mailbox.begin(info)
    mailbox.put(old, before)  # it was being measured meanwhile
    mailbox.add(scalars(1, 2))
    update = mailbox.take()
    assert update.begun is info
    assert [notice.text for notice in update.notices] == ["Saved."]
    assert [len(part.loss) for part in update.scalars] == [2]
    assert update.snapshots == ()
    assert mailbox.taken.is_set()
    assert update.status is None
    assert mailbox.take().begun is None


def test_no_notice_and_no_refusal_is_lost_or_told_twice() -> None:
    mailbox, error = Mailbox(None), ValueError("planted")
    assert mailbox.request is None
    mailbox.tell(Notice("One.", done=True))
    mailbox.tell(Notice("Two.", done=False))
    mailbox.refuse(error)
    update = mailbox.take()
    assert [(notice.text, notice.done) for notice in update.notices] == [("One.", True), ("Two.", False)]
    assert update.refused is error
    assert (mailbox.take().notices, mailbox.take().refused) == ((), None)

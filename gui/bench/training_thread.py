"""The thread that makes a trainer and drives it, outside the window's thread; plain Python, no Qt."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from contextlib import suppress
from threading import Semaphore, Thread
from typing import Concatenate, ParamSpec

from gui.bench.driver import Driver
from gui.bench.mailbox import Mailbox
from gui.bench.pace import Clock
from gui.bench.watcher import Watcher
from rnn.errors import ScopeError
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer

log = logging.getLogger(__name__)
GIVEN_UP = "Reading was given up, since a file of the run did not answer"
P = ParamSpec("P")


class TrainingThread(Thread):
    """Makes its trainer, trains in bursts, obeys orders in between, and sleeps while there is nothing to do.

    The methods below may be called from another thread at any moment and however often; each returns at once,
    and takes effect once the trainer is made and the burst under way is over: some milliseconds, or one
    update or snapshot where that takes longer.

    Args:
        make: makes the trainer, on this thread, which may take long; what it raises goes to the mailbox.
        mailbox: where everything goes that the window should see.
        rate: updates a second, or None for full speed.
        turns: how many threads may make their trainers at the same time.
        clock: by which the pace is kept.
    """

    def __init__(
        self,
        make: Callable[[], Trainer],
        mailbox: Mailbox,
        rate: float | None,
        turns: Semaphore,
        *,
        clock: Clock,
    ) -> None:
        super().__init__(name="training", daemon=True)
        self._make = make
        self._mailbox = mailbox
        self._rate = rate
        self._turns = turns
        self._clock = clock
        self._turn: queue.SimpleQueue[None] = queue.SimpleQueue()  # holds one thing while it has its turn
        self._orders: queue.SimpleQueue[Callable[[Driver], None]] = queue.SimpleQueue()
        self._given_up = self._abandoned = False
        self._stopped = False
        self._watchers: tuple[Watcher, ...] = ()

    # Orders

    def order(self, do: Callable[Concatenate[Driver, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do this of the driver's, such as ``order(Driver.set_rate, 10.0)``."""
        self._orders.put(lambda driver: do(driver, *args, **kwargs))

    def look(self, request: SnapshotRequest) -> None:
        """Measure this from now on."""
        self._mailbox.ask(request)
        for watcher in self._watchers:
            watcher.look_again()

    def hand_on(self, successor: TrainingThread) -> None:
        """If it trains when this order's turn comes, the successor trains too."""

        def hand_on(driver: Driver) -> None:
            if driver.trains_on:
                successor.order(Driver.start)

        self._orders.put(hand_on)

    def stop(self) -> None:
        """End the thread; ``join`` waits for the burst under way, or for the making of the trainer."""
        self._given_up = True
        self._orders.put(self._leave)

    def give_up(self) -> None:
        """End the thread although it makes its trainer still, and waits for a file that may never answer."""
        self._abandoned = True
        self.stop()
        self._mailbox.refuse(ScopeError(GIVEN_UP))
        self._end_turn()

    # The thread

    def run(self) -> None:
        driver = self._prepare()
        if driver is None:
            return
        self._watchers = driver.watchers
        for watcher in self._watchers:
            watcher.start()
        while not self._stopped:
            try:
                self._work(driver)
            except Exception as error:
                log.exception("the training failed")
                what = str(error) if isinstance(error, ScopeError) else f"{type(error).__name__}: {error}"
                driver.fail(f"Training stopped: {what}")
        for watcher in self._watchers:
            watcher.stop()

    def _work(self, driver: Driver) -> None:
        """Obey, hand over and train until it is stopped."""
        self._obey(driver, 0.0)
        while not self._stopped:
            driver.show()
            self._obey(driver, driver.idle_seconds())
            if not self._stopped:
                driver.train()

    def _prepare(self) -> Driver | None:
        """A driver with its trainer; None where that was refused, or is no longer wanted."""
        self._turns.acquire()
        self._turn.put(None)
        try:
            if self._given_up:
                return None
            trainer = self._make()
            return None if self._abandoned else Driver(trainer, self._mailbox, self._rate, self._clock)
        except ScopeError as error:
            self._mailbox.refuse(error)
        except MemoryError:
            self._mailbox.refuse(ScopeError("This run is too large for the memory of this machine"))
        except Exception as error:
            log.exception("the run could not begin")
            self._mailbox.refuse(error)
        finally:
            self._end_turn()
        return None

    def _end_turn(self) -> None:
        """Let another one make its trainer; the second time nothing follows."""
        with suppress(queue.Empty):
            self._turn.get_nowait()
            self._turns.release()

    def _obey(self, driver: Driver, seconds: float | None) -> None:
        """Carry out all orders; wait for the first one so long."""
        try:
            order = self._orders.get_nowait() if seconds == 0.0 else self._orders.get(timeout=seconds)
            while True:
                order(driver)
                order = self._orders.get_nowait()
        except queue.Empty:
            pass

    def _leave(self, _: Driver) -> None:
        self._stopped = True

"""What an engine is: it makes the updates of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from rnn.array import Array
from rnn.batch import Classes
from rnn.batches import Batches
from rnn.config import TrainingConfig
from rnn.network import Network, States
from rnn.tasks import Sequences

Failure = Literal["gradient", "weights"]


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """Consecutive updates that were made.

    Attributes:
        loss: (K,) the loss of each update's batch as the readout reports it, before the step.
        grad_norm: (K,) the norm of the whole gradient, before clipping.
        failed: what was not finite in the update after these, which is not among them: the loss or the
            ``gradient``, and the parameters are as they were before it, or the ``weights`` after its step,
            and they stand in the network; None where nothing failed.
    """

    loss: Array
    grad_norm: Array
    failed: Failure | None = None


class Engine:
    """Makes updates: forward, loss, backward, clipping, the optimizer's step; the network's weights change.

    It remembers what goes on from one update to the next but for the weights: the optimizer's averages, and
    the states that are carried. How many updates one call makes changes no bit.

    Attributes:
        name: its key in ENGINES.
        title: what a person calls it.
        releases_gil: whether other threads run Python meanwhile.
        before: (P,) the parameters before the last update that was tried.

    Arguments:
        network: the one that is trained.
        sequences: what it is trained on.
        batches: how they are cut into updates.
        optimizer: a name in OPTIMIZERS.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    releases_gil: ClassVar[bool]
    before: Array

    def __init__(self, network: Network, sequences: Sequences, batches: Batches, optimizer: str) -> None:
        raise NotImplementedError

    def begin_epoch(self, order: Classes | None) -> None:
        """Start from the first states, and take the sequences in this order (N,); None is their own."""
        raise NotImplementedError

    def states(self, position: int) -> States:
        """What the next update, or the one that failed, starts in: for each layer its states, each (B, H).

        Arguments:
            position: the updates of the epoch before it.
        """
        raise NotImplementedError

    def train(
        self,
        training: TrainingConfig,
        position: int,
        rates: Callable[[int, int], Array],
        updates: int,
        deadline: float,
    ) -> Burst:
        """Make the next updates of the epoch.

        It ends after ``updates``, at the deadline, or where something is not finite. One update at least is
        always tried, and none is broken off.

        Arguments:
            training: the live settings of now: clipping, weight decay, truncation.
            position: the updates of this epoch that were made.
            rates: gives the learning rates (n,) of n updates, from this position of the epoch on.
            updates: the most to be made, at most as many as the epoch has left.
            deadline: one of ``time.perf_counter()``.
        """
        raise NotImplementedError

"""What an engine is: it makes the updates of one run, and validates at the end of every epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from rnn.array import Array, frozen
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.batch import Classes
from rnn.model.cells import State
from rnn.model.network import Network, States
from rnn.training.validation import HeldOut

Failure = Literal["gradient", "weights", "validation"]


class Measured(NamedTuple):
    """What was measured at the end of an epoch, each None where there is nothing of its kind.

    Attributes:
        loss: over all held-out sequences, as the readout reports it.
        accuracy: the share of their scored answers that are right.
    """

    loss: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """Consecutive updates that were made.

    Attributes:
        loss: (K,) the loss of each update's batch as the readout reports it, before the step.
        grad_norm: (K,) the norm of the whole gradient, before clipping.
        failed: what was not finite in the update after these, which is not among them: the loss or the
            ``gradient``, and the parameters are as they were before it, or the ``weights`` after its step,
            and they stand in the network; or the loss of the ``validation`` after these; None where nothing
            failed.
        ended: of each epoch that ended among them what was measured then.
    """

    loss: Array
    grad_norm: Array
    failed: Failure | None = None
    ended: tuple[Measured, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class EngineState:
    """What an engine remembers from one update to the next, but for the weights.

    Attributes:
        name: the engine's.
        partition: into how many parts it cuts a batch.
        precision: what its numbers are.
        before: (P,) the parameters before the last update that was tried.
        optimizer: what the optimizer remembers, arrays and numbers by name.
        carried: where states are carried, for each layer those that the next update begins in.
    """

    name: str
    partition: int
    precision: str
    before: Array
    optimizer: Mapping[str, Any]
    carried: tuple[State, ...]


class Engine:
    """Makes updates: forward, loss, backward, clipping, the optimizer's step; the network's weights change.

    It remembers what goes on from one update to the next but for the weights: the optimizer's averages, the
    states that are carried, and how far a validation is. How many updates one call makes changes no bit.

    Attributes:
        name: its key in ENGINES.
        title: what a person calls it.
        releases_gil: whether other threads run Python meanwhile.
        partition, precision, before: as in `EngineState`.

    Arguments:
        network: the one that is trained.
        sequences: what it is trained on.
        batches: how they are cut into updates.
        optimizer: a name in OPTIMIZERS.
        held_out: what it is measured on at the end of every epoch.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    releases_gil: ClassVar[bool]
    partition: ClassVar[int] = 1
    precision: ClassVar[str] = "float64"
    before: Array

    def __init__(
        self,
        network: Network,
        sequences: Sequences,
        batches: Batches,
        optimizer: str,
        held_out: HeldOut | None = None,
    ) -> None:
        self._network, self._sequences, self._batches = network, sequences, batches
        self._held_out = held_out
        self.before = network.parameters.vector.copy()
        self._prepare(optimizer)
        self.begin_epoch(None)

    def _prepare(self, optimizer: str) -> None:
        """Make what lives as long as the engine."""
        raise NotImplementedError

    def begin_epoch(self, order: Classes | None) -> None:
        """Start from the first states, and take the sequences in this order (N,); None is their own."""
        raise NotImplementedError

    def state(self, position: int) -> EngineState:
        """What it remembers after so many updates of the epoch; a validation under way would begin anew."""
        states = self.states(position) if self._batches.carried else []
        carried = tuple(tuple(map(frozen, layer)) for layer in states)
        before, memory = frozen(self.before), self._memory()
        return EngineState(self.name, self.partition, self.precision, before, memory, carried)

    def restore(self, state: EngineState, order: Classes | None) -> None:
        """Go on from where an engine of its kind was, in an epoch of this order."""
        self.begin_epoch(order)
        self.before[:] = state.before
        self._remember(state.optimizer)
        if state.carried:
            self._carry(state.carried)

    def _memory(self) -> dict[str, Any]:
        """A copy of what the optimizer remembers."""
        raise NotImplementedError

    def _remember(self, memory: Mapping[str, Any]) -> None:
        """Have the optimizer remember a copy of this."""
        raise NotImplementedError

    def _carry(self, states: Sequence[State]) -> None:
        """Begin the next update in these states."""
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
        updates: float,
        epochs: int,
        *,
        deadline: float,
    ) -> Burst:
        """Make the next updates, and after the last one of an epoch the validation, with which it ends.

        The next epoch begins in the first states, in the same order. The call ends after ``updates`` and the
        validation that follows them, after ``epochs``, or where something is not finite; sooner at the end of
        an epoch, after very many updates, or where the deadline is near. An update or a part of a validation
        is always made, and none is broken off.

        Arguments:
            training: the live settings of now: clipping, weight decay, truncation.
            position: the updates of this epoch that were made; after all of them the validation is next.
            rates: gives the learning rates (n,) of n updates, from this position on, which counts on through
                the epochs that follow.
            updates: the most to be made; at least one, but where the validation is next.
            epochs: the most that may end.
            deadline: one of ``time.perf_counter()``.
        """
        raise NotImplementedError

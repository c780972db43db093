"""The compiled engine: the same as in NumPy, many epochs in one call that leaves Python free."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from rnn.array import Array
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.batch import Classes
from rnn.model.cells import State
from rnn.model.network import Network, States
from rnn.model.readout import SoftmaxNll, SquaredError
from rnn.training.engines.base import Burst, Engine, Failure, Measured
from rnn.training.engines.compiled.call import Call, address, record
from rnn.training.engines.compiled.layout import Layout
from rnn.training.engines.compiled.loading import Step
from rnn.training.engines.compiled.problem import posed
from rnn.training.engines.compiled.round import Round
from rnn.training.engines.compiled.support import codes
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.validation import HeldOut

FAILURES: dict[int, Failure | None] = {0: None, 1: "gradient", 2: "weights", 3: "validation"}
NEVER = -1.0  # no number is so near its target
AT_MOST = 1_000_000  # updates a call: there is memory for what is measured of each before the first is made


class Compiled(Engine):
    """Updates and validation by compiled functions, for every network and optimizer that `compiles`.

    An epoch is a round of passes: its updates, then one for each batch of what is held out.
    """

    name = "compiled"
    title = "compiled"
    releases_gil = True
    _step: ClassVar[Step]

    def _prepare(self, optimizer: str) -> None:
        network, batches, held_out = self._network, self._batches, self._held_out
        known = codes(network, optimizer)
        assert known is not None
        self._layouts = [Layout(network, self._sequences, batches, known)]
        self._problem = self._measured_on = posed(network, self._sequences, batches, self._layouts[0])
        self._rates_answers, self._scores = False, 0
        passes, tolerance = 0, NEVER
        if held_out is not None:
            parts = Batches(held_out.sequences.count, held_out.at_once, held_out.carry)
            self._layouts.append(Layout(network, held_out.sequences, parts, known))
            self._measured_on = posed(network, held_out.sequences, parts, self._layouts[1])
            self._rates_answers = network.readout.rates(held_out.tolerance)
            self._scores = held_out.sequences.scores
            passes = parts.updates
            tolerance = NEVER if held_out.tolerance is None else held_out.tolerance
        self._round = Round(batches.updates, passes)
        P = self.before.size
        self._average, self._square = np.zeros(P), np.zeros(P)
        self._records = np.concatenate([record(self._problem), record(self._measured_on)])
        self._call = Call(
            problems=address(self._records),
            weights=P,
            parameters=address(network.parameters.vector),
            before=address(self.before),
            average=address(self._average),
            square=address(self._square),
            tolerance=tolerance,
            an_epoch=self._round.passes,
        )
        self._made = 0
        self._own_order = self._problem.numbers

    @property
    def gradient(self) -> Array:
        """(P,) the gradient of the last update, as it was handed to the optimizer."""
        return self._layouts[0].gradient

    def begin_epoch(self, order: Classes | None) -> None:
        self._problem = self._problem.in_order(self._own_order if order is None else order)
        self._records[0]["numbers"] = address(self._problem.numbers)
        self._validated = 0  # passes of the validation that were made
        self._so_far = np.zeros(2)  # what they add to the loss, and how many answers were right
        for layout in self._layouts:
            layout.clear_states()

    def _memory(self) -> dict[str, Any]:
        return {"average": self._average.copy(), "square": self._square.copy(), "made": self._made}

    def _remember(self, memory: Mapping[str, Any]) -> None:
        self._average[:], self._square[:] = memory["average"], memory["square"]
        self._made = memory["made"]

    def _carry(self, states: Sequence[State]) -> None:
        self._layouts[0].begin_in(states)

    def states(self, position: int) -> States:
        return self._layouts[0].states(self._batches.size_of(position), self._network.cell.states)

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
        begun = time.perf_counter()
        place, whole = position + self._validated, self._round
        most = min(whole.passes_to(position + min(updates, AT_MOST)), epochs * whole.passes) - place
        passes = whole.affordable(place, most, deadline - begun)
        planned = whole.updates_to(place + passes) - position
        losses, norms = np.empty(planned), np.empty(planned)
        measured = np.zeros(((place + passes) // whole.passes + 1, 2))
        measured[0] = self._so_far
        given = np.ascontiguousarray(rates(position, planned), dtype=np.float64)
        call = self._call
        call.updates, call.rates = planned, address(given)
        call.losses, call.norms = address(losses), address(norms)
        call.epochs, call.measured = len(measured), address(measured)
        call.clip_norm = math.inf if training.clip_norm is None else training.clip_norm
        call.clip_value = math.inf if training.clip_value is None else training.clip_value
        call.weight_decay = training.weight_decay
        call.place, call.passes, call.made = place, passes, self._made
        call.truncation = training.truncation or int(self._layouts[0].plan[0]["steps"])
        self._step(call)
        whole.took(place, passes, time.perf_counter() - begun)
        ended, now = divmod(place + call.done, whole.passes)
        count = whole.updates_to(place + call.done) - position
        self._made += count
        self._validated = max(0, now - whole.updates)
        self._so_far = measured[ended].copy()
        return Burst(losses[:count], norms[:count], FAILURES[call.code], self._results(measured[:ended]))

    def _results(self, measured: Array) -> tuple[Measured, ...]:
        """What was measured at the end of each epoch, from the losses and the right answers (E, 2)."""
        if self._scores == 0:
            return (Measured(),) * len(measured)
        losses, right = measured.T.tolist()
        if not self._rates_answers:
            return tuple(map(Measured, losses))
        return tuple(map(Measured, losses, [answers / self._scores for answers in right]))


def use(step: Step) -> None:
    """Have the engine make its updates with this function."""
    Compiled._step = step


def trial() -> None:
    """Train two small networks, to see whether the function is right.

    Raises:
        ArithmeticError: it is not.
    """
    for readout, optimizer in ((SquaredError, "sgd"), (SoftmaxNll, "adam")):
        trained = []
        for kind in (Numpy, Compiled):
            network = Network(2, [3], 2, readout=readout)
            weights = network.parameters.vector
            weights[:] = np.linspace(-1.0, 1.0, weights.size)
            y = np.ones((4, 2), dtype=np.int64) if readout.classes else np.ones((4, 2, 2))
            sequences = Sequences(np.linspace(-1.0, 1.0, 16).reshape(4, 2, 2), y)
            engine = kind(network, sequences, Batches(2, 1, False), optimizer, HeldOut(sequences, False))
            burst = engine.train(TrainingConfig(), 0, lambda _, n: np.full(n, 0.1), 2, 1, deadline=math.inf)
            losses = [measured.loss for measured in burst.ended]
            trained.append([*weights, *burst.loss, *burst.grad_norm, *losses])
        wanted, found = map(np.array, trained)
        if wanted.shape != found.shape or not np.allclose(found, wanted, rtol=1e-9, atol=0.0):
            raise ArithmeticError("it computes something else")

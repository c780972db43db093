"""The compiled engine: the same as in NumPy, many epochs in one call that leaves Python free."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from rnn.array import Array
from rnn.batch import Classes
from rnn.batches import Batches
from rnn.config import TrainingConfig
from rnn.engines.base import Burst, Engine, Failure, Measured
from rnn.engines.compiled.layout import Layout
from rnn.engines.compiled.problem import posed
from rnn.engines.compiled.round import Round
from rnn.engines.compiled.support import codes
from rnn.network import Network, States
from rnn.tasks import Sequences
from rnn.validation import HeldOut

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

    def __init__(
        self,
        network: Network,
        sequences: Sequences,
        batches: Batches,
        optimizer: str,
        held_out: HeldOut | None = None,
    ) -> None:
        from rnn.engines.compiled.kernels.burst import burst

        self._burst = burst
        self._network, self._batches = network, batches
        known = codes(network, optimizer)
        assert known is not None
        self._layouts = [Layout(network, sequences, batches, known)]
        self._problem = self._measured_on = posed(network, sequences, batches, self._layouts[0])
        self._rates_answers, self._scores, self._tolerance = False, 0, NEVER
        passes = 0
        if held_out is not None:
            parts = Batches(held_out.sequences.count, held_out.at_once, held_out.carry)
            self._layouts.append(Layout(network, held_out.sequences, parts, known))
            self._measured_on = posed(network, held_out.sequences, parts, self._layouts[1])
            self._rates_answers = network.readout.rates(held_out.tolerance)
            self._scores = held_out.sequences.scores
            self._tolerance = NEVER if held_out.tolerance is None else held_out.tolerance
            passes = parts.updates
        self._round = Round(batches.updates, passes)
        P = network.parameters.vector.size
        self.before = network.parameters.vector.copy()
        self._average, self._square = np.zeros(P), np.zeros(P)
        self._made = 0
        self._own_order = self._problem.numbers
        self.begin_epoch(None)

    @property
    def gradient(self) -> Array:
        """(P,) the gradient of the last update, as it was handed to the optimizer."""
        return self._layouts[0].gradient

    def begin_epoch(self, order: Classes | None) -> None:
        self._problem = self._problem.in_order(self._own_order if order is None else order)
        self._validated = 0  # passes of the validation that were made
        self._so_far = np.zeros(2)  # what they add to the loss, and how many answers were right
        for layout in self._layouts:
            layout.clear_states()

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
        made, code = self._burst(
            self._problem,
            self._measured_on,
            self._network.parameters.vector,
            self.before,
            self._average,
            self._square,
            rates(position, planned),
            _limits(training),
            losses,
            norms,
            measured,
            self._tolerance,
            place,
            passes,
            whole.passes,
            self._made,
            training.truncation or int(self._layouts[0].plan[0]["steps"]),
        )
        whole.took(place, passes, time.perf_counter() - begun)
        ended, now = divmod(place + made, whole.passes)
        count = whole.updates_to(place + made) - position
        self._made += count
        self._validated = max(0, now - whole.updates)
        self._so_far = measured[ended].copy()
        return Burst(losses[:count], norms[:count], FAILURES[code], self._results(measured[:ended]))

    def _results(self, measured: Array) -> tuple[Measured, ...]:
        """What was measured at the end of each epoch, from the losses and the right answers (E, 2)."""
        if self._scores == 0:
            return (Measured(),) * len(measured)
        losses, right = measured.T.tolist()
        if not self._rates_answers:
            return tuple(map(Measured, losses))
        return tuple(map(Measured, losses, [answers / self._scores for answers in right]))


def _limits(training: TrainingConfig) -> Array:
    """The clipping's norm and value, infinite for none, and the weight decay."""
    norm, value = training.clip_norm, training.clip_value
    limits = (math.inf if limit is None else limit for limit in (norm, value))
    return np.array([*limits, training.weight_decay])


def warm_up() -> None:
    """Have the kernels compiled, or loaded from where their machine code is kept, by making an update."""
    network = Network(1, [1], 1)
    sequences = Sequences(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)))
    engine = Compiled(network, sequences, Batches(1, 1, False), "sgd", HeldOut(sequences, False))
    engine.train(TrainingConfig(), 0, lambda _, count: np.zeros(count), 1, 1, deadline=math.inf)

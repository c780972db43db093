"""The gradient check: backpropagation beside differences and complex steps, a slice of work a moment."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from rnn.array import Array, frozen
from rnn.model.cells.base import chunks
from rnn.model.network import Network, States
from rnn.observing.probes.article_recursion import CHOICES, Errors, article_gradient, does_not_apply
from rnn.observing.probes.check_result import GradientCheck, Row
from rnn.observing.probes.differences import central_difference, rounding
from rnn.observing.probes.equations import Copies, Entries, losses, no_complex_step
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.planted import PLANTED, planted_gradient, why_the_same

ENTRIES = 200  # of each parameter, at most
SLICE_SECONDS, SLICE_SECONDS_AT_REST = 0.012, 0.030
COMPLEX_STEP = 1e-30  # so small that h² is nothing beside 1, and no difference is taken that could cancel
COMPLEX_WORK = 4_000_000  # multiplications from one pause to the next
MEMORY = "gradient check"


def check(moment: Moment) -> GradientCheck:
    """Work on the check that is asked for, for a slice of time, and return how far it is.

    It begins with the weights of the moment at which it is first asked for, and keeps to these until another
    number or another sequence is asked for. With truncation, the states in which a new run of steps
    begins are held, in the differences as in the gradient: what is checked is the gradient that training
    takes for the true one.
    """
    kept: _Checking | GradientCheck | None = moment.memory.get(MEMORY)
    with np.errstate(all="ignore"):
        if kept is None or (kept.number, kept.sequence) != (moment.request.check, moment.sequence):
            kept = _Checking(moment)
        if isinstance(kept, _Checking):
            seconds = SLICE_SECONDS_AT_REST if moment.at_rest else SLICE_SECONDS
            found = kept.go_on(time.perf_counter() + seconds)
            moment.memory[MEMORY] = found if found.complete else kept
            return found
    return kept


@dataclass(slots=True, eq=False)
class _Gradients:
    """Gradients at the entries drawn, those of all parameters one after the other."""

    backprop: Array
    article: dict[Errors, Array] = field(default_factory=dict)
    planted: dict[str, Array] = field(default_factory=dict)

    def at(self, places: Entries) -> tuple[Array, Mapping[Errors, Array], Mapping[str, Array]]:
        """Those at some of these entries: the real one, the article's, and those with an error."""
        article = {errors: frozen(gradient[places]) for errors, gradient in self.article.items()}
        planted = {name: frozen(gradient[places]) for name, gradient in self.planted.items()}
        return frozen(self.backprop[places]), MappingProxyType(article), MappingProxyType(planted)


class _Checking:
    """A check under way, with a network of its own.

    Attributes:
        runs: the runs of time steps [begin, end) that a gradient passes through, the first one first.
        held: the states in which each of them begins.
        drawn: the entries of each parameter that are measured, counted row by row.
        places: where they stand in a flat gradient.
    """

    def __init__(self, moment: Moment) -> None:
        self.number, self.update, self.sequence = moment.request.check, moment.update, moment.sequence
        self.network, self.batch, self.tape = moment.network.twin(), moment.batch, moment.tape
        self.truncation = moment.truncation
        self.runs = list(chunks(len(self.batch.x), self.truncation))[::-1]
        self.held: list[States] = [
            [tuple(array[begin] for array in cell.states) for cell in self.tape.cells]
            for begin, _ in self.runs
        ]
        rng, firsts = np.random.default_rng(0), _firsts(self.network)
        self.drawn = {name: _drawn(rng, weight.size) for name, weight in self.network.present.items()}
        self.places = np.concatenate([firsts[name] + entries for name, entries in self.drawn.items()])
        self.rows: list[Row] = []
        self.done = 0
        self.same: dict[str, str] = {}
        self.problem: str | None = None
        self._work: Iterator[None] | None = self._checked()

    def go_on(self, deadline: float) -> GradientCheck:
        """Work until all is done or the time has come, at least one step, and say how far it is."""
        while self._work is not None:
            if next(self._work, self) is self:
                self._work = None
            if time.perf_counter() >= deadline:
                break
        return self._made()

    def _made(self) -> GradientCheck:
        cell, no_complex = self.network.cell, no_complex_step(self.network)
        measurements = len(self.places) * (2 if no_complex is None else 1)
        return GradientCheck(
            number=self.number,
            update=self.update,
            sequence=self.sequence,
            truncation=self.truncation,
            fraction=1.0 if self._work is None else min(self.done / measurements, 0.999),
            rows=tuple(self.rows),
            no_complex=no_complex,
            no_article=does_not_apply(self.network),
            planted=MappingProxyType(
                {name: error.title(cell) for name, error in PLANTED.items() if error.fits(cell)}
            ),
            same=MappingProxyType(dict(self.same)),
            problem=self.problem,
        )

    def _checked(self) -> Iterator[None]:
        loss, dy = self.network.readout.loss(self.tape.output, self.batch)
        backprop = self.network.backward(self.tape, dy, self.truncation).parameters.vector
        if not (np.isfinite(loss) and np.isfinite(backprop).all()):
            self.problem = "the gradient is not finite"
            return
        gradients = yield from self._gradients(backprop, dy)
        hidden = rounding(self.network, self.tape, dy)
        begin = 0
        for name, drawn in self.drawn.items():
            differences = yield from self._differences(name, drawn)
            complex_steps = yield from self._complex_steps(name, drawn)
            kept = np.flatnonzero(~np.isnan(differences))
            real, article, planted = gradients.at(begin + kept)
            row = Row(
                name=name,
                size=self.network.parameters[name].size,
                drawn=len(drawn),
                loss=loss,
                rounding=hidden,
                backprop=real,
                differences=frozen(differences[kept]),
                complex_steps=None if complex_steps is None else frozen(complex_steps[kept]),
                article=article,
                planted=planted,
            )
            self.rows.append(row)
            begin += len(drawn)

    def _gradients(self, backprop: Array, dy: Array) -> Generator[None, None, _Gradients]:
        """The real gradient, and those that may be wrong."""
        network, tape = self.network, self.tape
        found = _Gradients(backprop[self.places])
        if does_not_apply(network) is None:
            for errors in CHOICES:
                by_name = article_gradient(network, tape, dy, errors, self.truncation)
                flat = np.concatenate([by_name[name].ravel() for name in network.parameters])
                found.article[errors] = flat[self.places]
                yield
        passes = max(end - begin for begin, end in self.runs)
        for name, error in PLANTED.items():
            if error.fits(network.cell):
                flat = planted_gradient(name, network, tape, dy, self.truncation)
                found.planted[name] = flat[self.places]
                reason = why_the_same(name, network, backprop, flat, passes)
                if reason is not None:
                    self.same[name] = reason
                yield
        return found

    def _differences(self, name: str, drawn: Entries) -> Generator[None, None, Array]:
        """(K,) central differences; NaN where they step over a kink."""
        differences = np.empty(len(drawn))
        for place, number in enumerate(drawn.tolist()):
            entry = (name, number)
            differences[place] = yield from central_difference(
                self.network, entry, self.batch, self.runs, self.held
            )
            self.done += 1
        return differences

    def _complex_steps(self, name: str, drawn: Entries) -> Generator[None, None, Array | None]:
        """(K,) Im L(θ + ih) / h with h = 1e-30 (Squire and Trapp 1998); None where that has no meaning."""
        network = self.network
        if no_complex_step(network) is not None:
            return None
        found: list[Array] = []
        at_once = max(1, COMPLEX_WORK // network.parameters.vector.size)
        for first in range(0, len(drawn), at_once):
            entries = drawn[first : first + at_once]
            steps = np.full(len(entries), 1j * COMPLEX_STEP)
            copies = Copies(network.parameters, name, entries, steps)
            loss = yield from losses(network, copies, self.batch, self.runs, self.held)
            found.append(loss.imag / COMPLEX_STEP)
            self.done += len(entries)
        return np.concatenate(found)


def _drawn(rng: np.random.Generator, size: int) -> Entries:
    """At most ENTRIES of so many entries, in their order."""
    return np.arange(size) if size <= ENTRIES else np.sort(rng.choice(size, ENTRIES, replace=False))


def _firsts(network: Network) -> dict[str, int]:
    """Where each parameter begins in the flat vector."""
    sizes = [weight.size for weight in network.parameters.values()]
    return dict(zip(network.parameters, np.cumsum([0, *sizes]).tolist(), strict=False))

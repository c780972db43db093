"""Trainings that are cut into stages: from the state at the begin of each a trainer goes on, bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from rnn.config import RunConfig
from rnn.model.cells import Cell
from rnn.training.engines import Choice
from rnn.training.engines.base import Engine
from rnn.training.scalars import Scalars
from rnn.training.state import TrainerState
from rnn.training.trainer import Trainer

HALF_AS_FAST = {"training.learning_rate": 1e-3, "training.clip_norm": 0.5}


def trainer_with(config: RunConfig, kind: type[Engine]) -> Trainer:
    """A trainer whose updates this engine makes, whether or not it would be chosen."""
    trainer = Trainer(config)
    trainer.use(Choice(kind))
    return trainer


def bits(part: Any) -> Any:
    """What two parts of a state or of scalars are compared by: all that they hold, to the last bit."""
    if isinstance(part, np.ndarray):
        return (part.dtype.str, part.shape, part.tobytes())
    if is_dataclass(part):
        return {field.name: bits(getattr(part, field.name)) for field in fields(part)}
    if isinstance(part, Mapping):
        return {name: bits(value) for name, value in part.items()}
    if isinstance(part, (tuple, list)):
        return [bits(value) for value in part]
    if isinstance(part, Cell):
        return type(part), part.nonlinearity
    return repr(part) if isinstance(part, (Exception, float)) else part


def around_epochs(trainer: Trainer, most: float) -> list[int]:
    """The first and the last updates, and some around the ends of epochs, of a run of at most so many."""
    U, last = trainer.updates_an_epoch, trainer.target_epochs * trainer.updates_an_epoch
    ends = {1, 2, U - 1, U, U + 1, 2 * U, 2 * U + 3, last - U, last - 1, last}
    return sorted(update for update in ends if 0 < update <= min(last, most))


def assert_goes_on_from_every_cut(
    config: RunConfig, kind: type[Engine], most: float = float("inf"), changes: bool = True
) -> int:
    """Train in stages, with a live setting changed at the begin of one; then each stage again from its state.

    Returns:
        How many stages there were.
    """
    first, again = trainer_with(config, kind), trainer_with(config, kind)
    cuts = around_epochs(first, most)
    changed = {cuts[len(cuts) // 2]: HALF_AS_FAST} if changes else {}
    states, parts = [first.state()], []
    for cut in cuts:
        parts.append(_stage(first, cut, changed))
        states.append(first.state())
    for number in [*range(len(cuts))][::-1]:  # the last one first: what was before leaves no trace
        again.restore(states[number])
        assert bits(again.state()) == bits(states[number])
        assert bits(_stage(again, cuts[number], changed)) == bits(parts[number])
        assert bits(again.state()) == bits(states[number + 1])
    fresh = trainer_with(config, kind)
    fresh.restore(states[len(cuts) // 2])
    assert joined(_stage(fresh, cut, changed) for cut in cuts[len(cuts) // 2 :]) == joined(
        parts[len(cuts) // 2 :]
    )
    assert bits(fresh.state()) == bits(states[-1])
    return len(cuts)


def joined(parts: Iterable[Scalars]) -> list[bytes]:
    """The losses of consecutive bursts."""
    return [part.loss.tobytes() for part in parts]


def _stage(trainer: Trainer, cut: int, changed: Mapping[int, Mapping[str, float]]) -> Scalars:
    """On to this update, after what is changed where it begins."""
    for key, value in changed.get(trainer.update, {}).items():
        trainer.set_live(key, value)
    return trainer.advance(cut - trainer.update)


def at(config: RunConfig, kind: type[Engine], update: int) -> TrainerState:
    """The state of a run that is stopped at this update."""
    trainer = trainer_with(config, kind)
    trainer.advance(update)
    return trainer.state()

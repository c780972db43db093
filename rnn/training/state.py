"""TrainerState: everything that the next update of a training depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.errors import Divergence
from rnn.training.engines import EngineState
from rnn.training.epochs import EpochsState


@dataclass(frozen=True, slots=True, eq=False)
class TrainerState:
    """Where a training stands; from here it goes on bit for bit, in the same trainer or in another one.

    Attributes:
        update: how many were made.
        parameters: (P,) the weights of now.
        epochs: how far the epoch under way is.
        live: the settings that may change while training, by their full keys.
        target_epochs: where it stops by itself.
        kept: weights (P,) of earlier moments, by label.
        divergence: what ended it, or None.
        engine: what its engine remembers; None before the first update, when it has none yet.
    """

    update: int
    parameters: Array
    epochs: EpochsState
    live: Mapping[str, Any]
    target_epochs: int
    kept: Mapping[str, Array]
    divergence: Divergence | None
    engine: EngineState | None

    @property
    def before(self) -> Array:
        """(P,) the weights before the last update; those of now before the first."""
        return self.parameters if self.engine is None else self.engine.before

    @property
    def size(self) -> int:
        """How many bytes its arrays take."""
        return sum(array.nbytes for array in _arrays(self))


def _arrays(part: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(part, np.ndarray):
        yield part
    elif is_dataclass(part):
        for field in fields(part):
            yield from _arrays(getattr(part, field.name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _arrays(value)
    elif isinstance(part, (tuple, list)):
        for value in part:
            yield from _arrays(value)

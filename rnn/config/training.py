"""The settings of the training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rnn.array import Array
from rnn.model.batch import Classes
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.optimizing.schedules import SCHEDULES
from rnn.settings import Settings, declarations, setting, with_settings_of


def _carried(values: Mapping[str, Any]) -> str | None:
    carried = values.get("task.carry_state")
    return "where the state is carried, in the order of the series" if carried else None


@dataclass(frozen=True, slots=True)
@with_settings_of(SCHEDULES, chosen_by="schedule")
class TrainingConfig(Settings):
    """How the network is trained."""

    section: ClassVar[str] = "training"

    optimizer: str = setting(
        "sgd", "Optimizer", "How a gradient becomes an update.", choices=lambda: OPTIMIZERS
    )
    learning_rate: float = setting(
        0.2,
        "Learning rate",
        "How far one update moves along the gradient. Takes effect at the next update.",
        minimum=0.0,
        maximum=1e6,
        live=True,
    )
    schedule: str = setting(
        "constant",
        "Schedule",
        "How the learning rate changes over the run.",
        choices=lambda: SCHEDULES,
    )
    weight_decay: float = setting(
        0.0,
        "Weight decay",
        "So many times each weight is added to its gradient, after clipping. "
        "Takes effect at the next update.",
        minimum=0.0,
        maximum=1e6,
        live=True,
    )
    clip_norm: float | None = setting(
        None,
        "Clip norm",
        "Scale a gradient whose norm is above this down to it, as PyTorch does; off trains on the gradient "
        "as it is. Takes effect at the next update.",
        above=0.0,
        maximum=1e12,
        live=True,
    )
    clip_value: float | None = setting(
        None,
        "Clip elements",
        "Bring each element of the gradient to this at most, up or down, after its norm; this changes its "
        "direction. Takes effect at the next update.",
        above=0.0,
        maximum=1e12,
        live=True,
    )
    batch: int = setting(
        1,
        "Batch",
        "How many sequences one update trains on. Where the state is carried, the series is cut into so many "
        "streams side by side.",
        minimum=1,
        maximum=100_000,
    )
    truncation: int | None = setting(
        None,
        "Truncate at",
        "Stop the gradient after so many time steps: it does not pass from time step k + 1 to k. "
        "The states go on. Off lets it pass through the whole sequence.",
        first=5,
        minimum=1,
        maximum=10_000,
        unit="time steps",
    )
    shuffle: bool = setting(
        False,
        "Shuffle",
        "Train on the sequences in another order in every epoch.",
        unless=_carried,
    )
    epochs: int = setting(
        9, "Epochs", "How often all sequences are trained on before it stops.", minimum=1, maximum=10_000_000
    )

    def learning_rates(self, updates: Classes, an_epoch: int) -> Array:
        """(K,) those of updates (K,), counted from 0 over the whole run, of which an epoch has so many."""
        kind = SCHEDULES[self.schedule]
        schedule = kind(**{name: getattr(self, name) for name, _, _ in declarations(kind)})
        return self.learning_rate * schedule.factors(updates, an_epoch, self.epochs)


def live_keys() -> frozenset[str]:
    """The full keys of the settings that may change while training."""
    return frozenset(
        TrainingConfig.key(name) for name, declared, _ in declarations(TrainingConfig) if declared.live
    )

"""What the loss panel remembers of a run: every update and every epoch, in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gui.panels.frame.binned import extremes, spans
from gui.panels.frame.export import Table
from gui.panels.loss.words import loss_words
from gui.panels.plots.pyramid import Pyramid
from gui.panels.words.figures import accuracy_words
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.snapshot import RunInfo
from rnn.training.scalars import Scalars


class LossRecord:
    """Losses as the readout reports them.

    Attributes:
        losses, norms: of every update, the norm that of the whole gradient.
        train, validation, accuracy: of every epoch; NaN where nothing is held out or rated.
    """

    def __init__(self) -> None:
        self.losses, self.norms = Pyramid(), Pyramid()
        self.train, self.validation, self.accuracy = Pyramid(), Pyramid(), Pyramid()

    def receive(self, scalars: Sequence[Scalars]) -> None:
        """Take on what has come; where something was missed before, there is a hole."""
        first = scalars[0].first
        self.losses.extend(np.concatenate([part.loss for part in scalars]), first)
        self.norms.extend(np.concatenate([part.grad_norm for part in scalars]), first)
        ended = [epoch for part in scalars for epoch in part.epochs]
        first = ended[0].epoch if ended else 1
        self.train.extend(np.array([epoch.train_loss for epoch in ended]), first)
        self.validation.extend(np.array([epoch.validation_loss for epoch in ended], dtype=float), first)
        self.accuracy.extend(np.array([epoch.accuracy for epoch in ended], dtype=float), first)

    def words_at(self, info: RunInfo, update: int) -> str:
        """What is known of an update, counted from 1, and of its epoch; empty where it was not made."""
        if not 1 <= update <= len(self.losses):
            return ""
        epoch = (update - 1) // info.updates_an_epoch + 1
        text = f"update {update:,}, epoch {epoch:,}: "
        if self.losses.width > 1:
            least, greatest = self.losses.at(update - 1)
            around = f"among {self.losses.width:,} updates"
            return f"{text}{around} {loss_words(info, least)} to {loss_words(info, greatest)}"
        text += loss_words(info, self.losses.values[update - 1])
        if info.config.task.carry_state and (update - 1) % info.updates_an_epoch == 0:
            text += ", the carried state begins at zero"
        if epoch > len(self.train):
            return f"{text} · the epoch is not over"
        text += f" · mean of the epoch {short(self.train.values[epoch - 1], 3)}"
        held_out, accuracy = self.validation.values[epoch - 1], self.accuracy.values[epoch - 1]
        text += "" if math.isnan(held_out) else f", validation {short(held_out, 3)}"
        return text if math.isnan(accuracy) else f"{text}, held out {accuracy_words(accuracy)}"

    def table(self, info: RunInfo) -> Table:
        """A row an update; an epoch's figures stand at its last update.

        Of a run too long for that a row every so many updates, and further ones every so many epochs.
        """
        if self.losses.width > 1:
            return self._long_table(info.readout.column)
        an_epoch, column = info.updates_an_epoch, info.readout.column
        updates = np.arange(len(self.losses))
        table: dict[str, Sequence[object]] = {
            "update": (updates + 1).tolist(),
            "epoch": (updates // an_epoch + 1).tolist(),
            column: self.losses.values.tolist(),
            "grad_norm": self.norms.values.tolist(),
            f"train_{column}": _at_ends(self.train.values, an_epoch, len(updates)),
            f"validation_{column}": _at_ends(self.validation.values, an_epoch, len(updates)),
        }
        if not math.isnan(self.accuracy.last):
            table["accuracy"] = _at_ends(self.accuracy.values, an_epoch, len(updates))
        return table

    def _long_table(self, column: str) -> Table:
        table = spans("update", self.losses)
        table |= extremes(column, self.losses) | extremes("grad_norm", self.norms)
        table |= spans("epoch", self.train) | extremes(f"train_{column}", self.train)
        return table | extremes(f"validation_{column}", self.validation) | extremes("accuracy", self.accuracy)


def _at_ends(values: Array, an_epoch: int, updates: int) -> list[object]:
    """One value an epoch, at its last update; empty at the others, and where there is none."""
    column: list[object] = [""] * updates
    for end, value in zip(range(an_epoch - 1, updates, an_epoch), values.tolist(), strict=False):
        column[end] = "" if math.isnan(value) else value
    return column

"""The task whose sequences a person brings as an .npz file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from numpy.random import Generator

from rnn.data.tasks.base import Data, Kind, Sequences, Task, carry_setting
from rnn.data.tasks.brought import HELD_OUT, holds_classes, refuse_other_held_out, sequences_of
from rnn.errors import ConfigError, DataError
from rnn.files.npz import read_npz
from rnn.model.readout import READOUTS
from rnn.settings import setting


@dataclass(frozen=True, slots=True)
class DataFile(Task):
    """x (N, T, D) and y of an .npz file: numbers (N, T, O), or integers (N, T), which are class numbers.

    y (N, O) or (N,), and integers (N,), are one answer a sequence, at its last scored time step; numbers
    (N, T) are (N, T, 1).
    ``mask`` (N, T) holds which time steps are scored, one or more of each sequence; without it all are.
    ``h0_l0``, ``h0_l1``, … and ``c0_l0``, … (N, H) are the states that the sequences begin in, zero where
    they are left out.
    ``x_validation``, ``y_validation``, … are held out. ``output`` and ``loss`` are what the model that the
    file was brought for gives, so that it is told where it was read as another.
    """

    name: ClassVar[str] = "data"
    title: ClassVar[str] = "Data file"
    targets: ClassVar[tuple[Kind, ...]] = ("numbers", "classes")

    file: str = setting(
        "",
        "File",
        "An .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs) or "
        "(sequences, time steps) of class numbers from 0 on; without time steps it is one answer a sequence, "
        "at its last scored time step. mask (sequences, time steps) is 1 where a time step is scored, "
        "as one or more of each sequence must be; h0_l0, c0_l0 and so on (sequences, units) are the states "
        "that the sequences begin in. "
        "x_validation, y_validation and so on are held out.",
        file=True,
        endings=(".npz",),
    )
    carry_state: bool = carry_setting()

    def fitting_readout(self) -> str | None:
        """The one that fits y; what is wrong with a file that cannot be read is said when it is used."""
        try:
            classes = holds_classes(read_npz(self.file)["y"])
        except (DataError, KeyError):
            return None
        return next(name for name in self.readouts() if READOUTS[name].classes == classes)

    def generate(self, rng: Generator) -> Data:
        if not self.file:
            raise ConfigError("task.file", "must name an .npz file with x and y")
        arrays = read_npz(self.file)
        if not any(name.endswith(HELD_OUT) for name in arrays):
            train = sequences_of(self.file, arrays)
            return Data(train, None, _outputs(train))
        refuse_other_held_out(self.file, arrays)
        train, held_out = sequences_of(self.file, arrays), sequences_of(self.file, arrays, HELD_OUT)
        return Data(train, held_out, max(_outputs(train), _outputs(held_out)))


def _outputs(sequences: Sequences) -> int:
    """O, or the number of classes up to the largest that is there."""
    return int(sequences.y.max()) + 1 if sequences.y.ndim == 2 else int(sequences.y.shape[2])

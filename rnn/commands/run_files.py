"""The files of a run: what it was, and every number that came of it."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from rnn.errors import DataError
from rnn.files import mode_of, scratch, seal, write_result
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer
from rnn.weights import named_weights, npz_bytes

UPDATES, EPOCHS, WEIGHTS = BESIDE = ("updates.csv", "epochs.csv", "weights.npz")
NAMES = (*BESIDE, seal.NAME)


class RunFiles:
    """Collects the rows of a run on disk, out of sight, and writes all its files at the end.

    The rows of a burst become text while the next burst is trained, which compiled leaves Python free. Where
    the disk is full, the tables are given up before the weights.

    Arguments:
        folder: where the files go; it is made where it is missing.
        trainer: the run, before its first update.

    Attributes:
        lost: the tables that were given up; then ``why`` says why, behind the word it.

    Raises:
        DataError: nothing can be written into the folder.
    """

    def __init__(self, folder: Path, trainer: Trainer) -> None:
        for name in NAMES:
            mode_of(folder / name)
        self._folder = folder
        self._trainer = trainer
        self._config = trainer.config.from_the_root()
        self._updates = scratch(folder / UPDATES)
        self._writer = ThreadPoolExecutor(1, "rows")
        self._burst: Future[None] | None = None  # whose rows are being written
        readout = trainer.network.readout
        self._rated = readout.rates(trainer.config.task.tolerance)
        self.lost: list[str] = []
        self.why = ""
        self._add_rows(f"epoch,update,{readout.column},grad_norm\n")
        accuracy = ",accuracy" if self._rated else ""
        self._epochs = [f"epoch,train_{readout.column},validation_{readout.column}{accuracy}\n"]

    def add(self, scalars: Scalars) -> None:
        """Take the rows of a burst, once those of the one before are written."""
        self._finish()
        self._burst = self._writer.submit(self._write_rows, scalars)
        for result in scalars.epochs:
            figures = [result.train_loss, result.validation_loss] + [result.accuracy] * self._rated
            row = ["" if figure is None else repr(figure) for figure in figures]
            self._epochs.append(f"{','.join([str(result.epoch), *row])}\n")

    def _finish(self) -> None:
        """Wait for the rows that are being written."""
        burst, self._burst = self._burst, None
        if burst is not None:
            burst.result()

    def _write_rows(self, scalars: Scalars) -> None:
        N = self._trainer.updates_an_epoch
        pairs = zip(scalars.loss.tolist(), scalars.grad_norm.tolist(), strict=True)
        numbered = enumerate(pairs, scalars.first)
        self._add_rows("".join(f"{(u - 1) // N + 1},{u},{loss!r},{norm!r}\n" for u, (loss, norm) in numbered))

    def _add_rows(self, rows: str) -> None:
        if UPDATES not in self.lost:
            try:
                self._updates.write(rows.encode())
            except OSError as error:
                self._give_up(UPDATES, f"cannot be written ({error.strerror or error})")

    def _give_up(self, table: str, why: str) -> None:
        self.lost.append(table)
        self.why = self.why or why
        if table == UPDATES:
            self._let_go()

    def write(self) -> None:
        """Write all files, with the weights of now; a table that there is no room for is lost.

        Raises:
            DataError: not even the weights can be written; what was there before is then still there.
        """
        self._finish()
        choice = self._trainer.choice
        config = self._config if choice is None else self._config.with_values({"engine": choice.engine.name})
        files: dict[str, bytes | BinaryIO] = {
            UPDATES: self._updates,
            EPOCHS: "".join(self._epochs).encode(),
            WEIGHTS: npz_bytes(named_weights(self._trainer.network, self._trainer.names)),
        }
        while True:
            kept = {name: None if name in self.lost else content for name, content in files.items()}
            try:
                write_result(self._folder, kept, config.to_toml(), self.why)
                return
            except DataError as error:
                tables = [name for name in (UPDATES, EPOCHS) if name not in self.lost]
                if not tables:
                    raise
                self._give_up(tables[0], error.expected)

    def where(self, what: str = "") -> str:
        """Where everything is that was written, and what is lost; ``what`` is behind the word everything."""
        everything = " ".join(filter(None, ("everything", "else" * bool(self.lost), what)))
        lost = f"; {' and '.join(self.lost)} {self.why}" if self.lost else ""
        return f"{everything} is in {self._folder}{lost}"

    def close(self) -> None:
        """Let go of what was collected."""
        self._writer.shutdown()
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):  # a disk that was full still is
            self._updates.close()

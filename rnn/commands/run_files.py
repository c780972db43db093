"""The files of a run: what it was, and every number that came of it."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from rnn.config import run_text
from rnn.errors import DataError
from rnn.files import missing, remove_empty, scratch, write_all
from rnn.scalars import Scalars
from rnn.trainer import Trainer
from rnn.weights import named_weights, npz_bytes

NAMES = ("run.toml", "updates.csv", "epochs.csv", "weights.npz")


class RunFiles:
    """Collects the rows of a run on disk, out of sight, and writes all its files at the end.

    The rows of a burst become text while the next burst is trained, which compiled leaves Python free.

    Arguments:
        folder: where the files go; it is made where it is missing.
        trainer: the run, before its first update.

    Raises:
        DataError: nothing can be written into the folder.
    """

    def __init__(self, folder: Path, trainer: Trainer) -> None:
        for name in NAMES:
            if os.path.isdir(folder / name):
                raise DataError(folder / name, "", "expected a file or nothing, found a folder")
        self._folder = folder
        self._trainer = trainer
        # A file is named from the root, so that the config means the same in every folder.
        inputs = {key: os.path.abspath(file) for key, file in trainer.config.files().items()}
        self._config = trainer.config.with_values(inputs)
        self._made = missing(folder)
        self._updates = scratch(folder)
        self._writer = ThreadPoolExecutor(1, "rows")
        self._burst: Future[None] | None = None  # whose rows are being written
        readout = trainer.network.readout
        self._rated = readout.rates(trainer.config.task.tolerance)
        self._updates.write(f"epoch,update,{readout.column},grad_norm\n".encode())
        accuracy = ",accuracy" if self._rated else ""
        self._epochs = [f"epoch,train_{readout.column},validation_{readout.column}{accuracy}\n"]

    def add(self, scalars: Scalars) -> None:
        """Take the rows of a burst, once those of the one before are written.

        Raises:
            DataError: the disk was full for the one before.
        """
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
        rows = [f"{(u - 1) // N + 1},{u},{loss!r},{norm!r}\n" for u, (loss, norm) in numbered]
        try:
            self._updates.write("".join(rows).encode())
        except OSError as error:
            raise DataError(self._folder, "", f"cannot be written ({error.strerror or error})") from None

    def write(self) -> None:
        """Write all files, with the weights of now.

        Raises:
            DataError: they cannot be written; what was there before is then still there.
        """
        self._finish()
        choice = self._trainer.choice
        config = self._config if choice is None else self._config.with_values({"engine": choice.engine.name})
        contents = (
            run_text(config).encode(),
            self._updates,
            "".join(self._epochs).encode(),
            npz_bytes(named_weights(self._trainer.network, self._trainer.names)),
        )
        write_all(self._folder, dict(zip(NAMES, contents, strict=True)))

    def close(self) -> None:
        """Let go of what was collected, and of a folder that was made and has nothing in it."""
        self._writer.shutdown()
        with contextlib.suppress(OSError):  # a disk that was full still is
            self._updates.close()
        remove_empty(self._made)

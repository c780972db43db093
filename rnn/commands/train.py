"""train: a run without a window, from its arguments to its files."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from resources.streams import write
from rnn.commands.arguments import Parser, Request, add_run_options, requested
from rnn.commands.guard import REFUSED, guarded
from rnn.commands.interrupts import interrupts
from rnn.commands.progress import Progress
from rnn.commands.run_files import BESIDE, NAMES, RunFiles
from rnn.commands.settings_text import settings_text
from rnn.config import RunConfig
from rnn.errors import DataError, ScopeError, one_line
from rnn.files import claimed, finish
from rnn.recording import MEGABYTES, RecordingFile
from rnn.training.trainer import Trainer

DESCRIPTION = """\
Train a recurrent network without a window. Progress goes to stderr.

Written to the folder of --out, each file whole or not at all, over files of the same names:
  run.toml      every setting; --config run.toml runs it again, bit for bit. It is written last, and holds the
                digests of the others: where a file beside it is of another run, neither it nor weights.npz
                is read. It may be edited; cut short, it is refused
  updates.csv   epoch, update, mse or nll, and grad_norm (before clipping) of every update, at full precision
  epochs.csv    epoch, train_mse and validation_mse, or train_nll and validation_nll, of every complete epoch,
                and accuracy (of the held-out answers, 0 to 1) where an answer is right or wrong;
                blank where nothing is held out
  weights.npz   the weights under PyTorch's names and shapes
With --record FILE, which may be anywhere, FILE too, last of all: what it takes to have any moment of the run
again. python3 main.py recording FILE --update N --weights OUT.npz takes the weights of one out of it.
Epochs and updates are counted from 1, updates over the whole run. Losses are means over the scored time
steps: mse of the square of what is missed, summed over the outputs, of which half is trained on, nll of the
negative log-likelihood in nats.

One command at a time writes into a folder. What one that was killed has left there, the next one finishes or
removes. Where the disk is full, weights.npz and run.toml are kept before the tables.
"""
EPILOG = """\
settings, for --set KEY=VALUE and for a config file with its tables [task], [model] and [training];
one that does not apply must be left at its default, and names of files count from the current folder:
{settings}

examples:
  python3 main.py train --preset article --epochs 9 --seed 0 --out runs/article
  python3 main.py train --config runs/article/run.toml --out runs/again
  python3 main.py train --set model.layers=8 model.initializer=orthogonal --set seed=1 --out runs/wide
  python3 main.py train --set model.cell=lstm model.layers=16,8 training.optimizer=adam --out runs/lstm
  python3 main.py train --set task.name=adding training.batch=50 training.clip_norm=1 --out runs/adding
  python3 main.py train --data mine.npz --weights begin.safetensors --out runs/mine
  python3 main.py train --preset vanishing --out runs/fades --record runs/fades.recording

exit codes:
  0 trained, 2 an argument, a file or a value is wrong, or the files cannot be written: nothing was, or all
  but the tables that stderr and run.toml name, or all but the recording,
  3 diverged, 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP (under nohup it goes on); with these four
  everything up to there is written.
"""

DONE, DIVERGED = 0, 3
BURST_SECONDS = 0.05


def main(arguments: Sequence[str]) -> int:
    """Train as the arguments say and return the exit code; a mistake is one sentence on stderr."""
    atexit.register(gc.freeze)  # or the end would take 0.1 s to look for garbage in all that was imported
    return guarded(train, arguments)


def train(arguments: Sequence[str]) -> int:
    """Train as the arguments say, write the files, and return the exit code.

    Raises:
        ScopeError: an argument, a file or a value is wrong, or the files cannot be written.
    """
    options = _parser().parse_args(arguments)
    if not options.out:
        raise ScopeError("--out must name a folder")
    out = Path(options.out)
    with claimed(out):
        finish(out, BESIDE)
        record = None if options.record is None else Path(options.record)
        if options.record_megabytes < 1:
            raise ScopeError(f"--record-megabytes must be at least 1, not {options.record_megabytes}")
        return _train(requested(options), out, record, options.record_megabytes)


def _train(request: Request, out: Path, record: Path | None, megabytes: int) -> int:
    places = [out / name for name in NAMES]
    _refuse_to_write_over_input(request.config, places, "--out")
    if record is not None:
        _refuse_to_write_over_input(request.config, [record], "--record")
        if os.path.realpath(record) in map(os.path.realpath, places):
            raise DataError(record, "", "is written by this run as something else; name another --record")
    trainer = Trainer(_patient(request.config))
    request.refuse_other_weights(trainer.config)
    if trainer.difference is not None:
        raise trainer.difference.error(trainer.config.files()["task.file"], trainer.names.assumed)
    for note in trainer.notes:
        write(f"{one_line(note)}\n", sys.stderr)
    with interrupts() as interrupt, closing(RunFiles(out, trainer)) as files, ExitStack() as more:
        advance, recorded = trainer.advance, None
        if record is not None:
            recorded = more.enter_context(closing(RecordingFile(record, trainer, megabytes << 20)))
            advance = recorded.recorder.advance
        progress = Progress(trainer, sys.stderr)
        while not (trainer.finished or interrupt.seen):
            scalars = advance(seconds=BURST_SECONDS)
            files.add(scalars)
            progress.add(scalars)
        if trainer.update or trainer.finished:
            files.write()
            if recorded is not None:
                recorded.write()
        code = _end(trainer, progress, files)
        return interrupt.code if code is None else code


def _patient(config: RunConfig) -> RunConfig:
    """The config of a run that waits for the compiled engine: nobody sits before it."""
    return config.with_values({"engine": "compiled"}) if config.engine == "auto" else config


def _end(trainer: Trainer, progress: Progress, files: RunFiles) -> int | None:
    """Say how it ended and return the exit code for it; None where it was interrupted."""
    if trainer.divergence is not None:
        progress.end(f"{trainer.divergence} E{files.where('up to there')[1:]}.")
        code: int | None = DIVERGED
    elif not (trainer.finished or trainer.update):
        progress.end("Interrupted before the first update; nothing was written.")
        return None
    elif not trainer.finished:
        how = f"Interrupted in epoch {trainer.epoch + 1:,} after update {trainer.update:,}"
        progress.end(f"{how}; {files.where('up to there')}.")
        code = None
    else:
        progress.end(f"Trained {progress.summary()}; {files.where()}.")
        code = DONE
    return REFUSED if files.lost else code


def _parser() -> Parser:
    parser = Parser("train", DESCRIPTION, EPILOG.format(settings=settings_text()))
    parser.add_argument(
        "--out", metavar="DIR", required=True, help="the folder for the files; made where it is missing"
    )
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="write a recording too, from which recording takes the weights of any update",
    )
    parser.add_argument(
        "--record-megabytes",
        metavar="N",
        type=int,
        default=MEGABYTES,
        help=f"what the checkpoints of a recording may take; {MEGABYTES} by default",
    )
    add_run_options(parser)
    return parser


def _refuse_to_write_over_input(config: RunConfig, places: Iterable[Path], option: str) -> None:
    targets = [*filter(os.path.exists, places)]
    for source in filter(os.path.exists, config.files().values()):
        for target in targets:
            if os.path.samefile(source, target):
                reason = f"is read by this run and would be written over; name another {option}"
                raise DataError(target, "", reason)

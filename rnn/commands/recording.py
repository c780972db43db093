"""recording: the weights of any update of a run that train --record has written down."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from resources.streams import write
from rnn.commands.arguments import Parser
from rnn.commands.guard import guarded
from rnn.commands.interrupts import interrupts
from rnn.commands.progress import ProgressLine
from rnn.errors import DataError, ScopeError
from rnn.recording import Replay, open_recording
from rnn.weights import save_weights

DESCRIPTION = """\
Take the weights of one update out of a recording, which train --record FILE has written.

They are those of the run itself, to the last bit: the training goes on from the checkpoint before, with the
engine that made the recording. On another machine the last bits may come out otherwise, which is then said.
"""
EPILOG = """\
examples:
  python3 main.py train --preset vanishing --out runs/fades --record runs/fades.recording
  python3 main.py recording runs/fades.recording --update 100 --weights early.npz
  python3 main.py inspect early.npz --out early-report.npz

exit codes:
  0 the weights were written, 2 an argument or a file is wrong and nothing was, 130 stopped by Ctrl-C, 143 by
  SIGTERM, 129 by SIGHUP.
"""


def main(arguments: Sequence[str]) -> int:
    """Take out what the arguments ask for and return the exit code; a mistake is one sentence on stderr."""
    return guarded(run, arguments)


def run(arguments: Sequence[str]) -> int:
    """Write the weights.

    Raises:
        ScopeError: an argument or a file is wrong, and nothing was written.
    """
    options = _parser().parse_args(arguments)
    if os.path.realpath(options.weights) == os.path.realpath(options.file):
        reason = "is the recording and would be written over; name another --weights"
        raise DataError(options.weights, "", reason)
    opened = open_recording(options.file)
    recording, trainer, update = opened.recording, opened.trainer, options.update
    if not 0 <= update <= recording.update:
        raise ScopeError(f"--update must be from 0 to {recording.update:,}, the last one, not {update:,}")
    if opened.note:
        write(f"{opened.note}.\n", sys.stderr)
    checkpoint = recording.before(update)
    if checkpoint.state.update == update:
        trainer.network.parameters.vector[:] = checkpoint.state.parameters  # whatever engine there is here
    else:
        line = ProgressLine(sys.stderr)
        for share in Replay(recording, trainer).seek(update):
            line.say_now_and_then(f"Training again to update {update:,}, {share:.0%}")
        line.end()
    with interrupts() as interrupt:
        save_weights(options.weights, trainer.network, trainer.names)
    interrupt.raise_it()
    said = f"Weights of update {update:,} of {recording.update:,} are in {options.weights}."
    write(f"{said}\n", sys.stderr)
    return 0


def _parser() -> Parser:
    parser = Parser("recording", DESCRIPTION, EPILOG)
    parser.add_argument("file", metavar="FILE", help="the recording")
    parser.add_argument(
        "--update", metavar="N", type=int, required=True, help="counted over the whole run; 0 is its start"
    )
    parser.add_argument(
        "--weights",
        metavar="OUT.npz",
        required=True,
        help="where the weights go, .npz or .safetensors, under PyTorch's names",
    )
    return parser

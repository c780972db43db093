"""What a person sees of the set-up: one line a stage, which moves while it works if there is a terminal."""

import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PREFIX = "Setting up RNN Scope: "
TICK = 0.15  # seconds between two looks at a running command


class Progress:
    """Runs the commands of the set-up, and says so on stderr."""

    def __init__(self, kept_open: Sequence[int] = ()) -> None:
        """Start; every command keeps the given file descriptors open, and with them the locks they hold."""
        self.is_terminal = sys.stderr.isatty()
        self._kept_open = kept_open if sys.platform != "win32" else ()

    def say(self, text: str) -> None:
        """Write a line."""
        print(f"{PREFIX}{text}", file=sys.stderr, flush=True)

    def run(
        self,
        stage: str,
        command: Sequence[str],
        log: Path,
        *,
        measure: Callable[[], str] | None = None,
        environ: Mapping[str, str] | None = None,
        still: bool = False,
    ) -> int:
        """Run a command to its end and return its exit code; what it prints goes to the end of the log.

        Args:
            stage: what the command does, in words.
            command: the program and its arguments.
            log: the file that takes its output.
            measure: tells how far it has come, for the moving line.
            environ: its environment, or None for this one.
            still: whether the line must not move, because the command may ask for a password.
        """
        with log.open("a", encoding="utf-8") as output:
            print(f"\n$ {' '.join(command)}", file=output, flush=True)
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environ,
                pass_fds=self._kept_open,
            )
            try:
                if self.is_terminal and not still:
                    self._watch(process, stage, measure)
                else:
                    self.say(f"{stage} …")
                return process.wait()
            except BaseException:
                process.terminate()
                process.wait()
                if self.is_terminal:
                    print(file=sys.stderr)
                raise

    def _watch(self, process: subprocess.Popen[bytes], stage: str, measure: Callable[[], str] | None) -> None:
        started = time.monotonic()
        for mark in itertools.cycle("|/-\\"):
            done = f", {measure()}" if measure else ""
            self._redraw(f"{stage}{done}, {time.monotonic() - started:.0f} s {mark}")
            try:
                process.wait(TICK)
            except subprocess.TimeoutExpired:
                continue
            self._redraw(f"{stage}, {time.monotonic() - started:.0f} s", end="\n")
            return

    def _redraw(self, text: str, end: str = "") -> None:
        width = shutil.get_terminal_size().columns - 1
        print("\r" + f"{PREFIX}{text}"[:width].ljust(width), end=end, file=sys.stderr, flush=True)

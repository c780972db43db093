"""Kills of train before each thing that it does to the files of its folder, and of what mends them."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from rnn.commands.run_files import NAMES
from tests.rnn.commands.killed_writing import files_in, prepare, read

ROOT = Path(__file__).parents[2]
COMMAND = """
import sys
from pathlib import Path
from rnn.commands.train import main
from tests.rnn.kills import die_before

die_before(int(sys.argv[1]), Path(sys.argv[2]))
sys.exit(main(sys.argv[3:]))
"""


def test_a_mending_that_is_killed_is_mended_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rnn.commands.killed_writing", tmp_path, "mends too"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    print(done.stdout)
    assert all(ast.literal_eval(line)["mends that were killed"] > 100 for line in done.stdout.splitlines())


def test_the_command_itself_is_killed_and_the_next_one_mends_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    quick = ["--set", "task.sequences=6", "engine=numpy", "--epochs", "2", "--out", str(run)]

    def train(number: int, *arguments: str) -> int:
        """The exit code of train, killed before the thing of this number that it does to its folder."""
        command = [sys.executable, "-c", COMMAND, str(number), str(run), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode

    states = {}
    for name, seed in (("old", "1"), ("new", "2")):
        assert train(-1, *quick, "--seed", seed) == 0
        states[name] = files_in(run)
    seen: Counter[str] = Counter()
    number = 0
    while True:
        prepare(run, states["old"])
        code = train(number, *quick, "--seed", "2")
        if code == 0:
            break
        assert code == -signal.SIGKILL
        seen[read(run, states)] += 1
        # It is mended before its config is read: that of the old run, or that of the new one.
        assert train(-1, "--config", str(run / "run.toml"), "--out", str(run)) == 0
        assert files_in(run) in states.values()
        assert files_in(run).keys() == set(NAMES)
        number += 1
    print(f"{number} kills: {dict(seen)}")
    assert min(seen["old"], seen["new"], seen["refused"]) > 2

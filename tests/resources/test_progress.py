"""What a person sees while a command runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORK = """
import sys
from resources.setup.progress import run
work = "import os, sys; print(os.environ['OWN']); sys.exit('wrong')"
sys.exit(3 if run("working", [sys.executable, "-c", work], OWN="7 MB") else 4)
"""


def test_a_stage_is_a_line_and_of_what_a_command_says_only_its_errors_are_shown() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "Setting up RNN Scope: working …\nwrong\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal_all_that_a_command_says_is_shown() -> None:
    terminal, its_end = os.openpty()
    done = subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, stderr=its_end, check=False)
    os.close(its_end)
    words = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert done.returncode == 4
    assert words.splitlines() == ["Setting up RNN Scope: working …", "7 MB", "wrong"]

"""What a person sees while a command runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from resources.setup.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
WORK = """
import sys
from pathlib import Path
from resources.setup.progress import Progress
work = [sys.executable, "-c", "import time; time.sleep(0.5)"]
Progress().run("working", work, Path(sys.argv[1]), measure=lambda: "7 MB")
"""


def test_the_output_of_a_command_goes_to_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    code = Progress().run("working", [sys.executable, "-c", "import sys; print('seen'); sys.exit(7)"], log)
    assert code == 7
    assert log.read_text(encoding="utf-8").splitlines()[-1] == "seen"
    assert capsys.readouterr() == ("", "Setting up RNN Scope: working …\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal_one_line_moves(tmp_path: Path) -> None:
    terminal, its_end = os.openpty()
    subprocess.run([sys.executable, "-c", WORK, str(tmp_path / "log")], cwd=ROOT, stderr=its_end, check=True)
    os.close(its_end)
    lines = os.read(terminal, 10_000).decode().rstrip().split("\r")
    os.close(terminal)
    texts = [line.strip() for line in lines if line.strip()]
    assert texts[0] == "Setting up RNN Scope: working, 7 MB, 0 s |"
    assert texts[1] == "Setting up RNN Scope: working, 7 MB, 0 s /"
    assert texts[-1].startswith("Setting up RNN Scope: working, ")
    assert "MB" not in texts[-1]

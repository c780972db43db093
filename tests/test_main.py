"""The one entry: what it answers by itself, before anything is set up."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import main
from resources import launcher

ROOT = Path(__file__).resolve().parents[1]

full_device = pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="this system has no device that is full"
)


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run main.py in a Python without any package, on a machine without a display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-E", "-s", "-S", str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, env={**kept, **environ}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_is_one_page_and_needs_no_set_up(word: str) -> None:
    result = run(word)
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) < 24
    for command in ("train", "inspect", "shot", "test", "--preset", "--theme", "--no-setup"):
        assert command in result.stdout


def test_the_help_comes_also_where_a_letter_of_it_cannot_be_encoded() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--help"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("what is needed.\n")


@full_device
@pytest.mark.parametrize("word", ["--help", "--version"])
def test_a_full_stdout_is_one_sentence(word: str) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), word],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == "Standard output cannot be written (No space left on device).\n"


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_a_reader_of_stdout_that_has_gone_is_no_mistake(word: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), word],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (0, "")


@full_device
@pytest.mark.parametrize("arguments", [["trian"], ["train", "--no-setup", "--bad"]])
def test_a_full_stderr_does_not_change_the_exit_code(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, str(ROOT / "main.py"), *arguments]
        assert subprocess.run(command, stderr=full, check=False).returncode == 2


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version").stdout == f"RNN Scope {project['version']}\n"


def test_an_unknown_command_is_one_sentence_that_names_the_known_ones() -> None:
    result = run("trian")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "'trian'" in result.stderr
    assert "train, inspect, shot, test" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("arguments", [[], ["--theme", "dark"]])
def test_a_window_without_a_display_is_refused_in_one_sentence(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "train, inspect, shot and test" in result.stderr


def test_an_interrupt_before_a_command_has_begun_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_module: str) -> None:
        raise KeyboardInterrupt

    for name in main.ONE_THREAD:
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(launcher, "import_module", interrupted)
    monkeypatch.setattr(sys, "argv", ["main.py", "train"])
    assert main.main() == 130
    assert capsys.readouterr() == ("", "Interrupted.\n")

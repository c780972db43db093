"""The set-up as a whole, run for real: real environments and pip, toy packages in the place of large ones."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resources.setup.system import missing_from_system
from tests.resources.checkout import Checkout, base_python, make_environment, make_wheel
from tests.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.skipif(
    bool(missing_from_system(["offscreen"], for_venv=True)), reason="the set-up would install system packages"
)
KILLS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout on a machine that has never seen it."""
    return Checkout.make(tmp_path)


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, str]:
    """A checkout that is set up, for all to copy, and what the set-up said."""
    checkout = Checkout.make(tmp_path_factory.mktemp("ready"))
    first = checkout.run("train", "--epochs", "3")
    assert first.returncode == 0, first.stderr
    assert said(first)["python"] == str(checkout.python)
    return checkout, first.stderr


@pytest.fixture
def ready(prototype: tuple[Checkout, str], tmp_path: Path) -> Checkout:
    """A checkout that is set up, in a state of its own."""
    return prototype[0].copy(tmp_path / "ready")


def said(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what the command told of itself."""
    assert result.returncode == 0, result.stderr
    answer: dict[str, Any] = ast.literal_eval(result.stdout)
    return answer


def test_a_first_start_says_its_stages_one_a_line(prototype: tuple[Checkout, str]) -> None:
    stages = [line.removeprefix("Setting up RNN Scope: ") for line in prototype[1].splitlines()]
    assert stages == ["creating .venv …", "fetching and installing packages …", "done"]


def test_a_second_start_is_silent_and_hands_every_argument_over(ready: Checkout) -> None:
    result = ready.run("train", "--epochs", "3", "a b")
    assert result.stderr == ""
    assert said(result)["arguments"] == ["--epochs", "3", "a b"]
    assert said(result)["toy"] == "1.0"


def test_every_blas_is_told_to_use_one_thread(ready: Checkout) -> None:
    assert said(ready.run("train", OMP_NUM_THREADS="8"))["threads"] == ["1"] * 4


def test_a_start_with_nothing_to_do_loads_none_of_the_slow_modules(ready: Checkout) -> None:
    loaded = set(said(ready.run("train", python=ready.python))["loaded"])
    assert "resources.setup.environment" in loaded
    slow = {"ctypes", "subprocess", "importlib.metadata", "tomllib", "hashlib", "numpy"}
    assert not loaded & {*slow, "resources.setup.building"}


def test_of_the_set_up_a_lock_and_a_stamp_stay(ready: Checkout) -> None:
    assert sorted(path.name for path in ready.venv.glob("setup.*")) == ["setup.lock", "setup.stamp"]


def test_nothing_is_written_outside_the_checkout(prototype: tuple[Checkout, str]) -> None:
    kept = {"pip"}  # pip's own cache
    assert {path.name for path in prototype[0].home.glob(".cache/*")} <= kept
    assert {path.name for path in prototype[0].home.iterdir()} <= {".cache"}


def test_changed_pins_are_installed_on_top(ready: Checkout) -> None:
    ready.pin("2.0")
    result = ready.run("train")
    assert said(result)["toy"] == "2.0"
    assert "creating" not in result.stderr
    ready.pin("1.0")
    assert said(ready.run("train"))["toy"] == "1.0"


NO_NETWORK = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}


@pytest.mark.parametrize(
    ("version", "environ", "why"),
    [
        ("3.0", NO_NETWORK | {"PIP_FIND_LINKS": ""}, "No matching distribution found for rnn-scope-toy==3.0"),
        ("3.0", {}, "No matching distribution found for rnn-scope-toy==3.0"),
        ("2.0", {}, "THESE PACKAGES DO NOT MATCH THE HASHES"),
    ],
    ids=["no network", "no such version", "other checksum"],
)
def test_packages_that_cannot_be_had_are_said_and_nothing_is_lost(
    ready: Checkout, version: str, environ: dict[str, str], why: str
) -> None:
    ready.pin(version)
    make_wheel(ready.wheels, "2.0", text="another = True\n")
    result = ready.run("train", **environ)
    assert result.returncode == 1
    assert why in result.stderr
    last = "The packages could not be installed, as stands above: is there a network?"
    assert result.stderr.splitlines()[-1] == last
    assert "Traceback" not in result.stderr
    ready.pin("1.0")
    assert ready.run("train").stderr == ""


def cut_the_package(ready: Checkout) -> str:
    (module,) = ready.venv.glob("**/rnn_scope_toy.py")
    module.write_text(module.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    return module.name


def remove_the_package(ready: Checkout) -> str:
    for file in ready.venv.glob("**/rnn_scope_toy*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    return "rnn_scope_toy"


def cut_a_library(ready: Checkout) -> str:
    """What loads it is not even asked: it would end the process."""
    (library,) = ready.venv.glob("**/rnn_scope_toy_more.so")
    library.write_bytes(library.read_bytes()[:-5])
    return library.name


def lose_the_configuration(ready: Checkout) -> str:
    (ready.venv / "pyvenv.cfg").unlink()
    return "pyvenv.cfg"


def lose_the_python(ready: Checkout) -> str:
    ready.python.unlink()
    ready.python.symlink_to("/nowhere/python3")
    return "its Python cannot be run: No such file or directory"


def lose_the_x_bit(ready: Checkout) -> str:
    ready.python.unlink()
    shutil.copyfile(base_python(), ready.python)
    return "its Python cannot be run: Permission denied"


@pytest.mark.parametrize(
    "damage", [cut_the_package, remove_the_package, cut_a_library, lose_the_configuration]
)
def test_a_damaged_environment_under_a_whole_stamp_is_found(
    ready: Checkout, damage: Callable[[Checkout], str]
) -> None:
    what = damage(ready)
    refused = ready.run("--no-setup", "train")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert re.fullmatch(
        rf"{re.escape(str(ready.venv))} is damaged \(.*{what}.*\); start without --no-setup .*\.\n",
        refused.stderr,
    )


@pytest.mark.parametrize(
    "damage", [cut_the_package, lose_the_configuration, pytest.param(lose_the_x_bit, marks=KILLS)]
)
def test_a_damaged_environment_under_a_whole_stamp_is_made_again(
    ready: Checkout, damage: Callable[[Checkout], str]
) -> None:
    what = damage(ready)
    result = ready.run("train", "a b")
    first, *rest = result.stderr.splitlines()
    assert re.fullmatch(rf"{re.escape(str(ready.venv))} is damaged \(.*{what}\); making it again\.", first)
    assert rest[0] == "Setting up RNN Scope: creating .venv …"
    assert said(result)["arguments"] == ["a b"]
    assert ready.run("train").stderr == ""


@KILLS
@pytest.mark.parametrize("damage", [lose_the_python, lose_the_x_bit])
def test_a_python_that_cannot_be_run_is_found(ready: Checkout, damage: Callable[[Checkout], str]) -> None:
    what = damage(ready)
    refused = ready.run("--no-setup", "train")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"{ready.venv} is damaged ({what}); start without --no-setup")


def fail_with(ready: Checkout, line: str) -> None:
    """Have the command end with a line of its own."""
    command = ready.folder / "rnn" / "commands" / "train.py"
    command.write_text(f"{command.read_text(encoding='utf-8')}\n    {line}\n", encoding="utf-8")


def test_a_fault_of_the_programs_own_makes_nothing_again(ready: Checkout) -> None:
    fail_with(ready, "from rnn_scope_toy import nothing_of_this_name")
    result = ready.run("train")
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback")
    assert result.stderr.count("ImportError: ") == 1


def test_what_fails_in_an_environment_that_was_just_made_again_is_not_its_damage(ready: Checkout) -> None:
    cut_the_package(ready)
    result = ready.run("train", RNN_SCOPE_MADE_AGAIN="1")
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback")
    assert "SyntaxError" in result.stderr


def test_damage_that_a_command_went_on_in_spite_of_is_mended_by_the_next_start(ready: Checkout) -> None:
    fail_with(ready, "import resources.setup; resources.setup.doubts.append('toy')")
    assert ready.run("train").stderr == ""
    (data,) = ready.venv.glob("**/rnn_scope_toy.txt")
    data.unlink()
    result = ready.run("train")
    assert said(result)["toy"] == "1.0"
    assert "rnn_scope_toy.txt); the next start makes it again." in result.stderr
    assert not (ready.venv / "setup.stamp").exists()


def test_an_environment_that_may_be_half_written_is_made_anew(ready: Checkout) -> None:
    (ready.venv / "setup.stamp").unlink()
    (left_over,) = ready.venv.glob("**/rnn_scope_toy.py")
    left_over.write_text("half of a fi", encoding="utf-8")
    result = ready.run("train")
    assert "creating .venv" in result.stderr
    assert said(result)["toy"] == "1.0"
    assert left_over.read_text(encoding="utf-8") == "version = '1.0'\n"


def test_an_environment_of_another_python_is_made_anew(ready: Checkout) -> None:
    stamp = ready.venv / "setup.stamp"
    now = f"python {sys.version_info.major}.{sys.version_info.minor}\n"
    stamp.write_text(stamp.read_text(encoding="utf-8").replace(now, "python 3.5\n"), encoding="utf-8")
    result = ready.run("train")
    assert "creating .venv" in result.stderr
    assert now in stamp.read_text(encoding="utf-8")
    assert "python 3.5" not in stamp.read_text(encoding="utf-8")


@KILLS
@pytest.mark.parametrize(("kill", "exit_code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_set_up_that_was_interrupted_is_finished_by_the_next(
    checkout: Checkout, kill: signal.Signals, exit_code: int
) -> None:
    first = checkout.start("train")
    wait_for((checkout.venv / "pyvenv.cfg").exists)
    first.send_signal(kill)
    _, words = first.communicate(timeout=PATIENCE)
    assert first.returncode == exit_code
    assert "Traceback" not in words
    assert ("interrupted; the next start goes on with it" in words) == (kill == signal.SIGINT)
    assert said(checkout.run("train"))["toy"] == "1.0"
    assert checkout.run("train").stderr == ""


@KILLS
def test_two_set_ups_at_the_same_time_wait_for_each_other(checkout: Checkout) -> None:
    first = checkout.start("train")
    wait_for((checkout.venv / "pyvenv.cfg").exists)
    first.send_signal(signal.SIGSTOP)  # so that it is at work for as long as the second one takes to come
    second = checkout.start("train")
    assert second.stderr is not None
    assert "waiting for it" in second.stderr.readline()
    first.send_signal(signal.SIGCONT)
    words = [start.communicate(timeout=PATIENCE)[1] for start in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], words
    assert ["creating .venv" in said for said in words] == [True, False]


def test_ones_own_environment_is_used_as_it_is(checkout: Checkout, tmp_path: Path) -> None:
    own = make_environment(tmp_path / "own", toy="1.5")
    result = checkout.run("train", python=own)
    assert result.stderr == ""
    assert said(result)["python"] == str(own)
    assert not checkout.venv.exists()


def test_ones_own_environment_in_the_checkout_is_used_as_it_is(checkout: Checkout) -> None:
    make_environment(checkout.venv, toy="1.5")
    before = sorted(checkout.venv.iterdir())
    result = checkout.run("train")
    assert result.stderr == ""
    assert said(result)["toy"] == "1.5"
    assert sorted(checkout.venv.iterdir()) == before


def test_ones_own_environment_in_the_checkout_gets_what_it_lacks(checkout: Checkout) -> None:
    make_environment(checkout.venv, toy=None)
    mine = checkout.venv / "mine.txt"
    mine.touch()
    assert said(checkout.run("train"))["toy"] == "1.0"
    assert mine.exists()


def test_no_setup_says_what_is_missing_and_makes_nothing_and_what_it_advises_is_enough(
    checkout: Checkout,
) -> None:
    refused = checkout.run("--no-setup", "train")
    assert refused.returncode == 1
    assert "lacks rnn-scope-toy>=1.0; start without --no-setup, or install" in refused.stderr
    assert not checkout.venv.exists()
    _, folder, command = re.split(" in (.+) with: ", refused.stderr)
    assert folder == str(checkout.folder)
    subprocess.run(command, shell=True, cwd=folder, env=checkout.environ, check=True, capture_output=True)
    assert said(checkout.run("--no-setup", "train"))["python"] == str(checkout.python)


def test_no_setup_runs_with_what_is_there(ready: Checkout) -> None:
    (ready.venv / "setup.stamp").unlink()
    assert said(ready.run("train", "--no-setup"))["arguments"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no command needs any")
def test_a_machine_without_the_libraries_of_qt_can_train_all_the_same(ready: Checkout) -> None:
    (ready.folder / "resources" / "setup" / "offscreen.txt").write_text("librnnscope.so.9 librnnscope9\n")
    (ready.venv / "setup.stamp").unlink()
    assert said(ready.run("--no-setup", "train", "here"))["arguments"] == ["here"]
    for command in ("shot", "test"):
        refused = ready.run("--no-setup", command)
        assert refused.returncode == 1
        assert "lacks: librnnscope.so.9" in refused.stderr


@KILLS
def test_uv_is_used_where_it_is_there_and_pip_where_it_fails(ready: Checkout, tmp_path: Path) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\necho no such thing >&2\nexit 2\n')
    uv.chmod(0o755)
    ready.pin("2.0")
    result = ready.run("train", PATH=f"{uv.parent}:{os.defpath}")
    assert said(result)["toy"] == "2.0"
    installing = "Setting up RNN Scope: fetching and installing packages …"
    done = "Setting up RNN Scope: done"
    assert result.stderr.splitlines() == [installing, "no such thing", installing, done]
    assert "--require-hashes" in (tmp_path / "asked").read_text()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a person without all rights")
def test_a_checkout_that_cannot_be_written_to_is_named(checkout: Checkout) -> None:
    checkout.folder.chmod(0o555)
    result = checkout.run("train")
    checkout.folder.chmod(0o755)
    assert result.returncode == 1
    assert result.stderr.startswith(f"The set-up cannot work in {checkout.venv}: ")

"""How the compiled update gets ready, in programs of their own, with a function that compiles at once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from rnn.training.engines.compiled import cache, readiness
from rnn.training.engines.compiled.cache import DAY, Kernels
from rnn.training.engines.compiled.readiness import Preparation, State
from tests.waiting import PATIENCE, wait_for

pytest.importorskip("llvmlite", reason="there are no wheels of Numba for this machine")

ROOT = Path(__file__).resolve().parents[4]
KILLS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
SOURCE = """
import ctypes, os, time

class Number(ctypes.Structure):
    _fields_ = [("value", ctypes.c_double)]

def machine_code():
    from numba import types
    from rnn.training.engines.compiled.kernels.compiling import compile_alone, kernel
    from rnn.training.engines.compiled.kernels.instructions import array_at

    began, quick = os.environ.get("BEGAN"), os.environ.get("QUICK")
    if began and not os.path.exists(quick):
        with open(began + ".part", "w") as file:
            file.write(str(os.getpid()))
        os.replace(began + ".part", began)
        time.sleep(600)
    numbers = array_at(types.float64)

    @kernel
    def double(address):
        numbers(address, 1)[0] = 2.0 * numbers(address, 1)[0]

    return compile_alone(double, types.void(types.intp))

def use(step):
    global double
    double = step

def trial():
    number = Number(1.5)
    double(number)
    assert number.value == 3.0
"""
PROGRAM = """
import importlib, json, sys, time
from pathlib import Path
from rnn.training.engines.compiled.cache import Kernels
from rnn.training.engines.compiled.readiness import Preparation

module, source, *places = sys.argv[1:]
preparation = Preparation(Kernels(module, module, (Path(source),)), lambda: [Path(place) for place in places])
seen = []
preparation.start()
while not seen or seen[-1] not in ("ready", "unavailable", "off"):
    name = preparation.state().name
    if name not in ("loading", *seen[-1:]):  # which takes too short a time to be always seen
        seen.append(name)
    time.sleep(0.001)
if seen[-1] == "ready":
    importlib.import_module(module).trial()
print(json.dumps([seen, preparation.state().reason, sorted({"llvmlite", "numba"} & set(sys.modules))]))
"""
COMPILED = [["compiling", "ready"], "", ["llvmlite"]]
LOADED = [["ready"], "", ["llvmlite"]]


class Machine:
    """A machine with a function to compile, and places to keep it in."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.place = folder / "places" / "first"
        self.source = folder / "source" / f"{name}.py"
        self.source.parent.mkdir()
        self.source.write_text(SOURCE, encoding="utf-8")
        self.kernels = Kernels(name, name, (self.source,))
        self.began, self.quick = folder / "began", folder / "quick"

    def start(self, *places: Path, **variables: str) -> subprocess.Popen[str]:
        """Start a program that gets the function ready and tells how."""
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(self.source.parent)])}
        arguments = [self.kernels.user, self.source, *(places or [self.place])]
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM, *map(str, arguments)],
            env={**environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *places: Path, **variables: str) -> Any:
        """What such a program told: its states, the reason, and which compilers it has loaded."""
        return said(self.start(*places, **variables))

    def halting(self) -> dict[str, str]:
        """Variables with which compiling halts, until it may be quick."""
        return {"BEGAN": str(self.began), "QUICK": str(self.quick)}

    def compiler(self) -> int:
        """The number of the process that has begun to compile."""
        wait_for(self.began.exists)
        return int(self.began.read_text(encoding="utf-8"))

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.place.iterdir()) if self.place.exists() else []


def said(program: subprocess.Popen[str]) -> Any:
    out, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, err) == (0, "")
    return json.loads(out)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is compiled."""
    return Machine(tmp_path, "tiny")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine on which it is compiled, to look at alone."""
    machine = Machine(tmp_path_factory.mktemp("compiled"), "tiny")
    assert machine.run() == COMPILED
    return machine


@pytest.fixture
def here(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a function that this very program has not imported."""
    machine = Machine(tmp_path, f"tiny_{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}")
    monkeypatch.syspath_prepend(machine.source.parent)
    monkeypatch.setenv("PYTHONPATH", str(machine.source.parent))
    return machine


def test_it_is_compiled_once_and_loaded_ever_after(compiled: Machine) -> None:
    kept = compiled.kept()
    assert len(kept) == 1
    assert compiled.run() == LOADED
    assert compiled.kept() == kept


def test_another_checkout_of_the_version_finds_it_compiled(compiled: Machine, machine: Machine) -> None:
    os.utime(machine.source, (1e9, 1e9))
    assert machine.run(compiled.place) == LOADED


def test_what_is_compiled_is_loaded_from_where_nothing_can_be_written(compiled: Machine) -> None:
    for path in (*compiled.place.glob("*/*"), *compiled.place.iterdir(), compiled.place):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert compiled.run() == LOADED
    finally:
        for path in (compiled.place, *compiled.place.iterdir()):
            path.chmod(0o755)


def test_a_changed_source_is_compiled_anew(compiled: Machine, machine: Machine) -> None:
    changed = SOURCE.replace("2.0 * numbers(address, 1)[0]", "numbers(address, 1)[0] * 2.0")
    machine.source.write_text(changed, encoding="utf-8")
    shutil.copytree(compiled.place, machine.place)
    assert machine.run() == COMPILED
    assert len(machine.kept()) == 2


def test_damaged_machine_code_is_compiled_anew_and_not_run(compiled: Machine, machine: Machine) -> None:
    shutil.copytree(compiled.place, machine.place)
    (file,) = machine.place.glob("*/step.o")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert machine.run() == COMPILED
    assert machine.kept() == compiled.kept()
    assert machine.run() == LOADED


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"symbol": "no_such_function", "calls": []}'])
def test_what_is_sealed_and_cannot_be_loaded_is_compiled_anew(
    compiled: Machine, machine: Machine, content: bytes
) -> None:
    shutil.copytree(compiled.place, machine.place)
    (about,) = machine.place.glob("*/step.json")
    about.write_bytes(content)
    cache.seal(about.parent)
    assert machine.run() == COMPILED
    assert machine.run() == LOADED


def test_two_programs_that_compile_at_once_do_not_harm_each_other(machine: Machine) -> None:
    programs = [machine.start() for _ in range(2)]
    told = [said(program) for program in programs]
    assert [one[0][-1] for one in told] == ["ready", "ready"]
    assert len(machine.kept()) == 1


def test_a_place_that_cannot_be_written_to_gives_way_to_the_next(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    closed = tmp_path / "file" / "place"
    assert machine.run(closed, machine.place) == COMPILED
    assert len(machine.kept()) == 1


def test_with_no_place_it_is_compiled_into_a_temporary_one_that_goes(
    machine: Machine, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    closed = machine.source / "place"
    assert machine.run(closed, TMPDIR=str(temporary), TEMP=str(temporary)) == COMPILED
    assert not list(temporary.iterdir())


@KILLS
def test_a_program_that_is_killed_takes_its_compiler_with_it_and_the_next_one_compiles(
    machine: Machine,
) -> None:
    program = machine.start(**machine.halting())
    compiler = machine.compiler()
    assert os.getpriority(os.PRIO_PROCESS, compiler) >= 10
    program.kill()
    program.communicate()
    wait_for(lambda: not is_alive(compiler))
    wait_for(lambda: machine.kept() == [])
    assert machine.run() == COMPILED
    assert machine.run() == LOADED


@KILLS
def test_a_stop_while_it_compiles_is_quick_and_leaves_nothing_and_it_can_begin_again(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in here.halting().items():
        monkeypatch.setenv(name, value)
    preparation = Preparation(here.kernels, lambda: [here.place])
    assert preparation.wait(PATIENCE) == State("off")
    preparation.start()
    compiler = here.compiler()
    assert preparation.wait(0.01) == State("compiling")
    preparation.stop()  # it would go on for ten minutes
    assert preparation.state() == State("off")
    assert not is_alive(compiler)
    assert here.kept() == []
    here.quick.touch()
    preparation.start()
    assert preparation.wait(PATIENCE) == State("ready")
    assert len(here.kept()) == 1


@pytest.mark.parametrize(
    ("again", "end"), [(True, State("ready")), (False, State("off"))], ids=["again", "not"]
)
def test_a_start_while_it_is_being_stopped_is_not_lost(here: Machine, again: bool, end: State) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def places() -> list[Path]:
        begun.set()
        assert may_go_on.wait(PATIENCE)
        return [here.place]

    preparation = Preparation(here.kernels, places)
    preparation.start()
    assert begun.wait(PATIENCE)
    preparation.stop(0.0)
    assert preparation.state() == State("loading")
    preparation.start()
    if not again:
        preparation.stop(0.0)
    may_go_on.set()
    assert preparation.wait(PATIENCE) == end
    assert len(here.kept()) == (1 if again else 0)
    preparation.start()
    assert preparation.wait(PATIENCE) == State("ready")


@KILLS
def test_a_start_right_after_the_compiler_was_ended_compiles_again(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in here.halting().items():
        monkeypatch.setenv(name, value)
    preparation = Preparation(here.kernels, lambda: [here.place])
    preparation.start()
    here.compiler()
    here.quick.touch()
    preparation.stop(0.0)
    preparation.start()
    assert preparation.wait(PATIENCE) == State("ready")
    assert len(here.kept()) == 1


def test_it_is_prepared_by_one_thread_that_ends(here: Machine) -> None:
    may_go_on = threading.Event()

    def places() -> list[Path]:
        assert may_go_on.wait(PATIENCE)
        return [here.place]

    preparation = Preparation(here.kernels, places)
    for _ in range(3):
        preparation.start()
    names = [thread.name for thread in threading.enumerate() if thread.daemon]
    assert names.count("compiled step") == 1
    may_go_on.set()
    assert preparation.wait(PATIENCE) == State("ready")
    wait_for(lambda: "compiled step" not in [thread.name for thread in threading.enumerate()])
    preparation.start()
    preparation.stop()
    assert preparation.state() == State("ready")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("raise ValueError('no such type.\\nmore')", "compiling failed (no such type)"),
        ("os._exit(7)", "compiling failed (exit code 7)"),
        ("os._exit(0)", "compiling failed (exit code 0)"),
        ("def machine_code(): raise TypeError", "compiling failed (TypeError)"),
        ("raise OSError('full')", "there is no folder to write its machine code to"),
    ],
)
def test_what_goes_wrong_while_it_is_compiled_is_the_reason(here: Machine, line: str, reason: str) -> None:
    here.source.write_text(f"{SOURCE}\n{line}\n", encoding="utf-8")
    preparation = Preparation(here.kernels, lambda: [here.place])
    preparation.start()
    assert preparation.wait(PATIENCE) == State("unavailable", reason)
    assert here.kept() == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("def trial(): raise ArithmeticError('wrong')", "wrong"),
        ("def trial(): os._exit(7)", "exit code 7"),
        pytest.param("def trial(): os.abort()", "exit code -6", marks=KILLS),
    ],
)
def test_what_fails_its_trial_is_not_used_and_not_compiled_again_for_a_day(
    here: Machine, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    def began(*_: object) -> None:
        raise ArithmeticError("it began")

    here.source.write_text(f"{SOURCE}\n{line}\n", encoding="utf-8")
    failed = State("unavailable", f"the compiled update failed its trial ({reason})")
    outcome(here, failed)
    monkeypatch.setattr(Preparation, "_run", began)
    outcome(here, failed)
    (refused,) = here.place.glob("*/refused")
    os.utime(refused, (time.time() - 2 * DAY,) * 2)
    outcome(here, State("unavailable", "the compiled update could not be loaded (it began)"))


def outcome(here: Machine, expected: State) -> None:
    preparation = Preparation(here.kernels, lambda: [here.place])
    preparation.start()
    assert preparation.wait(PATIENCE) == expected


def test_a_trial_that_does_not_end_is_ended(here: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(readiness.LIMITS, "trial", 0.5)
    here.source.write_text(f"{SOURCE}\ndef trial(): __import__('time').sleep(60)\n", encoding="utf-8")
    reason = "the compiled update failed its trial (it took longer than 0.5 seconds)"
    outcome(here, State("unavailable", reason))


def test_a_library_that_is_missing_is_named(here: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LIBRARIES", {"no_such_library": "Numba"})
    preparation = Preparation(here.kernels, lambda: [here.place])
    preparation.start()
    assert preparation.wait(PATIENCE) == State("unavailable", "Numba is not installed")


def test_numba_without_its_compiler_is_said(machine: Machine) -> None:
    states, reason, _ = machine.run(NUMBA_DISABLE_JIT="1")
    assert states[-1] == "unavailable"
    assert reason == "compiling failed (Numba is switched off by NUMBA_DISABLE_JIT)"


def test_a_source_that_changes_meanwhile_is_not_kept_under_the_name_of_the_old_one(here: Machine) -> None:
    change = f"open({str(here.source)!r}, 'a').write('#')"
    here.source.write_text(f"{SOURCE}\n{change}\n", encoding="utf-8")
    preparation = Preparation(here.kernels, lambda: [here.place])
    preparation.start()
    assert preparation.wait(PATIENCE) == State("unavailable", "its source changed while it was compiled")
    assert here.kept() == []


@pytest.mark.parametrize("seconds", [0, 0.3])
def test_a_program_may_end_at_any_moment(compiled: Machine, seconds: float) -> None:
    code = PROGRAM.partition("seen = []")[0] + f"preparation.start(); time.sleep({seconds})"
    code += "; import atexit; atexit.register(preparation.stop, 5.0)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, "tiny", str(compiled.source), str(compiled.place)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(compiled.source.parent)])},
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

"""The machine code of the step: what it needs of the system, and how it is called."""

from __future__ import annotations

import ctypes
import json
import math
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnn.training.engines.compiled import cache, loading
from rnn.training.engines.compiled.call import CALL, PROBLEM, Call
from rnn.training.engines.compiled.loading import ABOUT, FUNCTION, OBJECT, Step, load
from rnn.training.engines.compiled.problem import Problem

pytest.importorskip("llvmlite", reason="there are no wheels of Numba for this machine")

ROOT = Path(__file__).resolve().parents[4]
ELF = pytest.mark.skipif(
    sys.platform != "linux" or platform.architecture()[0] != "64bit", reason="it reads the files of Linux"
)


@pytest.fixture
def folder(kernels: None) -> Path:
    """Where the step's machine code lies."""
    found = cache.find(cache.folder_name(cache.KERNELS), cache.places())
    assert found is not None
    return found


def undefined(content: bytes) -> set[str]:
    """The names that an object file of Linux needs from elsewhere."""
    from llvmlite.binding.object_file import ObjectFileRef

    sections = {s.name(): s.data() for s in ObjectFileRef.from_data(content).sections() if s.size()}
    names, found = sections[b".strtab"], set()
    for name, _, _, section, _, _ in struct.iter_unpack("=IBBHQQ", sections[b".symtab"]):
        if section == 0 and name:
            found.add(names[name : names.index(b"\0", name)].decode())
    return found


@ELF
def test_it_needs_a_few_functions_of_c_and_nothing_of_python(folder: Path) -> None:
    needed = undefined((folder / OBJECT).read_bytes())
    assert {"log", "pow"} <= needed <= set(json.loads((folder / ABOUT).read_text())["calls"])
    assert needed <= {"log", "pow", "memset", "memcpy", "memmove", "fma"}


def test_a_function_that_the_system_lacks_is_named_before_it_ends_the_process(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    about = json.loads((folder / ABOUT).read_text())
    (tmp_path / "copy" / ABOUT).write_text(json.dumps(about | {"calls": ["log", "no_such_function"]}))
    with pytest.raises(LookupError, match="there is no function no_such_function"):
        load(tmp_path / "copy")


def test_what_llvm_does_not_find_is_taken_from_the_libraries_of_c() -> None:
    known = dict[str, int]()
    llvm = SimpleNamespace(address_of_symbol=known.get, add_symbol=known.__setitem__)
    for name in ("log", "pow", "memset"):
        loading._provide(llvm, name)
    assert set(known) == {"log", "pow", "memset"}
    logarithm = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(known["log"])
    assert logarithm(2.0) == math.log(2.0)


def test_a_program_can_load_it_where_numba_is_not_installed(folder: Path) -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from pathlib import Path\n"
        "from rnn.training.engines.compiled import engine\n"
        "from rnn.training.engines.compiled.loading import load\n"
        "engine.use(load(Path(sys.argv[1])))\n"
        "engine.trial()"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(folder)], cwd=ROOT, check=True)


def stub(status: int) -> tuple[object, Step]:
    """A function that does nothing and returns a status, which must live as long as it is called."""
    function = FUNCTION(lambda *_: status)
    return function, Step(ctypes.cast(function, ctypes.c_void_p).value or 0)


def test_a_trial_sees_a_step_that_does_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rnn.training.engines.compiled import engine

    engine.trial()
    _alive, step = stub(0)
    monkeypatch.setattr(engine.Compiled, "_step", step)
    with pytest.raises(ArithmeticError, match="something else"):
        engine.trial()


def test_a_record_names_all_that_a_call_is_about_without_gaps() -> None:
    assert CALL.names == tuple(name for name, *_ in Call._fields_)
    assert CALL.itemsize == 8 * len(Call._fields_)
    assert PROBLEM.itemsize == 16 * len(Problem._fields)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
@pytest.mark.parametrize("file", [ABOUT, OBJECT])
def test_what_became_a_pipe_since_it_was_found_is_not_waited_for(
    folder: Path, tmp_path: Path, file: str
) -> None:
    for name in (ABOUT, OBJECT):
        shutil.copy(folder / name, tmp_path)
    (tmp_path / file).unlink()
    os.mkfifo(tmp_path / file)
    with pytest.raises(OSError, match=r"expected a file, found a pipe$"):
        load(tmp_path)


def test_a_function_that_fails_is_said() -> None:
    _alive, step = stub(1)
    with pytest.raises(RuntimeError, match="status 1"):
        step(Call())

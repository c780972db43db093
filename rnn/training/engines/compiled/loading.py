"""The compiled step as one function of machine code: written into a folder, and loaded from it by LLVM alone.

Without Numba, which would take several times as long and fifty megabytes more.
"""

from __future__ import annotations

import ctypes
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnn.errors import DataError
from rnn.files import read_bytes

OBJECT, ABOUT = "step.o", "step.json"
LARGEST = 1 << 26  # bytes of a file; the machine code has some 135,000
# What LLVM may call by itself on some machines, for a stack frame of more than a page.
OF_THE_SYSTEM = ("__chkstk",) if sys.platform == "win32" else ()
# Where the functions of C are: in the program itself, or beside it.
LIBRARIES = {
    "win32": ("ucrtbase", "vcruntime140", "ntdll"),
    "linux": (None, "libm.so.6", "libc.so.6"),
}
# int f(result, error, call), as Numba has its functions called; no Python runs meanwhile.
FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class MachineCode:
    """A function of one address that returns nothing.

    Attributes:
        content: an object file, as the system has them.
        symbol: the function's name in it.
        calls: the functions of C that it calls.
    """

    content: bytes
    symbol: str
    calls: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write it into a folder.

        Raises:
            OSError: it cannot be written.
        """
        (folder / OBJECT).write_bytes(self.content)
        about = {"symbol": self.symbol, "calls": self.calls}
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


class Step:
    """The function, to be called with a record.

    Arguments:
        address: where it lies.
    """

    def __init__(self, address: int) -> None:
        self._function = FUNCTION(address)
        self._returned = (ctypes.c_void_p * 2)()
        self._result = ctypes.addressof(self._returned)
        self._error = self._result + ctypes.sizeof(ctypes.c_void_p)

    def __call__(self, call: ctypes.Structure) -> None:
        """Do what stands in the record, and write into it what came of it.

        Raises:
            RuntimeError: the function failed.
        """
        status = self._function(self._result, self._error, ctypes.byref(call))
        if status:
            raise RuntimeError(f"the compiled update ended with status {status}")


def load(folder: Path) -> Step:
    """Load the function of a folder, for as long as the program runs.

    Raises:
        OSError: the folder cannot be read.
        LookupError: the folder lacks the function, or this system one that it calls.
        PermissionError: this system lets no program make machine code.
    """
    import llvmlite.binding as llvm

    about, machine_code = json.loads(content_of(folder / ABOUT)), content_of(folder / OBJECT)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.check_jit_execution()  # a system may forbid it, and would end the program at the first call
    engine = _engine(llvm)
    for name in (*about["calls"], *OF_THE_SYSTEM):
        _provide(llvm, name)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(machine_code))
    engine.finalize_object()
    address = engine.get_function_address(about["symbol"])
    if not address:
        raise LookupError(f"there is no function {about['symbol']}")
    engine.detach()  # or the function would go with it
    return Step(address)


def content_of(file: Path) -> bytes:
    """Return what is in a file that may be one of ours.

    Raises:
        OSError: it cannot be read, is no plain file, or is too large.
    """
    if file.is_symlink():
        raise OSError(f"{file} is a link")
    try:
        return read_bytes(file, LARGEST)
    except DataError as error:
        raise OSError(str(error)) from None


def _engine(llvm: Any) -> Any:
    """What places machine code in memory, set up as Numba does it."""
    triple = llvm.get_process_triple()
    target = llvm.Target.from_triple(triple)
    relocation = "static" if target.name.startswith("x86") else "default"
    machine = target.create_target_machine(reloc=relocation, codemodel="jitdefault", jit=True)
    module = llvm.parse_assembly("")
    module.triple = triple
    return llvm.create_mcjit_compiler(module, machine)


def _provide(llvm: Any, name: str) -> None:
    """Have LLVM find a function of C: one that it does not find ends the process."""
    if llvm.address_of_symbol(name):
        return
    for library in LIBRARIES.get(sys.platform, (None,)):
        try:
            function = getattr(ctypes.CDLL(library), name)
        except (OSError, AttributeError):
            continue
        llvm.add_symbol(name, ctypes.cast(function, ctypes.c_void_p).value)
        return
    raise LookupError(f"there is no function {name}")

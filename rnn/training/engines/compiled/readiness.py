"""How the compiled step stands: it is compiled and loaded in the background, and nobody waits for it.

LLVM is loaded by the background thread alone, until the step is ready; Numba is not loaded in this process.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from resources.setup import doubts
from rnn.training.engines.compiled import cache
from rnn.training.engines.compiled.cache import KERNELS, Kernels
from rnn.training.engines.compiled.child import DONE, UNWRITABLE, brief
from rnn.training.engines.compiled.loading import load

ROOT = Path(__file__).parents[4]
LIBRARIES = {"numba": "Numba", "llvmlite": "llvmlite"}
THREAD = "compiled step"  # the name of the thread
LIMITS = {"compile": 900.0, "trial": 60.0}  # seconds for either process
AT_ONCE, AT_EXIT = 0.8, 5.0  # seconds that an end waits for the thread


@dataclass(frozen=True, slots=True)
class State:
    """How the compiled step stands.

    Attributes:
        name: ``off`` before the start, and after a stop; ``compiling`` and ``loading`` while it is prepared.
        reason: why it is unavailable, as a part of a sentence; else empty.
    """

    name: Literal["off", "compiling", "loading", "ready", "unavailable"]
    reason: str = ""


class _Unavailable(Exception):
    """Why the step cannot be had, as a part of a sentence."""


class _Stopped(Exception):
    """It is not wanted any more."""


class Preparation:
    """Prepares one set of kernels.

    Arguments:
        kernels: what is compiled and loaded.
        places: gives the folders that the machine code may lie in, the best first.
    """

    def __init__(self, kernels: Kernels, places: Callable[[], Sequence[Path]]) -> None:
        self._kernels = kernels
        self._places = places
        self._changed = threading.Condition()
        self._state = State("off")
        self._stopping = False  # the thread is to end,
        self._again = False  # and then to begin again
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless it has begun; what is being stopped begins again."""
        with self._changed:
            if self._state.name != "off":
                self._again = self._stopping
                return
            self._stopping = self._again = False
            self._state = State("loading")
            self._thread = threading.Thread(target=self._prepare, name=THREAD, daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:
                self._thread, self._state = None, State("unavailable", f"no thread could begin ({error})")

    def state(self) -> State:
        """Return how it stands now."""
        return self._state

    def wait(self, seconds: float) -> State:
        """Return how it stands when it is ready, unavailable or off, or after some seconds."""
        with self._changed:
            self._changed.wait_for(self._is_settled, max(0.0, min(seconds, threading.TIMEOUT_MAX)))
            return self._state

    def stop(self, patience: float = AT_ONCE) -> None:
        """End a compilation; what is being loaded goes on for at most some seconds, or behind."""
        with self._changed:
            self._stopping, self._again = True, False
            if self._process is not None:
                with suppress(OSError):
                    self._process.kill()
            thread = self._thread
        if thread is not None:
            thread.join(patience)

    def _is_settled(self) -> bool:
        return self._state.name in ("off", "ready", "unavailable")

    def _become(self, state: State) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()

    def _prepare(self) -> None:
        while True:
            state = self._outcome()
            with self._changed:
                if state.name != "off" or not self._again:
                    self._become(state)
                    return
                self._stopping = self._again = False
                self._become(State("loading"))

    def _outcome(self) -> State:
        try:
            self._compile_and_load()
        except _Stopped:
            return State("off")
        except _Unavailable as error:
            state = State("unavailable", str(error))
        except BaseException as error:  # whatever a library does, the state says it
            state = State("unavailable", f"the compiled update could not be loaded ({brief(error)})")
        else:
            return State("ready")
        doubts.append(state.reason)
        return state

    def _compile_and_load(self) -> None:
        for module, title in LIBRARIES.items():
            if find_spec(module) is None:
                raise _Unavailable(f"{title} is not installed")
        name = cache.folder_name(self._kernels)
        with ExitStack() as until_loaded:
            kept = cache.find(name, self._places())
            if kept is not None:
                try:
                    self._load(kept)
                    return
                except (_Stopped, _Unavailable):
                    raise
                except Exception:  # whatever it holds under a seal that is right, it is not what was compiled
                    cache.discard(kept)
            self._become(State("compiling"))
            folder = self._compiled(name, until_loaded)
            self._become(State("loading"))
            self._load(folder)

    def _load(self, folder: Path) -> None:
        self._heed_stop()
        if why := cache.refusal(folder):
            raise _Unavailable(f"the compiled update failed its trial ({why})")
        import_module(self._kernels.user).use(load(folder))

    def _compiled(self, name: str, until_loaded: ExitStack) -> Path:
        """Return the folder that it was compiled into; a temporary one goes when the stack ends."""
        for place in self._writable(until_loaded):
            try:
                draft = cache.draft(place, name)
            except OSError:
                continue
            made = False
            try:
                made = self._made(draft, name)
            finally:
                if not made:
                    cache.discard(draft)
            if made:
                cache.tidy(place, name)
                return cache.publish(draft, name)
        raise _Unavailable("there is no folder to write its machine code to")

    def _writable(self, until_loaded: ExitStack) -> Iterator[Path]:
        yield from self._places()
        with suppress(OSError):
            temporary = tempfile.TemporaryDirectory(prefix="rnn-scope-", ignore_cleanup_errors=True)
            yield Path(until_loaded.enter_context(temporary))

    def _made(self, draft: Path, name: str) -> bool:
        """Compile into a folder and try what came of it; tell whether that folder could be written to."""
        code, words = self._run("compile", self._kernels.maker, draft)
        if code == UNWRITABLE:
            return False
        if code != DONE or not cache.is_whole(draft):
            raise _Unavailable(f"compiling failed ({words or f'exit code {code}'})")
        if cache.folder_name(self._kernels) != name:
            raise _Unavailable("its source changed while it was compiled")
        code, words = self._run("trial", self._kernels.user, draft)
        if code != DONE:
            cache.refuse(draft, words or f"exit code {code}")
        return True

    def _run(self, work: str, module: str, draft: Path) -> tuple[int, str]:
        """Work on a folder in a process of its own; return its exit code and the last line that it said."""
        command = [sys.executable, "-W", "ignore", "-m", f"{__package__}.child", work, module, str(draft)]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        with self._changed:
            self._heed_stop()
            try:
                self._process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": path},
                    stdin=subprocess.PIPE,  # at whose end it ends, and so with this process
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    creationflags=_behind_the_window(),
                )
            except OSError as error:
                raise _Unavailable(f"no process could begin to compile ({brief(error)})") from None
        limit = LIMITS[work]
        with self._process as process:
            timer = threading.Timer(limit, process.kill)
            timer.daemon = True
            timer.start()
            assert process.stderr is not None
            words = process.stderr.read().decode(errors="replace").splitlines()
            code = process.wait()
        if not timer.is_alive():
            words = [f"it took longer than {limit:g} seconds"]
        timer.cancel()
        with self._changed:
            self._process = None
            self._heed_stop()
        return code, words[-1] if words else ""

    def _heed_stop(self) -> None:
        if self._stopping:
            raise _Stopped


def _behind_the_window() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


STEP = Preparation(KERNELS, cache.places)
atexit.register(STEP.stop, AT_EXIT)  # a thread in the midst of a library must not outlive the interpreter

"""Where the machine code of the compiled step is kept on a person's machine.

Each version has a folder named by all that it was made of. The folder appears there whole, by one renaming,
so that several programs may compile at once and any may be killed. A seal in it holds the checksums of the
files that are used, so that what was damaged is compiled again and never run. It is no signature: a program
that runs as the same user can write whatever it likes, here as into the sources themselves.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rnn.training.engines.compiled.loading import ABOUT, OBJECT, content_of

HERE = Path(__file__).parent
PACKAGES = ("numba", "llvmlite")
SEAL, REFUSED = "seal.json", "refused"
OURS = re.compile(r"([0-9a-f]{20})(\.\w+)?")  # a folder of machine code, or a draft of one
DAY = 86400.0  # seconds
UNUSED, ABANDONED = 30 * DAY, DAY  # ages at which a folder and a draft are removed
PATIENCE, AGAIN = 2.0, 0.05  # seconds in all, and from one try to the next, for what Windows does not rename


@dataclass(frozen=True, slots=True)
class Kernels:
    """A function that is compiled.

    Attributes:
        maker: the module whose ``machine_code()`` compiles it; it is imported nowhere else.
        user: the module whose ``use()`` takes it when it is loaded, and whose ``trial()`` tries it then.
        sources: the files and folders that the machine code depends on.
    """

    maker: str
    user: str
    sources: tuple[Path, ...]


# What the kernels take from outside of their folder.
BESIDE = ("call", "layout", "loading", "problem", "support")
KERNELS = Kernels(
    "rnn.training.engines.compiled.kernels.entry",
    "rnn.training.engines.compiled.engine",
    (HERE / "kernels", *(HERE / f"{name}.py" for name in BESIDE)),
)


def folder_name(kernels: Kernels) -> str:
    """Return the name of a folder by all that the machine code in it is made of and for.

    It loads llvmlite, which knows the processor.
    """
    from importlib import metadata  # whose import takes 10 ms that a start need not wait for

    digest = hashlib.sha256()
    for fact in (*_machine(), *(f"{name} {metadata.version(name)}" for name in PACKAGES)):
        digest.update(fact.encode(errors="replace") + b"\0")
    for name, content in _contents(kernels.sources):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:20]


def _machine() -> Iterator[str]:
    import llvmlite.binding as llvm

    yield from (sys.version, sys.platform, *platform.libc_ver(), platform.machine())
    yield from (llvm.get_process_triple(), llvm.get_host_cpu_name())
    with contextlib.suppress(RuntimeError):  # it does not know the features of every processor
        yield llvm.get_host_cpu_features().flatten()
    yield from (f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.startswith("NUMBA_"))


def _contents(sources: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for source in sources:
        for file in sorted(source.rglob("*.py")) if source.is_dir() else [source]:
            yield file.relative_to(source.parent).as_posix(), file.read_bytes()


def places() -> list[Path]:
    """Return where folders may lie, the best first: the user's cache, which checkouts share, this one."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = home / "Library" / "Caches"
    else:
        named = Path(os.environ.get("XDG_CACHE_HOME", ""))
        cache = named if named.is_absolute() else home / ".cache"
    is_one = cache.is_dir() or (home.is_absolute() and home.is_dir())
    return [*([cache / "rnn-scope" / "compiled"] if is_one else []), HERE / "__pycache__" / "compiled"]


def find(name: str, among: Sequence[Path]) -> Path | None:
    """Return the first folder of a name that is whole, or None; that it was used is noted in it.

    What another user can write to is passed over.
    """
    for place in among:
        if _is_own(place) and is_whole(place / name):
            if _is_to_be_tried_again(place / name):
                discard(place / name)
                continue
            with contextlib.suppress(OSError):
                os.utime(place / name / SEAL)
            return place / name
    return None


def is_whole(folder: Path) -> bool:
    """Tell whether a folder is the user's own and holds what was sealed in it."""
    try:
        return _is_own(folder) and content_of(folder / SEAL) == _seal_of(folder)
    except OSError:
        return False


def _is_own(folder: Path) -> bool:
    """Whether a folder is there, and the user alone can write to it, where that can be known."""
    try:
        about = folder.stat()
    except OSError:
        return False
    if sys.platform == "win32":
        return True
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def seal(folder: Path) -> None:
    """Write down what a folder holds.

    Raises:
        OSError: a file that is used is not there, or the seal cannot be written.
    """
    (folder / SEAL).write_bytes(_seal_of(folder))


def _seal_of(folder: Path) -> bytes:
    """Return what the seal of a folder must say: it is compared as a whole, and never read by a parser."""
    names = [ABOUT, OBJECT, *([REFUSED] if os.path.lexists(folder / REFUSED) else [])]
    checksums = {name: hashlib.sha256(content_of(folder / name)).hexdigest() for name in names}
    return json.dumps(checksums).encode()


def refuse(folder: Path, why: str) -> None:
    """Note that what a sealed folder holds failed its trial, so that it is not compiled at every start.

    Raises:
        OSError: it cannot be written.
    """
    (folder / REFUSED).write_text(why, encoding="utf-8")
    seal(folder)


def refusal(folder: Path) -> str:
    """Why what a whole folder holds must not be used; empty where it may be."""
    try:
        return content_of(folder / REFUSED).decode(errors="replace")
    except OSError:
        return ""


def _is_to_be_tried_again(folder: Path) -> bool:
    """Whether a refusal is so old that what was wrong may be over."""
    try:
        return time.time() - (folder / REFUSED).stat().st_mtime > DAY
    except OSError:
        return False


def draft(place: Path, name: str) -> Path:
    """Make a folder to compile into, beside where it will stand.

    Raises:
        OSError: nothing can be written there, or another user can write there too.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_own(place):
        raise PermissionError(f"others can write to {place}")
    return Path(tempfile.mkdtemp(prefix=f"{name}.", dir=place))


def publish(draft: Path, name: str) -> Path:
    """Give a sealed draft its name, and return the folder to be used.

    It is that of another program that was quicker, or the draft where it cannot be renamed.
    """
    folder = draft.with_name(name)
    if _renamed(draft, folder):
        return folder
    if not is_whole(folder):
        with contextlib.suppress(OSError):
            _clear(folder)
        if _renamed(draft, folder):
            return folder
    if not is_whole(folder):
        return draft
    discard(draft)
    return folder


def _clear(folder: Path) -> None:
    """Take a damaged folder away, but not one that another program has put there meanwhile."""
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        if _renamed(folder, aside / folder.name) and is_whole(aside / folder.name):
            _renamed(aside / folder.name, folder)
    finally:
        discard(aside)


def _renamed(folder: Path, target: Path) -> bool:
    """Rename a folder, if that can be; on Windows whoever reads one of its files hinders it for a moment."""
    until = time.monotonic() + (PATIENCE if sys.platform == "win32" else 0.0)
    while True:
        try:
            folder.rename(target)
        except OSError as error:
            if not isinstance(error, PermissionError) or target.exists() or time.monotonic() >= until:
                return False
            time.sleep(AGAIN)
        else:
            return True


def discard(folder: Path) -> None:
    """Remove a folder, as far as it can be."""
    shutil.rmtree(folder, ignore_errors=True)


def tidy(place: Path, name: str) -> None:
    """Remove folders of other versions, unused for long, and drafts of programs that were killed."""
    with contextlib.suppress(OSError):
        for folder in list(place.iterdir()):
            match = OURS.fullmatch(folder.name)
            if match is None or folder.name == name:
                continue
            with contextlib.suppress(OSError):
                used = (folder if match[2] or not (folder / SEAL).exists() else folder / SEAL).stat().st_mtime
                if time.time() - used > (ABANDONED if match[2] else UNUSED):
                    discard(folder)

"""The folder .venv: what was put into it, whether it is still there, and how its Python takes over."""

import os
import re
import sys
from binascii import crc32
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

WINDOWS = sys.platform == "win32"
LISTS = {"run": ["run.txt"], "test": ["run.txt", "test.txt"]}  # of packages
LIBRARY = re.compile(r"(?!.*/qml/).*\.(so|pyd|dll|dylib)\b|pyvenv\.cfg$")  # those of QML are not used
RUNNING = f"python {sys.version_info.major}.{sys.version_info.minor}"


class Environment:
    """The folder, as a command needs it: with packages, a group in LISTS, and with lists of system libraries.

    In it lies a stamp: facts about what is complete, then size, checksum and path of each file, libraries
    first. It is away while anything is written there, since what has none may be half written.
    """

    def __init__(self, root: Path, group: str, libraries: Sequence[str]) -> None:
        self.root, self.group, self.libraries = root, group, libraries
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
        self.lock, self._stamp = self.folder / "setup.lock", self.folder / "setup.stamp"
        self.lists = [root / "resources" / "setup" / name for name in LISTS[group]]
        self.is_foreign = self.folder.exists() and not self.lock.exists()  # every set-up begins with its lock
        started = os.path.dirname(sys.executable)
        self.is_running = os.path.realpath(started) == os.path.realpath(self.python.parent)

    def needed(self) -> set[str]:
        """Return the facts with which nothing is left to do."""
        lists = {f"{file.name} {crc32(file.read_bytes())}" for file in self.lists}
        return lists | {f"libraries {kind}" for kind in self.libraries}

    def is_complete(self) -> bool:
        """Tell whether nothing is left to do, by the stamp."""
        return self.needed() | ({RUNNING} if self.is_running else set()) <= self.facts()

    def facts(self) -> set[str]:
        """Return the facts of the stamp."""
        return set(self.stamped().partition("\n\n")[0].splitlines())

    def stamped(self) -> str:
        """Return the stamp, empty if there is none."""
        try:
            return self._stamp.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def stamp(self, stamp: str) -> None:
        """Write a stamp, whole or not at all."""
        draft = self._stamp.with_suffix(".draft")
        draft.write_text(stamp, encoding="utf-8")
        os.replace(draft, self._stamp)

    def unstamp(self) -> None:
        """Take the stamp away."""
        self._stamp.unlink(missing_ok=True)

    def described(self, facts: Iterable[str]) -> str:
        """Return a stamp of these facts for the files that there are."""
        parts = sorted(facts), list[str](), list[str]()
        for path in self.folder.rglob("*"):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and not (path.is_symlink() or re.search(r"^setup\.|\.pyc$", name)):
                content = path.read_bytes()
                parts[1 if LIBRARY.match(name) else 2].append(f"{len(content)} {crc32(content)} {name}")
        return "\n\n".join(map("\n".join, parts))

    def damage(self, *, thorough: bool) -> str:
        """Return a file that is not what it was, or nothing.

        If ``thorough`` all are compared by checksums; else libraries alone by their sizes, since a process
        that loads one that was cut ends without an error.
        """
        for line in "\n".join(self.stamped().split("\n\n")[1 : 3 if thorough else 2]).splitlines():
            try:
                size, checksum, name = line.split(" ", 2)
                path = f"{self.folder}/{name}"
                is_whole = os.path.getsize(path) == int(size)
                if is_whole and not (thorough and crc32(Path(path).read_bytes()) != int(checksum)):
                    continue
            except (OSError, ValueError):
                pass
            return line.split(" ", 2)[-1].rpartition("site-packages/")[2]
        return ""

    def base_python(self) -> str:
        """Return the Python to make an environment with: the one that was started, or that beneath it."""
        base = str(getattr(sys, "_base_executable", sys.executable))
        return os.path.realpath(base) if self.is_running and base == sys.executable else base


def run_again(python: str | Path) -> NoReturn:
    """Run the same command with another Python, in the place of this process.

    Raises:
        OSError: that Python cannot be run.
    """
    command = [str(python), *sys.orig_argv[1:]]
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(command[0], command)
    import subprocess

    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:  # it went to the other process too, which decides what to make of it
            continue

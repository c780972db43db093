"""Which Python runs the program: the one that was started if it has all it needs, or else that of .venv."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from resources.setup import SetupError
from resources.setup.requirements import Requirements, missing, read_requirements

WINDOWS = sys.platform == "win32"
BIN = "Scripts" if WINDOWS else "bin"


class Environment:
    """The folder .venv of a checkout, and the stamp in it: what is known to be there, one fact a line."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / BIN / ("python.exe" if WINDOWS else "python")
        self.lock = self.folder / "setup.lock"
        self.log = self.folder / "setup.log"
        self.wheels = self.folder / "wheels"
        self._stamp = self.folder / "setup.stamp"

    def is_running(self) -> bool:
        """Tell whether the running Python is this environment's."""
        try:
            return os.path.samefile(os.path.dirname(sys.executable), self.python.parent)
        except OSError:
            return False

    def exists(self) -> bool:
        """Tell whether there is a Python to start, by the look of it."""
        return self.python.exists() and (self.folder / "pyvenv.cfg").exists()

    def is_foreign(self) -> bool:
        """Tell whether somebody else has made the environment: every set-up begins with its lock."""
        return self.exists() and not self.lock.exists()

    def facts(self) -> set[str]:
        """Return what the stamp says, nothing if there is none."""
        try:
            return set(self._stamp.read_text(encoding="utf-8").splitlines())
        except OSError:
            return set()

    def stamp(self, facts: set[str]) -> None:
        """Write the stamp, whole or not at all."""
        draft = self._stamp.with_suffix(".draft")
        draft.write_text("".join(f"{fact}\n" for fact in sorted(facts)), encoding="utf-8")
        os.replace(draft, self._stamp)

    def unstamp(self) -> None:
        """Take the stamp away, before a change that must not be left half done."""
        self._stamp.unlink(missing_ok=True)

    def enter(self) -> NoReturn:
        """Run the same command again with the Python of this environment, in the place of this process."""
        command = [str(self.python), *sys.orig_argv[1:]]
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


def needed_facts(requirements: Requirements, libraries: Sequence[str], version: str) -> set[str]:
    """Return what a stamp must say so that nothing is left to do, for a Python such as "3.11"."""
    return {f"python {version}", *package_facts(requirements.pinned), *library_facts(libraries)}


def running_version() -> str:
    """Return the version of the running Python as stamps have it: "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def package_facts(pins: Sequence[str]) -> set[str]:
    """Return what a stamp says of installed packages."""
    return {f"package {pin}" for pin in pins}


def library_facts(libraries: Sequence[str]) -> set[str]:
    """Return what a stamp says of lists of system libraries that are all there."""
    return {f"libraries {kind}" for kind in libraries} if sys.platform == "linux" else set()


def ensure(root: Path, group: str, libraries: Sequence[str], *, allowed: bool = True) -> None:
    """Come back only in a Python that has what a command needs; set one up if there is none.

    Args:
        root: the checkout.
        group: the dependency group that the command needs, "run" or "test".
        libraries: the lists of system libraries that it needs, names in `system.LIBRARIES`.
        allowed: whether anything may be installed; if not, what is missing is said instead.

    Raises:
        SetupError: something is missing and cannot, or must not, be installed.
    """
    environment = Environment(root)
    requirements = read_requirements(root / "pyproject.toml", group)
    is_running = environment.is_running()
    if is_running and needed_facts(requirements, libraries, running_version()) <= environment.facts():
        return
    is_own = not is_running or environment.is_foreign() or not allowed
    if is_own and not missing(requirements.accepted):
        _ensure_libraries(environment, libraries, allowed)
        return
    if not is_running and environment.exists():
        facts = package_facts(requirements.pinned) | library_facts(libraries)
        if facts <= environment.facts() or environment.is_foreign() or not allowed:
            environment.enter()
    if not allowed:
        raise SetupError(_refusal(requirements, libraries))
    from resources.setup.building import build

    build(environment, requirements, libraries)
    environment.enter()


def _ensure_libraries(environment: Environment, libraries: Sequence[str], allowed: bool) -> None:
    from resources.setup.system import how_to_install, missing_from_system

    lacking = missing_from_system(libraries)
    if lacking and not allowed:
        raise SetupError(how_to_install(lacking))
    if lacking:
        from resources.setup.building import build_system

        build_system(environment, libraries)


def _refusal(requirements: Requirements, libraries: Sequence[str]) -> str:
    """Say what is missing and how it is installed by hand."""
    from resources.setup.system import how_to_install, missing_from_system

    in_environment = sys.prefix != sys.base_prefix
    lacking = missing_from_system(libraries, for_venv=not in_environment)
    packages = missing(requirements.accepted)
    python, make = f'"{sys.executable}"', ""
    wanted = packages
    if not in_environment:  # many systems refuse an installation outside one
        python, make = f".venv{os.sep}{BIN}{os.sep}python", f"{python} -m venv .venv && "
        wanted = requirements.accepted
    quoted = " ".join(f'"{package}"' for package in wanted)
    sentence = (
        f"{sys.executable} lacks {', '.join(packages)}; "
        f"start without --no-setup, or install what is needed with: {make}{python} -m pip install {quoted}"
    )
    return f"{how_to_install(lacking)}\n{sentence}" if lacking else sentence

"""Makes .venv, stage by stage: the stamp tells which are done, and one that was interrupted is done again.

The stamp gains a fact when a stage is complete. It is taken away while pip writes into the environment, so an
environment without one may be half written, and is made anew; packages already fetched are kept for that.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from resources.setup import SetupError
from resources.setup.environment import Environment, needed_facts, package_facts
from resources.setup.lock import locked
from resources.setup.progress import Progress
from resources.setup.requirements import Requirements, applies, name_of
from resources.setup.system import install, missing_from_system

# The large packages, roughly, in megabytes fetched.
MEGABYTES = {
    "numpy": 17,
    "PySide6-Essentials": 95,
    "pyqtgraph": 2,
    "numba": 4,
    "llvmlite": 60,
    "mypy": 13,
    "ruff": 11,
}
PIP_OPTIONS = [
    "--disable-pip-version-check",
    "--no-input",
    "--no-color",
    "--no-deps",
    "--only-binary",
    ":all:",
]


def build(environment: Environment, requirements: Requirements, libraries: Sequence[str]) -> None:
    """Bring the system and .venv to what a command needs.

    Raises:
        SetupError: a stage failed, or was interrupted; says which, and where its output is.
    """
    with _at_work(environment) as progress:
        _Builder(environment, progress).build(requirements, libraries)


def build_system(environment: Environment, libraries: Sequence[str]) -> None:
    """Bring the system alone to what a command needs, for a Python that has its packages.

    Raises:
        SetupError: as `build` does.
    """
    with _at_work(environment) as progress:
        _Builder(environment, progress).complete_system(libraries)


@contextmanager
def _at_work(environment: Environment) -> Iterator[Progress]:
    try:
        environment.folder.mkdir(exist_ok=True)
        with locked(environment.lock, _say_whom_it_waits_for) as descriptor:
            yield Progress([descriptor])
    except OSError as error:
        raise SetupError(f"The set-up cannot work in {environment.folder}: {error}.") from error
    except KeyboardInterrupt:
        raise SetupError("The set-up was interrupted; the next start goes on with it.", 130) from None


def _say_whom_it_waits_for() -> None:
    Progress().say("another set-up is at work in this folder; waiting for it")


class _Builder:
    """The stages of one set-up, in their order."""

    def __init__(self, environment: Environment, progress: Progress) -> None:
        self.environment = environment
        self.progress = progress

    def build(self, requirements: Requirements, libraries: Sequence[str]) -> None:
        environment = self.environment
        version = self._sound_version()
        self.complete_system(libraries, for_venv=version is None)
        version = version or self._create()
        environment.stamp(environment.facts() | {f"python {version}"})
        lacking = [pin for pin in requirements.pinned if not package_facts([pin]) <= environment.facts()]
        kept = environment.facts() - self._facts_about(lacking)
        if lacking:
            self._fetch(lacking)
            environment.unstamp()
            self._install(lacking)
        environment.stamp(kept | needed_facts(requirements, libraries, version))
        shutil.rmtree(environment.wheels, ignore_errors=True)
        self.progress.say("done")

    def complete_system(self, libraries: Sequence[str], *, for_venv: bool = False) -> None:
        """Install what the system lacks, if anything."""
        lacking = missing_from_system(libraries, for_venv=for_venv)
        if not lacking:
            return
        install(lacking, self.environment.log, self.progress)
        still = missing_from_system(libraries)
        if still:
            raise SetupError(f"The system packages are installed, but {', '.join(still)} cannot be loaded.")

    def _sound_version(self) -> str | None:
        """Return the version of a .venv that can be built on, or None if it is to be made anew."""
        environment = self.environment
        if not environment.exists():
            return None
        is_foreign = not environment.log.exists()
        if is_foreign:  # it may be one without pip
            self.progress.run(
                "looking for pip", [str(environment.python), "-m", "ensurepip"], environment.log
            )
        version = _version_of(environment.python)
        return version if is_foreign or f"python {version}" in environment.facts() else None

    def _create(self) -> str:
        """Make .venv anew, with the Python that was started."""
        environment = self.environment
        environment.unstamp()
        for entry in environment.folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                if entry != environment.wheels:
                    shutil.rmtree(entry)
            elif entry not in (environment.lock, environment.log):
                entry.unlink()
        base = getattr(sys, "_base_executable", sys.executable)
        self._run("creating .venv", [base, "-m", "venv", str(environment.folder)])
        version = _version_of(environment.python)
        if version is None:
            raise SetupError(
                f"The Python in {environment.folder} was just made and does not run; see {environment.log}."
            )
        return version

    def _fetch(self, pins: Sequence[str]) -> None:
        wheels = self.environment.wheels
        temporary = wheels / "part"
        temporary.mkdir(parents=True, exist_ok=True)
        names = {name_of(pin) for pin in pins if applies(pin)}
        size = sum(megabytes for name, megabytes in MEGABYTES.items() if name in names)
        stage = f"fetching {_listed(pins)}{f' (about {size} MB)' if size else ''}"
        command = [*self._pip("download"), "--dest", str(wheels), *pins]
        environ = {**os.environ, "TMPDIR": str(temporary)}
        start = self._log_size()
        if self.progress.run(
            stage, command, self.environment.log, measure=lambda: _size(wheels), environ=environ
        ):
            raise SetupError(
                f"{self._why_not_fetched(start)} (pip's own words are in {self.environment.log})."
            )
        shutil.rmtree(temporary, ignore_errors=True)

    def _install(self, pins: Sequence[str]) -> None:
        places = ["--no-index", "--find-links", str(self.environment.wheels), "--no-user"]
        self._run(f"installing {_listed(pins)}", [*self._pip("install"), *places, *pins])

    def _pip(self, verb: str) -> list[str]:
        return [str(self.environment.python), "-m", "pip", verb, *PIP_OPTIONS]

    def _run(self, stage: str, command: Sequence[str]) -> None:
        if self.progress.run(stage, command, self.environment.log):
            raise SetupError(
                f"The set-up failed at {stage}; the output is at the end of {self.environment.log}."
            )

    def _facts_about(self, pins: Sequence[str]) -> set[str]:
        names = {name_of(pin) for pin in pins}
        return {
            fact
            for fact in self.environment.facts()
            if fact.startswith("package ") and name_of(fact.removeprefix("package ")) in names
        }

    def _log_size(self) -> int:
        return self.environment.log.stat().st_size if self.environment.log.exists() else 0

    def _why_not_fetched(self, start: int) -> str:
        words = self.environment.log.read_bytes()[start:].decode(errors="replace")
        errors = re.findall(r"^ERROR: (.+)", words, re.MULTILINE)
        package = re.search(r"No matching distribution found for (\S+)", words)
        if errors and not package:
            return f"Could not fetch the packages: {errors[-1].rstrip('.')}"
        what = package[1] if package else "the packages"
        is_offline = re.search(r"retrying|connection|timed out", words, re.IGNORECASE)
        if re.search(r"from versions: \d", words) and not is_offline:
            return f"There is no {what} for this Python and {sys.platform}"
        return f"Could not fetch {what}: is there a network?"


def _version_of(python: Path) -> str | None:
    """Return the version of a Python that runs and has pip, such as "3.11", or None."""
    question = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _listed(pins: Sequence[str]) -> str:
    """Return what a line of progress says of packages."""
    names = list(dict.fromkeys(map(name_of, pins)))
    return names[0] if len(names) == 1 else f"{len(names)} packages"


def _size(folder: Path) -> str:
    """Return how much lies in a folder that is being written to."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size
            except OSError:  # it was moved meanwhile
                continue
    return f"{total / 1e6:.0f} MB"

"""Makes .venv: an environment, and one installation of all packages at listed versions and checksums."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from resources.setup import SetupError
from resources.setup.environment import RUNNING, Environment
from resources.setup.lock import locked
from resources.setup.progress import run, say
from resources.setup.system import complete


def build(environment: Environment) -> None:
    """Bring the system and .venv to what a command needs.

    Raises:
        SetupError: a stage failed, or was interrupted.
    """
    wait = "another set-up is at work in this folder; waiting for it"
    try:
        environment.folder.mkdir(exist_ok=True)
        with locked(environment.lock, lambda: say(wait)) as lock:
            _build(environment, shutil.which("uv"), lock)
    except OSError as error:
        raise SetupError(f"The set-up cannot work in {environment.folder}: {error}.") from error
    except KeyboardInterrupt:
        raise SetupError("The set-up was interrupted; the next start goes on with it.", 130) from None
    say("done")


def _build(environment: Environment, uv: str | None, lock: int) -> None:
    before, facts, version = environment.stamped(), environment.facts(), _version_of(environment.python)
    is_own = version in facts and not environment.damage(thorough=True)
    is_sound = is_own or (environment.is_foreign and version != "")
    complete(environment.libraries, for_venv=not is_sound and not uv)
    environment.unstamp()
    if not is_sound:
        before, facts, version = "", set(), RUNNING
        _create(environment, uv, lock)
    try:
        if any(fact not in facts for fact in environment.needed() if not fact.startswith("libraries ")):
            _install(environment, uv, lock)
    except BaseException:
        environment.stamp(before)
        if environment.damage(thorough=True):  # as a rule nothing was written before it failed
            environment.unstamp()
        raise
    renewed = {"python", *(file.name for file in environment.lists)}
    kept = {fact for fact in facts if fact.split()[0] not in renewed}
    environment.stamp(environment.described({version, *kept, *environment.needed()}))


def _create(environment: Environment, uv: str | None, lock: int) -> None:
    """Make .venv anew, with the Python that was started; what somebody else has made is not removed."""
    folder, base = environment.folder, environment.base_python()
    for entry in [] if environment.is_foreign else list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != environment.lock:
            entry.unlink()
    command = [base, "-m", "venv", str(folder)]
    if uv and not find_spec("ensurepip"):
        command = [uv, "venv", "--allow-existing", "--python", base, str(folder)]
    if not (run("creating .venv", command, lock) and _version_of(environment.python)):
        raise SetupError(f"No Python that runs could be put into {folder}.")


def _install(environment: Environment, uv: str | None, lock: int) -> None:
    """Install all packages, by uv where it is there, else or where that fails by pip."""
    wanted = ["install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    wanted += [word for file in environment.lists for word in ("-r", str(file))]
    python, temporary = str(environment.python), environment.folder / "setup.tmp"
    temporary.mkdir(exist_ok=True)  # others may be too small, and keep what is left by a kill
    # Copied, since what damages a file that is linked to the cache of uv damages it there too.
    ways = [[uv, "pip", *wanted, "--python", python, "--link-mode", "copy"]] if uv else []
    ways += [[python, "-m", "pip", "--disable-pip-version-check", "--no-input", *wanted]]
    if environment.is_foreign and not uv:  # it may be one without pip
        run("looking for pip", [python, "-m", "ensurepip"], lock)
    if not any(run("fetching and installing packages", way, lock, TMPDIR=str(temporary)) for way in ways):
        raise SetupError("The packages could not be installed, as stands above: is there a network?")
    shutil.rmtree(temporary)


def _version_of(python: Path) -> str:
    """Return what a stamp says of a Python, or nothing if it does not run."""
    command = [str(python), "-c", "import sys; print('python %d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""

"""The system libraries that Qt needs on Linux: which are missing, and how Debian or Ubuntu gets them."""

import ctypes
import os
import platform
import shutil
import sys
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path

from resources.setup import SetupError
from resources.setup.progress import run

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def libraries(kind: str) -> dict[str, str]:
    """Return the libraries of a list, "offscreen" or "x11", each with its Debian package."""
    lines = Path(__file__).with_name(f"{kind}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ") for line in lines)


def complete(kinds: Collection[str], *, allowed: bool = True, for_venv: bool = False) -> None:
    """Install what the system lacks: as root at once, through sudo after a question, or else not.

    Raises:
        SetupError: something is missing and cannot, or must not, be installed; says how to.
    """
    lacking = missing_from_system(kinds, for_venv=for_venv)
    if not lacking:
        return
    if not (allowed and is_debian() and (_is_root() or _agreed(lacking))):
        raise SetupError(how_to_install(lacking))
    apt = [*([] if _is_root() else ["sudo"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
    run("reading the list of system packages", [*apt, "update"])
    if not run("installing system packages", [*apt, "install", *options, *_packages(lacking)]):
        raise SetupError(f"{how_to_install(lacking)} (what apt-get said stands above)")
    if still := missing_from_system(kinds):
        raise SetupError(f"The system packages are installed, but {', '.join(still)} cannot be loaded.")


def missing_from_system(kinds: Collection[str], *, for_venv: bool = False) -> dict[str, str]:
    """Return what Linux lacks of these lists, and to make an environment, each with its Debian package."""
    if sys.platform != "linux":
        return {}
    needed = [library for kind in kinds for library in libraries(kind).items()]
    lacking = {name: package for name, package in needed if not _loads(name)}
    if kinds and not any(map(has_font, FONT_FOLDERS)):
        lacking["a font"] = "fonts-dejavu-core"
    if for_venv and not find_spec("ensurepip"):
        lacking["Python's venv"] = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return lacking


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_font(folder: str) -> bool:
    """Tell whether a font lies anywhere under a folder."""
    return any(Path(folder).expanduser().rglob("*.[oOtT][tT][fFcC]"))


def is_debian() -> bool:
    """Tell whether this system takes Debian's packages: Debian, Ubuntu and what is made of them."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return False
    family = f"{release.get('ID')} {release.get('ID_LIKE')}".split()
    return not {"debian", "ubuntu"}.isdisjoint(family) and shutil.which("apt-get") is not None


def how_to_install(lacking: Mapping[str, str]) -> str:
    """Say in one sentence what is missing and how it is installed here."""
    what = f"RNN Scope needs from this system what it lacks: {', '.join(lacking)}; install them"
    if not is_debian():
        return f"{what} with its package manager."
    how = "with:" if _is_root() else "with: sudo" if shutil.which("sudo") else "as root with:"
    return f"{what} {how} apt-get install {' '.join(_packages(lacking))}"


def _packages(lacking: Mapping[str, str]) -> list[str]:
    return sorted(set(lacking.values()))


def _agreed(lacking: Mapping[str, str]) -> bool:
    if not (shutil.which("sudo") and sys.stderr.isatty() and sys.stdin.isatty()):
        return False
    question = "RNN Scope needs some system packages. May it run this?\n  sudo apt-get install"
    print(question, *_packages(lacking), end="\n[Y/n] ", file=sys.stderr, flush=True)
    return sys.stdin.readline().lower() in ("\n", "y\n", "yes\n")


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0

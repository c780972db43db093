"""The system libraries that Qt needs on Linux: which are missing, and how Debian or Ubuntu gets them."""

import ctypes
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from resources.setup import SetupError
from resources.setup.progress import Progress

# What Qt loads without a window, and what its X11 plugin adds, each library with its Debian package. From
# Debian 13 and Ubuntu 24.04 on libglib2.0-0 is called libglib2.0-0t64, which answers to the old name too.
LIBRARIES: dict[str, dict[str, str]] = {
    "offscreen": {
        "libEGL.so.1": "libegl1",
        "libGL.so.1": "libgl1",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libfontconfig.so.1": "libfontconfig1",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libdbus-1.so.3": "libdbus-1-3",
    },
    "x11": {
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-xinerama.so.0": "libxcb-xinerama0",
    },
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
APT_OPTIONS = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]


def missing_from_system(kinds: Iterable[str], *, for_venv: bool = False) -> dict[str, str]:
    """Return what the system lacks, each thing with the Debian package that brings it; nothing but on Linux.

    Args:
        kinds: lists of LIBRARIES.
        for_venv: whether an environment is to be made, for which Debian has a package of its own.
    """
    if sys.platform != "linux":
        return {}
    kinds = list(kinds)
    lacking: dict[str, str] = {}
    for kind in kinds:
        lacking |= missing_libraries(LIBRARIES[kind])
    if kinds and not any(map(has_font, FONT_FOLDERS)):
        lacking["a font"] = "fonts-dejavu-core"
    if for_venv and not (find_spec("venv") and find_spec("ensurepip")):
        lacking["Python's venv"] = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return lacking


def missing_libraries(libraries: Mapping[str, str]) -> dict[str, str]:
    """Return those of the libraries that cannot be loaded, found as Qt itself would find them."""
    return {name: package for name, package in libraries.items() if not _loads(name)}


def has_font(folder: str) -> bool:
    """Tell whether a font lies anywhere under a folder."""
    files = (file for _, _, names in os.walk(os.path.expanduser(folder)) for file in names)
    return any(file.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for file in files)


def is_debian() -> bool:
    """Tell whether this system takes Debian's packages: Debian, Ubuntu and what is made of them."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return False
    family = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()
    return ("debian" in family or "ubuntu" in family) and shutil.which("apt-get") is not None


def how_to_install(lacking: Mapping[str, str]) -> str:
    """Say in one sentence what is missing and how it is installed here."""
    what = f"RNN Scope needs from this system what it lacks: {', '.join(lacking)}"
    if not is_debian():
        return f"{what}; install them with its package manager."
    how = "with: " if _is_root() else "with: sudo " if shutil.which("sudo") else "as root with: "
    return f"{what}; install them {how}apt-get install {' '.join(_packages(lacking))}"


def install(lacking: Mapping[str, str], log: Path, progress: Progress) -> None:
    """Install the packages of what is missing: as root at once, through sudo after a question, or else not.

    Raises:
        SetupError: they could not be installed; says how to.
    """
    sudo: list[str] = []
    if is_debian() and not _is_root():
        sudo = ["sudo"]
        if not (shutil.which("sudo") and progress.is_terminal and sys.stdin.isatty() and _agreed(lacking)):
            raise SetupError(how_to_install(lacking))
    elif not is_debian():
        raise SetupError(how_to_install(lacking))
    packages = _packages(lacking)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    names = f"{len(packages)} system packages" if len(packages) > 1 else packages[0]
    progress.run("reading the list of system packages", [*apt, "update"], log, still=bool(sudo))
    failed = progress.run(
        f"installing {names}", [*apt, "install", *APT_OPTIONS, *packages], log, still=bool(sudo)
    )
    if failed:
        raise SetupError(f"{how_to_install(lacking)} (apt-get failed; its output is in {log})")


def _packages(lacking: Mapping[str, str]) -> list[str]:
    return sorted(set(lacking.values()))


def _agreed(lacking: Mapping[str, str]) -> bool:
    command = shlex.join(["sudo", "apt-get", "install", *_packages(lacking)])
    print(
        f"RNN Scope needs some system packages. May it run this?\n  {command}\n[Y/n] ",
        end="",
        file=sys.stderr,
    )
    sys.stderr.flush()
    return sys.stdin.readline().lower() in ("\n", "y\n", "yes\n")


def _is_root() -> bool:
    return os.geteuid() == 0 if sys.platform != "win32" else False


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True

"""A small checkout to set up for real: main.py and the set-up, with toy packages that pip finds locally."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
TOY = "rnn-scope-toy"
COMMAND = """
import os, sys

loaded = sorted(sys.modules)


def main(arguments):
    from importlib.metadata import version

    import rnn_scope_toy

    names = [name for name in sorted(os.environ) if name.endswith(("_NUM_THREADS", "_MAXIMUM_THREADS"))]
    threads = [os.environ[name] for name in names]
    toy = version("rnn-scope-toy")
    print(repr(dict(python=sys.executable, toy=toy, arguments=arguments, threads=threads, loaded=loaded)))
"""


def _heed_interrupts() -> None:
    """A test that itself runs in the background of a shell would hand on that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Checkout:
    """A folder with a space in its name, where `train` tells in which Python it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a checkout"
        self.venv = self.folder / ".venv"
        self.python = self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.wheels = folder / "toy wheels"
        self.home = folder / "home"

    @classmethod
    def make(cls, folder: Path) -> "Checkout":
        """Make one that needs the toy package at version 1.0."""
        checkout = cls(folder)
        commands = checkout.folder / "rnn" / "commands"
        for path in (commands, checkout.wheels, checkout.home):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "main.py", checkout.folder)
        for name in ("__init__.py", "launcher.py", "streams.py", "testing.py", "setup"):
            source, target = ROOT / "resources" / name, checkout.folder / "resources" / name
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        (commands / "train.py").write_text(COMMAND, encoding="utf-8")
        for version in ("1.0", "2.0"):
            make_wheel(checkout.wheels, version)
        checkout.pin("1.0")
        return checkout

    def copy(self, folder: Path) -> "Checkout":
        """Return one in the same state elsewhere."""
        shutil.copytree(self.folder.parent, folder, symlinks=True, dirs_exist_ok=True)
        return Checkout(folder)

    @property
    def environ(self) -> dict[str, str]:
        """Variables of a machine that has nothing but the toy packages."""
        mine = re.compile("PIP_|PYTHON|DISPLAY|RNN_SCOPE")
        kept = {name: value for name, value in os.environ.items() if not mine.match(name)}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.wheels.as_uri(), "PIP_CONFIG_FILE": os.devnull}
        return {**kept, **pip, "HOME": str(self.home), "PATH": os.defpath}

    def pin(self, version: str) -> None:
        """Ask for a version of the toy package."""
        (self.folder / "pyproject.toml").write_text(
            f'project = {{ name = "rnn-scope", version = "0.1.0", dependencies = ["{TOY}>={version}"] }}\n'
            "dependency-groups.test = []\n",
            encoding="utf-8",
        )
        wheel = self.wheels / f"rnn_scope_toy-{version}-py3-none-any.whl"
        digest = hashlib.sha256(wheel.read_bytes() if wheel.exists() else b"").hexdigest()
        (self.folder / "resources" / "setup" / "run.txt").write_text(
            f"{TOY}=={version} --hash=sha256:{digest}\n", encoding="utf-8"
        )
        (self.folder / "resources" / "setup" / "test.txt").write_text("", encoding="utf-8")

    def start(
        self, *arguments: str, python: str | Path | None = None, **environ: str
    ) -> subprocess.Popen[str]:
        """Start main.py with a Python that has no toy package, or with the one given."""
        return subprocess.Popen(
            [str(python or base_python()), str(self.folder / "main.py"), *arguments],
            cwd=self.home,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=None if sys.platform == "win32" else _heed_interrupts,  # noqa: PLW1509 - no threads here
        )

    def run(
        self, *arguments: str, python: str | Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run main.py to its end."""
        process = self.start(*arguments, python=python, **environ)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def base_python() -> str:
    """Return the Python that the environment of these tests was made with."""
    return str(getattr(sys, "_base_executable", sys.executable))


def make_environment(folder: Path, toy: str | None) -> Path:
    """Make an environment as a person would, with a toy package laid into it; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    if toy:
        (site,) = folder.glob("**/site-packages")
        info = site / f"rnn_scope_toy-{toy}.dist-info"
        info.mkdir()
        (site / "rnn_scope_toy.py").touch()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {TOY}\nVersion: {toy}\n", encoding="utf-8"
        )
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_wheel(folder: Path, version: str, text: str = "") -> None:
    """Pack a toy package that pip can install."""
    info = f"rnn_scope_toy-{version}.dist-info"
    files = {
        "rnn_scope_toy.py": f"version = {version!r}\n{text}",
        "rnn_scope_toy.txt": "data\n",
        "rnn_scope_toy_more.so": "a library\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {TOY}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: toy\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    files[record] = "".join(f"{name},,\n" for name in [*files, record])
    with zipfile.ZipFile(folder / f"rnn_scope_toy-{version}-py3-none-any.whl", "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)

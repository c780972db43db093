"""What a person chose for the window, remembered as plain text: its reader can read text and nothing else."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths

from rnn.config.toml import parsed_toml, read_text, toml_value
from rnn.errors import DataError, ScopeError
from rnn.files import write_all
from rnn.files.seal import END
from rnn.settings import Settings, setting

FURTHEST = 100_000  # pixels


@dataclass(frozen=True, slots=True)
class Choices(Settings):
    """What is remembered, each with what it is before anything was chosen."""

    theme: str = setting("system", "Theme", "Light, dark, or the system's.")
    layout: str = setting("", "Layout", "Where the panels lie, as a SavedLayout is written.")
    place: tuple[int, ...] = setting(
        (0, 0, 0, 0), "Place", "x, y, width, height.", minimum=-FURTHEST, maximum=FURTHEST
    )
    maximized: bool = setting(False, "Maximized", "Whether the window fills the screen.")
    folder: str = setting("", "Folder", "Where a file was chosen last.")
    columns: tuple[int, ...] = setting((0, 0), "Columns", "How wide they are.", minimum=0, maximum=FURTHEST)


class Preferences:
    """The choices of a person, and the file that they are in.

    Arguments:
        file: without one they are forgotten with the window.

    Attributes:
        chosen: what is remembered.
        problem: what became of a file that was damaged, in one sentence; empty where none was.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.problem = ""
        try:
            self.chosen = self._read(Choices())
        except ScopeError:
            self.chosen = Choices()
            self.problem = self._put_aside()

    def choose(self, **choices: Any) -> None:
        """Remember these; what another window has remembered meanwhile stays."""
        with suppress(ScopeError):
            self.chosen = self._read(self.chosen)
        self.chosen = replace(self.chosen, **choices)
        if self._file is None:
            return
        lines = [f"{name} = {toml_value(value)}" for name, value in self.chosen.values().items()]
        with suppress(ScopeError):  # where nothing can be written, nothing is remembered
            write_all({self._file: "\n".join([*lines, END, ""]).encode()})

    def _read(self, otherwise: Choices) -> Choices:
        """What the file holds, or ``otherwise`` where there is none; ScopeError where it is damaged."""
        if self._file is None or not os.path.lexists(self._file):
            return otherwise
        text = read_text(self._file)
        if not text.endswith(f"{END}\n"):
            raise DataError(self._file, "", f"is not whole: expected {END} as its last line")
        return Choices.from_values(parsed_toml(self._file, text))

    def _put_aside(self) -> str:
        """Keep a damaged file under another name, and say so."""
        assert self._file is not None
        kept = self._file.with_name(f"{self._file.name}.damaged")
        said = "What the window remembered cannot be read, and it begins anew"
        try:
            os.replace(self._file, kept)
        except OSError:
            return f"{said}; {self._file} stays as it is."
        return f"{said}; what was there is kept in {kept}."


def preferences_file() -> Path:
    """Where they are remembered on this machine."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "RNN Scope" / "window.toml"

"""Files by their places in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def within(folder: Path, files: Mapping[str, Any]) -> dict[Path, Any]:
    return {folder / name: content for name, content in files.items()}

"""Loads the compiled step from the folder of its machine code; what that lacks is compiled into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

WITHOUT_JIT = "Numba is switched off by NUMBA_DISABLE_JIT"


class Locator:
    """Where Numba keeps the machine code of a function: in its CACHE_DIR itself, wherever the source lies.

    Numba's own choice is a subfolder named by the path of the source, in which it must be able to write: no
    other checkout could use it, and nobody a read-only one. Numba asks for the methods by these names.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._folder = str(_config().CACHE_DIR)
        self._function = function

    @classmethod
    def from_function(cls, function: Callable[..., Any], _file: str) -> Locator:
        """The locator of a function."""
        return cls(function)

    def get_cache_path(self) -> str:
        """The folder."""
        return self._folder

    def ensure_cache_path(self) -> None:
        """Make the folder, before something is written."""
        os.makedirs(self._folder, exist_ok=True)

    def get_source_stamp(self) -> str:
        """The same for every source: the folder has a name by all of them."""
        return ""

    def get_disambiguator(self) -> str:
        """What tells functions of one name apart."""
        return f"{self._function.__module__}-{self._function.__code__.co_firstlineno}"


def load(module: str, folder: Path) -> None:
    """Import a module that compiles functions, and have them ready by its ``warm_up()``.

    Raises:
        RuntimeError: Numba is told not to compile.
        Exception: whatever the module raises.
    """
    config = _config()
    if config.DISABLE_JIT:
        raise RuntimeError(WITHOUT_JIT)
    before = config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES
    config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = str(folder), f"{__name__}.{Locator.__name__}"
    try:
        import_module(module).warm_up()
    finally:
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before


def _config() -> Any:
    """Numba's settings, which it makes when it is imported."""
    from numba import config

    return config

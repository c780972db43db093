"""Measurements take as long as they take."""

from tests.long.conftest import unlimited  # noqa: F401

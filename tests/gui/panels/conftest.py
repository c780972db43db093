"""What all tests of panels share."""

from __future__ import annotations

import pytest

from gui.panels.frame.unhurried import Unhurried


@pytest.fixture(autouse=True)
def words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words follow every drawing, so that what a test feeds is what it reads."""
    monkeypatch.setattr(Unhurried, "interval", 0.0)

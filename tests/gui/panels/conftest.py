"""What all tests of panels share."""

from __future__ import annotations

import pytest

from gui.panels.flow.panel import FlowPanel
from gui.panels.flow_history.panel import FlowHistoryPanel
from gui.panels.views.panel import ViewsPanel


@pytest.fixture(autouse=True)
def words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words follow every drawing, so that what a test feeds is what it reads."""
    for kind in (FlowPanel, FlowHistoryPanel, ViewsPanel):
        monkeypatch.setattr(kind, "words_interval", 0.0)

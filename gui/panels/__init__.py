"""What is seen of a run, one file a panel, in the order of the window."""

from gui.panels.base import Panel
from gui.panels.fit import FitPanel
from gui.panels.flow import FlowPanel
from gui.panels.hidden import HiddenPanel
from gui.panels.loss import LossPanel

PANELS: list[type[Panel]] = [LossPanel, FitPanel, HiddenPanel, FlowPanel]

__all__ = ["PANELS", "Panel"]

"""What is seen of a run, a room a panel; in each place of the window the first one that suits the run."""

from gui.panels.check.panel import CheckPanel
from gui.panels.fit.panel import FitPanel
from gui.panels.flow.panel import FlowPanel
from gui.panels.flow_history.panel import FlowHistoryPanel
from gui.panels.frame.panel import Panel
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.lags.panel import LagsPanel
from gui.panels.line.panel import LinePanel
from gui.panels.loss.panel import LossPanel
from gui.panels.memory.classes import MemoryClassesPanel
from gui.panels.memory.numbers import MemoryNumbersPanel
from gui.panels.norms.panel import NormsPanel
from gui.panels.pairs.panel import PairsPanel
from gui.panels.spectrum.panel import SpectrumPanel
from gui.panels.text.panel import TextFitPanel
from gui.panels.unrolled.panel import UnrolledPanel

PANELS: list[tuple[type[Panel], ...]] = [
    (LossPanel,),
    (FitPanel, TextFitPanel, MemoryClassesPanel, MemoryNumbersPanel),
    (HiddenPanel,),
    (FlowPanel,),
    (PairsPanel,),
    (LagsPanel,),
    (SpectrumPanel,),
    (FlowHistoryPanel,),
    (NormsPanel,),
    (CheckPanel,),
    (LinePanel,),
    (UnrolledPanel,),
]

__all__ = ["PANELS", "Panel"]

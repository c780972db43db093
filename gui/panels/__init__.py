"""What is seen of a run, one file a panel; in each place of the window the first one that suits the run."""

from gui.panels.base import Panel
from gui.panels.check import CheckPanel
from gui.panels.fit import FitPanel
from gui.panels.flow import FlowPanel
from gui.panels.flow_history import FlowHistoryPanel
from gui.panels.hidden import HiddenPanel
from gui.panels.lags import LagsPanel
from gui.panels.line import LinePanel
from gui.panels.loss import LossPanel
from gui.panels.memory_classes import MemoryClassesPanel
from gui.panels.memory_numbers import MemoryNumbersPanel
from gui.panels.norms import NormsPanel
from gui.panels.pairs import PairsPanel
from gui.panels.spectrum import SpectrumPanel
from gui.panels.text_fit import TextFitPanel
from gui.panels.unrolled import UnrolledPanel

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

"""The norms panel: how large gradients, weights and steps are, and what clipping does."""

from __future__ import annotations

from collections.abc import Sequence

from gui.panels.norms import words
from gui.panels.norms.gradient import GradientView
from gui.panels.norms.parameters import ParametersView
from gui.panels.norms.record import NormsRecord
from gui.panels.norms.training import RatioView, SaturatedView
from gui.panels.plots.axes import LogAxis
from gui.panels.plots.plot import Plot
from gui.panels.views.panel import ViewsPanel
from gui.theme import Theme
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars


class NormsPanel(ViewsPanel):
    """The gradient of every update with its clipping; each parameter's norms; ratios and saturation.

    Attributes:
        record: what was measured.
    """

    name = "norms"
    title = "Norms"
    says_first = words.SAYS_FIRST
    explanation = words.EXPLANATION
    probes = frozenset({"parameter_norms"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("update", "‖g‖, gradient norm", left=LogAxis("left")))
        self.record = NormsRecord()
        self.gradient = GradientView(self.plot, theme, self.record)
        self.parameters = ParametersView(self.plot, theme, self.record)
        self.ratios = RatioView(self.plot, theme, self.record)
        self.saturated = SaturatedView(self.plot, theme, self.record)
        self.offer_views((self.gradient, self.parameters, self.ratios, self.saturated))
        self.apply_theme(theme)

    def begin(self, info: RunInfo) -> None:
        self.record.begin(info)
        self.restart()

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if self.record.receive(scalars, snapshot):
            self.change()

    def summary(self) -> str:
        return words.summary(self.record)

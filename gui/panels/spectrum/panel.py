"""The spectrum panel: what W_h could do to a gradient, and what a step back really does to it."""

from __future__ import annotations

from collections.abc import Sequence

from gui.panels.frame.caption import Caption
from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.plots.plot import Plot
from gui.panels.spectrum import words
from gui.panels.spectrum.curves import SingularView, SpectraView, TrainingView
from gui.panels.spectrum.plane import PlaneView
from gui.panels.spectrum.spectra import Spectra
from gui.panels.spectrum.steps import SplitView, StepsView
from gui.panels.views.panel import ViewsPanel
from gui.theme import Theme
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

OF_ALL_VIEWS = frozenset({"spectrum", "flow"})  # for the sentence, and for the curves over training


class SpectrumPanel(ViewsPanel):
    """Eigenvalues and singular values of W_h, over training too, and the Jacobian and factor of each step.

    Attributes:
        layer, gate: the choosers of the W_h; the top layer's first one until a person chooses.
        spectra: what was measured.
        strip: the line below the plot, on what a step back does to the actual gradient.
    """

    name = "spectrum"
    title = "Spectrum of Wₕ"
    says_first = words.SAYS_FIRST
    explanation = words.EXPLANATION
    probes = OF_ALL_VIEWS

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("real part", "imaginary part"))
        self.spectra = Spectra()
        self.layer = Chooser("the layer that is drawn")
        self.gate = Chooser("the gate whose weights are drawn")
        for chooser in (self.layer, self.gate):
            chooser.chosen.connect(self._on_weights_chosen)
            self.key.addWidget(chooser)
        self.plane = PlaneView(self.plot, theme, self.spectra)
        self.singular = SingularView(self.plot, theme, self.spectra)
        self.training = TrainingView(self.plot, theme, self.spectra)
        self.steps = StepsView(self.plot, theme, self.spectra)
        self.split = SplitView(self.plot, theme, self.spectra)
        self.offer_views((self.plane, self.singular, self.training, self.steps, self.split))
        self.strip = Caption("")
        self.strip.set_most(2)
        self.rows.addWidget(self.strip)
        self.apply_theme(theme)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self.spectra.begin(info)
        self.layer.offer(numbered("layer", len(info.config.model.layers)), default=-1)
        self.gate.offer({name: name.removesuffix(" gate") for name in info.cell.blocks})
        self._show_choosers()
        self._look()

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if snapshot is not None and self.spectra.receive(snapshot):
            self.change()

    def enter(self) -> None:
        super().enter()
        self._show_choosers()
        if self.on_show is not self.steps:
            self.spectra.jacobians = None  # those of long ago are not shown again
        self.measure(OF_ALL_VIEWS | ({"jacobians"} if self.on_show is self.steps else set()))

    def write_words(self) -> None:
        super().write_words()
        self.strip.set_standing(words.sentence(self.spectra))

    def summary(self) -> str:
        return words.summary(self.spectra)

    def _show_choosers(self) -> None:
        """Those that the view on show depends on, where there is something to choose."""
        view = self.on_show
        assert isinstance(view, PlaneView | SpectraView)
        self.layer.setVisible(self.layer.count > 1 and view.by_layer)
        self.gate.setVisible(self.gate.count > 1 and view.by_gate)

    # Events

    def _look(self) -> None:
        self.spectra.layer, self.spectra.gate = self.layer.value, self.gate.value
        self.restart()

    def _on_weights_chosen(self) -> None:
        self._look()

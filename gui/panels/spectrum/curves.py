"""The singular values of W_h, and its figures over training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from gui.panels.frame.export import Table
from gui.panels.plots.plot import Plot
from gui.panels.spectrum import words
from gui.panels.spectrum.plane import matrix_table
from gui.panels.spectrum.spectra import Spectra
from gui.panels.views.view import CurvesView, Line, moment_words, steps_range, updates_range
from gui.theme import Theme
from rnn.number_format import short

ONE_PEN = 0.8


class SpectraView(CurvesView):
    """A view of what was measured of W_h, and of what follows from it.

    Attributes:
        by_layer, by_gate: whether it depends on the layer, and on the gate, that are looked at.
    """

    by_layer: ClassVar[bool] = True
    by_gate: ClassVar[bool] = True

    def __init__(self, plot: Plot, theme: Theme, spectra: Spectra) -> None:
        super().__init__(plot, theme)
        self.spectra = spectra

    def one(self, height: float) -> Line:
        """The level line at 1, through the whole view."""
        x = np.array(self.x_range())
        pen = self.theme.pen(self.theme.muted, ONE_PEN, Qt.PenStyle.DotLine)
        return Line("1", x, np.full(2, height), pen, dotted=False)


class SingularView(SpectraView):
    """The singular values of W_h beside the sizes of its eigenvalues, both largest first."""

    name = button = "singular values"
    says_first = words.OF_SIZES_FIRST
    log_y = False
    x_label = "rank"
    y_label = "value"

    @property
    def caption(self) -> str:
        text = f"Singular values of {self.spectra.weights}, largest first"
        return f"{text}." if self.spectra.of_one_sum is None else f"{text}: no time step stretches more."

    def lines(self) -> Sequence[Line]:
        theme, layer = self.theme, self.spectra.of_layer
        sigma = moduli = np.empty(0)
        if layer is not None:
            sigma = layer.singular_values[self.spectra.gate]
            moduli = np.abs(layer.eigenvalues[self.spectra.gate])
        ranks = np.arange(1.0, len(sigma) + 1.0)
        return [
            self.one(1.0),
            Line("|eigenvalue|", ranks, moduli, theme.pen(theme.muted, 1.5)),
            Line("singular value", ranks, sigma, theme.pen(theme.accent, 2.0)),
        ]

    def levels(self) -> Sequence[float]:
        return 0.0, 1.0

    def x_range(self) -> tuple[float, float]:
        layer = self.spectra.of_layer
        return steps_range(1 if layer is None else layer.singular_values.shape[1])

    def figure(self) -> str:
        return words.figure(self.spectra)

    def brief(self) -> str:
        return words.brief(self.spectra)

    def readout(self, x: float, y: float) -> str:
        layer, rank = self.spectra.of_layer, round(x)
        if layer is None or not 1 <= rank <= layer.singular_values.shape[1]:
            return ""
        sigma = layer.singular_values[self.spectra.gate, rank - 1]
        modulus = abs(layer.eigenvalues[self.spectra.gate, rank - 1])
        return f"rank {rank}: singular value {short(sigma, 3)}, |eigenvalue| {short(modulus, 3)}"

    def table(self) -> Table:
        return matrix_table(self.spectra.of_layer, self.spectra.gate)


class TrainingView(SpectraView):
    """ρ, σ_max and the mean slope since the run began."""

    name = button = "over training"
    says_first = words.OF_SIZES_FIRST
    log_y = False
    x_label = "update"
    y_label = "value"

    @property
    def caption(self) -> str:
        text = f"Of {self.spectra.weights} since the run began"
        known = "σₘₐₓ a ceiling, ρ a hint, the mean slope no rate"
        return f"{text}." if self.spectra.of_one_sum is None else f"{text}: {known}."

    def lines(self) -> Sequence[Line]:
        theme, updates = self.theme, self.spectra.history.updates.astype(float)
        rho, sigma, slope = self.spectra.over_training()
        dotted = len(updates) == 1
        lines = [
            self.one(1.0),
            Line("σₘₐₓ", updates, sigma, theme.pen(theme.accent, 1.0, Qt.PenStyle.DashLine), dotted),
            Line("ρ", updates, rho, theme.pen(theme.accent, 2.0), dotted),
        ]
        if self.spectra.gates == 1:
            name = f"mean {words.slope_name(self.spectra)}"
            lines.append(Line(name, updates, slope, theme.pen(theme.target, 2.0), dotted))
        return lines

    def levels(self) -> Sequence[float]:
        return 0.0, 1.0

    def x_range(self) -> tuple[float, float]:
        history = self.spectra.history
        return updates_range(self.spectra.info, int(history.updates[-1]) if len(history) else 0)

    def figure(self) -> str:
        return words.figure(self.spectra)

    def brief(self) -> str:
        return words.brief(self.spectra)

    def readout(self, x: float, y: float) -> str:
        history, info = self.spectra.history, self.spectra.info
        place = history.last_before(x)
        if info is None or place is None:
            return ""
        rho, sigma, slope = (float(values[place]) for values in self.spectra.over_training())
        text = f"{moment_words(info, int(history.updates[place]))}: ρ {short(rho, 3)}, σₘₐₓ {short(sigma, 3)}"
        if self.spectra.gates == 1:
            text += f", mean {words.slope_name(self.spectra)} {short(slope)}"
        return text

    def table(self) -> Table:
        rho, sigma, slope = self.spectra.over_training()
        table = {
            "update": self.spectra.history.updates.tolist(),
            "rho": rho.tolist(),
            "sigma_max": sigma.tolist(),
        }
        return table if self.spectra.gates > 1 else table | {"mean_slope": slope.tolist()}

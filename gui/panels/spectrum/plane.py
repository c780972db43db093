"""The eigenvalues of W_h on the complex plane, with the unit circle."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg

from gui.panels.frame.export import Table
from gui.panels.keys.legend import Dots, Entry
from gui.panels.plots.axes import NumberAxis
from gui.panels.plots.plot import Plot
from gui.panels.spectrum import words
from gui.panels.spectrum.spectra import Spectra
from gui.panels.views.view import View
from gui.theme import Theme
from rnn.number_format import short
from rnn.observing.probes.spectrum import LayerSpectrum

LEAST = 1.12  # so that the whole unit circle is seen
NEAR = 12.0  # pixels
DOT, SMALL_DOT, MANY = 7.0, 4.0, 100


class PlaneView(View):
    """Every eigenvalue of the chosen W_h; those outside of the unit circle in a second colour.

    Attributes:
        circle, inside, outside: the items.
        reach: how far from 0 the plane is shown at least, in every direction.
    """

    name = button = "eigenvalues"
    by_layer = by_gate = True

    def __init__(self, plot: Plot, theme: Theme, spectra: Spectra) -> None:
        super().__init__(plot, theme)
        self._spectra = spectra
        self.reach = LEAST
        angles = np.linspace(0.0, 2.0 * math.pi, 181)
        self.circle = pg.PlotCurveItem(np.cos(angles), np.sin(angles), antialias=True)
        self.inside, self.outside = pg.ScatterPlotItem(pen=None), pg.ScatterPlotItem(pen=None)
        self.add(self.circle, self.inside, self.outside)

    @property
    def says_first(self) -> str:
        return words.SAYS_FIRST if self._spectra.of_one_sum is not None else words.OTHERS_FIRST

    @property
    def caption(self) -> str:
        text = f"Eigenvalues of {self._spectra.weights} and the unit circle"
        return f"{text}." if self._spectra.of_one_sum is None else f"{text}; ρ is a hint, σₘₐₓ a ceiling."

    def forget(self) -> None:
        self.reach = LEAST

    def enter(self) -> None:
        super().enter()
        self.plot.set_axes(NumberAxis("bottom"), NumberAxis("left"))
        self.plot.label_axes("real part", "imaginary part")

    def draw(self) -> None:
        layer = self._spectra.of_layer
        values = np.empty(0, dtype=complex) if layer is None else layer.eigenvalues[self._spectra.gate]
        values = values[np.isfinite(values)]
        self._widen(float(np.abs(values).max()) if len(values) else 0.0)
        box = self.plot.box
        width, height = max(1.0, box.width()), max(1.0, box.height())
        unit = self.reach / min(width, height)
        self.plot.set_ranges(x=(-unit * width, unit * width), y=(-unit * height, unit * height))
        beyond = np.abs(values) > 1.0
        size = DOT if len(values) <= MANY else SMALL_DOT
        for dots, shown in ((self.inside, values[~beyond]), (self.outside, values[beyond])):
            dots.setData(shown.real, shown.imag, size=size)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.circle.setPen(pg.mkPen(theme.faint(theme.text, 0.7)))
        self.inside.setBrush(theme.accent)
        self.outside.setBrush(theme.target)

    def entries(self) -> list[Entry]:
        inside, outside = Dots(self.theme.accent), Dots(self.theme.target)
        layer = self._spectra.of_layer
        if layer is None:
            return [Entry("|λ| ≤ 1", inside), Entry("|λ| > 1", outside)]
        beyond = int((np.abs(layer.eigenvalues[self._spectra.gate]) > 1.0).sum())
        held = layer.eigenvalues.shape[1] - beyond
        return [Entry(f"{held} with |λ| ≤ 1", inside), Entry(f"{beyond} with |λ| > 1", outside)]

    def figure(self) -> str:
        return words.figure(self._spectra)

    def brief(self) -> str:
        return words.brief(self._spectra)

    def readout(self, x: float, y: float) -> str:
        layer = self._spectra.of_layer
        if layer is None:
            return ""
        values = layer.eigenvalues[self._spectra.gate]
        (left, right), _ = self.plot.shown()
        near = NEAR * (right - left) / max(1.0, self.plot.box.width())
        away = np.abs(values - complex(x, y))
        if not (away <= near).any():
            return f"|{short(x)} {'−' if y < 0.0 else '+'} {short(abs(y))}i| = {short(math.hypot(x, y))}"
        return eigenvalue_words(complex(values[int(np.nanargmin(away))]))

    def table(self) -> Table:
        return matrix_table(self._spectra.of_layer, self._spectra.gate)

    def _widen(self, radius: float) -> None:
        """Show all of so large a radius, in steps that do not creep."""
        wanted = max(LEAST, 1.06 * radius)
        if wanted > self.reach or (self.reach > LEAST and wanted < 0.6 * self.reach):
            self.reach = max(LEAST, 1.15 * radius)


def eigenvalue_words(value: complex) -> str:
    """One eigenvalue, its size, and how fast it turns."""
    size = f"|λ| = {short(abs(value), 3)}"
    if value.imag == 0.0:
        turns = ", changes sign every time step" if value.real < 0.0 else ""
        return f"λ = {short(value.real, 3)} · {size}{turns}"
    turn = abs(math.atan2(value.imag, value.real))
    sign = "−" if value.imag < 0.0 else "+"
    number = f"{short(value.real, 3)} {sign} {short(abs(value.imag), 3)}i"
    return f"λ = {number} · {size}, turns once in {short(2.0 * math.pi / turn, 3)} time steps"


def matrix_table(layer: LayerSpectrum | None, gate: int) -> Table:
    """Eigenvalues and singular values of one W_h, the largest first."""
    if layer is None:
        return {}
    values = layer.eigenvalues[gate]
    return {
        "rank": list(range(1, len(values) + 1)),
        "eigenvalue_real": values.real.tolist(),
        "eigenvalue_imaginary": values.imag.tolist(),
        "eigenvalue_abs": np.abs(values).tolist(),
        "singular_value": layer.singular_values[gate].tolist(),
    }

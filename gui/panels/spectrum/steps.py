"""What each step back can do to a gradient, and what it does to the actual one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt

from gui.panels.frame.export import Table
from gui.panels.plots.decades import decades, placed
from gui.panels.spectrum import words
from gui.panels.spectrum.curves import SpectraView
from gui.panels.spectrum.spectra import Spectra
from gui.panels.views.view import Line, steps_range
from gui.panels.words.figures import sub
from rnn.array import Array
from rnn.number_format import short


class StepsView(SpectraView):
    """The singular values of each step's Jacobian, and what is left of all of them together."""

    name = "Jacobian of each time step"
    button = "Jacobians"
    says_first = words.OF_JACOBIANS_FIRST
    by_layer = by_gate = False
    cursor_angle = 90
    y_label = "singular value"

    @property
    def caption(self) -> str:
        spectra = self.spectra
        top = f" in the top layer, {spectra.layers}" if spectra.layers > 1 else ""
        state = ", s the state h"
        if spectra.info is not None and spectra.of_one_sum is None:
            letters = ", ".join(spectra.info.cell.symbols)
            state = f", s the whole state {f'({letters})' if spectra.info.cell.states > 1 else letters}"
        return f"Of ∂sₜ/∂sₜ₋₁{top}{state}: by what a time step back can multiply a gradient."

    def lines(self) -> Sequence[Line]:
        theme, jacobians = self.theme, self.spectra.jacobians
        values = np.empty((0, 1)) if jacobians is None else jacobians.singular_values
        to_last = np.empty(0) if jacobians is None else jacobians.to_last
        middle = np.median(values, axis=1)
        lines = [
            self.one(0.0),
            self._line("largest", values[:, 0], theme.accent, 2.0),
            self._line("median", middle, theme.accent, 1.0),
            self._line("smallest", values[:, -1], theme.muted, 1.0),
            self._line(self._together("ₜ"), to_last, theme.target, 2.0),
        ]
        ceiling = self._ceiling()
        if ceiling is not None:
            pen = theme.pen(theme.muted, 1.0, Qt.PenStyle.DashLine)
            x = np.array(self.x_range())
            lines.append(Line("ceiling: σₘₐₓ", x, np.full(2, decades(ceiling)), pen, dotted=False))
        return lines

    def levels(self) -> Sequence[float]:
        return (0.0,)

    def x_range(self) -> tuple[float, float]:
        return steps_range(1 if self.spectra.info is None else self.spectra.info.steps)

    def figure(self) -> str:
        jacobians = self.spectra.jacobians
        if jacobians is None:
            return ""
        return f"{self._together('₁')} {short(float(jacobians.to_last[0]))}"

    def readout(self, x: float, y: float) -> str:
        t, jacobians = self.step_at(x, y), self.spectra.jacobians
        if t is None or jacobians is None:
            return ""
        if t > len(jacobians.to_last):
            return f"time step {t}: after the last scored one, {len(jacobians.to_last)}"
        values = jacobians.singular_values[t - 1]
        largest, median, smallest = (short(float(v)) for v in (values[0], np.median(values), values[-1]))
        together = short(float(jacobians.to_last[t - 1]))
        spread = f"singular values {smallest} to {largest}, median {median}"
        return f"time step {t}: {spread} · {self._together('ₜ')} {together} · update {jacobians.update:,}"

    def table(self) -> Table:
        jacobians = self.spectra.jacobians
        if jacobians is None:
            return {}
        values = jacobians.singular_values
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, len(values) + 1))}
        table["dsT_dst_spectral_norm"] = jacobians.to_last.tolist()
        return table | {f"sigma_{k + 1}": values[:, k].tolist() for k in range(values.shape[1])}

    def step_at(self, x: float, y: float) -> int | None:
        return step_of(self.spectra, x)

    def _together(self, step: str) -> str:
        """The norm of all Jacobians from the last time step back to another one."""
        jacobians = self.spectra.jacobians
        return f"‖∂{'s' if jacobians is None else sub('s', len(jacobians.to_last))}/∂s{step}‖"

    def _line(self, text: str, values: Array, colour: str, width: float) -> Line:
        x, y = placed(self.plot, decades(values))
        return Line(text, x, y, self.theme.pen(colour, width), dotted=width > 1.0)

    def _ceiling(self) -> Array | None:
        """σ_max · max|g′| of the top layer; None where a step back is more than W_h and g′."""
        spectrum, g = self.spectra.spectrum, self.spectra.of_one_sum
        if spectrum is None or g is None:
            return None
        return np.asarray(spectrum.layers[-1].sigma_max[0] * g.steepest)


class SplitView(SpectraView):
    """The factor of each step back along the actual gradient, and its two parts where they are known."""

    name = "factor of each time step back"
    button = "factors"
    says_first = words.OF_FACTORS_FIRST
    by_gate = False
    cursor_angle = 90
    y_label = "factor of the time step back"

    @property
    def caption(self) -> str:
        flow = self.spectra.flow_of_layer
        if flow is not None and flow.split is None:
            return "Exact, along the actual gradient of the last loss: ‖∂L/∂sₜ‖ / ‖∂L/∂sₜ₊₁‖; no split here."
        return "Exact, along the actual gradient: units × Wₕ = each time step back."

    def lines(self) -> Sequence[Line]:
        theme, flow = self.theme, self.spectra.flow_of_layer
        lines = [self.one(0.0)]
        if flow is not None and flow.split is not None:
            name = words.name_of(flow.split.nonlinearity)
            lines.append(self._line(f"{name} passes on", flow.split.through_units, theme.target))
            lines.append(self._line("Wₕ multiplies by", flow.split.through_weights, theme.other))
        return [*lines, self._line("each time step back", self._factors(), theme.accent)]

    def levels(self) -> Sequence[float]:
        return (0.0,)

    def x_range(self) -> tuple[float, float]:
        return steps_range(1 if self.spectra.info is None else self.spectra.info.steps)

    def figure(self) -> str:
        flow = self.spectra.flow_of_layer
        return "" if flow is None or flow.factor is None else f"×{words.two(flow.factor)} per time step"

    def readout(self, x: float, y: float) -> str:
        t, flow, factors = self.step_at(x, y), self.spectra.flow_of_layer, self._factors()
        if t is None or flow is None or t > len(factors):
            return ""
        text = f"back from time step {t + 1} to {t}: ×{short(float(factors[t - 1]), 3)}"
        if flow.split is None:
            return text
        units, weights = flow.split.through_units[t - 1], flow.split.through_weights[t - 1]
        name = words.name_of(flow.split.nonlinearity)
        return f"{text} = {short(float(units), 3)} that {name} passes on × {short(float(weights), 3)} by Wₕ"

    def table(self) -> Table:
        flow, factors = self.spectra.flow_of_layer, self._factors()
        if flow is None:
            return {}
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, len(factors) + 1))}
        table["factor"] = factors.tolist()
        if flow.split is not None:
            table["through_units"] = flow.split.through_units.tolist()
            table["through_weights"] = flow.split.through_weights.tolist()
        return table

    def step_at(self, x: float, y: float) -> int | None:
        return step_of(self.spectra, x)

    def _factors(self) -> Array:
        """(T−1,) by what the step back from t+1 to t multiplies the gradient, t = 1 …"""
        flow = self.spectra.flow_of_layer
        if flow is None:
            return np.empty(0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(flow.state[:-1] / flow.state[1:])

    def _line(self, text: str, values: Array, colour: str) -> Line:
        x, y = placed(self.plot, decades(values))
        return Line(text, x, y, self.theme.pen(colour, 2.0))


def step_of(spectra: Spectra, x: float) -> int | None:
    """The time step at a place of the lower axis."""
    t = round(x)
    return t if spectra.info is not None and 1 <= t <= spectra.info.steps else None

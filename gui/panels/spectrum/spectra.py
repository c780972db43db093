"""What the spectrum panel has been given of a run, and which layer and which W_h of it is looked at."""

from __future__ import annotations

import numpy as np

from gui.panels.plots.history import History, usual_spacing
from rnn.array import Array
from rnn.model.cells import Vanilla
from rnn.model.nonlinearities import Nonlinearity
from rnn.observing.probes import Flow, Jacobians, Spectrum
from rnn.observing.probes.flow import LayerFlow
from rnn.observing.probes.spectrum import LayerSpectrum
from rnn.observing.snapshot import RunInfo, Snapshot


class Spectra:
    """The newest measurements, and the spectra over training.

    Attributes:
        info: the run; None before the first.
        layer, gate: what is looked at, counted from 0.
        spectrum, jacobians, flow: the newest of each.
        history: of every layer in turn ρ (g,), σ_max (g,) and the mean slope, NaN in a cell with gates.
    """

    def __init__(self) -> None:
        self.info: RunInfo | None = None
        self.layer = self.gate = 0
        self.begin(None)

    def begin(self, info: RunInfo | None) -> None:
        """Forget what was measured, for the run ``info``."""
        self.info = info
        self.spectrum: Spectrum | None = None
        self.jacobians: Jacobians | None = None
        self.flow: Flow | None = None
        width = 0 if info is None else len(info.config.model.layers) * (2 * info.cell.gates + 1)
        self.history = History(width, 1 if info is None else usual_spacing(info))
        self._moment: tuple[int, int] | None = None

    def receive(self, snapshot: Snapshot) -> bool:
        """Take on what a snapshot holds; whether there is anything new in it."""
        spectrum, jacobians = snapshot.probe(Spectrum), snapshot.probe(Jacobians)
        flow, moment = snapshot.probe(Flow), (snapshot.update, snapshot.sequence)
        new_flow = flow is not None and (moment != self._moment or self.flow is None)
        new_spectrum = spectrum is not None and spectrum is not self.spectrum
        new_jacobians = jacobians is not None and jacobians is not self.jacobians
        if flow is not None and new_flow:
            self.flow, self._moment = flow, moment
        if jacobians is not None:
            self.jacobians = jacobians
        if spectrum is not None and new_spectrum:
            self.spectrum = spectrum
            self.history.add(spectrum.update, _row(spectrum))
        return new_flow or new_spectrum or new_jacobians

    @property
    def of_layer(self) -> LayerSpectrum | None:
        return None if self.spectrum is None else self.spectrum.layers[self.layer]

    @property
    def flow_of_layer(self) -> LayerFlow | None:
        return None if self.flow is None else self.flow.layers[self.layer]

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return 1 if self.info is None else len(self.info.config.model.layers)

    @property
    def gates(self) -> int:
        """How many W_h a layer has."""
        return 1 if self.info is None else self.info.cell.gates

    @property
    def of_one_sum(self) -> Nonlinearity | None:
        """g where h = g(a) of one sum a, so that W_h and g′ alone make each step back; else None."""
        return Vanilla().of_one_sum if self.info is None else self.info.cell.of_one_sum

    @property
    def weights(self) -> str:
        """The matrix that is looked at: "Wₕ", "Wₕ of the forget gate, layer 1"."""
        gate = "" if self.info is None or self.gates == 1 else f" of the {self.info.cell.blocks[self.gate]}"
        return f"Wₕ{gate}{f', layer {self.layer + 1}' if self.layers > 1 else ''}"

    def over_training(self) -> tuple[Array, Array, Array]:
        """(n,) ρ, (n,) σ_max and (n,) the mean slope of what is looked at."""
        g = self.gates
        first = self.layer * (2 * g + 1)
        rows = self.history.rows
        return rows[:, first + self.gate], rows[:, first + g + self.gate], rows[:, first + 2 * g]


def _row(spectrum: Spectrum) -> Array:
    parts = []
    for layer in spectrum.layers:
        slope = np.nan if layer.mean_slope is None else layer.mean_slope
        parts += [layer.radii, layer.sigma_max, np.array([slope])]
    return np.concatenate(parts)

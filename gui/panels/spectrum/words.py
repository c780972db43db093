"""What the spectrum panel says: its explanation, the split in one sentence, its figures."""

from __future__ import annotations

import math

import numpy as np

from gui.panels.spectrum.spectra import Spectra
from rnn.array import Array
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.number_format import short
from rnn.observing.probes.flow import LayerFlow
from rnn.observing.probes.flow_sentence import name_of

SAYS_FIRST = "Dots tell what Wₕ alone would do; σₘₐₓ < 1 must vanish, > 1 may explode and need not."
OTHERS_FIRST = "Dots tell what this Wₕ alone would do; the way back is more than Wₕ, and σₘₐₓ no bound of it."
OF_SIZES_FIRST = "ρ hints at what Wₕ alone would do; σₘₐₓ < 1 must vanish, > 1 may explode and need not."
OF_JACOBIANS_FIRST = "What a time step back could do to a gradient at most; to the real one it may do less."
OF_FACTORS_FIRST = (
    "What each time step back really does: the part that units pass on, times what weights make of it."
)
EXPLANATION = """
<p>One time step back multiplies the gradient by <b>∂h<sub>t</sub>/∂h<sub>t−1</sub> = diag(g′)
W<sub>h</sub>ᵀ</b>. What does that do to its size?</p>
<p><b>ρ</b>, the largest |eigenvalue|, is a <i>hint</i>: what W<sub>h</sub> alone would do in the long run.
<b>σ<sub>max</sub></b>, the largest singular value, is a <i>ceiling</i>: W<sub>h</sub> can make no gradient
grow more in one time step. Neither is the rate: ρ above 1 need not explode, as tanh passes on less than it
gets, and σ<sub>max</sub> times the mean of 1 − h² is no rate either.</p>
<p><b>How to read it.</b> Exact is the split along the actual gradient v: tanh passes on ‖Dv‖/‖v‖, with D =
diag(1 − h²), and W<sub>h</sub> makes that ‖Dv W<sub>h</sub>ᵀ‖/‖Dv‖ times as large. Their product is the
factor of the time step. The means below the plot are geometric. In a cell
with gates each gate has its own W<sub>h</sub>, whose σ<sub>max</sub> is no ceiling, and the Jacobians are
those of the whole state.</p>
<p><b>What to try.</b> Begin with ρ = 1.5 and watch tanh hold the gradient down; then set the nonlinearity to
identity.</p>
"""


def means(flow: LayerFlow | None) -> tuple[float, float] | None:
    """The geometric means of what the units pass on and of what the weights do; None where a part is 0."""
    if flow is None or flow.split is None:
        return None
    units, weights = flow.split.through_units, flow.split.through_weights
    if len(units) == 0 or not (_positive(units) and _positive(weights)):
        return None
    return math.exp(np.log(units).mean()), math.exp(np.log(weights).mean())


def sentence(spectra: Spectra) -> str:
    """What a time step back does to the actual gradient, and how that comes about."""
    flow = spectra.flow_of_layer
    if flow is None:
        return ""
    if not flow.factor:
        return _no_rate(flow)
    keeps, parts = step_words(flow.factor), means(flow)
    if parts is None or flow.split is None:
        return f"Exact: {keeps}{_no_split(spectra)}."
    units, weights = parts
    passed = f"{name_of(flow.split.nonlinearity)} passes on {short(units)}"
    if flow.split.nonlinearity == "identity":
        passed = "the units pass on all of it"
    return f"Exact: {passed}, Wₕ makes it {short(weights)} times: {keeps}."


def _no_rate(flow: LayerFlow) -> str:
    """Why there is no factor per time step."""
    if len(flow.state) < 2:
        return "With a single time step there is no way back."
    if flow.state[-1] == 0.0:
        return "The last time step's loss sends back no gradient at this moment."
    if flow.factor is None:
        return "The gradient is not finite on its way back."
    return f"Nothing of the gradient is left at the first time step{_shut(flow)}."


def step_words(factor: float) -> str:
    """ "each time step back keeps 0.57", or multiplies."""
    return f"each time step back {'keeps' if factor <= 1.0 else 'multiplies it by'} {short(factor)}"


def figure(spectra: Spectra) -> str:
    """ρ and σₘₐₓ of what is looked at."""
    layer = spectra.of_layer
    if layer is None:
        return ""
    return f"ρ {two(layer.radii[spectra.gate])}   σₘₐₓ {two(layer.sigma_max[spectra.gate])}"


def brief(spectra: Spectra) -> str:
    """ρ of the same, where there is little room."""
    return figure(spectra).partition("   ")[0]


def two(value: float) -> str:
    """A figure with two places behind the point, where that says something."""
    return f"{value:.2f}" if 0.095 <= value < 999.5 else short(value)


def slope_name(spectra: Spectra) -> str:
    """The slope of a unit: 1 − h² for tanh, ∂h/∂a where h is more than g of one sum a."""
    if spectra.of_one_sum is None:
        return "∂h/∂a"
    return "1 − h²" if spectra.of_one_sum is NONLINEARITIES["tanh"] else "g′"


def summary(spectra: Spectra) -> str:
    """The two figures, and the sentence."""
    layer = spectra.of_layer
    if layer is None:
        return ""
    rho, sigma = short(layer.radii[spectra.gate], 3), short(layer.sigma_max[spectra.gate], 3)
    text = f"{spectra.weights} has a spectral radius of {rho} and a largest singular value of {sigma}"
    if layer.mean_slope is not None:
        text += f", and the mean of {slope_name(spectra)} is {short(layer.mean_slope)}"
    exact = sentence(spectra).removeprefix("Exact: ")
    if not exact.startswith("ReLU"):
        exact = exact[:1].lower() + exact[1:]
    return f"{text}; {exact}" if exact else f"{text}."


def _no_split(spectra: Spectra) -> str:
    """Why the factor is not taken apart."""
    if spectra.layer < spectra.layers - 1:
        return "; it also comes down from the layer above, so there is no split"
    if spectra.gates > 1:
        return "; through gates there is no split into tanh and Wₕ"
    if spectra.of_one_sum is None:
        return "; a state that is more than g of one sum has no split"
    return ""


def _shut(flow: LayerFlow) -> str:
    split = flow.split
    if split is None or not (split.through_units == 0.0).any():
        return ""
    return f": {name_of(split.nonlinearity)} passes on nothing"


def _positive(parts: Array) -> bool:
    return bool((np.isfinite(parts) & (parts > 0.0)).all())

"""What is measured, one file a probe; each is computed only when a visible panel asks for it."""

from collections.abc import Callable

from rnn.probes.fit import Fit, fit
from rnn.probes.flow import Flow, flow
from rnn.probes.moment import Moment, start_of

PROBES: dict[str, Callable[[Moment], object]] = {"fit": fit, "flow": flow}

__all__ = ["PROBES", "Fit", "Flow", "Moment", "start_of"]

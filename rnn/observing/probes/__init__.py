"""What is measured, one file a probe; each is computed only when a visible panel asks for it."""

# mypy: implicit-reexport
from rnn.observing.probes.answers import Answers, answers
from rnn.observing.probes.check import check
from rnn.observing.probes.check_result import GradientCheck
from rnn.observing.probes.fit import Fit, fit
from rnn.observing.probes.flow import Flow, flow
from rnn.observing.probes.lags import Lags, lags
from rnn.observing.probes.line import Line, line
from rnn.observing.probes.moment import Breathe, Moment, Probe, go_on, start_of
from rnn.observing.probes.pairs import Pairs, pairs
from rnn.observing.probes.parameter_norms import ParameterNorms, parameter_norms
from rnn.observing.probes.spectrum import Jacobians, Spectrum, jacobians, spectrum
from rnn.observing.probes.text import Characters, text
from rnn.observing.probes.unrolled import Unrolled, unrolled

PROBES: dict[str, Probe] = {
    "answers": Probe(answers),
    "check": Probe(check),
    "fit": Probe(fit),
    "flow": Probe(flow),
    "jacobians": Probe(jacobians),
    "lags": Probe(lags),
    "line": Probe(line, share=0.1),
    "pairs": Probe(pairs),
    "parameter_norms": Probe(parameter_norms),
    "spectrum": Probe(spectrum, share=0.1),
    "text": Probe(text),
    "unrolled": Probe(unrolled),
}

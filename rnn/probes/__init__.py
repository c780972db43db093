"""What is measured, one file a probe; each is computed only when a visible panel asks for it."""

# mypy: implicit-reexport
from rnn.probes.answers import Answers, answers
from rnn.probes.check import check
from rnn.probes.check_result import GradientCheck
from rnn.probes.fit import Fit, fit
from rnn.probes.flow import Flow, flow
from rnn.probes.lags import Lags, lags
from rnn.probes.line import Line, line
from rnn.probes.moment import Moment, Probe, start_of
from rnn.probes.pairs import Pairs, pairs
from rnn.probes.parameter_norms import ParameterNorms, parameter_norms
from rnn.probes.spectrum import Jacobians, Spectrum, jacobians, spectrum
from rnn.probes.text import Characters, text
from rnn.probes.unrolled import Unrolled, unrolled

PROBES: dict[str, Probe] = {
    "answers": Probe(answers),
    "check": Probe(check),
    "fit": Probe(fit),
    "flow": Probe(flow),
    "jacobians": Probe(jacobians, seconds=0.5),
    "lags": Probe(lags),
    "line": Probe(line, seconds=0.04, share=0.1),
    "pairs": Probe(pairs),
    "parameter_norms": Probe(parameter_norms),
    "spectrum": Probe(spectrum, seconds=0.04, share=0.1),
    "text": Probe(text),
    "unrolled": Probe(unrolled),
}

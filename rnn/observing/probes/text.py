"""The next character: how probable each one was, the probability of all, and what the network writes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.model.batch import Classes
from rnn.model.network import Network, States
from rnn.model.readout import bits, log_softmax, perplexity
from rnn.observing.probes.moment import Moment

PROMPT = 20
WRITTEN = 200


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """The displayed sequence of a text, and what the network goes on to write.

    Characters are given by their numbers in the alphabet of V characters, but for what is written.

    Attributes:
        read: (T,) the characters x_1 … x_T.
        next: (T,) the true next ones, x_2 … x_{T+1}.
        log_probabilities: (T, V) ln P(c | x_1 … x_t) of every character c, by the state at t.
        by_frequency: (V,) all characters, the one that is the most frequent in the training text first.
        prompt: what the network read before it wrote: the first `PROMPT` characters at most.
        written: `WRITTEN` characters, each drawn from what the network says and read by it in turn; fewer
            where an answer is not finite.
        temperature: what the logits were divided by; 0 took the likeliest.
    """

    read: Classes
    next: Classes
    log_probabilities: Array
    by_frequency: Classes
    prompt: str
    written: str
    temperature: float

    @property
    def of_next(self) -> Array:
        """(T,) ln P(x_{t+1} | x_1 … x_t) of the true next characters."""
        return np.asarray(self.log_probabilities[np.arange(len(self.next)), self.next])

    @property
    def log_likelihood(self) -> float:
        """ln P(x_2 … x_{T+1} | x_1), by the chain rule: Σ ln P(x_{t+1} | x_1 … x_t)."""
        return float(self.of_next.sum())

    @property
    def perplexity(self) -> float:
        """exp(−ln P / T): among how many equally likely characters the network is as unsure."""
        return perplexity(-self.log_likelihood / len(self.next))

    @property
    def bits(self) -> float:
        """−log₂ P / T: bits a character."""
        return bits(-self.log_likelihood / len(self.next))


def text(moment: Moment) -> Characters | None:
    """Measure the displayed sequence and write on from its beginning; None where the task is no text."""
    train, names = moment.sequences, moment.data.class_names
    if train.symbols is None or train.symbols != len(names) or not moment.network.readout.classes:
        return None
    read, following = (np.asarray(of[:, moment.sequence], dtype=np.int64) for of in (train.x, train.y))
    prompt = min(PROMPT, len(read))
    states: States = [tuple(state[prompt] for state in cell.states) for cell in moment.tape.cells]
    logits = moment.tape.output[prompt - 1, 0]
    dice = moment.memory.get("dice")
    if dice is None:
        # The same in every moment, so that what changes is the network and not the dice.
        dice = moment.memory["dice"] = np.random.default_rng(0).gumbel(size=(WRITTEN, len(names)))
    with np.errstate(all="ignore"):
        written = write(moment.network, states, logits, dice, moment.request.temperature)
        return Characters(
            read=frozen(read),
            next=frozen(following),
            log_probabilities=frozen(log_softmax(moment.tape.output[:, 0])),
            by_frequency=_by_frequency(moment),
            prompt="".join(names[number] for number in read[:prompt].tolist()),
            written="".join(names[number] for number in written),
            temperature=moment.request.temperature,
        )


def write(network: Network, states: States, logits: Array, dice: Array, temperature: float) -> list[int]:
    """The numbers of the characters that are drawn one after the other, each the next input.

    c = argmax_k (ŷ_k + τ g_k) with standard Gumbel numbers g is drawn from softmax(ŷ / τ) (Maddison, Tarlow
    and Minka 2014, section 2); it needs no exponential, and with τ = 0 it is the likeliest.

    Arguments:
        states: where the network is, each array (1, H).
        logits: (V,) what it answers there.
        dice: (n, V) standard Gumbel numbers, a row for each character to write.
        temperature: τ.
    """
    written: list[int] = []
    x = np.zeros((1, 1, len(logits)))
    for noise in temperature * dice:
        scores = logits + noise
        chosen = int(scores.argmax())
        if not math.isfinite(scores[chosen]):  # a NaN or an infinity among the logits is the argmax itself
            break
        written.append(chosen)
        x[0, 0, chosen] = 1.0
        tape = network.forward(x, states)
        x[0, 0, chosen] = 0.0
        states, logits = tape.final, tape.output[0, 0]
    return written


def _by_frequency(moment: Moment) -> Classes:
    """Counted once a run."""
    known: Classes | None = moment.memory.get("by frequency")
    if known is None:
        counts = np.bincount(np.asarray(moment.sequences.y).ravel(), minlength=len(moment.data.class_names))
        known = moment.memory["by frequency"] = frozen(np.argsort(-counts, kind="stable").astype(np.int64))
    return known

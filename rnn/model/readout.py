"""What turns a hidden state into an answer, and an answer into a loss.

Every loss is a mean over the scored time steps of a batch.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.batch import Batch, Mask


class Readout:
    """A linear layer ŷ_t = h_t W + b, and the loss of its answers.

    Attributes:
        title: its name in the form.
        column: what the reported loss is called in a file.
        axis: the same in words, with its unit.
        scale: the reported loss is so many times the loss that is trained on.
        classes: whether targets are class numbers.
    """

    @staticmethod
    def figures(loss: float) -> dict[str, float]:
        """What else the reported ``loss`` amounts to, by name."""
        return {}

    title: ClassVar[str]
    column: ClassVar[str]
    axis: ClassVar[str]
    scale: ClassVar[float]
    classes: ClassVar[bool]

    @staticmethod
    def shapes(width: int, outputs: int) -> dict[str, tuple[int, ...]]:
        """The shape of each weight for H = ``width`` and O = ``outputs``."""
        return {"W": (width, outputs), "b": (outputs,)}

    @classmethod
    def loss_terms(cls, output: Array, batch: Batch) -> Array:
        """The part L_t (T,) of each time step in the loss of ``output`` (T, B, O); they add up to L."""
        return np.asarray(cls.losses(output, batch).sum(axis=1) / batch.scores)

    @classmethod
    def losses(cls, output: Array, batch: Batch) -> Array:
        """(T, B) the loss of every answer by itself, 0 where it is not scored."""
        raise NotImplementedError

    @classmethod
    def loss(cls, output: Array, batch: Batch) -> tuple[float, Array]:
        """The loss L and ∂L/∂ŷ (T, B, O)."""
        raise NotImplementedError

    @classmethod
    def torch_scale(cls, outputs: int) -> float:
        """How many times this loss PyTorch's mean is, of so many outputs."""
        return 1.0

    @classmethod
    def rates(cls, tolerance: float | None) -> bool:
        """Whether answers are right or wrong: classes are, and numbers where there is a ``tolerance``."""
        return cls.classes or tolerance is not None

    @staticmethod
    def correct(output: Array, batch: Batch, tolerance: float | None) -> Mask:
        """(T, B) which answers are right, scored or not, where they are `rates`."""
        raise NotImplementedError


class SquaredError(Readout):
    """Half the square of what the answer misses, summed over features.

    L = 1/(2 n) Σ ‖ŷ − y‖² over the n scored time steps
    """

    title = "Squared error"
    column = "mse"
    axis = "mean square error"
    scale = 2.0
    classes = False

    @classmethod
    def losses(cls, output: Array, batch: Batch) -> Array:
        losses = 0.5 * ((output - batch.y) ** 2).sum(axis=2)
        if batch.scored is not None:
            losses[~batch.scored] = 0.0
        return np.asarray(losses)

    @classmethod
    def loss(cls, output: Array, batch: Batch) -> tuple[float, Array]:
        error = output - batch.y
        if batch.scored is not None:
            error[~batch.scored] = 0.0
        flat = error.ravel()
        n = batch.scores
        loss = float(flat @ flat) / (2 * n)
        error /= n
        return loss, error

    @classmethod
    def torch_scale(cls, outputs: int) -> float:
        """nn.MSELoss is the mean over the outputs too, and does not halve."""
        return 2.0 / outputs

    @staticmethod
    def correct(output: Array, batch: Batch, tolerance: float | None) -> Mask:
        assert tolerance is not None
        return np.asarray((np.abs(output - batch.y) <= tolerance).all(axis=2))


class SoftmaxNll(Readout):
    """The softmax makes the answers probabilities; their negative log-likelihood is the loss.

    P(class k | x_1 … x_t) = exp ŷ_k / Σ_j exp ŷ_j,   L = −1/n Σ ln P(y_t | x_1 … x_t)

    The largest logit is subtracted first, so that no exponential overflows.
    """

    title = "Softmax, NLL"
    column = "nll"
    axis = "negative log-likelihood (nats)"
    scale = 1.0
    classes = True

    @staticmethod
    def figures(loss: float) -> dict[str, float]:
        return {"perplexity": perplexity(loss), "bits": bits(loss)}

    @classmethod
    def losses(cls, output: Array, batch: Batch) -> Array:
        chosen = np.take_along_axis(log_softmax(output), batch.y[:, :, None], axis=2)[:, :, 0]
        losses = 0.0 - chosen
        if batch.scored is not None:
            losses[~batch.scored] = 0.0
        return np.asarray(losses)

    @classmethod
    def loss(cls, output: Array, batch: Batch) -> tuple[float, Array]:
        T, B, outputs = output.shape
        log_p = log_softmax(output).reshape(T * B, outputs)
        rows, classes = np.arange(T * B), batch.y.reshape(-1)
        losses = log_p[rows, classes]
        dy = np.exp(log_p, out=log_p)
        dy[rows, classes] -= 1.0
        if batch.scored is not None:
            unscored = ~batch.scored.reshape(-1)
            losses[unscored] = 0.0
            dy[unscored] = 0.0
        n = batch.scores
        dy /= n
        return 0.0 - float(losses.sum()) / n, dy.reshape(T, B, outputs)

    @staticmethod
    def correct(output: Array, batch: Batch, tolerance: float | None) -> Mask:
        return np.asarray(output.argmax(axis=2) == batch.y)


def log_softmax(output: Array) -> Array:
    """ln softmax over the last axis, exact to rounding for any logits whose differences are finite."""
    shifted = output - output.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(shifted)


def perplexity(nll: float) -> float:
    """e^nll: among how many equally likely symbols the answer is as unsure; inf where that overflows."""
    return math.exp(nll) if nll < 700.0 else math.inf


def bits(nll: float) -> float:
    """``nll`` nats in bits."""
    return nll / math.log(2.0)


READOUTS: dict[str, type[Readout]] = {"mse": SquaredError, "nll": SoftmaxNll}

"""Weights in and out under PyTorch's names and shapes."""

from rnn.weights.contents import Contents
from rnn.weights.files import ENDINGS, named_weights, npz_bytes, read_weights, save_weights
from rnn.weights.model_names import Names, network_of
from rnn.weights.readouts import Readouts
from rnn.weights.torch_names import (
    HEAD_NAMES,
    LAYER_NAMES,
    from_torch,
    gradients_in_torch_names,
    to_torch,
)

__all__ = [
    "ENDINGS",
    "HEAD_NAMES",
    "LAYER_NAMES",
    "Contents",
    "Names",
    "Readouts",
    "from_torch",
    "gradients_in_torch_names",
    "named_weights",
    "network_of",
    "npz_bytes",
    "read_weights",
    "save_weights",
    "to_torch",
]

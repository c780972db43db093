"""Weights in and out under PyTorch's names and shapes."""

from rnn.weights.files import ENDINGS, load_weights, named_weights, npz_bytes, read_weights, save_weights
from rnn.weights.model_names import Names, linear_layers, network_of
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
    "Names",
    "from_torch",
    "gradients_in_torch_names",
    "linear_layers",
    "load_weights",
    "named_weights",
    "network_of",
    "npz_bytes",
    "read_weights",
    "save_weights",
    "to_torch",
]

"""Weights in and out under PyTorch's names and shapes."""

# mypy: implicit-reexport
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

"""Everything that decides a run."""

from rnn.config.model import ModelConfig
from rnn.config.run import RunConfig, read_config
from rnn.config.toml import flatten, read_toml
from rnn.config.training import TrainingConfig, live_keys

__all__ = [
    "ModelConfig",
    "RunConfig",
    "TrainingConfig",
    "flatten",
    "live_keys",
    "read_config",
    "read_toml",
]

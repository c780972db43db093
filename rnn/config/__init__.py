"""Everything that decides a run."""

from rnn.config.model import ModelConfig
from rnn.config.run import RunConfig
from rnn.config.run_file import read_config, read_settings
from rnn.config.toml import flatten, read_toml
from rnn.config.training import TrainingConfig, live_keys

__all__ = [
    "ModelConfig",
    "RunConfig",
    "TrainingConfig",
    "flatten",
    "live_keys",
    "read_config",
    "read_settings",
    "read_toml",
]

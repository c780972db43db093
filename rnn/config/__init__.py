"""Everything that decides a run."""

# mypy: implicit-reexport
from rnn.config.model import ModelConfig
from rnn.config.run import RunConfig
from rnn.config.run_file import read_config, read_settings
from rnn.config.toml import flatten, read_toml
from rnn.config.training import TrainingConfig, live_keys

"""What makes the updates: the readable network in NumPy, or the same compiled; here it is decided which."""

from rnn.training.engines.base import Burst, Engine, EngineState, Failure, Measured
from rnn.training.engines.choice import ENGINES, Choice, choose, named

__all__ = ["ENGINES", "Burst", "Choice", "Engine", "EngineState", "Failure", "Measured", "choose", "named"]

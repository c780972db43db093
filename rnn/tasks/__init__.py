"""What is learned, one file a family."""

from rnn.tasks.base import Data, Reference, Sequences, Task
from rnn.tasks.data_file import DataFile
from rnn.tasks.sine import Sine

TASKS: dict[str, type[Task]] = {"sine": Sine, "data": DataFile}

__all__ = ["TASKS", "Data", "Reference", "Sequences", "Task"]

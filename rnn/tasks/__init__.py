"""What is learned, one file a family."""

from rnn.tasks.base import Data, Reference, Sequences, Task
from rnn.tasks.data_file import DataFile
from rnn.tasks.mackey_glass import MackeyGlass
from rnn.tasks.memory import Adding, Recall
from rnn.tasks.memory_symbols import CopyMemory, TemporalOrder
from rnn.tasks.series import Series
from rnn.tasks.sine import Sine
from rnn.tasks.text import Text
from rnn.tasks.waves import Chirp, Damped, Sawtooth, Square, TwoSines

TASKS: dict[str, type[Task]] = {
    "sine": Sine,
    "two-sines": TwoSines,
    "square": Square,
    "sawtooth": Sawtooth,
    "damped": Damped,
    "chirp": Chirp,
    "mackey-glass": MackeyGlass,
    "series": Series,
    "data": DataFile,
    "adding": Adding,
    "copy-memory": CopyMemory,
    "temporal-order": TemporalOrder,
    "recall": Recall,
    "text": Text,
}

__all__ = ["TASKS", "Data", "Reference", "Sequences", "Task"]

"""What is learned, one file a family."""

from rnn.data.tasks.base import Data, Reference, Sequences, Task
from rnn.data.tasks.data_file import DataFile
from rnn.data.tasks.mackey_glass import MackeyGlass
from rnn.data.tasks.memory import Adding, Recall
from rnn.data.tasks.memory_symbols import CopyMemory, TemporalOrder
from rnn.data.tasks.series import Series
from rnn.data.tasks.sine import Sine
from rnn.data.tasks.text import Text
from rnn.data.tasks.waves import Chirp, Damped, Sawtooth, Square, TwoSines

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

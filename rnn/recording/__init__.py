"""What a run leaves: events, the scalars of every update, and checkpoints; any moment can be had again."""

from rnn.recording.playback import Instant, Playback, Replay, Stored
from rnn.recording.recorder import Recorder
from rnn.recording.recording import Checkpoint, Event, Recording
from rnn.recording.series import Series

__all__ = [
    "Checkpoint",
    "Event",
    "Instant",
    "Playback",
    "Recorder",
    "Recording",
    "Replay",
    "Series",
    "Stored",
]

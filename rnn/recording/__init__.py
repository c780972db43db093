"""What a run leaves: events, the scalars of every update, and checkpoints; any moment can be had again."""

from rnn.recording.file import RecordingFile, open_recording
from rnn.recording.playback import Playback, Replay, Stored
from rnn.recording.recorder import Recorder
from rnn.recording.recording import MEGABYTES, Checkpoint, Event, Recording
from rnn.recording.series import Series

__all__ = [
    "MEGABYTES",
    "Checkpoint",
    "Event",
    "Playback",
    "Recorder",
    "Recording",
    "RecordingFile",
    "Replay",
    "Series",
    "Stored",
    "open_recording",
]

"""How the bytes of files come and go: one way to read one, one way to write some."""

from rnn.files.reading import plain_file, plain_text, read_bytes, refuse_kind, text_lines
from rnn.files.writing import missing, remove_empty, scratch, write_all, write_everywhere

__all__ = [
    "missing",
    "plain_file",
    "plain_text",
    "read_bytes",
    "refuse_kind",
    "remove_empty",
    "scratch",
    "text_lines",
    "write_all",
    "write_everywhere",
]

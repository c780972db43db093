"""How the bytes of files come and go: one way to read one, one way to write some."""

# mypy: implicit-reexport
from rnn.files.reading import plain_file, plain_text, read_bytes, refuse_kind, text_lines
from rnn.files.result import claimed, finish, tidy, write_result
from rnn.files.seal import refuse_mixture
from rnn.files.writing import mode_of, scratch, write_all

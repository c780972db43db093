"""A column of numbers in the files that people have: read as what it is, or refused in one sentence."""

from rnn.data.tables.columns import Column, read_column, titles

__all__ = ["Column", "read_column", "titles"]

"""A slice of tests/long/test_tampering.py: files that were damaged at random."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rnn.readers import READERS
from tests.rnn.tampering import read_tampered


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_was_tampered_with_is_refused_in_one_sentence_or_read(
    reader: str, tmp_path: Path
) -> None:
    said = list(read_tampered(reader, tmp_path, times=40))
    assert any(said)

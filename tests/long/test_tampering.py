"""Thousands of files that were damaged at random, read by every reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rnn.readers import READERS
from tests.rnn.tampering import read_tampered


@pytest.mark.parametrize("reader", READERS)
def test_files_that_were_tampered_with_are_refused_in_one_sentence_or_read(
    reader: str, tmp_path: Path
) -> None:
    said = list(read_tampered(reader, tmp_path, times=4000))
    print(f"{reader}: {len(said):,} files, {sum(map(bool, said)):,} refused, {said.count(''):,} read")
    assert any(said)

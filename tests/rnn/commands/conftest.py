"""train in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn.commands.train import main
from tests.rnn.commands.tables import Train


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Train:
    """Runs train in an empty folder and gives its exit code and what it says."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str]:
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        assert said.out == ""
        return code, said.err

    return run

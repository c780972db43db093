"""Whatever fails in a panel costs that panel its picture: the window, the training and the others live."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.docks.layouts import NAMES

ROOT = Path(__file__).parent.parent.parent.parent
WAYS = ("draw", "receive", "paint", "event", "probe")


@pytest.mark.parametrize(
    ("preset", "names"),
    [("article", NAMES), ("text", {"fit"}), ("temporal-order", {"fit"}), ("adding", {"fit"})],
    ids=["all panels", "text", "classes", "numbers"],
)
def test_what_fails_costs_one_panel_its_picture_until_a_person_tries_again(
    tmp_path: Path, preset: str, names: set[str]
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).parent / "failing_window.py"),
            preset,
            ",".join(names),
            ",".join(WAYS),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    failed = {how: set(panels) for how, *panels in map(str.split, done.stdout.splitlines())}
    without_a_probe = {"loss", "hidden"}
    assert failed == {how: names - without_a_probe if how == "probe" else set(names) for how in WAYS}

"""A window on a screen of any size: opened in a process of its own, since a process has one screen.

Run as a program it is that process, and prints where the window is with each layout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRESET_OF_LONG_NAMES = "copy-memory"


def opened(folder: Path, size: tuple[int, int], scale: float = 1.0, ratio: float = 1.0) -> dict[str, Any]:
    """Where the window is, and of what it is made, on a screen of so many pixels.

    Arguments:
        size: of the screen as the window system counts, before ``--scale``.
        ratio: the screen's pixels for each of these.
    """
    screen = {"name": "one", "x": 0, "y": 0, "width": size[0], "height": size[1], "dpr": ratio}
    screens = {"windowFrameMargins": True, "screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96}]}
    (folder / "screens.json").write_text(json.dumps(screens), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={folder / 'screens.json'}",
        "QT_SCALE_FACTOR": str(scale),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.gui.screens", str(folder / "settings.toml")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(file: str) -> None:
    from PySide6.QtWidgets import QApplication

    from gui.app import make_application
    from gui.docks.layouts import LAYOUTS
    from gui.main_window import MainWindow
    from gui.preferences import Preferences
    from gui.theme import DARK
    from rnn.config.presets import load_preset

    make_application()
    preset = load_preset(PRESET_OF_LONG_NAMES)
    window = MainWindow(preset.config, None, DARK, Preferences(Path(file)))
    window.show()
    window.restore()

    def settle() -> None:
        for _ in range(20):
            QApplication.processEvents()
            window._on_frame()

    while window.status is None:
        settle()
    found: dict[str, Any] = {"available": window.screen().availableGeometry().getRect(), "layouts": {}}
    for layout in LAYOUTS:
        window.grid.arrange(layout)
        settle()
        window.transport.show_message("A sentence that is as long as it takes to be folded. " * 4)
        settle()
        shown = {
            panel: panel.rect().translated(panel.mapTo(window.grid, panel.rect().topLeft()))
            for panel in window.grid.shown
        }
        found["layouts"][layout] = {
            "frame": window.frameGeometry().getRect(),
            "least": (
                min(place.width() for place in shown.values()),
                min(place.height() for place in shown.values()),
            ),
            "cut": [panel.name for panel, place in shown.items() if not window.grid.rect().contains(place)],
        }
        window.transport.show_message("")
    window.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])

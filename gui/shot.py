"""The sub-command ``shot``: trains, draws the real window without a screen, and writes the picture."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rnn.commands.arguments import Parser, add_run_options, requested
from rnn.errors import ScopeError

DESCRIPTION = """\
Train without the preset's pace, draw the real window without a screen, and write the picture.
--epochs 0 draws it before the first run. A run that diverges on the way is drawn as it then stands.
"""
SECONDS = 600.0


def main(arguments: Sequence[str]) -> int:
    """Write the picture and return the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        _write(_parser().parse_args(arguments))
    except ScopeError as error:
        print(f"{error}.", file=sys.stderr)
        return 2
    return 0


def _parser() -> Parser:
    parser = Parser("shot", DESCRIPTION)
    parser.add_argument("file", metavar="OUT.png", type=_png, help="the picture to write")
    add_run_options(parser)
    parser.add_argument("--size", default="1680x1050", type=_size, metavar="WxH", help="default 1680x1050")
    parser.add_argument("--theme", default="dark", choices=("dark", "light"), help="default dark")
    return parser


def _png(text: str) -> Path:
    if not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError(f"expected a file name that ends in .png, found {text!r}")
    return Path(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 1280x800, found {text!r}")
    return int(match[1]), int(match[2])


def _write(options: argparse.Namespace) -> None:
    before_the_run = options.epochs == "0"
    if before_the_run:
        options.epochs = None
    config = requested(options).config
    from PySide6.QtCore import QEventLoop, QSettings, QTimer

    from gui import failures
    from gui.app import make_application
    from gui.main_window import MainWindow
    from gui.panels.export import save_picture
    from gui.theme import THEMES

    logging.getLogger().addHandler(logging.NullHandler())
    failures.log_qt_messages()
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(config, None, THEMES[options.theme], settings)
        window.resize(*options.size)
        window.show()
        if not before_the_run:
            window.run.thread.go()
        loop = QEventLoop()
        resting = {"ready"} if before_the_run else {"finished", "diverged", "failed"}
        window.settled.connect(lambda state: loop.quit() if state in resting else None)
        QTimer.singleShot(round(SECONDS * 1000), loop.quit)
        loop.exec()
        app.processEvents()
        try:
            save_picture(window, options.file)
        finally:
            window.close()

"""The sub-command ``shot``: trains, draws the real window without a screen, and writes the picture."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from gui.docks.layouts import NAMES, in_rows
from rnn.commands.arguments import Parser, add_run_options, requested
from rnn.commands.guard import guarded
from rnn.commands.interrupts import Interrupt, interrupts
from rnn.errors import ScopeError

if TYPE_CHECKING:
    from gui.main_window import MainWindow

DESCRIPTION = """\
Train without the preset's pace, draw the real window without a screen, and write the picture.
--epochs 0 draws it before the first run. A run that diverges on the way is drawn as it then stands.
"""
EPILOG = """\
exit codes:
  0 drawn, 1 the training failed or took longer than ten minutes, 2 an argument, a file or a value is wrong,
  130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP; there is a picture with 0 alone.
"""
DONE, FAILED = 0, 1
SECONDS = 600.0
LOOK_MILLISECONDS = 50
LARGEST = 8192
ALL, LEAST = "all", (320, 220)
ATTEMPTS = 128  # an even row may be a pixel short, and so little room that places lie behind others
LITTLE = 24  # pixels


def main(arguments: Sequence[str]) -> int:
    """Write the picture and return the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    code = guarded(_shot, arguments)
    from gui.bench.leaving import leave

    return leave(code)


def _shot(arguments: Sequence[str]) -> int:
    problem = _write(_parser().parse_args(arguments))
    if problem:
        print(problem, file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> Parser:
    parser = Parser("shot", DESCRIPTION, EPILOG)
    parser.add_argument("file", metavar="OUT.png", type=_png, help="the picture to write")
    add_run_options(parser)
    parser.add_argument(
        "--size", default="1680x1050", type=_size, metavar="WxH", help="in pixels; default 1680x1050"
    )
    names = ", ".join(sorted(NAMES))
    parser.add_argument(
        "--panels",
        type=_panels,
        metavar="NAME[,NAME...]",
        help=f"show these panels side by side, or {ALL} of them: {names}; the picture grows until each has "
        f"{LEAST[0]}x{LEAST[1]}",
    )
    parser.add_argument("--fill", type=_panel, metavar="NAME", help="fill the window with this panel")
    parser.add_argument("--theme", default="dark", choices=("dark", "light"), help="default dark")
    return parser


def _png(text: str) -> Path:
    if not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError(f"expected a file name that ends in .png, found {text!r}")
    return Path(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 1280x800, found {text!r}")
    if max(int(match[1]), int(match[2])) > LARGEST:
        raise argparse.ArgumentTypeError(f"expected at most {LARGEST} pixels a side, found {text}")
    return int(match[1]), int(match[2])


def _panels(text: str) -> frozenset[str]:
    return NAMES if text == ALL else frozenset(map(_panel, text.split(",")))


def _panel(text: str) -> str:
    if text not in NAMES:
        raise argparse.ArgumentTypeError(f"no panel is called {text!r}; there are {', '.join(sorted(NAMES))}")
    return text


def _write(options: argparse.Namespace) -> str:
    """Write the picture, or return the sentence that says why there is none."""
    before_the_run = options.epochs == "0"
    if before_the_run:
        options.epochs = None
    request = requested(options)
    from gui.app import make_application, put_away
    from gui.failures import log
    from gui.main_window import MainWindow
    from gui.panels.frame.export import save_picture
    from gui.preferences import Preferences
    from gui.theme import THEMES

    logging.getLogger().addHandler(logging.NullHandler())
    log.log_qt_messages()
    app = make_application()
    with interrupts() as interrupt:
        window = MainWindow(request.config, None, THEMES[options.theme], Preferences())
        try:
            _lay_out(window, options)
            problem = _wait(window, {"ready"}, interrupt)
            request.refuse_other_weights(window.run.config)
            if not problem and not before_the_run:
                window.do.run()
                problem = _wait(window, {"finished", "diverged"}, interrupt)
            if not problem:
                app.processEvents()
                problem = _failed_panel(window)
            if not problem:
                save_picture(window, options.file)
        finally:
            put_away(window)
    return problem


def _lay_out(window: MainWindow, options: argparse.Namespace) -> None:
    """Show the window in the size and with the panels that were asked for.

    Raises:
        ScopeError: the size does not hold the window.
    """

    window.resize(*options.size)
    window.show()
    if options.panels is not None:
        _show_side_by_side(window, options.panels)
    elif (window.width(), window.height()) != options.size:
        least = window.minimumSizeHint()
        raise ScopeError(f"--size must be at least {least.width()}x{least.height()} to hold the window")
    if options.fill is not None:
        window.grid.fill(next(panel for panel in window.grid.suited if panel.name == options.fill))


def _show_side_by_side(window: MainWindow, names: frozenset[str]) -> None:
    """Show these panels, in a window that is as large as they need."""
    from PySide6.QtWidgets import QApplication

    wanted = in_rows(range(len(names)))
    for _ in range(ATTEMPTS):
        window.grid.show_side_by_side(names)
        QApplication.processEvents()
        seen = [dock for dock in window.grid.docks if dock.is_seen]
        rows = Counter(dock.y() for dock in seen)
        if len(seen) < len(names) or len(rows) < len(wanted):
            is_narrow = window.grid.width() < LEAST[0] * len(wanted[0])
            window.resize(window.width() + LITTLE * is_narrow, window.height() + LITTLE * (not is_narrow))
            continue
        wider = LEAST[0] - min(dock.body.width() for dock in seen)
        higher = LEAST[1] - min(dock.body.height() for dock in seen)
        if wider <= 0 and higher <= 0:
            return
        # The width first: where the window is wider, its bars are lower.
        more = (wider * max(rows.values()), 0) if wider > 0 else (0, higher * len(rows))
        window.resize(window.width() + more[0], window.height() + more[1])


def _failed_panel(window: MainWindow) -> str:
    """The sentence on a panel that could not be drawn; empty where all are."""
    for panel in window.grid.suited:
        if panel.failure is not None:
            error = f"{type(panel.failure).__name__}: {panel.failure}"
            return f"{panel.windowTitle()} could not be drawn ({error}); no picture was written."
    return ""


def _wait(window: MainWindow, resting: set[str], interrupt: Interrupt) -> str:
    """Return once the window has settled in one of these states, with a sentence where it cannot.

    Raises:
        KeyboardInterrupt: the command was asked to end.
        Exception: why the run cannot begin, or as something in the window raised.
    """
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    unforeseen: list[BaseException] = []

    def has_settled() -> bool:
        return window.rests and window.status is not None and window.status.state in resting

    def look() -> None:
        failed = window.status is not None and window.status.state == "failed"
        if interrupt.seen or failed or window.refused is not None or has_settled():
            loop.quit()

    def caught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        unforeseen.append(error)
        loop.quit()

    looking = QTimer(interval=LOOK_MILLISECONDS)
    limit = QTimer(singleShot=True, interval=round(SECONDS * 1000))
    looking.timeout.connect(look)
    limit.timeout.connect(loop.quit)
    looking.start()
    limit.start()
    before, sys.excepthook = sys.excepthook, caught  # nothing else hears of an error where Qt calls Python
    try:
        loop.exec()
    finally:
        sys.excepthook = before
        looking.stop()
        limit.stop()
    interrupt.raise_it()
    if unforeseen:
        raise unforeseen[0]
    if window.refused is not None:
        raise window.refused
    if has_settled():
        return ""
    if window.status is not None and window.status.state == "failed":
        return f"{window.status.message.rstrip('.')}; no picture was written."
    return f"The training was not done within {SECONDS:g} s; no picture was written."

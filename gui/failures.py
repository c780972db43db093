"""What nobody foresaw: the traceback goes to a log file, a sentence goes to the person."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QtMsgType, qInstallMessageHandler

log = logging.getLogger("rnn_scope")


def open_log() -> Path:
    """Send all logging to a file in the person's data folder, else in the temporary one."""
    own = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    for folder in (Path(own), Path(tempfile.gettempdir())):
        file = folder / "rnn-scope.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handler = logging.FileHandler(file, encoding="utf-8")
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        return file
    logging.getLogger().addHandler(logging.NullHandler())
    return Path()


def install(file: Path, say: Callable[[str], None]) -> None:
    """Catch every exception that nothing else caught; ``say`` shows one sentence, on the window's thread."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unforeseen", exc_info=(kind, error, trace))
        say(f"Something failed that should not have ({kind.__name__}); details are in {file}.")

    def caught_in_thread(failure: threading.ExceptHookArgs) -> None:
        log.error("unforeseen", exc_info=failure.exc_value)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
    log_qt_messages()


def log_qt_messages() -> None:
    """What Qt has to say goes to the log, not to the terminal."""
    qInstallMessageHandler(_on_qt_message)


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    levels = {QtMsgType.QtWarningMsg: logging.WARNING, QtMsgType.QtCriticalMsg: logging.ERROR}
    logging.getLogger("qt").log(levels.get(kind, logging.INFO), text)

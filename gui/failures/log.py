"""The log file, and what goes into it: every traceback once, and what Qt has to say."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QTimer, QtMsgType, qInstallMessageHandler

from resources.setup import doubts
from rnn.files.reading import special

log = logging.getLogger("rnn_scope")
FILE_BYTES = 500_000  # of each of two files: the newest, and the one before it


def open_log() -> None:
    """Send all logging to a file in the person's data folder, else in the temporary one."""
    own = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    for folder in (Path(own), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / "rnn-scope.log"
            if file.exists() and special(file.stat()):  # to open a pipe would wait for somebody to read it
                continue
            handler = RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8")
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        return
    logging.getLogger().addHandler(logging.NullHandler())


def sentence(what: str, error: BaseException) -> str:
    """``what`` has failed because of ``error``, for a person, and where the rest stands."""
    files = [h.baseFilename for h in logging.getLogger().handlers if isinstance(h, RotatingFileHandler)]
    details = f"; details are in {files[0]}" if files else ""
    return f"{what} ({type(error).__name__}){details}."


def note(error: BaseException) -> None:
    """Put the traceback of an error into the log, the first time that it comes from there.

    What the functions that it came through held is let go: a painter that lives on paints nobody's picture.
    """
    log.error("unforeseen", exc_info=error)
    traceback.clear_frames(error.__traceback__)
    error.__traceback__ = None


def install(say: Callable[[str], None]) -> None:
    """Catch every exception that nothing else caught; ``say`` shows one sentence, on the window's thread."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        note(error)
        # Not in the midst of being painted or laid out, where an error may come from.
        QTimer.singleShot(0, partial(say, sentence("Something failed that should not have", error)))

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


class Once(logging.Filter):
    """Passes a traceback on the first time that it comes, as text: what fails may fail at every frame."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[object] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[1] is None:
            return True
        _, error, trace = record.exc_info
        place = tuple((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace))
        if (key := (type(error), place, *getattr(error, "__notes__", ()))) in self._seen:
            return False
        self._seen.add(key)
        doubts.append(type(error).__name__)
        record.exc_text, record.exc_info = "".join(traceback.format_exception(error)).rstrip(), None
        return True


log.addFilter(Once())

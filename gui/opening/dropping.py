"""Files that are dropped onto a window."""

from __future__ import annotations

from PySide6.QtCore import QMimeData


def dropped_files(mime: QMimeData) -> list[str]:
    """The paths of the files of this machine among what is dragged."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]

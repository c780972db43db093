"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from rnn.errors import DataError


def write_all(folder: str | Path, files: Mapping[str, bytes | BinaryIO]) -> None:
    """Write several files into ``folder``, which is made where it is missing.

    All are written beside their places first and moved in last, so that a failure leaves what was there.

    Arguments:
        files: the content of each by its name; a stream is written from its beginning to its end.

    Raises:
        DataError: the folder or a file in it cannot be written.
    """
    folder = Path(folder)
    waiting: dict[Path, Path] = {}
    with _made(folder):
        try:
            for name, content in files.items():
                if (folder / name).is_dir():
                    raise IsADirectoryError(0, f"{name} is a folder")
                temporary = folder / f".{name}.{secrets.token_hex(4)}"
                waiting[temporary] = folder / name
                with temporary.open("xb") as stream:
                    if isinstance(content, bytes):
                        stream.write(content)
                    else:
                        content.seek(0)
                        shutil.copyfileobj(content, stream, 1 << 20)
                    stream.flush()
                    os.fsync(stream.fileno())
            for temporary, final in waiting.items():
                temporary.replace(final)
        finally:
            for temporary in waiting:
                with contextlib.suppress(OSError):
                    temporary.unlink()


def scratch(folder: str | Path) -> BinaryIO:
    """A file without a name in ``folder``, which is made where it is missing; it is gone when it is closed.

    Raises:
        DataError: nothing can be written there.
    """
    with _made(Path(folder)):
        return tempfile.TemporaryFile(dir=folder)


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """``folder`` exists inside; if it was not there before and nothing can be written, it goes again."""
    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        for place in missing:
            with contextlib.suppress(OSError):
                place.rmdir()
        raise DataError(folder, "", f"cannot be written ({error.strerror or error})") from None

"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from rnn.errors import DataError


def write_all(folder: str | Path, files: Mapping[str, bytes | BinaryIO]) -> None:
    """Write several files into ``folder``, which is made where it is missing.

    All are written beside their places first and moved in last. Where one cannot be moved in, those before it
    are moved out and what was there is moved back, so that a failure leaves what was there. A machine that
    stops between two moves leaves what was there beside its place, under a hidden name.

    Arguments:
        files: the content of each by its name; a stream is written from its beginning to its end.

    Raises:
        DataError: the folder or a file in it cannot be written, or what was there cannot be moved back; it
            then says under which name it is.
    """
    write_everywhere({Path(folder) / name: content for name, content in files.items()})


def write_everywhere(files: Mapping[Path, bytes | BinaryIO]) -> None:
    """Write several files into several folders, as `write_all` does into one: all of them, or none."""
    waiting: dict[Path, Path] = {}
    with contextlib.ExitStack() as folders:
        for folder in dict.fromkeys(file.parent for file in files):
            folders.enter_context(_made(folder))
        folders.callback(_let_go, waiting)  # before the folders that were made can go again
        for file, content in files.items():
            with _refused(file.parent):
                if file.is_dir():
                    raise IsADirectoryError(0, f"{file.name} is a folder")
                temporary = _beside(file)
                waiting[temporary] = file
                _write(temporary, content)
        _move_in(waiting)


def _write(file: Path, content: bytes | BinaryIO) -> None:
    with file.open("xb") as stream:
        if isinstance(content, bytes):
            stream.write(content)
        else:
            content.seek(0)
            shutil.copyfileobj(content, stream, 1 << 20)
        stream.flush()
        os.fsync(stream.fileno())


def _let_go(files: Iterable[Path]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def _move_in(waiting: Mapping[Path, Path]) -> None:
    """Move each file to its place: all of them, or none."""
    moved: list[tuple[Path, Path | None]] = []
    try:
        for temporary, final in waiting.items():
            with _refused(final.parent):
                moved.append((final, _moved_aside(final)))
                temporary.replace(final)
    except BaseException:
        failed = [error for final, old in reversed(moved) if (error := _move_back(final, old)) is not None]
        if failed:
            raise failed[0] from None
        raise
    for _, old in moved:
        if old is not None:
            with contextlib.suppress(OSError):
                old.unlink()


def _moved_aside(final: Path) -> Path | None:
    """Where the file that was at ``final`` is now, or None where there was none."""
    if not os.path.lexists(final):
        return None
    if final.is_dir():
        raise IsADirectoryError(0, f"{final.name} is a folder")
    old = _beside(final)
    final.replace(old)
    return old


def _move_back(final: Path, old: Path | None) -> DataError | None:
    """Undo one move, or return why it cannot be undone."""
    try:
        if old is not None:
            old.replace(final)
        else:
            final.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        if old is None:
            return DataError(final, "", f"is new but the files beside it are not ({reason})")
        return DataError(final, "", f"cannot be written, and what it was is now {old} ({reason})")
    return None


def _beside(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(4)}")


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
    new = missing(folder)
    try:
        with _refused(folder):
            folder.mkdir(parents=True, exist_ok=True)
            yield
    except DataError:
        remove_empty(new)
        raise


def missing(folder: Path) -> list[Path]:
    """``folder`` and those it lies in that would have to be made, the innermost first."""
    return [place for place in (folder, *folder.parents) if not os.path.lexists(place)]


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of ``folders`` that have nothing in them, the innermost first."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def _refused(folder: Path) -> Iterator[None]:
    """What the machine says of ``folder`` becomes one sentence on it."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise DataError(folder, "", "expected a folder, but there is a file in its way") from None
    except OSError as error:
        raise DataError(folder, "", f"cannot be written ({error.strerror or error})") from None

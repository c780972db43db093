"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rnn.errors import DataError
from rnn.files.reading import special
from rnn.files.seal import refuse_mixing


def write_all(files: Mapping[Path, bytes | BinaryIO]) -> None:
    """Write several files: all of them, or none; folders are made where they are missing.

    All are written beside their places first, and moved there last, in their order. Where one cannot be
    moved, those before it are moved out and what was there is moved back, so that a failure leaves what was
    there. A file that is replaced keeps its mode, and where it was a link, what this leads to is replaced.

    Arguments:
        files: the content of each by its place; a stream is written from its beginning to its end.

    Raises:
        DataError: a folder or a file in it cannot be written, or what was there cannot be moved back; it
            then says under which name it is.
    """
    refuse_mixing(files)
    token = secrets.token_hex(4)
    drafts: list[Draft] = []
    with contextlib.ExitStack() as folders:
        for folder in dict.fromkeys(file.parent for file in files):
            folders.enter_context(_made(folder))
        folders.callback(lambda: remove_all(draft.draft for draft in drafts))  # before the folders go again
        for file, content in files.items():
            _refuse_no_name(file)
            with refused(file.parent):
                drafts.append(draft := Draft(file, token))
                draft.write(content)
        _move_in(drafts)


def _move_in(drafts: Iterable[Draft]) -> None:
    """Move each file to its place: all of them, or none."""
    moved: list[Draft] = []
    try:
        for draft in drafts:
            with refused(draft.place.parent):
                moved.append(draft)
                draft.move_in()
    except BaseException:
        failed = [error for draft in reversed(moved) if (error := draft.move_back()) is not None]
        if failed:
            raise failed[0] from None
        raise
    remove_all(draft.old for draft in moved)


class Draft:
    """A file beside its place, under a hidden name that says whose it is, and what was at the place before.

    Arguments:
        file: the place; where it is a link, the file that it leads to is meant.
        token: the end of the hidden names, the same for all files that are written at once.

    Attributes:
        place, draft, old: where the file will be, is, and where what was there is meanwhile.
    """

    def __init__(self, file: Path, token: str) -> None:
        self.place = Path(os.path.realpath(file))
        self.draft = self.place.with_name(_beginning(self.place) + token)
        self.old = self.place.with_name(f"{self.draft.name}.old")
        self._was_there: bool | None = None  # before it is known

    def write(self, content: bytes | BinaryIO) -> None:
        """Write the file beside its place."""
        mode = mode_of(self.place)
        opener = None if mode is None else partial(os.open, mode=stat.S_IRUSR | stat.S_IWUSR)
        with open(self.draft, "xb", opener=opener) as stream:
            if mode is not None:
                os.chmod(self.draft, mode)
            if isinstance(content, bytes):
                stream.write(content)
            else:
                content.seek(0)
                shutil.copyfileobj(content, stream, 1 << 20)
            stream.flush()
            os.fsync(stream.fileno())

    def move_in(self) -> None:
        """Move the file to its place, with what was there beside it."""
        self._was_there = mode_of(self.place) is not None
        if self._was_there:
            try:
                os.link(self.place, self.old)
            except OSError:  # a file system without links: for a moment nothing is at the place
                os.replace(self.place, self.old)
        os.replace(self.draft, self.place)

    def move_back(self) -> DataError | None:
        """Undo `move_in`, wherever it failed, or return why it cannot be undone."""
        try:
            if self._was_there is False:
                self.place.unlink(missing_ok=True)
            elif self.old.exists():
                os.replace(self.old, self.place)
                self.old.unlink(missing_ok=True)  # two names of one file are not replaced
        except OSError as error:
            reason = error.strerror or str(error)
            if not self._was_there:
                return DataError(self.place, "", f"is new but the files beside it are not ({reason})")
            return DataError(
                self.place, "", f"cannot be written, and what it was is now {self.old} ({reason})"
            )
        return None


def mode_of(file: Path) -> int | None:
    """The mode of a file that may be written over; None where nothing is there.

    Raises:
        DataError: it is no plain file, or what it is cannot be found out.
    """
    with refused(file.parent):
        try:
            status = os.stat(file)
        except FileNotFoundError:
            return None
    if found := special(status):
        raise DataError(file, "", f"expected a file or nothing, found {found}")
    return stat.S_IMODE(status.st_mode)


def leftovers(file: Path) -> list[Path]:
    """What processes that were killed have left beside the place ``file``."""
    place = Path(os.path.realpath(file))
    with contextlib.suppress(OSError):  # no folder, or one that cannot be listed
        there = sorted(os.listdir(place.parent))
        return [place.with_name(name) for name in there if name.startswith(_beginning(place))]
    return []


def remove_all(files: Iterable[Path]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def _beginning(place: Path) -> str:
    return f".{place.name}.rnn-scope-"


def scratch(file: Path) -> BinaryIO:
    """A file without a name beside the place ``file``; it is gone when it is closed.

    Raises:
        DataError: nothing can be written there.
    """
    with _made(file.parent):
        return tempfile.TemporaryFile(dir=file.parent, prefix=_beginning(file))


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """``folder`` exists inside; if it was not there before and nothing can be written, it goes again."""
    new = missing(folder)
    try:
        with refused(folder):
            folder.mkdir(parents=True, exist_ok=True)
            yield
    except BaseException:
        remove_empty(new)
        raise


def missing(folder: Path) -> list[Path]:
    """``folder`` and those it lies in that would have to be made, the innermost first.

    Raises:
        DataError: nothing can have this name.
    """
    _refuse_no_name(folder)
    return [place for place in (folder, *folder.parents) if not os.path.lexists(place)]


def _refuse_no_name(place: Path) -> None:
    try:
        os.path.realpath(place)
    except ValueError:  # of a zero, or a character that no name can have
        raise DataError(place, "", "is not the name of a file") from None


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of ``folders`` that have nothing in them, the innermost first."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def refused(folder: Path) -> Iterator[None]:
    """What the machine says of ``folder`` becomes one sentence on it."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise DataError(folder, "", "expected a folder, but there is a file in its way") from None
    except OSError as error:
        raise DataError(folder, "", f"cannot be written ({error.strerror or error})") from None

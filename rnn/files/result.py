"""A result: the files of one run in one folder; run.toml comes last and holds the digests of the others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from resources.setup.lock import locked
from rnn.errors import DataError
from rnn.files import seal
from rnn.files.reading import read_bytes
from rnn.files.writing import Draft, leftovers, missing, refused, remove_all, remove_empty, write_all

_LOCK = ".rnn-scope.lock"


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Inside, ``folder`` exists, and no other process that claims it writes into it.

    The claim dies with its process. A folder that was made for it goes again where nothing came into it.

    Raises:
        DataError: another process is writing there, or the folder cannot be made.
    """
    with contextlib.ExitStack() as after:
        after.callback(remove_empty, missing(folder))
        with refused(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as claim:
            _claim(folder, claim)
            after.callback(remove_all, [folder / _LOCK])
            yield


def _claim(folder: Path, claim: contextlib.ExitStack) -> None:
    for place in (folder, folder / _LOCK):  # Windows and some networks lock files alone, others nothing
        try:
            claim.enter_context(locked(place))
        except BlockingIOError:
            raise DataError(folder, "", "another command is writing into this folder") from None
        except OSError:
            continue
        return


def write_result(folder: Path, files: Mapping[str, bytes | BinaryIO | None], settings: str, why: str) -> None:
    """Write the files of a run and the seal that names them: all of them, or none.

    Arguments:
        files: the content of each by its name; None is missing, and none of another run is then left.
        settings: what else the seal holds.
        why: why a file is missing, behind the word it.

    Raises:
        DataError: as in `write_all`.
    """
    there = {name: content for name, content in files.items() if content is not None}
    with refused(folder):
        digests = {name: seal.digest_of(there[name]) if name in there else None for name in files}
    there[seal.NAME] = seal.sealed(settings, digests, why).encode()
    write_all({folder / name: content for name, content in there.items()})
    _remove_missing(folder, files)


def finish(folder: Path, names: Collection[str]) -> None:
    """Finish the writing of the files ``names`` and their seal where a process was killed in the midst of it,
    or remove what it has left where that is too little. The folder is claimed.

    Raises:
        DataError: the folder cannot be read or written.
    """
    with refused(folder):
        for left in leftovers(folder / seal.NAME):
            _finish(folder, names, left)
        _remove_missing(folder, names)
        tidy(folder / name for name in (*names, seal.NAME))


def tidy(files: Iterable[Path]) -> None:
    """Remove what processes that were killed have left beside these places, whose folders are claimed."""
    for file in files:
        remove_all(leftovers(file))


def _finish(folder: Path, names: Collection[str], left: Path) -> None:
    """Move in the seal that was ``left`` beside its place after the files that it names, if all are whole."""
    try:
        text = read_bytes(left, seal.MOST).decode()
    except (DataError, UnicodeDecodeError):
        return
    digests = seal.digests_in(text)
    drafts = {name: Draft(folder / name, left.name.rpartition("-")[2]) for name in (*names, seal.NAME)}
    if seal.is_cut(text) or digests.keys() != set(names):
        return
    for name, digest in digests.items():
        found = drafts[name].draft if drafts[name].draft.exists() else drafts[name].place
        if digest is not None and not (found.exists() and seal.is_as(found, digest)):
            return
    for draft in drafts.values():
        if draft.draft.exists():
            os.replace(draft.draft, draft.place)


def _remove_missing(folder: Path, names: Iterable[str]) -> None:
    """Remove those of the files ``names`` that the seal says are missing: they are of another run."""
    digests = seal.digests_beside(folder)
    remove_all(folder / name for name in names if digests.get(name, "") is None)

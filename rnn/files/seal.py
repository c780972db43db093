"""run.toml, the seal of a result: it tells when it was cut, and holds the digests of the files beside it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from rnn.errors import DataError
from rnn.files.reading import plain_file, read_bytes

NAME = "run.toml"
BEGIN, END = "# rnn-scope run", "# end"
MOST, MOST_COMPARED = 1_000_000, 1 << 32  # bytes
_NOTE = re.compile(
    r"# (?P<name>[\w.-]+): (?:sha256 (?P<digest>[0-9a-f]{64} of [0-9]{1,15} bytes)|missing\b.*)"
)


def sealed(text: str, digests: Mapping[str, str | None], why: str = "") -> str:
    """``text`` between the two lines, with the digests of the files beside it; None is missing, ``why``."""
    notes = (
        f"# {name}: sha256 {digest}" if digest is not None else f"# {name}: missing; it {why}"
        for name, digest in digests.items()
    )
    return "\n".join([BEGIN, text, *notes, END]) + "\n"


def is_sealed(text: str) -> bool:
    """Whether there is the line that a seal begins with, at whatever place."""
    return BEGIN in _lines(text)


def is_cut(text: str) -> bool:
    """Whether it is what is left of a seal, without its last line."""
    return BEGIN.startswith(text.strip()) or (is_sealed(text) and END not in _lines(text))


def digests_in(text: str) -> dict[str, str | None]:
    """The digest of each file that a seal names; None is missing."""
    notes = (_NOTE.fullmatch(line) for line in _lines(text))
    return {note["name"]: note["digest"] for note in notes if note}


def digests_beside(folder: Path) -> dict[str, str | None]:
    """What the seal in ``folder`` says; nothing where there is none."""
    with contextlib.suppress(DataError, UnicodeDecodeError):
        return digests_in(read_bytes(folder / NAME, MOST).decode())
    return {}


def digest_of(content: bytes | BinaryIO) -> str:
    """The digest of a file and its size, which tells another one at once."""
    digest, size = hashlib.sha256(), 0
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    stream.seek(0)
    while part := stream.read(1 << 20):
        digest.update(part)
        size += len(part)
    return f"{digest.hexdigest()} of {size} bytes"


def is_as(path: Path, digest: str) -> bool:
    """Whether a plain file has this digest; of a huge one its size must do. DataError as in `plain_file`."""
    with plain_file(path) as stream:
        if not digest.endswith(f" of {stream.size} bytes"):
            return False
        return stream.size > MOST_COMPARED or digest_of(stream) == digest


def refuse_mixture(path: str | Path) -> None:
    """Raise DataError where ``path`` belongs to a result whose files are not of one run.

    It does where it is a seal or named by the seal beside it; that a file is not there is no harm.
    """
    folder = Path(path).parent
    digests = digests_beside(folder)
    if Path(path).name not in (NAME, *digests):
        return
    for name, digest in digests.items():
        if (folder / name).exists() and (digest is None or not is_as(folder / name, digest)):
            reason = (
                f"{name} and {NAME} in its folder are not of one run, as after a stop while they were written"
            )
            raise DataError(path, "", f"{reason}; train into it again, or move this file out of it")


def refuse_mixing(files: Iterable[Path]) -> None:
    """Raise DataError where one of ``files``, about to be written, would be none of the seal's beside it."""
    files = list(files)
    for file in files:
        seal = file.parent / NAME
        if seal not in files and file.name in digests_beside(file.parent):
            raise DataError(
                file, "", f"is of the run of {seal} and would be mixed with it; name another file"
            )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]

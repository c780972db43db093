"""A text that a person brings: read whole or refused in one sentence."""

from __future__ import annotations

import codecs
from pathlib import Path

from rnn.errors import DataError
from rnn.files import plain_file, refuse_kind

LARGEST = 5_000_000


def read_text(path: str | Path, characters: int | None = None) -> str:
    """The text of a file in UTF-8, its lines ended by ``\\n``.

    Arguments:
        characters: how many to read from the beginning; None is all of a file of at most `LARGEST` bytes.

    Raises:
        DataError: it is missing, no file, too large, empty, or not in UTF-8, at which line and byte.
    """
    wanted = LARGEST if characters is None else 4 * (characters + 1)
    with plain_file(path) as stream:
        whole = stream.size <= wanted
        if characters is None and not whole:
            reason = f"expected at most {LARGEST:,} bytes; a limit of characters reads only its beginning"
            raise DataError(path, "", reason)
        refuse_kind(path, stream, "a text file")
        content = stream.read(wanted)
    text = _decoded(path, content, whole)
    text = text.replace("\r\n", "\n").replace("\r", "\n")[:characters]
    if not text:
        raise DataError(path, "", "expected a text, but there is nothing in it")
    return text


def _decoded(path: str | Path, content: bytes, whole: bool) -> str:
    """``content`` without its byte order mark; the last character may be cut where it is not the whole."""
    mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content[mark:], final=whole)
    except UnicodeDecodeError as error:
        at = mark + error.start
        line = content.count(b"\n", 0, at) + 1
        raise DataError(
            path,
            f"line {line:,}, byte {at + 1:,} of the file",
            f"expected text in UTF-8, found the byte 0x{content[at]:02X}",
        ) from None

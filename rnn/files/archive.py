"""The members of a zip archive: its directory is walked once, and only what is wanted is unpacked."""

from __future__ import annotations

import errno
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from rnn.files.reading import PIECE, PlainFile

MOST_IN_DIRECTORY = 1 << 20  # bytes: some ten thousand members
_HEADER = struct.Struct("<4s22x2H")  # before each member: a sign, and the lengths of its name and of more
_END = b"PK\5\6" + bytes(18)  # of an archive without a comment: the sign, and so many bytes
_ENCRYPTED, _SIZES_BEHIND, _UTF_8 = 1, 8, 0x800  # flags


class Damaged(Exception):
    """It is no zip archive, or one that cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the files in an archive.

    Attributes:
        entry: as the directory of the archive has it.
        begin, start, end: where its header, its packed bytes and the next member are.
    """

    entry: zipfile.ZipInfo
    begin: int
    start: int
    end: int

    def beginning(self, stream: PlainFile, most: int) -> bytes:
        """Its first bytes, up to ``most`` of them, or so many as can be had quickly."""
        stream.seek(self.start)
        packed = stream.read(min(self.entry.compress_size, 2 * most))
        if self.entry.compress_type == zipfile.ZIP_STORED:
            return packed[:most]
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
        except zlib.error:
            return b""

    def unpacked(self, stream: PlainFile, skipped: int) -> Iterator[bytes]:
        """Its bytes piece by piece, but for so many at the beginning.

        Raises:
            Damaged: with the last piece, where they are not those that were packed, or not all of them.
        """
        try:
            with zipfile.ZipFile(_Directory(stream)) as archive, archive.open(self.entry) as member:
                member.read(skipped)
                while piece := member.read(PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            raise Damaged from None


def members(stream: PlainFile) -> list[Member]:
    """The members of an archive, in the order in which they lie in it.

    Raises:
        Damaged: it cannot be read; or its members do not fill it from its beginning to its directory, since
            one is hidden, or lies in another, or was cut; or something stands behind it.
    """
    try:
        with zipfile.ZipFile(_Directory(stream)) as archive:
            entries, directory = archive.infolist(), archive.start_dir
        found = sorted((_member(stream, entry) for entry in entries), key=lambda member: member.begin)
    except MemoryError:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise Damaged from None
    except Exception:  # damaged bytes raise errors of a dozen kinds
        raise Damaged from None
    stream.seek(-len(_END), os.SEEK_END)
    ends, begins = [0, *(member.end for member in found)], [*(member.begin for member in found), directory]
    if stream.read(4) != _END[:4] or ends != begins:
        raise Damaged
    return found


class _Directory:
    """A file as zipfile may read it: no more of it at once than a directory may be."""

    def __init__(self, stream: PlainFile) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MOST_IN_DIRECTORY:
            raise Damaged
        return self._stream.read(size)


def _member(stream: PlainFile, entry: zipfile.ZipInfo) -> Member:
    begin, flags = entry.header_offset, entry.flag_bits
    stream.seek(begin)
    sign, name, more = _HEADER.unpack(stream.read(_HEADER.size))
    own_name = stream.read(name).decode("utf-8" if flags & _UTF_8 else "cp437")
    if sign != b"PK\3\4" or own_name != entry.orig_filename or flags & _ENCRYPTED or entry.comment:
        raise Damaged
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Damaged
    start = begin + _HEADER.size + name + more
    end = start + entry.compress_size
    if flags & _SIZES_BEHIND:
        end += _length_of_sizes(stream, end, entry)
    return Member(entry, begin, start, end)


def _length_of_sizes(stream: PlainFile, at: int, entry: zipfile.ZipInfo) -> int:
    """How many bytes stand behind a member that was packed before its sizes were known."""
    stream.seek(at)
    behind = stream.read(24)
    for sizes in ("<3L", "<L2Q"):
        for sign in (b"PK\7\x08", b""):
            told = sign + struct.pack(sizes, entry.CRC, entry.compress_size, entry.file_size)
            if behind.startswith(told):
                return len(told)
    raise Damaged

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
        name: as the archive has it.
        begin, start, end: where its header, its packed bytes and the next member are.
        packed, size: how many bytes it has, packed and unpacked.
        checksum: the CRC-32 of the unpacked ones.
        deflated: whether they are packed at all.
    """

    name: str
    begin: int
    start: int
    end: int
    packed: int
    size: int
    checksum: int
    deflated: bool

    def beginning(self, stream: PlainFile, most: int) -> bytes:
        """Its first bytes, up to ``most`` of them, or so many as can be had quickly."""
        stream.seek(self.start)
        packed = stream.read(min(self.packed, 2 * most))
        if not self.deflated:
            return packed[:most]
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
        except zlib.error:
            return b""

    def unpacked(self, stream: PlainFile) -> Iterator[bytes]:
        """All of its bytes, piece by piece.

        Raises:
            Damaged: with the last piece, where they are not those that were packed, or not all of them.
        """
        stream.seek(self.start)
        size = checksum = 0
        for piece in self._inflated(stream) if self.deflated else self._pieces(stream):
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if size > self.size:
                raise Damaged
            yield piece
        if (size, checksum) != (self.size, self.checksum):
            raise Damaged

    def _pieces(self, stream: PlainFile) -> Iterator[bytes]:
        left = self.packed
        while left:
            piece = stream.read(min(left, PIECE))
            if not piece:
                raise Damaged
            left -= len(piece)
            yield piece

    def _inflated(self, stream: PlainFile) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        pieces = self._pieces(stream)
        try:
            while not unpacker.eof:
                packed = unpacker.unconsumed_tail or next(pieces, b"")
                piece = unpacker.decompress(packed, PIECE)
                if not (packed or piece or unpacker.eof):
                    raise Damaged
                yield piece
        except zlib.error:
            raise Damaged from None
        if unpacker.unused_data or next(pieces, b""):
            raise Damaged


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
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        if size > MOST_IN_DIRECTORY:
            raise Damaged
        return self._stream.read(size)


def _member(stream: PlainFile, entry: zipfile.ZipInfo) -> Member:
    begin, packed, flags = entry.header_offset, entry.compress_size, entry.flag_bits
    stream.seek(begin)
    sign, name, more = _HEADER.unpack(stream.read(_HEADER.size))
    own_name = stream.read(name).decode("utf-8" if flags & _UTF_8 else "cp437")
    if sign != b"PK\3\4" or own_name != entry.orig_filename or flags & _ENCRYPTED or entry.comment:
        raise Damaged
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Damaged
    start = begin + _HEADER.size + name + more
    end = start + packed
    if flags & _SIZES_BEHIND:
        end += _length_of_sizes(stream, end, entry)
    deflated = entry.compress_type == zipfile.ZIP_DEFLATED
    return Member(entry.filename, begin, start, end, packed, entry.file_size, entry.CRC, deflated)


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

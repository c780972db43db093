"""What a file is, told by its first bytes, and what to do where it is not what was expected."""

from __future__ import annotations

START = 4096  # bytes that are looked at
NPY = "a single array (.npy): save it with np.savez"
NPZ = "an archive of arrays (.npz)"
ZIP = "an archive (.zip)"
_TO_TEXT = "save it as CSV"
_TO_ARRAYS = "save what is wanted of it with np.savez"
_TO_TENSORS = "save a state_dict with safetensors.torch.save_file, data or tied weights with np.savez"
_PICKLE = f"a pickle, which could run anything: {_TO_ARRAYS}"
_BEGINNINGS = (
    (b"\x1f\x8b", "a file that gzip has compressed: unpack it first"),
    (b"BZh", "a file that bzip2 has compressed: unpack it first"),
    (b"\xfd7zXZ\0", "a file that xz has compressed: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a file that zstd has compressed: unpack it first"),
    (b"\x93NUMPY", NPY),
    (b"\x89HDF\r\n\x1a\n", f"an HDF5 file: {_TO_ARRAYS}"),
    (b"PAR1", f"a Parquet file: {_TO_TEXT}"),
    (b"ARROW1", f"a Feather file: {_TO_TEXT}"),
    (b"\xd0\xcf\x11\xe0", f"a workbook (.xls): {_TO_TEXT}"),
    (b"SQLite format 3\0", f"a database: {_TO_TEXT}"),
    (b"%PDF", "a PDF file"),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", f"a file of an old torch.save: {_TO_TENSORS}"),
    *((bytes([0x80, version]), _PICKLE) for version in range(2, 6)),
)
_ZIP = b"PK\x03\x04"
_IN_A_ZIP = (  # by the name of the first member
    (b"[Content_Types].xml", f"a workbook, or another document of an office: {_TO_TEXT}"),
    *(
        (beginning, f"a workbook, or another document of an office: {_TO_TEXT}")
        for beginning in (b"_rels/", b"docProps/", b"xl/")
    ),
    (b"mimetype", f"a document of an office: {_TO_TEXT}"),
)
_SAFETENSORS = bytes(4) + b"{"  # the upper half of the length of its header, and the first of it
_UTF_16 = "text in UTF-16: save it as UTF-8"


def kind_of(start: bytes) -> str:
    """What a file that begins with ``start`` is, with the way out; empty where it can only be what it seems.

    Arguments:
        start: its first `START` bytes, or all that there are.
    """
    if start[4:9] == _SAFETENSORS:
        return ""  # whose first bytes, the length of its header, may be those of any other kind
    if start.startswith(_ZIP):
        return _kind_of_zip(start[30 : 30 + int.from_bytes(start[26:28], "little")])
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning):
            return kind
    return _UTF_16 if _is_utf_16(start) else ""


def _kind_of_zip(first: bytes) -> str:
    if first.endswith(b"/data.pkl"):
        return f"a file of torch.save: {_TO_TENSORS}"
    if first.endswith(b".npy"):
        return NPZ
    return next((kind for beginning, kind in _IN_A_ZIP if first.startswith(beginning)), ZIP)


def _is_utf_16(start: bytes) -> bool:
    """With its mark; or without, where every other byte of Latin letters and digits is a zero."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    pairs = len(start) // 2
    zeros = (start[at : 2 * pairs : 2].count(0) for at in (0, 1))
    few, many = sorted(zeros)
    return pairs > 0 and few == 0 and many > 0.8 * pairs

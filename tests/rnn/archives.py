"""Archives made byte by byte, as nobody's program would write them."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable


def npy_bytes(kind: str, shape: tuple[int, ...], content: bytes) -> bytes:
    """An .npy file whose header says this, above any ``content``."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def zip_bytes(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these members, in this order; one name may be there twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a name that is there twice
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()

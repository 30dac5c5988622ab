"""Bytes of a file -> text."""

from __future__ import annotations

from indexer.errors import SourceError


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes, with or without a byte order mark. Raises SourceError for anything else."""
    if data.count(0) * 10 > len(data):
        raise SourceError("not a text file: it is full of NUL bytes (or UTF-16, which is not read yet)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}") from None

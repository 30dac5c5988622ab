"""Bytes of a file -> text."""

from __future__ import annotations

from typing import NamedTuple

from indexer.errors import SourceError


class Decoded(NamedTuple):
    """A text and what it was before: `encoding` as Python names it, empty for what was no text.

    `damaged` counts the places that could not be read, each a U+FFFD now. `line_end` separates the lines that are
    shown as places; a form feed where they are pages.
    """

    text: str
    encoding: str = ""
    damaged: int = 0
    line_end: str = "\n"


def decode(data: bytes, encoding: str = "") -> Decoded:
    """Return the text of UTF-8 bytes, with or without a byte order mark. Raises SourceError for anything else."""
    if data.count(0) * 10 > len(data):
        raise SourceError("not a text file: it is full of NUL bytes (or UTF-16, which is not read yet)")
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}") from None

"""Bytes of a ZIP file -> its entries, each unpacked by itself and to a bound."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from indexer.errors import SourceError
from indexer.sources.members import Budget, budget_of
from indexer.sources.source import SourceFile

# What zipfile and the decompressors raise for damage, for methods they lack, and for what is encrypted.
DAMAGE = (
    BadZipFile, EOFError, IndexError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
    lzma.LZMAError, struct.error, zlib.error,
)  # fmt: skip
# Five times the articles of the largest archive that we met, 49,118; zipfile takes 1 kB for each.
MOST_ENTRIES = 250_000
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_CHUNK = 1 << 20


def open_zip(data: bytes) -> ZipFile:
    """Open a ZIP file. Raises SourceError if it has no readable directory, or one too long to go through."""
    if data.count(_DIRECTORY_ENTRY) > MOST_ENTRIES:
        raise SourceError(f"more than {MOST_ENTRIES:,} entries")
    try:
        return ZipFile(BytesIO(data))
    except DAMAGE as error:
        raise SourceError(f"damaged ZIP file: {error}") from None


def unpack(archive: ZipFile, entry: ZipInfo, most_bytes: int, budget: Budget) -> bytes:
    """Unpack an entry, at the cost of `budget`.

    Raises SourceError if it is larger than `most_bytes`, whatever it says itself, encrypted or damaged.
    """
    if entry.flag_bits & _ENCRYPTED:
        raise SourceError("encrypted")
    data = bytearray()
    try:
        with archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                budget.spend(len(chunk))
                data += chunk
                if len(data) > most_bytes:
                    raise SourceError(too_large(most_bytes))
    except DAMAGE as error:
        raise SourceError(f"damaged: {error}") from None
    return bytes(data)


def too_large(most_bytes: int) -> str:
    """Return the reason for leaving out what is larger than `most_bytes` when unpacked."""
    return f"more than {most_bytes:,} bytes when unpacked, more than --max-size allows"


class Package:
    """A ZIP file that makes up one document: its parts by name, together not larger than one file may be."""

    def __init__(self, file: SourceFile) -> None:
        self._archive = open_zip(file.data)
        self._entries: Mapping[str, ZipInfo] = {entry.filename: entry for entry in self._archive.infolist()}
        self._left = file.options.max_bytes
        self._budget = budget_of(file)

    @property
    def names(self) -> list[str]:
        """The names of its parts."""
        return list(self._entries)

    def part(self, name: str) -> bytes:
        """Return a part, empty if it is missing. Raises SourceError if it is damaged or goes beyond the bound."""
        if name not in self._entries:
            return b""
        data = unpack(self._archive, self._entries[name], self._left, self._budget)
        self._left -= len(data)
        return data

"""A ZIP file whose directory is damaged or cut off -> the entries that stand before the damage."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from indexer.errors import SourceError
from indexer.sources.members import Budget
from indexer.sources.zips import MOST_ENTRIES, too_large

_SIGNATURE = b"PK\x03\x04"
# APPNOTE 4.3.7: version, flags, method, time, date, CRC, sizes packed and unpacked, lengths of name and extra field.
_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_STORED, _DEFLATED = 0, 8
_CHUNK = 1 << 16


class Salvaged(NamedTuple):
    """The name of an entry, as bytes, and what it holds, or why it cannot be had."""

    name: bytes
    data: bytes | SourceError


def salvage(data: bytes, most_bytes: int, budget: Budget) -> Iterator[Salvaged]:
    """Yield what can be unpacked of the entries that a ZIP file begins with, going by their own headers."""
    at = data.find(_SIGNATURE)
    for _ in range(MOST_ENTRIES):
        if at < 0 or at + _HEADER.size > len(data):
            return
        _, _, flags, method, _, _, checksum, packed, _, name_length, extra_length = _HEADER.unpack_from(data, at)
        name = data[at + _HEADER.size : at + _HEADER.size + name_length]
        start = at + _HEADER.size + name_length + extra_length
        end = at + len(_SIGNATURE)
        if name and not name.endswith(b"/"):
            try:
                found, end = _entry(data, start, method, flags, packed, most_bytes, budget)
                if not flags & _SIZES_FOLLOW and zlib.crc32(found) != checksum:
                    raise SourceError("damaged: wrong checksum")
                yield Salvaged(name, found)
            except SourceError as error:
                yield Salvaged(name, error)
        at = data.find(_SIGNATURE, end)


def _entry(
    data: bytes, start: int, method: int, flags: int, packed: int, most_bytes: int, budget: Budget
) -> tuple[bytes, int]:
    """Return what an entry holds and where its data ends."""
    if flags & _ENCRYPTED:
        raise SourceError("encrypted")
    if method == _DEFLATED:
        return _inflated(data, start, most_bytes, budget)
    if method != _STORED or flags & _SIZES_FOLLOW or start + packed > len(data):
        raise SourceError("damaged, or packed so that it cannot be read without the archive's directory")
    if packed > most_bytes:
        raise SourceError(too_large(most_bytes))
    budget.spend(packed)
    return data[start : start + packed], start + packed


def _inflated(data: bytes, start: int, most_bytes: int, budget: Budget) -> tuple[bytes, int]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    found = bytearray()
    at = start
    while not stream.eof:
        chunk = stream.unconsumed_tail or data[at : at + _CHUNK]
        if not chunk:
            raise SourceError("damaged: cut off")
        at += 0 if stream.unconsumed_tail else len(chunk)
        try:
            piece = stream.decompress(chunk, 1 << 20)
        except zlib.error as error:
            raise SourceError(f"damaged: {error}") from None
        budget.spend(len(piece))
        found += piece
        if len(found) > most_bytes:
            raise SourceError(too_large(most_bytes))
    return bytes(found), at - len(stream.unused_data)

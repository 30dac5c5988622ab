"""Keys and values <-> one file that is searched where it lies, memory-mapped; opening it reads nothing.

A header; for each of 2^n slots the place of a record, 0 for none; the records, each a key and its value. A key is in
the first free slot from that of its checksum on.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

_MAGIC = b"wensou-table-1\n\0"
_HEADER = struct.Struct("<16sQQ")  # magic, size of the file, slots
_SLOT = struct.Struct("<I")
_RECORD = struct.Struct("<II")  # bytes of key and value


def packed(values: Mapping[str, str]) -> bytes:
    """Return the file for some values."""
    slots = 2
    while slots < 2 * len(values):
        slots *= 2
    places = [0] * slots
    records = bytearray()
    start = _HEADER.size + _SLOT.size * slots
    for key, value in values.items():
        own, body = key.encode(), value.encode()
        at = crc32(own) % slots
        while places[at]:
            at = (at + 1) % slots
        places[at] = start + len(records)
        records += _RECORD.pack(len(own), len(body)) + own + body
    return _HEADER.pack(_MAGIC, start + len(records), slots) + struct.pack(f"<{slots}I", *places) + records


class Table:
    """A packed file. Raises ValueError if the bytes are none."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        if len(data) < _HEADER.size:
            raise ValueError("This is no table.")
        magic, size, self._slots = _HEADER.unpack_from(data)
        if magic != _MAGIC or size != len(data):
            raise ValueError("This is no table.")
        self._data = data

    @classmethod
    def open(cls, path: Path) -> Table:
        """Open a file. Raises OSError if it cannot be read, ValueError if it is no table."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def get(self, key: str) -> str:
        """Return the value of a key; empty if there is none."""
        own, data = key.encode("utf-8", "surrogatepass"), self._data
        at = crc32(own) % self._slots
        while place := _SLOT.unpack_from(data, _HEADER.size + _SLOT.size * at)[0]:
            own_size, size = _RECORD.unpack_from(data, place)
            start = place + _RECORD.size
            if own_size == len(own) and data[start : start + own_size] == own:
                return str(data[start + own_size : start + own_size + size], "utf-8")
            at = (at + 1) % self._slots
        return ""

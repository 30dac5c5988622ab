"""Named arrays <-> one flat file, mapped into memory; nothing is parsed on opening.

A file is a header, the arrays one after another, each at a multiple of 8 bytes, and a directory of them. All numbers
are little-endian. The header holds the directory's checksum, the directory those of the arrays: the one is compared
on opening, the others by `verify`.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.damage import damaged, stale
from indexer.whole_files import create_private

# Raised when the meaning of what is stored changes. 1 was Whoosh's own codec, 2 had no file of labels, 3 rows without
# the time of publication, 4 neither fields of what rows say nor runs.
FORMAT = 6

_MAGIC = b"wensou\r\n"
_HEADER = struct.Struct("<8sIIQQI4x")  # magic, format, number of arrays, start of the directory, size, checksum
_ENTRY = np.dtype([("name", "S80"), ("type", "S4"), ("start", "<u8"), ("count", "<u8"), ("checksum", "<u4")])
_ALIGNED = 8

Array = NDArray[Any]


class ContainerWriter:
    """Writes a file of arrays, for its owner alone; it is complete, and on disk, after `close`."""

    def __init__(self, path: Path) -> None:
        self._entries: list[tuple[bytes, bytes, int, int, int]] = []
        self._known: dict[bytes, tuple[bytes, int, int, int]] = {}  # what `add_once` wrote, by its digest
        self._file = create_private(path)
        self._file.write(bytes(_HEADER.size))
        self._at = _HEADER.size

    def __enter__(self) -> ContainerWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def add(self, name: str, array: Array) -> None:
        """Write one array of one dimension."""
        self.add_parts(name, array.dtype, (array,))

    def add_once(self, name: str, array: Array) -> None:
        """Write one array as `add` does, unless the same stands in the file: then its name leads there."""
        digest = hashlib.sha256(array.dtype.str.encode() + array.tobytes()).digest()
        if digest in self._known:
            self._entries.append((name.encode(), *self._known[digest]))
            return
        self.add(name, array)
        self._known[digest] = self._entries[-1][1:]

    def add_parts(self, name: str, dtype: np.dtype[Any], parts: Iterable[Array]) -> None:
        """Write one array that comes in parts."""
        kind = dtype.newbyteorder("<") if dtype.byteorder != ">" else dtype
        start, checksum = self._aligned(), 0
        for part in parts:
            data = np.ascontiguousarray(part, kind).view("u1").data if len(part) else b""
            self._file.write(data)
            checksum = zlib.crc32(data, checksum)
            self._at += len(data)
        encoded = name.encode()
        if len(encoded) > _ENTRY["name"].itemsize:
            raise ValueError(f"The name {name!r} is too long for a field of the index.")
        self._entries.append((encoded, kind.str.encode(), start, (self._at - start) // kind.itemsize, checksum))

    def _aligned(self) -> int:
        padding = -self._at % _ALIGNED
        self._file.write(bytes(padding))
        self._at += padding
        return self._at

    def close(self) -> None:
        """Write directory and header and wait until everything is on disk."""
        with self._file:
            directory = np.array(self._entries, _ENTRY).tobytes()
            start = self._aligned()
            self._file.write(directory)
            size = start + len(directory)
            self._file.seek(0)
            self._file.write(_HEADER.pack(_MAGIC, FORMAT, len(self._entries), start, size, zlib.crc32(directory)))
            self._file.flush()
            os.fsync(self._file.fileno())

    def abandon(self) -> None:
        """Close the file as it is; without a header nobody takes it for a container."""
        with suppress(OSError):  # what could not be written before cannot be now
            self._file.close()


class Container:
    """Arrays of a file, mapped read-only. Raises IndexDamaged or IndexStale, FileNotFoundError if there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEADER.size:
                raise damaged(path, f"it has only {size} bytes")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, count, start, stated, checksum = _HEADER.unpack_from(self._map)
        if magic != _MAGIC:
            raise damaged(path, "it does not begin as one of wensou's files")
        if version != FORMAT:
            raise stale(path, version, FORMAT)
        if size != stated:
            raise damaged(path, f"it has {size} bytes instead of {stated}")
        directory = self._map[start : start + count * _ENTRY.itemsize]
        if len(directory) != count * _ENTRY.itemsize or zlib.crc32(directory) != checksum:
            raise damaged(path, f"its directory has the checksum {zlib.crc32(directory):08x}, not {checksum:08x}")
        self._entries = {
            name.decode(): (kind.decode(), at, length, own)
            for name, kind, at, length, own in np.frombuffer(directory, _ENTRY).tolist()
        }

    def release(self) -> None:
        """Give back the memory that reading has taken, where the system lets one; what is read again comes back."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def check_readable(self) -> None:
        """Raise IndexDamaged if the file was cut short since: to read what is gone would end the process (SIGBUS)."""
        if (size := self._map.size()) < len(self._map):
            raise damaged(self.path, f"it has {size} bytes instead of {len(self._map)}")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return len(self._map)

    def names(self) -> Iterator[str]:
        """Yield the names of all arrays."""
        return iter(self._entries)

    def array(self, name: str) -> Array:
        """Return an array, read-only. Raises KeyError if there is none of that name."""
        kind, start, count, _ = self._entries[name]
        return np.frombuffer(self._map, kind, count, start)

    def get(self, name: str, dtype: str) -> Array:
        """Return an array, or an empty one."""
        return self.array(name) if name in self._entries else np.empty(0, dtype)

    def view(self, name: str) -> memoryview:
        """Return an array as a memoryview of its items: looking up single ones is faster than in an array."""
        kind, start, count, _ = self._entries[name]
        size = int(kind[2:])
        items: memoryview = memoryview(self._map)[start : start + count * size].cast(_FORMATS[kind[1:]])
        return items

    def faults(self) -> Iterator[str]:
        """Compare every array with its checksum; yield a sentence for each that differs, by the first of its names."""
        names = {entry: name for name, entry in reversed(self._entries.items())}
        for (kind, start, count, checksum), name in reversed(names.items()):
            with memoryview(self._map) as whole:
                found = zlib.crc32(whole[start : start + count * int(kind[2:])])
            if found != checksum:
                yield f"{name} has the checksum {found:08x}, not {checksum:08x}"

    def verify(self) -> None:
        """Raise IndexDamaged, naming the first array that is not as it was written."""
        for fault in self.faults():
            raise damaged(self.path, fault)


_FORMATS: dict[str, Any] = {"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "i8": "q"}


def smallest(highest: int) -> str:
    """Return the smallest unsigned type that holds 0 to `highest`."""
    return next(
        kind for kind, top in (("<u1", 1 << 8), ("<u2", 1 << 16), ("<u4", 1 << 32), ("<u8", 1 << 64)) if highest < top
    )


def encoded(text: str) -> bytes:
    """Return any text as it is stored; the bytes sort as the characters do."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Return the text that `encoded` gave."""
    return data.decode("utf-8", "surrogatepass")

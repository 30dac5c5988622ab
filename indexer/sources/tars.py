"""A TAR archive as a stream -> its members, one after another.

Not by Python's tarfile: that of 3.11 takes memory without bound for a long header, minutes for a crafted one, stops
without a word at a damaged one, and does not give names as they stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.errors import SourceError
from indexer.sources.members import Budget
from indexer.sources.streams import unpacked
from indexer.sources.zips import MOST_ENTRIES

_BLOCK = 512
_END = bytes(_BLOCK)
_FOLDER, _SPARSE = b"5", b"S"
_PAX, _GLOBAL_PAX, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"
_ABOUT_THE_NEXT = (_PAX, _GLOBAL_PAX, _LONG_NAME, _LONG_LINK)
_NO_FILES = {b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe", _SPARSE: "sparse"}
# Paths are up to 4 kB; what else stands in a header about the next member, times and rights, is shorter.
_LONGEST_ABOUT = 1 << 20


class TarMember(NamedTuple):
    """A member: its name as bytes, its size, and why it is not to be read, if it is no file."""

    name: bytes
    size: int
    problem: str


class _About(NamedTuple):
    """What headers before a member's own say of it."""

    name: bytes = b""
    size: int = -1
    sparse: bool = False


class TarReader:
    """Goes through an archive once. All that is unpacked, read or passed over, is at the cost of `budget`."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._chunks = unpacked(data)
        self._budget = budget
        self._waiting = b""  # the last chunk
        self._at = 0  # in it
        self._content = 0  # bytes of the present member that were not read
        self._padding = 0  # bytes after it, up to the next header

    def members(self) -> Iterator[TarMember | SourceError]:
        """Yield members in order, and for each damaged stretch an error. Raises SourceError at a premature end."""
        about = _About()
        damaged = False
        for _ in range(4 * MOST_ENTRIES):  # each member may have two or three headers about it
            header = self._header()
            if header is None:
                return
            if not _has_its_checksum(header):
                if not damaged:
                    yield SourceError("damaged: a member's header cannot be read")
                damaged = True
                continue
            damaged = False
            kind = header[156:157]
            self._begin(_number(header[124:136]))
            if kind in _ABOUT_THE_NEXT:
                about = self._about(kind, about)
                continue
            if about.size >= 0:
                self._begin(about.size)
            if kind == _SPARSE:
                self._skip_sparse_map(header)
            if kind != _FOLDER:
                problem = "sparse" if about.sparse else _NO_FILES.get(kind, "")
                yield TarMember(about.name or _name(header), self._content, problem)
            about = _About()
        raise SourceError(f"more than {MOST_ENTRIES:,} entries")

    def read(self) -> bytes:
        """Return what the present member holds. Raises SourceError if the archive ends within it."""
        data = self._take(self._content)
        self._content = 0
        return data

    def _begin(self, size: int) -> None:
        self._content, self._padding = size, -size % _BLOCK

    def _header(self) -> bytes | None:
        """Pass over the rest of the present member and return the next header; None at the end."""
        self._skip(self._content + self._padding)
        self._begin(0)
        if not self._fill():
            return None
        header = self._take(_BLOCK)
        return None if header == _END else header

    def _about(self, kind: bytes, about: _About) -> _About:
        if self._content > _LONGEST_ABOUT or kind in (_GLOBAL_PAX, _LONG_LINK):
            return about  # its content is passed over
        content = self.read()
        if kind == _LONG_NAME:
            return about._replace(name=content.rstrip(b"\0"))
        values = dict(_pax_records(content))
        size = values.get(b"size", b"")
        return _About(
            values.get(b"path", about.name),
            int(size) if re.fullmatch(rb"\d{1,18}", size) else about.size,
            any(key.startswith(b"GNU.sparse.") for key in values),
        )

    def _skip_sparse_map(self, header: bytes) -> None:
        """Pass over the blocks between a sparse member's header and its data."""
        more = header[482]
        while more:
            more = self._take(_BLOCK)[504]

    def _fill(self) -> bool:
        """Tell whether there is anything left to take."""
        while self._at >= len(self._waiting):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._budget.spend(len(chunk))
            self._waiting, self._at = chunk, 0
        return True

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._fill():
                raise SourceError("damaged: cut off")
            piece = self._waiting[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    def _take(self, size: int) -> bytes:
        return b"".join(self._pieces(size))

    def _skip(self, size: int) -> None:
        for _ in self._pieces(size):
            pass


def _has_its_checksum(header: bytes) -> bool:
    """Tell whether the sum of a header's bytes, those of the sum itself as spaces, is what it says."""
    return sum(header[:148]) + 8 * ord(" ") + sum(header[156:]) == _number(header[148:156])


def _number(field: bytes) -> int:
    """Return a number as TAR writes it: octal digits, or above them the bytes of the number itself."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else 0


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _pax_records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values: records of a length, which counts itself, a space, `key=value` and a line end."""
    at = 0
    while match := re.compile(rb"(\d{1,7}) ").match(content, at):
        end = at + int(match[1])
        key, found, value = content[match.end() : end - 1].partition(b"=")
        if not found or end > len(content):
            return
        yield key, value
        at = end

"""A compressed file -> its content, in chunks. The door of backports.zstd.

Which compression it is, its first bytes say. A file of several streams one after another is read as one.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from indexer.errors import DependencyError, SourceError

_CHUNK = 1 << 14  # what follows a stream in its last chunk is copied: of a file of many tiny streams not too often
_MOST_OUT = 1 << 20
# `xz -9` needs 65 MiB to unpack, and no program offers more without being asked.
_MOST_MEMORY = 128 << 20


class _Stream(Protocol):
    """One compressed stream, as in bz2, lzma and compression.zstd."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class _Gzip:
    """zlib's object for a gzip stream under the names that the others have."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


def _xz() -> _Stream:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)


def _zstd() -> _Stream:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise DependencyError("Zstandard is read with backports.zstd: pip install 'wensou[documents]'") from None
    return zstd.ZstdDecompressor()


_KINDS: dict[bytes, Callable[[], _Stream]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}


def unpacked(data: bytes) -> Iterator[bytes]:
    """Yield the content of a file, compressed or not. Raises SourceError where it is damaged or cut off."""
    magic = next((magic for magic in _KINDS if data.startswith(magic)), b"")
    if not magic:
        yield from (data[at : at + _MOST_OUT] for at in range(0, len(data), _MOST_OUT))
        return
    at = 0
    while data.startswith(magic, at):  # what else follows a stream is ignored, as gzip does
        stream = _KINDS[magic]()
        while not stream.eof:
            chunk = data[at : at + _CHUNK] if stream.needs_input else b""
            at += len(chunk)
            try:
                piece = stream.decompress(chunk, _MOST_OUT)
            except Exception as error:  # each library raises its own
                raise SourceError(f"damaged: {error}") from None
            if piece:
                yield piece
            elif not chunk and stream.needs_input and not stream.eof:
                raise SourceError("damaged: cut off")
        at -= len(stream.unused_data)
        while data.startswith(b"\0", at):  # padding
            at += 1

"""What writing needs of Whoosh: the lock, and a table of contents that is on disk before it is seen."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from indexer.engines.whoosh.codec import WensouSegment
from indexer.engines.whoosh.container import create_private
from indexer.engines.whoosh.schema import number_field, schema
from indexer.engines.whoosh.segment import INDEX_NAME, SegmentState
from indexer.engines.whoosh.storage import sync_folder
from indexer.engines.whoosh.toc import checksum
from indexer.errors import IndexLocked

_LOCK = f"{INDEX_NAME}_WRITELOCK"
_RETRY_S = 0.1


class DurableStorage(FileStorage):  # type: ignore[misc]
    """Whoosh's folder of files, each for its owner alone, and on disk before it gets its name."""

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> StructFile:
        return StructFile(create_private(Path(self._fpath(name))), name=name, **options)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        old = Path(self._fpath(oldname))
        if newname.endswith(".toc"):
            with old.open("r+b") as file:
                file.write(checksum(file.read()))
                file.flush()
                os.fsync(file.fileno())
        super().rename_file(oldname, newname, safe)
        sync_folder(Path(self.folder))


def write_toc(folder: Path, generation: int, segments: Sequence[SegmentState], meta: str) -> None:
    """Make segments and meta visible, all at once; they are on disk when this returns."""
    sync_folder(folder)
    TOC(schema(meta), [WensouSegment.of(state) for state in segments], generation).write(
        DurableStorage(str(folder)), INDEX_NAME
    )


def term_of(field: str, number: int) -> bytes:
    """Return the term that Whoosh's ranges find a number by."""
    term: bytes = _NUMBERS.to_bytes(number)
    return term


def number_of(term: bytes) -> int:
    """Return the number of a term of a field of numbers."""
    number: int = _NUMBERS.from_bytes(term)
    return number


_NUMBERS = number_field()


@contextmanager
def locked(folder: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock that Whoosh's own writers take. Raises IndexLocked if another process has it for `wait_s`.

    The lock is the system's: that of a process that died is free.
    """
    path = folder / _LOCK
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    lock = FileStorage(str(folder)).lock(_LOCK)
    if not _tried(lock.acquire, wait_s):
        raise IndexLocked(
            f"{_holder(path)} is writing to the index in {folder}; waited {wait_s:.0f} s. Try again when it is done."
        )
    try:
        os.ftruncate(lock.fd, 0)
        os.write(lock.fd, f"{os.getpid()} {socket.gethostname()}\n".encode())
        yield
    finally:
        os.ftruncate(lock.fd, 0)
        lock.release()


def _tried(acquire: Callable[[], bool], wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while not acquire():
        if time.monotonic() >= until:
            return False
        time.sleep(_RETRY_S)
    return True


def _holder(path: Path) -> str:
    """Return who wrote its name into the lock."""
    try:
        process, _, host = path.read_text("utf-8").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        process = host = ""
    if not process.isdecimal():
        return "Another process"
    return f"Another process, number {process} on {host},"

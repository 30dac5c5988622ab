"""What writing needs of Whoosh: the lock, and a table of contents that is on disk before it is seen."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC

from indexer.engines.whoosh.codec import WensouSegment
from indexer.engines.whoosh.schema import number_field, schema
from indexer.engines.whoosh.segment import INDEX_NAME, SegmentState
from indexer.engines.whoosh.toc import checksum
from indexer.errors import IndexLocked
from indexer.whole_files import sync_folder, write_whole

_LOCK = f"{INDEX_NAME}_WRITELOCK"
_RETRY_S = 0.1


def write_toc(folder: Path, generation: int, segments: Sequence[SegmentState], meta: str) -> None:
    """Make segments and meta visible, all at once; they are on disk when this returns.

    Visible they are from the last rename on, whatever is raised after it.
    """
    memory = RamStorage()
    TOC(schema(meta), [WensouSegment.of(state) for state in segments], generation).write(memory, INDEX_NAME)
    ((name, data),) = memory.files.items()
    sync_folder(folder)
    write_whole(folder / name, data + checksum(data))


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
        _write_holder(lock.fd, f"{os.getpid()} {socket.gethostname()}\n")
        yield
    finally:
        _write_holder(lock.fd, "")
        lock.release()


def _write_holder(descriptor: int, name: str) -> None:
    """Note in the lock who has it. The lock holds without: a full disk has no room for the note."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, name.encode())


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

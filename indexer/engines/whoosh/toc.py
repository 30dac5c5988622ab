"""Whoosh's table of contents -> a commit: its number, its segments, and what the index knows besides articles.

Reads the file without Whoosh and without running anything that is pickled in it: of the schema only the field that
carries the meta is looked at, of the segments only our own class is known.
"""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
import re
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engines.whoosh.damage import damaged
from indexer.engines.whoosh.segment import INDEX_NAME, SegmentState
from indexer.errors import IndexDamaged
from indexer.model import FileState

# A stored field that no passage fills: it carries, pickled with the schema, what the index knows besides articles, so
# that one rename commits both.
META = "meta"
# Where Whoosh finds the class of our segments again. Moving it would make every index unopenable.
SEGMENT_CLASS = ("indexer.engines.whoosh.codec", "WensouSegment")
# Behind what Whoosh reads of the file; one that Whoosh itself wrote has none.
_CHECKSUM = struct.Struct("<4sI")
_CHECKED = b"WSUM"
_FILE = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")
_VERSION = -111


@dataclass(frozen=True, slots=True)
class Commit:
    """What one table of contents says."""

    generation: int
    segments: tuple[SegmentState, ...]
    meta: str  # JSON
    path: Path
    checksum: int = 0
    state: FileState | None = None  # of the file

    @property
    def name(self) -> str:
        """What no other commit is called, of this index or of another one that took its place."""
        return f"{self.generation}-{self.checksum:08x}"


def toc_path(folder: Path, generation: int) -> Path:
    """Return where the table of contents of a commit stands."""
    return folder / f"_{INDEX_NAME}_{generation}.toc"


def generations(folder: Path) -> list[int]:
    """Return the numbers of the commits whose tables of contents are there, rising."""
    matches = (_FILE.fullmatch(path.name) for path in folder.glob(f"_{INDEX_NAME}_*.toc"))
    return sorted(int(match.group(1)) for match in matches if match)


def newest_generation(folder: Path) -> int:
    """Return the number of the newest commit. Raises FileNotFoundError if there is none."""
    found = generations(folder)
    if not found:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder / f"_{INDEX_NAME}_*.toc"))
    return found[-1]


def read_commit(folder: Path, generation: int | None = None) -> Commit:
    """Read a commit, the newest if none is named. Raises IndexDamaged; FileNotFoundError if it was removed."""
    generation = newest_generation(folder) if generation is None else generation
    path = toc_path(folder, generation)
    with path.open("rb") as file:
        data, state = file.read(), _state_of(os.fstat(file.fileno()))
    try:
        return replace(_parsed(data, generation, path), state=state)
    except _UNREADABLE as error:
        raise damaged(path, f"it cannot be read ({type(error).__name__}: {error})") from error


def is_newest(commit: Commit) -> bool:
    """Tell, by the names in its folder and the state of one file, whether a commit is the newest.

    An index that was built anew in the same folder may number its commits as the one before.
    """
    if generations(commit.path.parent)[-1:] != [commit.generation]:
        return False
    with suppress(FileNotFoundError):
        return _state_of(commit.path.stat()) == commit.state
    return False


def _state_of(status: os.stat_result) -> FileState:
    return FileState(status.st_size, status.st_mtime_ns, status.st_ino)


def meta_of(folder: Path) -> str:
    """Return what can still be read of the meta of an index whose segments cannot; an empty one if nothing can."""
    try:
        data = toc_path(folder, generations(folder)[-1]).read_bytes()
        meta = _meta(_schema(io.BytesIO(data)))
        json.loads(meta)
    except (OSError, *_UNREADABLE):
        return "{}"
    return meta


def checksum(data: bytes) -> bytes:
    """Return what is written behind a table of contents."""
    return _CHECKSUM.pack(_CHECKED, zlib.crc32(data))


def _parsed(data: bytes, generation: int, path: Path) -> Commit:
    content, behind = data[: -_CHECKSUM.size], data[-_CHECKSUM.size :]
    if behind.startswith(_CHECKED) and behind != checksum(content):
        raise damaged(path, f"it has the checksum {zlib.crc32(content):08x}, not {_CHECKSUM.unpack(behind)[1]:08x}")
    stream = io.BytesIO(data)
    schema = _schema(stream)
    stated, _ = struct.unpack("!ii", stream.read(8))
    segments = _Segments(stream, path).load()
    if data[stream.tell() :] not in (b"", checksum(data[: stream.tell()])):
        raise ValueError("something else stands where its checksum should")
    if stated != generation:
        raise ValueError(f"it is of commit {stated}")
    return Commit(generation, tuple(segment.state for segment in segments), _meta(schema), path, zlib.crc32(data))


# What reading something else than a table of contents may end in.
_UNREADABLE = (
    EOFError,
    IndexError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
    struct.error,
    pickle.UnpicklingError,
)


def _schema(stream: io.BytesIO) -> bytes:
    """Read what stands before the segments: sizes of C's integers, byte order, versions, and the pickled schema."""
    for _ in range(3):
        _varint(stream)
    order, version = struct.unpack("!ii", stream.read(8))
    if order != -12345 or version != _VERSION:
        raise ValueError("not a table of contents of Whoosh 2.7")
    for _ in range(3):
        _varint(stream)
    return stream.read(_varint(stream))


def _meta(schema: bytes) -> str:
    meta: str = _Inert.loaded(schema).state["_fields"][META].state["meta"]
    return meta


def _varint(stream: io.BytesIO) -> int:
    value = shift = 0
    while True:
        byte = stream.read(1)[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7


def state_of(values: dict[str, Any]) -> SegmentState:
    """Return the segment that a pickled one holds; see `values_of`."""
    deleted = np.frombuffer(values["deleted"], "<u4")
    return SegmentState(
        values["id"],
        values["passages"],
        deleted,
        values["files_version"],
        values["labels_version"],
        values["index_name"],
    )


def values_of(state: SegmentState) -> dict[str, Any]:
    """Return what is pickled of a segment."""
    return {
        "id": state.id,
        "passages": state.passages,
        "deleted": state.deleted.astype("<u4").tobytes(),
        "files_version": state.files_version,
        "labels_version": state.labels_version,
        "index_name": state.index_name,
    }


class _PickledSegment:
    """Stands for our segment class, which needs Whoosh."""

    state: SegmentState

    def __setstate__(self, values: dict[str, Any]) -> None:
        self.state = state_of(values)


class _Segments(pickle.Unpickler):
    """Reads a list of segments, of our class and no other."""

    def __init__(self, stream: io.BytesIO, path: Path) -> None:
        super().__init__(stream)
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == SEGMENT_CLASS:
            return _PickledSegment
        raise IndexDamaged(
            f"The index in {self._path.parent} has a segment that another program wrote with {module}.{name} instead "
            "of wensou's codec. Write with ix.writer(codec=WensouCodec()), or build the index anew with: "
            f"wensou index FOLDER --rebuild --index {self._path.parent}"
        )


class _Inert:
    """Stands for any class of a pickled schema; does nothing, and keeps what it was given."""

    state: dict[str, Any]

    def __new__(cls, *arguments: Any, **named: Any) -> _Inert:
        return object.__new__(cls)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.items: list[Any] = []

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def append(self, item: Any) -> None:
        self.items = [item]

    @staticmethod
    def loaded(data: bytes) -> Any:
        return _InertUnpickler(io.BytesIO(data)).load()


class _InertUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _Inert


def load_meta(commit: Commit) -> dict[str, Any]:
    """Return what the index knows besides articles."""
    try:
        meta: dict[str, Any] = json.loads(commit.meta)
    except ValueError as error:
        raise damaged(commit.path, f"it cannot be read ({error})") from error
    return meta

"""The engine port over a folder with a Whoosh index of stock fields and Whoosh's own codec."""

from __future__ import annotations

import json
import pickle
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh.index import FileIndex, LockError
from whoosh.writing import SegmentWriter

from indexer.engines.base import EngineWriter, Ranked, Ranking, Request
from indexer.engines.whoosh import search as searching
from indexer.engines.whoosh.rows import load_row
from indexer.engines.whoosh.schema import META, schema
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.storage import PrivateStorage, check_ours, has_index, prepare
from indexer.engines.whoosh.writer import WhooshWriter
from indexer.errors import IndexDamaged, IndexLocked, IndexStale, IndexUnusable
from indexer.model import ArticleRow

# Seconds that a second writer waits for the first one.
LOCK_WAIT_S = 10.0
# What reading a damaged file of Whoosh ends in; opening one, where no code of ours is at work, in more.
_DAMAGE = (FileNotFoundError, EOFError, pickle.UnpicklingError, struct.error, zlib.error)
_DAMAGE_ON_OPENING = (*_DAMAGE, TypeError, ValueError, KeyError, AttributeError, AssertionError, ImportError)


class WhooshEngine:
    """An index folder, open at one commit. Safe to share between threads.

    With `create`, a folder without an index gets an empty one; with `discard_damaged`, so does one whose index cannot
    be read. Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged.
    """

    def __init__(self, folder: Path, *, create: bool = False, discard_damaged: bool = False) -> None:
        self._folder = folder
        self._lock = RLock()
        if create and not has_index(folder):
            self._create()
        try:
            check_ours(folder)
            self._open_index()
        except (IndexDamaged, IndexStale):
            if not discard_damaged:
                raise
            self._create()
            self._open_index()

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether the folder holds an index."""
        return has_index(folder)

    def _create(self) -> None:
        FileIndex.create(prepare(self._folder), schema("{}"))

    def _open_index(self) -> None:
        with self._damage_named(_DAMAGE_ON_OPENING):
            self._index = FileIndex(PrivateStorage(str(self._folder)))
        self._open()

    def _open(self) -> None:
        with self._damage_named(_DAMAGE_ON_OPENING):
            reader = self._index.reader()  # tries again when a commit takes the files away meanwhile
            generation = reader.generation()
            self._generation: int = self._index.latest_generation() if generation is None else generation
            self._meta: dict[str, Any] = json.loads(reader.schema[META].meta)
            self._snapshot = Snapshot(reader)

    @contextmanager
    def writer(self, replace_all: bool = False) -> Iterator[EngineWriter]:
        try:
            inner = SegmentWriter(self._index, timeout=LOCK_WAIT_S, delay=0.1)
        except LockError:
            raise IndexLocked(
                f"Another process is writing to the index in {self._folder}; waited {LOCK_WAIT_S:.0f} s. "
                "Try again when it is done."
            ) from None
        writer = WhooshWriter(inner, replace_all)
        try:
            self.refresh()
            yield writer
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self.refresh()

    def search(self, request: Request) -> Ranking:
        with self._lock, self._damage_named():
            return searching.search(self._snapshot, request)

    def rows(self, ids: Iterable[str] | None = None) -> Iterator[ArticleRow]:
        with self._lock:
            if ids is None:
                numbers: Iterable[int | None] = searching.live_articles(self._snapshot)
            else:
                numbers = [self._snapshot.article_number(article_id) for article_id in ids]
            found = [
                load_row(self._snapshot.stored(int(self._snapshot.first_passages[number]))["row"])
                for number in numbers
                if number is not None
            ]
        return iter(found)

    def passages(self, article_id: str) -> Sequence[Ranked]:
        with self._lock:
            return searching.passages_of(self._snapshot, article_id)

    def passage_count(self) -> int:
        return int(self._snapshot.live.sum())

    def meta(self) -> Mapping[str, Any]:
        return self._meta

    def generation(self) -> str:
        return str(self._generation)

    def refresh(self) -> bool:
        with self._lock:
            if self._index.latest_generation() == self._generation:
                return False
            old = self._snapshot
            self._open()
            old.close()
            return True

    def close(self) -> None:
        with self._lock:
            self._snapshot.close()

    @contextmanager
    def _damage_named(self, signs: tuple[type[Exception], ...] = _DAMAGE) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise IndexUnusable(f"The index in {self._folder} cannot be read: {error}. Its owner alone may.") from error
        except signs as error:
            raise IndexDamaged(
                f"The index in {self._folder} is damaged ({type(error).__name__}: {error}). "
                f"Build it anew with: wensou index FOLDER --rebuild --index {self._folder}"
            ) from error

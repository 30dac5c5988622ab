"""The engine port over a folder with a Whoosh index in wensou's codec. Reading needs no Whoosh."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.engines import base
from indexer.engines.base import (
    DEFAULT_MEMORY,
    TERM_FIELDS,
    EngineFacts,
    EngineWriter,
    KnownFile,
    Ranked,
    Ranking,
    Request,
)
from indexer.engines.columns import Columns
from indexer.engines.whoosh.commits import opened, opened_again
from indexer.engines.whoosh.container import FORMAT
from indexer.engines.whoosh.lookups import articles_with, frequent_terms, labels_of
from indexer.engines.whoosh.packing import Packed, pack
from indexer.engines.whoosh.page import passages_of
from indexer.engines.whoosh.search import search
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.storage import check_ours, has_index, prepare
from indexer.engines.whoosh.toc import Commit, generations, is_newest, load_meta, meta_of
from indexer.errors import IndexDamaged, IndexStale, IndexUnusable
from indexer.model import ArticleRow, CheckReport

if TYPE_CHECKING:
    from indexer.engines.explanation import Explanation
    from indexer.partition import Partition

# Of the disk: full, over the quota, a file too large, failing, read-only.
_FAILING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
# Searches after which the pages of the index that were read are let go: they stay in the system's cache, and out of
# this process, which else would grow to the size of the index. Getting them back costs a search some .1 ms.
_KEPT_FOR = 2
# A writer may take files away between the table of contents that names them and their opening.
_TRIES = 10


class WhooshEngine:
    """An index folder, open at one commit. Safe to share between threads.

    With `create`, a folder without an index gets an empty one; with `discard_damaged`, one whose index cannot be read
    is taken for empty, and keeps what it has until another commit replaces it. Raises IndexMissing, IndexUnusable,
    IndexStale or IndexDamaged.
    """

    precision = 1e-9
    is_remote = False
    cannot: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = False,
        discard_damaged: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` tells the time by which commits are kept."""
        self._folder = folder
        self._clock = clock
        self._lock = Lock()
        self._searches = 0
        if create and not has_index(folder):
            self._create()
        try:
            check_ours(folder)
            self._commit, self._snapshot = _opened_newest(folder, _EMPTY)
            self._meta = load_meta(self._commit)
            if discard_damaged:
                for segment in self._snapshot.segments:
                    segment.verify()  # what is compared with must be right, or nothing can be
        except (IndexDamaged, IndexStale):
            if not discard_damaged:
                raise
            self._commit, self._snapshot = Commit(-1, (), meta_of(folder), folder), _EMPTY
            self._meta = load_meta(self._commit)

    @staticmethod
    def pack(columns: Columns) -> Packed:
        return pack(columns)

    @staticmethod
    def check(folder: Path) -> CheckReport:
        from indexer.engines.whoosh.check import check  # and whoosh with it

        return check(folder)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether the folder holds an index."""
        return has_index(folder)

    @staticmethod
    def has_meta(folder: Path) -> bool:
        """Tell whether an index, damaged or of an older format, still says what it follows."""
        return has_index(folder) and meta_of(folder) != "{}"

    def _create(self) -> None:
        from indexer.engines.whoosh.durable import locked, write_toc

        with _failures_explained(self._folder):
            prepare(self._folder)
            with locked(self._folder, base.LOCK_WAIT_S):
                if not generations(self._folder):
                    write_toc(self._folder, 0, [], "{}")

    @contextmanager
    def writer(
        self, replace_all: bool = False, memory_bytes: int = DEFAULT_MEMORY, partition: Partition | None = None
    ) -> Iterator[EngineWriter]:
        from indexer.engines.whoosh.durable import locked  # whoosh itself, which only writing needs
        from indexer.engines.whoosh.writer import WhooshWriter

        with _failures_explained(self._folder), locked(self._folder, base.LOCK_WAIT_S):
            if self._commit.generation >= 0:
                self.refresh()
            writer = WhooshWriter(
                self._folder, self._commit, self._snapshot.segments, replace_all, memory_bytes, self._clock
            )
            try:
                yield writer
                if self._commit.generation < 0:
                    prepare(self._folder)
                writer.commit()
            except BaseException:
                writer.cancel()
                raise
        self.refresh()

    def search(self, request: Request) -> Ranking:
        self._searches += 1
        if self._searches % _KEPT_FOR == 0:
            self._snapshot.release()
        return search(self._snapshot, request)

    def explain(self, request: Request, article_id: str) -> Explanation:
        from indexer.engines.whoosh.explain import explain  # which a search need not wait for

        return explain(self._snapshot, request, article_id)

    def rows(self, ids: Iterable[str] | None = None) -> Iterator[ArticleRow]:
        snapshot = self._snapshot
        if ids is None:
            numbers: Iterable[int | None] = _live_articles(snapshot)
        else:
            numbers = [snapshot.article_number(article_id) for article_id in ids]
        places = (snapshot.place_of_article(number) for number in numbers if number is not None)
        return (segment.row(number) for segment, number in places)

    def files(self) -> Sequence[KnownFile]:
        return [file for segment in self._snapshot.segments for file in segment.known_files()]

    def articles_with(self, field: str, values: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return {value: articles_with(self._snapshot, field, value) for value in values}

    def frequent_terms(
        self, field: str, prefixes: Sequence[str], at_least: int, among: Collection[str] | None = None
    ) -> Mapping[str, int]:
        return frequent_terms(self._snapshot, field, prefixes, at_least, among)

    def labels(self, field: str, article_ids: Sequence[str]) -> Sequence[str]:
        return labels_of(self._snapshot, field, article_ids)

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        from indexer.engines.whoosh import dictionary  # which most searches need not wait for

        return dictionary.terms(self._snapshot, field, prefix, limit)

    def terms_like(
        self, field: str, places: Sequence[str], limit: int, *, free: int = 0, is_open: bool = False
    ) -> Sequence[tuple[str, int]]:
        from indexer.engines.whoosh import dictionary  # which most searches need not wait for

        return dictionary.terms_like(self._snapshot, field, places, limit, free, is_open)

    def terms_near(
        self, field: str, term: str, limit: int, *, distance: int = 1, kept: int = 0
    ) -> Sequence[tuple[str, int]]:
        from indexer.engines.whoosh import dictionary  # which most searches need not wait for

        return dictionary.terms_near(self._snapshot, field, term, distance, kept, limit)

    def passages_with(self, field: str, term: str) -> int:
        from indexer.engines.whoosh import dictionary  # which most searches need not wait for

        return dictionary.passages_with(self._snapshot, field, term)

    def passages_with_each(self, terms: Sequence[tuple[str, str]]) -> Sequence[int]:
        return [self.passages_with(*one) for one in terms]

    def holds(self, field: str, term: str) -> bool:
        from indexer.engines.whoosh import dictionary  # which most searches need not wait for

        return dictionary.holds(self._snapshot, field, term)

    def rows_of(self, paths: Collection[str]) -> Iterator[ArticleRow]:
        return (row for segment in self._snapshot.segments for row in segment.rows_of(paths))

    def passages(self, article_id: str) -> Sequence[Ranked]:
        return passages_of(self._snapshot, article_id)

    def passages_of(self, article_ids: Sequence[str]) -> Iterator[Sequence[Ranked]]:
        return map(self.passages, article_ids)

    def passage_count(self) -> int:
        return self._snapshot.live_count

    def unsearched(self) -> tuple[str, ...]:
        return ()

    def facts(self) -> EngineFacts:
        segments = self._snapshot.segments
        return EngineFacts(
            name="whoosh",
            format=FORMAT,
            segments=len(segments),
            size_bytes=sum(container.size for segment in segments for container in segment.containers),
            terms={name: sum(len(own) for _, _, own in self._snapshot.fields(name)) for name in TERM_FIELDS},
        )

    def meta(self) -> Mapping[str, Any]:
        return self._meta

    def generation(self) -> str:
        return self._commit.name

    def check_readable(self) -> None:
        self._snapshot.check_readable()

    def commit_name(self) -> str:
        return self._commit.name

    def at(self, generation: str) -> WhooshEngine:
        if generation == self.generation():
            return self._with(self._commit, self._snapshot)
        return self._with(*opened_again(self._folder, self._snapshot, generation))

    def newest(self) -> WhooshEngine:
        if is_newest(self._commit):
            return self
        commit, snapshot = _opened_newest(self._folder, self._snapshot)
        return self if commit.name == self._commit.name else self._with(commit, snapshot)

    def refresh(self) -> bool:
        with self._lock:
            newest = self.newest()
            self._commit, self._snapshot, self._meta = newest._commit, newest._snapshot, newest._meta
            return newest is not self

    def rest(self) -> None:
        self._snapshot.rest()

    def _with(self, commit: Commit, snapshot: Snapshot) -> WhooshEngine:
        """Return another engine of the same index."""
        engine = copy(self)
        engine._lock = Lock()
        engine._commit, engine._snapshot, engine._meta = commit, snapshot, load_meta(commit)
        return engine

    def close(self) -> None:
        self._snapshot = _EMPTY


_EMPTY = Snapshot(())


@contextmanager
def _failures_explained(folder: Path) -> Iterator[None]:
    """Raise IndexUnusable where the disk fails."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FAILING:
            raise
        raise IndexUnusable(
            f"The index in {folder} could not be written: {error}. Nothing was changed. Free some space, or choose "
            "another folder with --index, and run again."
        ) from error


def _opened_newest(folder: Path, known: Snapshot) -> tuple[Commit, Snapshot]:
    """Open the newest commit; segments that `known` has are taken from there."""
    if not generations(folder):
        check_ours(folder)  # gone since it was opened
    for _ in range(_TRIES - 1):
        try:
            return opened(folder, known)
        except FileNotFoundError:
            time.sleep(0.05)
    try:
        return opened(folder, known)
    except FileNotFoundError as error:
        raise IndexDamaged(
            f"The index in {folder} is damaged: {error.filename} is missing. "
            f"Build it anew with: wensou index FOLDER --rebuild --index {folder}"
        ) from error


def _live_articles(snapshot: Snapshot) -> Iterator[int]:
    for segment, first in zip(snapshot.segments, snapshot.article_bases, strict=False):
        for number in np.flatnonzero(segment.live_articles).tolist():
            yield first + number

"""The engine port over an index on an OpenSearch cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import copy
from threading import Lock
from typing import TYPE_CHECKING, Any

from indexer.engines.base import DEFAULT_MEMORY, EngineFacts, EngineWriter, KnownFile, Ranked, Ranking, Request
from indexer.engines.opensearch import health, records
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.dictionary import Dictionary
from indexer.engines.opensearch.indices import Shape, find_index, known_in
from indexer.engines.opensearch.indices import create as create_index
from indexer.engines.opensearch.limits import CANNOT
from indexer.engines.opensearch.location import Location
from indexer.engines.opensearch.search import search
from indexer.engines.opensearch.snapshot import Snapshot
from indexer.errors import IndexStale

if TYPE_CHECKING:
    from indexer.engines.columns import Columns
    from indexer.engines.explanation import Explanation
    from indexer.engines.opensearch.documents import Document
    from indexer.model import ArticleRow, CheckReport
    from indexer.partition import Partition

# Of the memory that is granted, what articles may take that wait to be sent; as much is on its way, and in Python.
_FOR_WAITING = 0.2


class OpenSearchEngine:
    """An index on a cluster, open at one commit. Safe to share between threads.

    With `create`, an empty index is made where there is none; with `discard_damaged`, one of another format is taken
    for empty. Raises IndexMissing, IndexUnusable, IndexStale or ClusterUnreachable.
    """

    precision = 1e-5  # scores on a cluster are numbers of 32 bits
    is_remote = True
    cannot: Mapping[str, str] = CANNOT

    def __init__(self, location: Location, *, create: bool = False, discard_damaged: bool = False) -> None:
        self._connection = connection = Connection(location)
        self._lock = Lock()
        try:
            if create:
                create_index(connection, _shape(location))
            self._snapshot = _opened(connection, discard_damaged)
        except BaseException:
            connection.close()
            raise

    @staticmethod
    def exists(location: Location) -> bool:
        """Tell whether there is an index."""
        with closing(Connection(location)) as connection:
            return find_index(connection) is not None

    @staticmethod
    def has_meta(location: Location) -> bool:
        """Tell whether an index, be it of another format, says what it follows."""
        with closing(Connection(location)) as connection:
            index = find_index(connection)
            return index is not None and bool(known_in(connection, index))

    @staticmethod
    def check(location: Location) -> CheckReport:
        return health.check(location)

    @staticmethod
    def pack(columns: Columns) -> list[Document]:
        from indexer.engines.opensearch.documents import pack  # which only writing needs

        return pack(columns)

    @contextmanager
    def writer(
        self,
        replace_all: bool = False,
        memory_bytes: int = DEFAULT_MEMORY,
        partition: Partition | None = None,
    ) -> Iterator[EngineWriter]:
        from indexer.config import bytes_of
        from indexer.engines.opensearch.writer import HELD_BYTES, Plan, writing  # which only writing needs

        location = self._connection.location
        bulk_bytes, held_bytes = bytes_of(location.settings.bulk), min(HELD_BYTES, int(memory_bytes * _FOR_WAITING))
        plan = Plan(replace_all, partition, _shape(location), held_bytes, bulk_bytes)
        with writing(self._connection, plan) as writer:
            if self._snapshot.commit.name:
                self.refresh()  # now that nobody else writes: what is compared with is what is changed
            yield writer
        self.refresh()

    def search(self, request: Request) -> Ranking:
        return search(self._snapshot.statistics, request)

    def explain(self, request: Request, article_id: str) -> Explanation:
        from indexer.engines.opensearch.explain import explain  # which most searches need not wait for

        return explain(self._snapshot.statistics, request, article_id)

    def rows(self, ids: Iterable[str] | None = None) -> Iterator[ArticleRow]:
        return records.rows(self._snapshot, ids)

    def files(self) -> Sequence[KnownFile]:
        return records.files(self._snapshot)

    def rows_of(self, paths: Collection[str]) -> Iterator[ArticleRow]:
        return records.rows_of(self._snapshot, paths)

    def articles_with(self, field: str, values: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return records.articles_with(self._snapshot, field, values)

    def labels(self, field: str, article_ids: Sequence[str]) -> Sequence[str]:
        return records.labels(self._snapshot, field, article_ids)

    def passages(self, article_id: str) -> Sequence[Ranked]:
        return records.passages(self._snapshot, article_id)

    def passages_of(self, article_ids: Sequence[str]) -> Iterator[Sequence[Ranked]]:
        return records.passages_of(self._snapshot, article_ids)

    def passage_count(self) -> int:
        return records.passage_count(self._snapshot)

    def frequent_terms(
        self, field: str, prefixes: Sequence[str], at_least: int, among: Collection[str] | None = None
    ) -> Mapping[str, int]:
        return Dictionary(self._snapshot).frequent_terms(field, prefixes, at_least, among)

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return Dictionary(self._snapshot).terms(field, prefix, limit)

    def terms_like(
        self, field: str, places: Sequence[str], limit: int, *, free: int = 0, is_open: bool = False
    ) -> Sequence[tuple[str, int]]:
        return Dictionary(self._snapshot).terms_like(field, places, limit, free=free, is_open=is_open)

    def terms_near(
        self, field: str, term: str, limit: int, *, distance: int = 1, kept: int = 0
    ) -> Sequence[tuple[str, int]]:
        return Dictionary(self._snapshot).terms_near(field, term, limit, distance=distance, kept=kept)

    def passages_with(self, field: str, term: str) -> int:
        return Dictionary(self._snapshot).passages_with(field, term)

    def passages_with_each(self, terms: Sequence[tuple[str, str]]) -> Sequence[int]:
        return Dictionary(self._snapshot).passages_with_each(terms)

    def holds(self, field: str, term: str) -> bool:
        return Dictionary(self._snapshot).holds(field, term)

    def facts(self) -> EngineFacts:
        return health.facts(self._connection)

    def unsearched(self) -> tuple[str, ...]:
        return self._connection.unsearched

    def meta(self) -> Mapping[str, Any]:
        return self._snapshot.commit.meta

    def generation(self) -> str:
        return self._snapshot.generation

    def check_readable(self) -> None:
        """Nothing of it is open as a file."""

    def commit_name(self) -> str:
        return self._snapshot.commit.name

    def at(self, generation: str) -> OpenSearchEngine:
        is_open = generation == self._snapshot.generation
        return self._with(self._snapshot if is_open else Snapshot.named(self._connection, generation))

    def newest(self) -> OpenSearchEngine:
        if self._snapshot.is_newest():
            return self
        newest = Snapshot.newest(self._connection)
        if newest.commit.name != self._snapshot.commit.name:
            return self._with(newest)
        newest.close()  # the writer of another one has not shown it yet
        return self

    def _with(self, snapshot: Snapshot) -> OpenSearchEngine:
        """Return another engine of the same index."""
        engine = copy(self)
        engine._lock = Lock()
        engine._snapshot = snapshot
        self._connection.share()
        return engine

    def refresh(self) -> bool:
        with self._lock:
            before = self._snapshot
            if before.is_newest():
                return False
            self._snapshot = Snapshot.newest(self._connection)
            before.close()
            return True

    def rest(self) -> None:
        """There is none: what is kept is the cluster's."""

    def close(self) -> None:
        self._snapshot.close()
        self._connection.close()


def _opened(connection: Connection, discard_damaged: bool) -> Snapshot:
    try:
        return Snapshot.newest(connection)
    except IndexStale:
        if not discard_damaged:
            raise
        return Snapshot.empty(connection)


def _shape(location: Location) -> Shape:
    settings = location.settings
    return Shape(settings.shards, settings.replicas, settings.refresh_s)

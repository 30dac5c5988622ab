"""Changes of an index on a cluster -> bulk requests, and one commit at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Any

from indexer.engines.base import Outcome
from indexer.engines.opensearch.bulk import DEFAULT_BYTES, Bulk, Operation
from indexer.engines.opensearch.documents import Article, Document, article_of, dumped
from indexer.engines.opensearch.indices import (
    ChangeMeta,
    Shape,
    check_format,
    commit,
    count_articles,
    create_beside,
    find_index,
    known_in,
    note_analysis,
    remove_index,
    remove_leftovers,
    take_place,
)
from indexer.engines.opensearch.lock import Lock, locked
from indexer.engines.opensearch.reading import read_articles, versions_of
from indexer.errors import IndexUnusable
from indexer.model import ArticleRow, FileState, IndexEntry

if TYPE_CHECKING:
    from indexer.engines.opensearch.connection import Connection
    from indexer.partition import Partition

# Bytes of articles up to which nothing is sent before the commit: a small change is made whole or not at all.
HELD_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How a writer goes about it.

    `replaces_all`: a new index takes the place of the present one at the end, of such a `shape`. With a `partition`,
    writers of other parts may write meanwhile, and of each article the version stays whose file was modified last.
    `held_bytes` are collected before the first is sent, requests have `bulk_bytes`. Raises ValueError for a part that
    is to replace everything.
    """

    replaces_all: bool = False
    partition: Partition | None = None
    shape: Shape = field(default_factory=Shape)
    held_bytes: int = HELD_BYTES
    bulk_bytes: int = DEFAULT_BYTES

    def __post_init__(self) -> None:
        if self.replaces_all and self.partition:
            raise ValueError("A part cannot replace everything.")


@dataclass(slots=True)
class _Amendment:
    """What changes of an article that is the same otherwise."""

    state: FileState | None = None
    labels: dict[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)


class ClusterWriter:
    """Writes to an index, with the lock held; whoever made it commits.

    Up to HELD_BYTES nothing is sent before `commit`. What is more goes out as it comes: a run that is broken off leaves
    whole articles, which searches do not see, and the next run goes on from them.
    """

    def __init__(
        self, connection: Connection, index: str, lock: Lock, bulk: Bulk, plan: Plan, base: Mapping[str, Any] | None
    ) -> None:
        """`base` is what a new index knows to begin with; None for one that there was before."""
        self._connection = connection
        self._index = index
        self._lock = lock
        self._bulk = bulk
        self._base = base
        self._has_versions = plan.partition is not None
        self._waiting: dict[str, Operation] = {}
        self._waiting_bytes = 0
        self._held_bytes = plan.held_bytes
        self._bulk_bytes = plan.bulk_bytes
        self._fingerprint = ""
        self._put: dict[str, int] = {}  # when the files of the articles that were put were modified
        self._deleted: dict[str, int | None] = {}
        self._amended: dict[str, _Amendment] = {}
        self._changes: list[ChangeMeta] = []
        self.cleaned: tuple[str, ...] = ()  # indices of writers that died, which were removed
        self.resumes = False

    def outcome(self) -> Outcome:
        return Outcome(tuple(self._bulk.rejected), self._bulk.older, self.cleaned)

    def put(self, row: ArticleRow, entries: Sequence[IndexEntry]) -> None:
        self.put_packed([dumped(row, entries)])

    def put_packed(self, packed: Iterable[Document]) -> None:
        for document in packed:
            name = document.article_id
            self._forget(name)
            self._put[name] = document.modified_ns
            self._wait(Operation(name, document.source, self._version(document.modified_ns)))
        while self._waiting_bytes > self._held_bytes:
            self._send_waiting(self._bulk_bytes)

    def delete(self, article_id: str) -> None:
        self._forget(article_id)
        self._deleted[article_id] = self._put.pop(article_id, None)

    def touch(self, article_id: str, state: FileState) -> None:
        if article_id not in self._put and article_id not in self._deleted:  # the row of one that was put is newer
            self._amended.setdefault(article_id, _Amendment()).state = state

    def relabel(self, article_id: str, labels: Mapping[str, Sequence[tuple[str, ...]]]) -> None:
        if article_id not in self._deleted:
            self._amended.setdefault(article_id, _Amendment()).labels.update(labels)

    def change_meta(self, change: ChangeMeta) -> None:
        self._changes.append(change)

    def commit(self) -> bool:
        """Send what is left, and make all of it visible under a new name, if anything changed; tell whether it did."""
        self._send_waiting(inf)
        self._bulk.send(self._deletes())
        self._bulk.finish()
        self._bulk.send(self._amendments())
        self._bulk.finish()
        if not (self._changes or self._base is not None or self._bulk.written or self._bulk.deleted):
            return False
        self._lock.check()
        commit(self._connection, self._index, self._changed_meta)
        if self._changes:
            note_analysis(self._connection, self._index, self._fingerprint)
        return True

    def check_count(self) -> None:
        """Raise IndexUnusable if a new index does not have the articles that it was given."""
        wanted = len(self._put.keys() - {failure.path for failure in self._bulk.rejected})
        found = count_articles(self._connection, self._index)
        if found != wanted:
            raise IndexUnusable(
                f"The new index has {found:,} of {wanted:,} articles. The one before stays; build it anew again, and "
                "look at the cluster's log if that does not help."
            )

    def _changed_meta(self, meta: Mapping[str, Any]) -> Mapping[str, Any]:
        meta = meta if self._base is None else self._base
        for change in self._changes:
            meta = change(meta)
        self._fingerprint = str(meta.get("fingerprint", ""))
        return meta

    def _forget(self, article_id: str) -> None:
        """Drop what was to be done with an article before."""
        self._amended.pop(article_id, None)
        self._deleted.pop(article_id, None)
        if before := self._waiting.pop(article_id, None):
            self._waiting_bytes -= before.size

    def _wait(self, operation: Operation) -> None:
        self._waiting[operation.article_id] = operation
        self._waiting_bytes += operation.size

    def _version(self, modified_ns: int) -> int | None:
        """Return the version of an article: of a file from before 1970 it is as old as can be."""
        return max(0, modified_ns) if self._has_versions else None

    def _send_waiting(self, most_bytes: float) -> None:
        """Send those that have waited longest, as many as a request takes, or the first alone."""
        sent: list[Operation] = []
        left = most_bytes
        while self._waiting and (not sent or next(iter(self._waiting.values())).size <= left):
            operation = self._waiting.pop(next(iter(self._waiting)))
            self._waiting_bytes -= operation.size
            left -= operation.size
            sent.append(self._amended_waiting(operation))
        if sent:
            self._lock.begin()
            self._bulk.send(sent)

    def _amended_waiting(self, operation: Operation) -> Operation:
        amendment = self._amended.pop(operation.article_id, None)
        if amendment is None or operation.source is None:
            return operation
        return operation._replace(source=_amended(article_of(operation.source), amendment).source)

    def _deletes(self) -> Iterator[Operation]:
        if self._deleted:
            self._lock.begin()
        if not self._has_versions:
            yield from (Operation(name, None) for name in self._deleted)
            return
        known = versions_of(self._connection, self._index, self._deleted)
        for name, put in self._deleted.items():
            if name in known or put is not None:  # else there is nothing to delete
                yield Operation(name, None, max(known.get(name, 0), put or 0))

    def _amendments(self) -> Iterator[Operation]:
        """Read articles that are in the index, and yield them changed; unless another writer is faster."""
        if self._amended.keys() & self._put.keys():
            self._connection.ask("POST", f"/{self._index}/_refresh")
        for article in read_articles(self._connection, self._index, self._amended):
            self._lock.begin()
            document = _amended(article, self._amended[article.row.id])
            version = max(article.version or 0, self._version(document.modified_ns) or 0)
            yield Operation(document.article_id, document.source, version)


def _amended(article: Article, amendment: _Amendment) -> Document:
    row = replace(article.row, **amendment.state._asdict()) if amendment.state else article.row
    entries = [
        replace(
            entry, keywords={**entry.keywords, **{name: _own(values, i) for name, values in amendment.labels.items()}}
        )
        for i, entry in enumerate(article.entries)
    ]
    return dumped(row, entries)


def _own(values: Sequence[tuple[str, ...]], number: int) -> tuple[str, ...]:
    """Return the values of a passage: one for each of its article, or the same for all."""
    return values[number if len(values) > 1 else 0]


@contextmanager
def writing(connection: Connection, plan: Plan) -> Iterator[ClusterWriter]:
    """Write one commit to the index that the connection names, which exists.

    An exception changes nothing, if HELD_BYTES were not exceeded, or if all is replaced. Raises IndexLocked,
    IndexMissing, IndexStale or IndexUnusable, and what the connection raises.
    """
    with locked(connection, plan.partition) as lock:
        if not plan.replaces_all:
            check_format(connection, lock.index)
        leftovers = remove_leftovers(connection, lock.index) if plan.partition is None else ()
        resumes = lock.is_unfinished
        if resumes:
            commit(connection, lock.index)  # what a writer left that was broken off is compared with like all else
            lock.settle()
        if plan.replaces_all:
            with _replacing(connection, lock, plan) as index, Bulk(connection, index, plan.bulk_bytes) as bulk:
                base = known_in(connection, lock.index)
                writer = ClusterWriter(connection, index, lock, bulk, plan, base)
                writer.cleaned = leftovers
                yield writer
                writer.commit()
                writer.check_count()
        else:
            with Bulk(connection, lock.index, plan.bulk_bytes) as bulk:
                writer = ClusterWriter(connection, lock.index, lock, bulk, plan, None)
                writer.cleaned, writer.resumes = leftovers, resumes
                yield writer
                writer.commit()
            lock.settle()


@contextmanager
def _replacing(connection: Connection, lock: Lock, plan: Plan) -> Iterator[str]:
    """Give a new index that takes the place of the present one, or is removed on an exception."""
    index = create_beside(connection, plan.shape)
    try:
        yield index
        lock.check()
        take_place(connection, lock.index, index)
    except BaseException:
        with suppress(IndexUnusable):  # the next writer does
            if find_index(connection) != index:
                remove_index(connection, index)
        raise

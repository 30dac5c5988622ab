"""One commit of an index on a cluster, as a point in time: what is written since does not move its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple

from indexer.cached import cached_property
from indexer.engines.base import BEHIND_COMMIT
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.mapping import FORMAT, META
from indexer.engines.opensearch.statistics import Statistics, scale_of
from indexer.errors import (
    ClusterRefuses,
    ClusterUnreachable,
    CommitGone,
    IndexMissing,
    IndexStale,
    IndexUnusable,
    PartMissing,
)

# How long a cluster keeps a point in time that nothing is asked of, as long as someone may take to read a page: a node
# keeps 300 at most.
KEPT_FOR = "2m"
_NOT_FOUND = 404
_NO_INDEX = "index_not_found_exception"


class Commit(NamedTuple):
    """What the last writer left: the commit's name, and what the index knows besides articles."""

    name: str
    meta: Mapping[str, Any]


class Snapshot:
    """An open point in time. When it is lost, with a node that held a part of it, a new one of the commit is opened."""

    def __init__(self, connection: Connection, commit: Commit, point: str, *, is_named: bool = False) -> None:
        """`is_named`: someone outside knows its name, and may come back."""
        self._connection = connection
        self.commit = commit
        self._point = point
        self._is_named = is_named
        self._renewing = Lock()

    @classmethod
    def newest(cls, connection: Connection) -> Snapshot:
        """Open the newest commit. Raises IndexMissing, IndexUnusable or IndexStale."""
        point = _new_point(connection)
        try:
            return cls(connection, _commit_in(connection, point), point)
        except BaseException:
            _end(connection, point)
            raise

    @classmethod
    def empty(cls, connection: Connection) -> Snapshot:
        """Open an index that cannot be read, as one with nothing in it."""
        return _Empty(connection, Commit("", {}), _new_point(connection))

    @classmethod
    def named(cls, connection: Connection, generation: str) -> Snapshot:
        """Open a commit by its `generation`. Raises CommitGone if neither its point in time nor itself is there."""
        name, _, point = generation.partition(BEHIND_COMMIT)
        if point:
            with suppress(ClusterRefuses):
                return cls(connection, _commit_in(connection, point), point, is_named=True)
        newest = cls.newest(connection)
        if newest.commit.name != name:
            newest.close()
            raise _gone(connection, name)
        return newest

    @property
    def generation(self) -> str:
        """The name of the commit, by which it is found again while its point in time is kept."""
        self._is_named = True
        return f"{self.commit.name}{BEHIND_COMMIT}{self._point}"

    @cached_property
    def statistics(self) -> Statistics:
        """What scores depend on that is the same for all passages."""
        return Statistics(self, scale_of(self._connection.version))

    def search(self, body: Mapping[str, Any]) -> Any:
        """Ask for documents, of all of the index or none, with scores by the statistics of all shards.

        Raises CommitGone if the point in time is lost, and the index has another commit by now.
        """
        point = self._point
        try:
            return _search(self._connection, point, body, repeat=False)
        except (ClusterUnreachable, PartMissing):
            pass
        except ClusterRefuses as error:
            if error.status != _NOT_FOUND:
                raise
        self._renew(point)
        return _search(self._connection, self._point, body)

    def _renew(self, lost: str) -> None:
        """Open another point in time, unless another thread has."""
        with self._renewing:
            if self._point != lost:
                return
            point = _new_point(self._connection)
            if _commit_in(self._connection, point).name != self.commit.name:
                _end(self._connection, point)
                raise _gone(self._connection, self.commit.name)
            self._point = point

    def is_newest(self) -> bool:
        """Tell whether no writer has committed since."""
        found = self._connection.ask("GET", f"/{self._connection.index}/_doc/{META}", missing_ok=True)
        return bool(found) and bool(found["_source"]["row"]["commit"] == self.commit.name)

    def close(self) -> None:
        """Let the cluster forget it, unless someone may come back."""
        if not self._is_named:
            _end(self._connection, self._point)


class _Empty(Snapshot):
    """What finds nothing, whatever there is."""

    def search(self, body: Mapping[str, Any]) -> Any:
        return super().search({**body, "query": {"match_none": {}}})


def _gone(connection: Connection, name: str) -> CommitGone:
    return CommitGone(f"The commit {name} of {connection.location} is not kept any more.")


def _new_point(connection: Connection) -> str:
    path = f"/{connection.index}/_search/point_in_time"
    try:
        answer = connection.ask("POST", path, keep_alive=KEPT_FOR, allow_partial_pit_creation=_allows_parts(connection))
    except ClusterRefuses as error:
        if error.kind != _NO_INDEX:
            raise
        raise IndexMissing(
            f"There is no index at {connection.location}. Build one with: "
            f"wensou index FOLDER --index {connection.location}"
        ) from error
    return str(answer["pit_id"])


def _search(connection: Connection, point: str, body: Mapping[str, Any], *, repeat: bool = True) -> Any:
    return connection.ask(
        "POST",
        "/_search",
        {**body, "pit": {"id": point, "keep_alive": KEPT_FOR}},
        repeat=repeat,
        search_type="dfs_query_then_fetch",
        allow_partial_search_results=_allows_parts(connection),
    )


def _allows_parts(connection: Connection) -> bool:
    return connection.settings.partial


def _end(connection: Connection, point: str) -> None:
    """Give a point in time back; one that cannot be ends by itself."""
    with suppress(IndexUnusable):
        connection.ask("DELETE", "/_search/point_in_time", {"pit_id": [point]}, repeat=False, within_s=2)


def _commit_in(connection: Connection, point: str) -> Commit:
    """Read what a point in time shows to be the last commit. Raises IndexUnusable or IndexStale."""
    body = {"query": {"ids": {"values": [META]}}, "size": 1, "_source": ["row"]}
    hits = _search(connection, point, body)["hits"]["hits"]
    if not hits and connection.unsearched:
        missing = ", ".join(connection.unsearched)
        raise PartMissing(
            f"{connection.location} cannot be searched without {missing}, also with --partial: what the index knows of "
            "itself is there. Start the nodes that are down."
        )
    if not hits:
        raise IndexUnusable(
            f"The index at {connection.location} was not made by wensou, and is left as it is. Give another name."
        )
    row = hits[0]["_source"]["row"]
    if row["format"] != FORMAT:
        raise IndexStale(
            f"The index at {connection.location} has format {row['format']}; this version of wensou reads {FORMAT}. "
            f"Build it anew with: wensou index FOLDER --rebuild --index {connection.location}"
        )
    return Commit(row["commit"], json.loads(row["meta"]))

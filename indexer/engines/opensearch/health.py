"""An index on a cluster -> how it is kept there, how large it is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.engines.base import TERM_FIELDS, ClusterFacts, EngineFacts
from indexer.engines.opensearch.indices import check_format, current_index
from indexer.engines.opensearch.mapping import FORMAT, META, PASSAGES, terms_of
from indexer.errors import PartMissing
from indexer.model import CheckReport

if TYPE_CHECKING:
    from indexer.engines.opensearch.connection import Connection
    from indexer.engines.opensearch.location import Location

# Different terms up to which their number is exact or nearly so, the most that OpenSearch allows; then within some 6 %.
_EXACT = 40_000
_ARTICLES = {"exists": {"field": "passages"}}


class _Shard(NamedTuple):
    """One copy of a shard, with the number and size of its segments."""

    number: int
    is_primary: bool
    segments: int
    size: int


class _Counted(NamedTuple):
    """Articles, the passages that they say they have, and those that there are."""

    articles: int
    noted: int
    passages: int


def facts(connection: Connection) -> EngineFacts:
    """Return what there is of an index, and of the cluster that keeps it."""
    index = current_index(connection)
    shards = _shards(connection, index)
    health = connection.ask("GET", f"/_cluster/health/{index}")
    about = connection.ask("GET", "/")
    settings = connection.ask("GET", f"/{index}/_settings", filter_path="*.settings.index.number_of_*")
    own: Mapping[str, str] = settings[index]["settings"]["index"]
    count = int(own["number_of_shards"])
    primaries = {shard.number: shard for shard in shards if shard.is_primary}
    cluster = ClusterFacts(
        cluster=about["cluster_name"],
        version=about["version"]["number"],
        health=health["status"],
        nodes=health["number_of_data_nodes"],
        shards=count,
        replicas=int(own["number_of_replicas"]),
        shard_bytes=tuple(primaries[number].size if number in primaries else 0 for number in range(count)),
        stored_bytes=sum(shard.size for shard in shards),
    )
    segments, terms = sum(shard.segments for shard in primaries.values()), _terms(connection, index)
    return EngineFacts("opensearch", FORMAT, segments, sum(cluster.shard_bytes), terms, cluster)


def check(location: Location) -> CheckReport:
    """Report shards without a copy, what the index lacks to be read, and whether its articles have their passages.

    Raises IndexMissing, IndexUnusable or IndexStale if there is no index to check.
    """
    from indexer.engines.opensearch.connection import Connection

    connection = Connection(replace(location, settings=replace(location.settings, partial=True)))
    try:
        index = current_index(connection)
        check_format(connection, index)
        missing = connection.missing_parts()
        problems = [f"{part}: no node that runs has a copy of it" for part in missing]
        counted = _count(connection, index)
        problems += _problems(connection, index, counted)
        segments = sum(shard.segments for shard in _shards(connection, index) if shard.is_primary)
        return CheckReport(counted.articles, counted.passages, segments, tuple(problems))
    finally:
        connection.close()


def _problems(connection: Connection, index: str, counted: _Counted) -> Iterator[str]:
    if counted.noted != counted.passages:
        yield f"{index}: its articles note {counted.noted:,} passages, it has {counted.passages:,}"
    try:
        if connection.ask("GET", f"/{index}/_doc/{META}", missing_ok=True) is None:
            yield f"{index}: what it follows is missing, the document {META}"
    except PartMissing:  # which is a problem by itself
        return


def _count(connection: Connection, index: str) -> _Counted:
    sums = {"noted": {"sum": {"field": "passages"}}, "there": {"nested": {"path": PASSAGES}}}
    body = {"size": 0, "track_total_hits": True, "query": _ARTICLES, "aggs": sums}
    try:
        found = connection.ask("POST", f"/{index}/_search", body, allow_partial_search_results=True)
    except PartMissing:  # no part is left
        return _Counted(0, 0, 0)
    totals = found["aggregations"]
    return _Counted(found["hits"]["total"]["value"], int(totals["noted"]["value"]), totals["there"]["doc_count"])


def _shards(connection: Connection, index: str) -> list[_Shard]:
    """Return all copies of shards. (Statistics of stores would be up to ten seconds old.)"""
    parts = ("routing.primary", "segments.*.size_in_bytes")
    filtered = ",".join(f"indices.*.shards.*.{part}" for part in parts)
    found = connection.ask("GET", f"/{index}/_segments", filter_path=filtered)
    shards: Mapping[str, Any] = found.get("indices", {}).get(index, {}).get("shards", {})
    return [
        _Shard(int(number), copy["routing"]["primary"], len(segments), sum(one["size_in_bytes"] for one in segments))
        for number, copies in shards.items()
        for copy in copies
        for segments in [copy.get("segments", {}).values()]
    ]


def _terms(connection: Connection, index: str) -> dict[str, int]:
    counts = {
        name: {"cardinality": {"field": f"{PASSAGES}.{terms_of(name)}", "precision_threshold": _EXACT}}
        for name in TERM_FIELDS
    }
    body = {"size": 0, "aggs": {"passages": {"nested": {"path": PASSAGES}, "aggs": counts}}}
    found = connection.ask("POST", f"/{index}/_search", body)["aggregations"]["passages"]
    return {name: int(found[name]["value"]) for name in TERM_FIELDS}

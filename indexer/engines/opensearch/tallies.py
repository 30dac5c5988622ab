"""What is counted beside a page: aggregations for totals, counts and facets, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from indexer.engines.base import FACETS, MOST_COUNTED, Request
from indexer.engines.opensearch.mapping import DAYS, PASSAGES
from indexer.engines.opensearch.matching import Matching

Json = dict[str, Any]
Values = tuple[tuple[str, int], ...]

# Values of a facet in one response: a cluster lets 65,535 buckets be in one, unless told.
_VALUES = 10_000


def aggregations(request: Request, matching: Matching) -> Json:
    """Return what counts all that a ranking tells besides its page."""
    asked: Json = {"articles": {"filter": {"match_all": {}}}, "passages": _in_passages(matching.found(request.rank))}
    if request.counts:
        filters = {"filters": {"filters": [matching.articles(node) for node in request.counts]}}
        asked["counts"] = {"global": {}, "aggs": {"by_node": filters}}
    return asked | {f"facet_{name}": facet(name, matching) for name in request.facets}


def _in_passages(query: Json, **aggs: Json) -> Json:
    inner = {"filter": query} | ({"aggs": aggs} if aggs else {})
    return {"nested": {"path": PASSAGES}, "aggs": {"inside": inner}}


def facet(name: str, matching: Matching, part: Json | None = None) -> Json:
    """Return what counts articles by value; `part` chooses some of the values. Raises ValueError if it is no facet."""
    if name not in FACETS:
        raise ValueError(f"{name} is no facet.")
    if name in DAYS:
        return {"terms": _terms(name, part)}
    by_value = {"terms": _terms(f"{PASSAGES}.{name}", part), "aggs": {"articles": {"reverse_nested": {}}}}
    return _in_passages(matching.looked(), by_value=by_value)


def _terms(field: str, part: Json | None) -> Json:
    return {"field": field, "size": _VALUES, "shard_size": _VALUES} | ({"include": part} if part else {})


class Tallies:
    """Reads what was counted."""

    def __init__(self, response: Json) -> None:
        self._found: Mapping[str, Any] = response["aggregations"]

    @property
    def articles(self) -> int:
        count: int = self._found["articles"]["doc_count"]
        return count

    @property
    def passages(self) -> int:
        count: int = self._found["passages"]["inside"]["doc_count"]
        return count

    @property
    def counts(self) -> tuple[int, ...]:
        if "counts" not in self._found:
            return ()
        return tuple(min(one["doc_count"], MOST_COUNTED) for one in self._found["counts"]["by_node"]["buckets"])

    def facet(self, name: str, ask_part: Callable[[Json], Json]) -> Values:
        """Return a facet's values, most articles first, then by value.

        If there are too many for one response, `ask_part` returns what the aggregation says of a part of them.
        """
        parts = _parts(self._found[f"facet_{name}"], ask_part)
        pairs = (pair for part in parts for pair in _pairs(part))
        return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _parts(whole: Json, ask_part: Callable[[Json], Json]) -> list[Json]:
    """Return the parts of an aggregation, each of which has all of its values."""
    parts = [whole]
    while not all(map(_is_complete, parts)):
        count = 4 * len(parts)
        parts = [ask_part({"partition": i, "num_partitions": count}) for i in range(count)]
    return parts


def _is_complete(facet: Json) -> bool:
    terms = _by_value(facet)
    return not terms["sum_other_doc_count"] and not terms["doc_count_error_upper_bound"]


def _by_value(facet: Json) -> Json:
    terms: Json = facet["inside"]["by_value"] if "inside" in facet else facet
    return terms


def _pairs(facet: Json) -> Iterator[tuple[str, int]]:
    for bucket in _by_value(facet)["buckets"]:
        yield bucket["key"], bucket.get("articles", bucket)["doc_count"]

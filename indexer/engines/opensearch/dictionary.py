"""The terms of a field by their beginning, by what stands at each place, or near a spelling: most frequent first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from indexer.engines.base import TERM_FIELDS
from indexer.engines.opensearch import likeness
from indexer.engines.opensearch.mapping import PASSAGES, document_id, terms_of

Counted = list[tuple[str, int]]

# Terms that a shard tells of at first, a multiple of what is asked for: those of most passages in all shards are among
# those of most passages in each, but for fields in which few terms are frequent.
_SURPLUS = 4
_FEWEST = 100
# A cluster gives 65,535 buckets at most, unless it is set otherwise.
_MOST = 50_000
# Terms, or beginnings, that are asked for in one request; a cluster takes 1,024 conditions at most.
_AT_ONCE = 1000


class Searching(Protocol):
    """An open commit."""

    def search(self, body: dict[str, Any]) -> Any:
        """Return the answer of the cluster to one request."""


class _Those(NamedTuple):
    """Terms of a field: what they look like, as a condition of passages and as an expression for whole terms."""

    field: str
    condition: Mapping[str, Any]
    pattern: str = ""
    articles: tuple[str, ...] | None = None  # by the names of their documents; None: all


class _Page(NamedTuple):
    """Terms that shards told of, most frequent first, with how many passages too few each may have at most.

    `unseen` is how many passages any other term may have.
    """

    found: Sequence[tuple[str, int, int]]
    unseen: int


class Dictionary:
    """The terms of an index at one commit, counted by the passages that are not deleted."""

    def __init__(self, snapshot: Searching) -> None:
        self._snapshot = snapshot

    def terms(self, field: str, prefix: str, limit: int) -> Counted:
        """Return the terms that begin so, with how many passages hold each."""
        return self._commonest(_beginning(field, prefix), limit)

    def terms_like(
        self, field: str, places: Sequence[str], limit: int, *, free: int = 0, is_open: bool = False
    ) -> Counted:
        """Return the terms with one of `places[i]` as their i-th character, all but `free` of them, likewise."""
        return self._matching(field, likeness.resembling(places, free, is_open=is_open), limit)

    def terms_near(self, field: str, term: str, limit: int, *, distance: int = 1, kept: int = 0) -> Counted:
        """Return the terms that a Fuzzy stands for, likewise."""
        return self._matching(field, likeness.near(term, distance, kept), limit)

    def terms_fitting(self, field: str, pattern: str, limit: int) -> Counted:
        """Return the terms that a Pattern stands for, likewise."""
        return self._matching(field, likeness.fitting(pattern), limit)

    def passages_with(self, field: str, term: str) -> int:
        """Return how many passages hold a term."""
        return self.passages_with_each([(field, term)])[0]

    def passages_with_each(self, terms: Sequence[tuple[str, str]]) -> list[int]:
        """Return how many passages hold each of some terms of fields: `passages_with` of many at once."""
        return [
            count
            for start in range(0, len(terms), _AT_ONCE)
            for count in self._counts([_holding(*one) for one in terms[start : start + _AT_ONCE]])
        ]

    def holds(self, field: str, term: str) -> bool:
        """Tell whether a passage holds a term."""
        query = {"nested": {"path": PASSAGES, "query": _holding(field, term)}}
        found = self._snapshot.search({"size": 0, "terminate_after": 1, "track_total_hits": True, "query": query})
        return bool(found["hits"]["total"]["value"])

    def frequent_terms(
        self, field: str, prefixes: Sequence[str], at_least: int, among: Collection[str] | None = None
    ) -> dict[str, int]:
        """Return the values that begin so and are in `at_least` passages of some articles, with how many."""
        articles = None if among is None else tuple(map(document_id, among))
        found: dict[str, int] = {}
        for start in range(0, len(prefixes), _AT_ONCE):
            those = _begun(field, prefixes[start : start + _AT_ONCE])._replace(articles=articles)
            found.update(self._commonest(those, None, at_least))
        return found

    def _matching(self, field: str, pattern: str, limit: int) -> Counted:
        if not pattern:
            return []
        return self._commonest(_Those(field, {"regexp": {_indexed(field): {"value": pattern}}}, pattern), limit)

    def _counts(self, conditions: Sequence[Mapping[str, Any]]) -> list[int]:
        either = {"bool": {"should": conditions}}
        found = self._ask(either, {"filters": {"filters": conditions}})
        return [bucket["doc_count"] for bucket in found["buckets"]]

    def _commonest(self, those: _Those, limit: int | None, at_least: int = 1) -> Counted:
        """Return the terms that most passages hold, as few as `limit`, that are in `at_least` passages."""
        if limit is not None and limit <= 0:
            return []
        width = _MOST if limit is None else max(_SURPLUS * limit, _FEWEST)
        while width <= _MOST:
            page = self._page(those, width)
            best = [(term, count) for term, count, _ in page.found if count >= at_least][:limit]
            least = best[-1][1] if len(best) == limit else at_least - 1
            rest = max((count + lacking for _, count, lacking in page.found[len(best) :]), default=0)
            if max(rest, page.unseen) <= least and not any(lacking for _, _, lacking in page.found[: len(best)]):
                return best
            width *= 8
        every = sorted(self._every(those), key=lambda counted: (-counted[1], counted[0]))
        return [(term, count) for term, count in every if count >= at_least][:limit]

    def _page(self, those: _Those, width: int) -> _Page:
        """Return the terms that `width` in each shard are among the most frequent."""
        asked = {"field": _listed(those.field), "size": width, "shard_size": width, "show_term_doc_count_error": True}
        if those.pattern:
            asked["include"] = those.pattern
        found = self._ask(those.condition, {"terms": asked}, those.articles)
        lacking = "doc_count_error_upper_bound"
        terms = [(bucket["key"], bucket["doc_count"], bucket[lacking]) for bucket in found["buckets"]]
        unseen = found[lacking] + (terms[-1][1] if found["sum_other_doc_count"] and len(terms) == width else 0)
        return _Page(terms, unseen)

    def _ask(
        self, condition: Mapping[str, Any], aggregation: Mapping[str, Any], articles: Collection[str] | None = None
    ) -> Any:
        """Return what an aggregation finds in the passages that a condition matches."""
        body = _over(condition, {"here": {"filter": condition, "aggs": {"those": aggregation}}}, articles)
        return self._snapshot.search(body)["aggregations"]["passages"]["here"]["those"]

    def _every(self, those: _Those) -> Iterator[tuple[str, int]]:
        """Yield all terms with how many passages hold each, in order; for when there are too many for one answer."""
        fits = re.compile(those.pattern or ".*", re.DOTALL).fullmatch
        source = {"term": {"terms": {"field": _listed(those.field)}}}
        after: Mapping[str, Any] = {}
        while True:
            asked = {"size": _MOST, "sources": [source], **({"after": after} if after else {})}
            body = _over(those.condition, {"those": {"composite": asked}}, those.articles)
            page = self._snapshot.search(body)["aggregations"]["passages"]["those"]
            yield from (
                (bucket["key"]["term"], bucket["doc_count"])
                for bucket in page["buckets"]
                if fits(bucket["key"]["term"])
            )
            if "after_key" not in page:
                return
            after = page["after_key"]


def _over(
    condition: Mapping[str, Any], aggregations: Mapping[str, Any], articles: Collection[str] | None = None
) -> dict[str, Any]:
    """Return a request that looks at passages only, of the articles with one that a condition matches, or some."""
    having = {"nested": {"path": PASSAGES, "query": condition}}
    these = {"ids": {"values": articles}}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": having if articles is None else {"bool": {"filter": [these, having]}},
        "aggs": {"passages": {"nested": {"path": PASSAGES}, "aggs": aggregations}},
    }


def _beginning(field: str, prefix: str) -> _Those:
    if not prefix:
        return _Those(field, {"match_all": {}})
    return _Those(field, {"prefix": {_indexed(field): {"value": prefix}}}, likeness.beginning(prefix))


def _begun(field: str, prefixes: Sequence[str]) -> _Those:
    if len(prefixes) == 1:
        return _beginning(field, prefixes[0])
    conditions = [{"prefix": {_indexed(field): {"value": prefix}}} for prefix in prefixes]
    return _Those(field, {"bool": {"should": conditions}}, likeness.beginning_in_one_way(prefixes))


def _holding(field: str, term: str) -> dict[str, Any]:
    return {"term": {_indexed(field): {"value": term}}}


def _indexed(field: str) -> str:
    """Return the name of what finds passages by a field."""
    return f"{PASSAGES}.{field}"


def _listed(field: str) -> str:
    """Return the name of what tells a passage's different terms, or keywords."""
    return f"{PASSAGES}.{terms_of(field) if field in TERM_FIELDS else field}"

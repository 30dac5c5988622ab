"""Request -> the bodies of searches that answer it."""

from __future__ import annotations

from typing import Any

from indexer.engines.base import PREFERENCE, Request
from indexer.engines.opensearch import details, orders
from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.mapping import PASSAGES
from indexer.engines.opensearch.matching import Matching, nested
from indexer.engines.opensearch.queries import Queries
from indexer.engines.opensearch.tallies import aggregations, facet
from indexer.nodes import Node

Json = dict[str, Any]

# What responses call the best passages of an article, and the first one that is looked at.
BEST, FIRST = "best", "first"

# What is read of a passage; for its details, more.
_STORED = (f"{PASSAGES}.id", f"{PASSAGES}.payload")

_BY_SCORE = {"_score": {"order": "desc"}}
_BY_NUMBER = {f"{PASSAGES}.number": {"order": "asc"}}


class Bodies:
    """Makes the bodies of one request, of whose nodes `context` knows what they need.

    `scored` is what scores passages: all that ranks them, or the most telling part of that.
    """

    def __init__(self, request: Request, context: Context, scored: Node) -> None:
        self._request = request
        self._scored = scored
        self._matching = Matching(Queries(context), request.passages)

    def page(self, size: int, inner: int, *, start: int = 0, behind: list[Any] | None = None) -> Json:
        """Return what asks for `size` articles from `start` on, or behind some values, with `inner` passages each."""
        body = self._sorted(self._query(inner), size, start, behind)
        body["_source"] = ["row"]
        return body

    def places(self, size: int, behind: list[Any] | None) -> Json:
        """Return what asks for the places of `size` articles only."""
        return self._sorted(self._query(0), size, 0, behind) | {"_source": False}

    def firsts(self, names: list[str]) -> Json:
        """Return what asks for the first passage that is looked at of each of some documents."""
        first = nested(self._matching.looked(), score_mode="none", **self._inner(FIRST, 1, [_BY_NUMBER]))
        query = {"bool": {"filter": [{"ids": {"values": names}}, first]}}
        return {"size": len(names), "track_total_hits": False, "query": query, "_source": False}

    def totals(self) -> Json:
        """Return what is added to a page, or asked by itself, for all that is counted."""
        return {"aggs": aggregations(self._request, self._matching)}

    def counting(self) -> Json:
        """Return what asks for no articles, but for all that is counted."""
        return {"size": 0, "track_total_hits": False, "query": self._articles()} | self.totals()

    def facet_part(self, name: str, part: Json) -> Json:
        """Return what asks for a part of a facet's values."""
        aggs = {"facet": facet(name, self._matching, part)}
        return {"size": 0, "track_total_hits": False, "query": self._articles(), "aggs": aggs}

    def _sorted(self, query: Json, size: int, start: int, behind: list[Any] | None) -> Json:
        sort = self._request.sort
        body: Json = {"size": size, "track_total_hits": False, "query": query, "sort": orders.clauses(sort)}
        if self._request.by_passage and self._request.match is not None:
            body["post_filter"] = self._matching.holding(self._request.rank)
        if sort != "relevance":
            body["track_scores"] = True
        return body | ({"from": start} if behind is None else {"search_after": behind})

    def _articles(self) -> Json:
        """Return what matches the articles that the request does, without scores."""
        match = self._request.match
        return self._matching.holding(self._request.rank) if match is None else self._matching.articles(match)

    def _query(self, inner: int) -> Json:
        """Return what matches and scores articles, with `inner` passages of each."""
        request = self._request
        ranked = nested(self._matching.scored(self._scored), score_mode="max", **self._best(inner))
        query = ranked
        if request.match is not None or self._scored != request.rank:
            query = {"bool": {"filter": [self._articles()], "should": [ranked]}}
        return query if request.prefer is None else self._preferring(query, self._matching.articles(request.prefer))

    def _preferring(self, query: Json, preferred: Json) -> Json:
        functions = [{"filter": preferred, "weight": 1 + PREFERENCE}]
        return {"function_score": {"query": query, "functions": functions, "boost_mode": "multiply"}}

    def _best(self, size: int) -> Json:
        if not size:
            return {}
        return self._inner(
            BEST, size, [_BY_NUMBER, _BY_SCORE] if is_by_number(self._request) else [_BY_SCORE, _BY_NUMBER]
        )

    def _inner(self, name: str, size: int, sort: list[Json]) -> Json:
        read: Json = {"_source": False, "stored_fields": _STORED}
        if self._request.details:
            read |= {"stored_fields": [*_STORED, *details.STORED], "docvalue_fields": details.VALUES}
        return {"inner_hits": {"name": name, "size": size, "sort": sort, **read}}


def is_by_number(request: Request) -> bool:
    """Tell whether the best passages of an article are those that come first in it; their scores do not count then."""
    return request.by_passage and request.sort == "title"

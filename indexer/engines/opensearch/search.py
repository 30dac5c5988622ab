"""Request -> Ranking, over one snapshot: in one response, unless it asks for very much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from indexer.engines.base import RankedArticle, Ranking, Request
from indexer.engines.opensearch import orders
from indexer.engines.opensearch.answers import Answers, Found, best_of, first_of
from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.lightening import lightened
from indexer.engines.opensearch.requests import Bodies
from indexer.engines.opensearch.statistics import Statistics
from indexer.engines.opensearch.tallies import Tallies
from indexer.errors import ClusterRefuses, UsageError
from indexer.nodes import Node

Json = dict[str, Any]

# What a cluster says of a query with too many conditions.
_TOO_MANY = "too_many_nested_clauses"

# How far a cluster lets a page be from the beginning, unless told; what is behind is gone on to.
_WINDOW = 10_000
# Articles of one response: a thousand with three passages each take about five megabytes.
_AT_ONCE = 1000
# Passages of an article in one response, unless it turns out to have more; a cluster makes room for each beforehand.
_PASSAGES, _ALL_PASSAGES = 100, 100_000


def search(statistics: Statistics, request: Request) -> Ranking:
    """Answer a request exactly, over the snapshot that the statistics are of. Raises UsageError if it is too long."""
    chosen = [node for node in (request.match, request.passages, request.prefer) if node is not None]
    scored = lightened(request.rank, statistics)
    context = Context(statistics, [request.rank], [*chosen, *request.counts], request.details)
    try:
        return _Question(statistics.snapshot.search, request, context, scored).ranking()
    except ClusterRefuses as error:
        if _TOO_MANY not in str(error):
            raise
        raise UsageError(
            "The query has more words than this cluster looks for at once (1,024 conditions, unless it is set "
            "otherwise). Search for a part of it, or with fewer words that have to be there."
        ) from error


class _Question:
    """One request while it is answered."""

    def __init__(self, ask: Callable[[Json], Json], request: Request, context: Context, scored: Node) -> None:
        self._ask = ask  # sends the body of a search, returns the response
        self._request = request
        self._context = context
        self._bodies = Bodies(request, context, scored)
        self._answers = Answers(request, context)
        self._tallies: Tallies | None = None

    def ranking(self) -> Ranking:
        articles: tuple[RankedArticle, ...] = ()
        if self._request.limit:
            articles = tuple(self._passages() if self._request.by_passage else self._articles())
        tallies = self._tallies or self._tallied(self._ask(self._bodies.counting()))
        return Ranking(
            articles=articles,
            total=tallies.articles,
            passages_total=tallies.passages,
            total_is_exact=True,
            counts=tallies.counts,
            facets={name: tallies.facet(name, self._part(name)) for name in self._request.facets},
            cut=tuple(self._context.cut),
        )

    def _part(self, name: str) -> Callable[[Json], Json]:
        def ask(part: Json) -> Json:
            found: Json = self._ask(self._bodies.facet_part(name, part))["aggregations"]["facet"]
            return found

        return ask

    def _tallied(self, response: Json) -> Tallies:
        self._tallies = Tallies(response)
        return self._tallies

    # Articles

    def _articles(self) -> Iterator[RankedArticle]:
        """Yield the articles of the page."""
        start, left = self._request.offset, self._request.limit
        behind = None if self._request.after is None else orders.behind(self._request.sort, self._request.after)
        if start and (behind is not None or start + min(left, _AT_ONCE) > _WINDOW):
            behind = self._skip(start, behind)
            if behind is None:
                return
            start = 0
        while left:
            size = min(left, _AT_ONCE)
            hits = self._page(size, self._request.per_article, start, behind)
            firsts = self._firsts([hit["_id"] for hit in hits if not best_of(hit)])
            yield from (self._answers.article(hit, firsts.get(hit["_id"])) for hit in hits)
            left -= len(hits)
            if len(hits) < size:
                return
            start, behind = 0, hits[-1]["sort"]

    def _skip(self, count: int, behind: list[Any] | None) -> list[Any] | None:
        """Return the values of the article that is `count` behind some others; None if there are not as many."""
        while count:
            size = min(count, _WINDOW)
            hits = self._ask(self._bodies.places(size, behind))["hits"]["hits"]
            if len(hits) < size:
                return None
            count, behind = count - size, hits[-1]["sort"]
        return behind

    def _firsts(self, names: list[str]) -> dict[str, Mapping[str, Any]]:
        """Return the first passage that is looked at of each of some documents: what is told if none is ranked.

        These are few, mostly none: to ask for them with every page takes a fifth of its time.
        """
        hits = self._ask(self._bodies.firsts(names))["hits"]["hits"] if names else ()
        return {hit["_id"]: first_of(hit) for hit in hits}

    def _page(self, size: int, per_article: int, start: int, behind: list[Any] | None) -> list[Json]:
        """Return articles with as many passages as are asked for. The first page has what is counted as well."""
        inner = min(per_article, _PASSAGES)
        body = self._bodies.page(size, inner, start=start, behind=behind)
        response = self._ask(body if self._tallies else body | self._bodies.totals())
        if not self._tallies:
            self._tallied(response)
        hits: list[Json] = response["hits"]["hits"]
        if inner < per_article and any(len(best_of(hit)) == inner for hit in hits):
            inner = min(per_article, _ALL_PASSAGES)
            hits = self._ask(self._bodies.page(size, inner, start=start, behind=behind))["hits"]["hits"]
        return hits

    # Passages that are results by themselves

    def _passages(self) -> Iterator[RankedArticle]:
        """Yield the passages of the page, each as an article.

        The best n passages are in the best n articles, since those of any other one come after the best of these.
        """
        wanted = self._request.offset + self._request.limit
        best: list[Found] = []
        behind = None if self._request.after is None else orders.before(self._request.sort, self._request.after)
        while True:
            size = min(wanted, _AT_ONCE)
            hits = self._page(size, self._most_passages(wanted), 0, behind)
            found = [one for hit in hits for one in self._answers.passages(hit)]
            best = sorted([*best, *filter(self._is_behind, found)], key=self._place)[:wanted]
            if len(hits) < size or (len(best) == wanted and self._place(best[-1]) <= self._place_of(hits[-1])):
                break
            behind = hits[-1]["sort"]
        return map(self._answers.by_itself, best[self._request.offset :])

    def _most_passages(self, wanted: int) -> int:
        """Return how many passages of an article may be needed: those before the beginning of the page come first."""
        return wanted if self._request.after is None else _ALL_PASSAGES

    def _is_behind(self, found: Found) -> bool:
        after = self._request.after
        return after is None or self._place(found) > orders.place(self._request.sort, after)

    def _place(self, found: Found) -> orders.Place:
        return orders.place(self._request.sort, found.after)

    def _place_of(self, hit: Json) -> orders.Place:
        """Return the place of an article's best passage."""
        return min(map(self._place, self._answers.passages(hit)))

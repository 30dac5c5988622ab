"""A request and where its page begins -> the page, and the cursor of the next one."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import NamedTuple

from indexer.engines.base import MOST_COUNTED, After, Engine, Ranking, Request
from indexer.nodes import found_by
from search.cursors import Cursor
from search.folding import Join, Page, Shown, ask, ask_plainly
from search.planner import Plan

# Passages that score less than this part of the best are of what comes below: that is a millionth (`search.crossing`).
_BELOW = 1e-4


class Asking(NamedTuple):
    """Which page of an answer is asked for, in which shape."""

    limit: int
    offset: int = 0
    sort: str = "relevance"
    passages: bool = False
    facets: tuple[str, ...] = ()
    copies: bool = False
    cursor: Cursor | None = None
    stories: bool = False

    def ask(self, engine: Engine, planned: Plan, join: Join | None = None) -> tuple[Page, Cursor | None]:
        """Return the page, and the cursor of the next; an empty one if there is nothing to ask for."""
        if planned.is_empty:
            return _NO_PAGE, None
        if planned.is_below and planned.own and self.sort == "relevance" and not self.facets and join is None:
            found = self._above(engine, planned, planned.own)
            if found is not None:
                return found
        page, following = ask_page(engine, self._request(planned), self.cursor, join, plainly=self.copies)
        if planned.is_below:
            page = page._replace(shown=tuple([_of_one_language(shown) for shown in page.shown]))
        return page, following

    def _request(self, planned: Plan) -> Request:
        request = planned.request(sort=self.sort, limit=self.limit, offset=self.offset)
        return replace(request, by_passage=self.passages, facets=self.facets)

    def _above(self, engine: Engine, planned: Plan, own: Plan) -> tuple[Page, Cursor | None] | None:
        """Return the page if none of it is of what comes below `own`: then that is only counted, not ranked.

        None if some of it may be.
        """
        page, following = ask_page(engine, self._request(own), self.cursor, None, plainly=self.copies)
        if following is None:
            return None
        request = self._request(planned)
        every = engine.search(replace(request, rank=found_by(request.rank), limit=0, offset=0, counts=(), prefer=None))
        counts = page.ranking.counts
        place = len(own.asked) + 1
        ranking = replace(
            page.ranking,
            total=every.total,
            passages_total=every.passages_total,
            total_is_exact=every.total_is_exact,
            counts=(*counts[:place], min(page.ranking.total, MOST_COUNTED), *counts[place:]),
        )
        return page._replace(ranking=ranking), following


def _of_one_language(shown: Shown) -> Shown:
    """Return an article that the query itself finds without its passages that come below, on whatever page it is."""
    article = copy(shown.article)
    article.passages = tuple([one for one in article.passages if one.score >= _BELOW * article.passages[0].score])
    return shown._replace(article=article)


_NO_PAGE = Page((), Ranking((), 0, 0, True, ()), 0)


def ask_page(
    engine: Engine, request: Request, cursor: Cursor | None, join: Join | None = None, *, plainly: bool
) -> tuple[Page, Cursor | None]:
    """Answer a request; return the page, and the cursor of the next, None behind the last.

    The page begins at the request's offset, or where a cursor says: at the commit that the cursor names by the number
    of results shown before, at another one behind the last of them. Near copies are folded unless `plainly`, and
    reports joined if `join` is given; neither if the pages before were of another commit: then whether what stands
    here was folded or joined on these is not known.
    """
    generation = engine.generation()
    if cursor is not None and (cursor.is_behind or cursor.generation != generation):
        page = ask_plainly(engine, replace(request, offset=0, after=cursor.after, limit=request.limit + 1))
        has_more, shown = len(page.shown) > request.limit, page.shown[: request.limit]
        return page._replace(shown=shown), _next(generation, request, shown, cursor.offset, has_more, is_behind=True)
    if cursor is not None:
        request = replace(request, offset=cursor.offset)
    is_plain = request.by_passage or (plainly and join is None)
    page = ask_plainly(engine, request) if is_plain else ask(engine, request, join, folds=not plainly)
    ranking = page.ranking
    results = ranking.passages_total if request.by_passage else page.places
    is_full = len(page.shown) == request.limit
    has_more = is_full and (not ranking.total_is_exact or request.offset + request.limit < results)
    return page, _next(generation, request, page.shown, request.offset, has_more)


def _next(
    generation: str, request: Request, shown: tuple[Shown, ...], before: int, has_more: bool, is_behind: bool = False
) -> Cursor | None:
    if not shown or not has_more:
        return None
    return Cursor(generation, before + len(shown), _place(shown[-1], request.sort), is_behind)


def _place(shown: Shown, sort: str) -> After:
    """Return where a result stands: by relevance that is the place of the best of the copies it stands for."""
    if sort != "relevance":
        return shown.article.after
    return min((shown.article, *shown.near), key=lambda one: (-one.score, one.article_id)).after

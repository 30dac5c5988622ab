"""Request -> the answer of an engine; among its best articles near copies are folded, and reports joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.engines.base import Engine, RankedArticle, Ranking, Request
from search.rerank import ranked

# Articles, from the best on, among which near copies are folded and reports of one event are joined.
FOLDED = 100


class Shown(NamedTuple):
    """An article on a page, the near copies that it stands for, and other reports of the event that it tells of."""

    article: RankedArticle
    near: tuple[RankedArticle, ...] = ()
    others: tuple[Shown, ...] = ()


# Puts reports of one event together, in the place of the first of them.
Join = Callable[[Sequence[Shown]], Sequence[Shown]]


class Page(NamedTuple):
    """The articles on a page, in order, and the answer that they are from.

    `folded` are the near copies that stand with another article, on any page; not counted if no article of this one
    has any. `joined` are the articles that stand with another report of the same event.
    """

    shown: tuple[Shown, ...]
    ranking: Ranking
    folded: int
    joined: int = 0

    @property
    def places(self) -> int:
        """How many articles of the whole answer are shown in a place of their own."""
        return self.ranking.total - self.folded - self.joined


def ask(engine: Engine, request: Request, join: Join | None = None, *, folds: bool = True) -> Page:
    """Answer a request; near copies are folded if `folds`, and what is left is joined by `join`.

    Pages of one request hold every article once, be it as a near copy of another one or in its event.
    """
    if not request.limit:
        return Page((), engine.search(request), 0)
    last = request.offset + request.limit
    few = last < FOLDED and join is None
    best = ranked(engine, replace(request, offset=0, limit=last if few else FOLDED), further=True)
    if few:
        # Where none of these has a copy, folding changes none of their places.
        if not any(article.label("story") for article in best.articles[:last]):
            return Page(tuple(map(Shown, best.articles[request.offset : last])), best, 0)
        if len(best.articles) == last:
            uncounted = replace(request, offset=0, limit=FOLDED, counts=(), facets=())
            best = replace(best, articles=ranked(engine, uncounted).articles)
    folded = fold_copies(best.articles, in_place=request.sort != "relevance") if folds else _each(best.articles)
    joined = join(folded) if join else folded
    shown = list(joined[request.offset : request.offset + request.limit])
    left = request.limit - len(shown)
    if left and len(best.articles) == FOLDED:
        after = FOLDED + max(0, request.offset - len(joined))
        more = engine.search(replace(request, offset=after, limit=left, counts=(), facets=())).articles
        shown += map(Shown, more)
    return Page(tuple(shown), best, len(best.articles) - len(folded), len(folded) - len(joined))


def ask_plainly(engine: Engine, request: Request) -> Page:
    """Answer a request without folding anything."""
    ranking = ranked(engine, request)
    return Page(tuple(_each(ranking.articles)), ranking, 0)


def _each(articles: Sequence[RankedArticle]) -> list[Shown]:
    return [Shown(article) for article in articles]


def fold_copies(articles: Sequence[RankedArticle], *, in_place: bool) -> list[Shown]:
    """Show of the articles of each story the earliest, in the place of the first, or if `in_place` in its own one."""
    keys = [article.label("story") or article.article_id for article in articles]
    groups: dict[str, list[RankedArticle]] = defaultdict(list)
    for key, article in zip(keys, articles, strict=True):
        groups[key].append(article)
    earliest = {key: _earliest(group) for key, group in groups.items()}
    return [
        Shown(earliest[key], tuple(one for one in groups[key] if one is not earliest[key]))
        for key, article in zip(keys, articles, strict=True)
        if article is (earliest[key] if in_place else groups[key][0])
    ]


def _earliest(group: Sequence[RankedArticle]) -> RankedArticle:
    if len(group) == 1:
        return group[0]
    from indexer.stories.evidence import earliness_of  # which most searches need not wait for

    return min(group, key=lambda article: earliness_of(article.row))

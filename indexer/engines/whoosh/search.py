"""Request -> Ranking, over one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.base import MOST_COUNTED, PREFERENCE, Ranked, RankedArticle, Ranking, Request
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.facets import facet_counts
from indexer.engines.whoosh.scorers import Matches, Scorer
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot
from indexer.engines.whoosh.top import best_passages
from indexer.nodes import AllOf, AnyOf, Node, Not

# Passages counted at once, at least; all are, unless there would be far more articles than are counted.
_COUNTED_AT_ONCE = 1 << 18
# Articles up to which the other conditions of a conjunction are looked up, instead of evaluated for all.
_LOOKED_UP = 2000
# Matching passages up to which each is scored by itself.
_FEW = 500


def search(snapshot: Snapshot, request: Request) -> Ranking:
    """Answer a request exactly."""
    return _Question(snapshot, request).ranking()


class _Count(NamedTuple):
    articles: int
    passages: int
    is_exact: bool


class _Question:
    """One request while it is answered."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._request = request
        self._compiler = Compiler(snapshot)
        self._rank = self._compiler.scorer(request.rank)
        self._looked_at = None if request.passages is None else self._compiler.scorer(request.passages)
        self._matched: Mask | None = None  # by article, when all have been looked at
        self._few: Ints | None = None  # the passages that match, if they are few
        self._wanted = request.offset + request.limit

    def ranking(self) -> Ranking:
        request = self._request
        exactly = request.sort != "relevance" or bool(request.facets)
        if request.match is None and not exactly and self._looked_at is None:
            page = self._page()  # counting then has less to read
            count = self._counted(exactly)
        else:
            count = self._counted(exactly)
            page = self._page()
        return Ranking(
            articles=self._ranked_articles(page),
            total=count.articles,
            passages_total=count.passages,
            total_is_exact=count.is_exact,
            counts=tuple(self._count_of(node) for node in request.counts),
            facets={name: facet_counts(self._snapshot, name, *self._every_match) for name in request.facets},
            cut=tuple(self._compiler.cut),
        )

    # Which articles match

    def _counted(self, exactly: bool) -> _Count:
        """Count articles and passages, stretch by stretch, until there are enough."""
        mask = np.zeros(self._snapshot.articles, bool)
        articles = 0
        found: list[Ints] = []
        if not exactly and self._request.match is None and self._looked_at is None:
            common = self._rank.commonest()
            enough = self._first_articles(common) if common.cost >= MOST_COUNTED else None
            if enough is not None:
                return enough
        for low, high, first, last in self._stretches(exactly):
            passages = self._looked(self._rank.passages(low, high))
            if self._request.match is None:
                mask[self._snapshot.articles_of(passages)] = True
            else:
                mask[first:last] = self._matching(self._request.match, low, high, first, last)
                passages = passages[mask[self._snapshot.articles_of(passages)]]
            found.append(passages)
            articles += int(np.count_nonzero(mask[first:last]))
            if articles >= MOST_COUNTED and high < self._snapshot.size and not exactly:
                return _Count(articles, sum(map(len, found)), False)
        self._matched = mask
        passages_total = sum(map(len, found))
        if passages_total <= _FEW:
            self._few = np.concatenate([*found, np.empty(0, np.int64)])
        return _Count(articles, passages_total, True)

    def _first_articles(self, scorer: Scorer) -> _Count | None:
        """Count articles that a scorer matches up to MOST_COUNTED; None if there are not as many."""
        size = self._snapshot.size
        high = min(size, 2 * MOST_COUNTED * size // scorer.cost)
        while True:
            high = int(self._snapshot.first_passages(self._snapshot.articles_of(np.array([high - 1])) + 1)[0])
            passages = scorer.passages(0, high)
            articles = self._snapshot.articles_of(passages)
            count = int(np.count_nonzero(articles[1:] != articles[:-1])) + 1 if len(articles) else 0
            if count >= MOST_COUNTED:
                return _Count(count, len(passages), False) if high < size else None
            if high == size:
                return None
            high = min(size, 4 * high)

    def _stretches(self, exactly: bool) -> Iterator[tuple[int, int, int, int]]:
        """Yield passages and articles from, to: all at once, or what should hold enough articles, and the double."""
        snapshot = self._snapshot
        if not snapshot.articles:
            return
        cost = self._rank.cost if self._request.match is None else self._compiler.scorer(self._request.match).cost
        size = snapshot.size
        if not exactly and cost > 4 * MOST_COUNTED:
            size = max(_COUNTED_AT_ONCE, 2 * MOST_COUNTED * snapshot.size // cost)
        if 2 * size >= snapshot.size:
            size = snapshot.size
        low = first = 0
        while first < snapshot.articles:
            end = min(low + size, snapshot.size)
            last = snapshot.articles
            if end < snapshot.size:
                last = int(snapshot.articles_of(np.array([end]))[0])
            last = max(last, first + 1)
            high = int(snapshot.first_passages(np.array([last]))[0])
            yield low, high, first, last
            low, first, size = high, last, 2 * size

    def _looked(self, passages: Ints) -> Ints:
        return passages if self._looked_at is None else passages[self._looked_at.look(passages)[0]]

    def _matching(self, node: Node, low: int, high: int, first: int, last: int) -> Mask:
        """Return which of the articles `first` to `last`, passages `low` to `high`, match.

        Operators combine articles, a leaf is matched by some passage looked at.
        """
        match node:
            case AllOf(nodes):
                return self._all_matching(nodes, low, high, first, last)
            case AnyOf(nodes):
                mask = np.zeros(last - first, bool)
                for part in nodes:
                    mask |= self._matching(part, low, high, first, last)
                return mask
            case Not(inner):
                return self._everything(low, high, first, last) & ~self._matching(inner, low, high, first, last)
            case leaf:
                return self._holding(self._looked(self._compiler.scorer(leaf).passages(low, high)), first, last)

    def _all_matching(self, nodes: Sequence[Node], low: int, high: int, first: int, last: int) -> Mask:
        """Begin with the rarest; once few articles are left, look the others up."""
        by_cost = sorted(nodes, key=lambda part: self._compiler.scorer(part).cost)
        mask: Mask | None = None
        for part in by_cost:
            if mask is not None and np.count_nonzero(mask) <= _LOOKED_UP:
                articles = np.flatnonzero(mask)
                mask[articles] = self._match(part, articles + first)
            else:
                own = self._matching(part, low, high, first, last)
                mask = own if mask is None else mask & own
        return self._everything(low, high, first, last) if mask is None else mask

    def _everything(self, low: int, high: int, first: int, last: int) -> Mask:
        return self._holding(self._looked(np.flatnonzero(self._snapshot.live(low, high)) + low), first, last)

    def _holding(self, passages: Ints, first: int, last: int) -> Mask:
        mask = np.zeros(last - first, bool)
        mask[self._snapshot.articles_of(passages) - first] = True
        return mask

    def _match(self, node: Node, articles: Ints) -> Mask:
        """Return which of some articles, which rise, match: as `_matching`, looking only at them."""
        match node:
            case AllOf(nodes):
                mask = self._match_any(None, articles)
                for part in nodes:
                    mask[mask] = self._match(part, articles[mask])
                return mask
            case AnyOf(nodes):
                mask = np.zeros(len(articles), bool)
                for part in nodes:
                    mask[~mask] = self._match(part, articles[~mask])
                return mask
            case Not(inner):
                return self._match_any(None, articles) & ~self._match(inner, articles)
            case leaf:
                return self._match_any(self._compiler.scorer(leaf), articles)

    def _match_any(self, scorer: Scorer | None, articles: Ints) -> Mask:
        """Return which articles have a passage looked at that matches."""
        if not len(articles):
            return np.zeros(0, bool)
        passages, starts = self._snapshot.passages_of(articles)
        mask = np.ones(len(passages), bool) if scorer is None else scorer.look(passages)[0]
        if self._looked_at is not None:
            mask = mask & self._looked_at.look(passages)[0]
        return np.logical_or.reduceat(mask, starts)

    def _count_of(self, node: Node) -> int:
        """Count articles, up to MOST_COUNTED."""
        count = 0
        cost = self._compiler.scorer(node).cost
        exactly = cost <= 4 * MOST_COUNTED
        for low, high, first, last in self._stretches(exactly):
            count += int(np.count_nonzero(self._matching(node, low, high, first, last)))
            if count >= MOST_COUNTED:
                return MOST_COUNTED
        return count

    @cached_property
    def _every_match(self) -> tuple[Mask, Ints]:
        """All articles that match, and the passages looked at."""
        assert self._matched is not None
        return self._matched, self._looked(np.flatnonzero(self._snapshot.live(0, self._snapshot.size)))

    # Which are best

    def _page(self) -> list[tuple[int, float]]:
        """Return the articles asked for, in order, with their scores."""
        if not self._request.limit:
            return []
        articles, scores = self._scored()
        if self._request.prefer is not None:
            scores = np.where(self._match(self._request.prefer, articles), scores * (1 + PREFERENCE), scores)
        order = self._ordered(articles, scores)
        return [(int(articles[i]), float(scores[i])) for i in order[self._request.offset :]]

    def _scored(self) -> tuple[Ints, Floats]:
        """Return articles, rising, and their best scores: at least all that can be on the page."""
        if self._request.sort == "relevance" and (self._few is None):
            factor = 1.0 if self._request.prefer is None else 1 + PREFERENCE
            best = best_passages(self._snapshot, self._rank, self._wanted, factor, self._accepted)
            if best is not None:
                return self._by_article(best)
        return self._all_scored()

    def _accepted(self, passages: Ints) -> Mask:
        """Return which passages may be in the answer."""
        accepted = np.ones(len(passages), bool)
        if self._looked_at is not None:
            accepted &= self._looked_at.look(passages)[0]
        required = self._rank.required()
        if required is not None:
            accepted[accepted] = required.look(passages[accepted])[0]
        if self._request.match is not None:
            articles = self._snapshot.articles_of(passages)
            if self._matched is not None:
                accepted &= self._matched[articles]
            elif accepted.any():
                different, at = np.unique(articles[accepted], return_inverse=True)
                accepted[accepted] = self._match(self._request.match, different)[at]
        return accepted

    def _by_article(self, found: Matches) -> tuple[Ints, Floats]:
        articles = self._snapshot.articles_of(found.passages)
        firsts = np.flatnonzero(np.diff(articles, prepend=-1))
        if not len(firsts):
            return articles, found.scores
        return articles[firsts], np.maximum.reduceat(found.scores, firsts)

    def _all_scored(self) -> tuple[Ints, Floats]:
        """Return all articles that match; those without a passage that `rank` matches score 0."""
        if self._matched is None:
            self._counted(exactly=True)
        assert self._matched is not None
        if self._few is not None:
            mask, own = self._rank.look(self._few)
            found = Matches(self._few[mask], own[mask])
        else:
            found = self._rank.matches(0, self._snapshot.size)
            accepted = self._matched[self._snapshot.articles_of(found.passages)]
            if self._looked_at is not None:
                accepted &= self._looked_at.look(found.passages)[0]
            found = Matches(found.passages[accepted], found.scores[accepted])
        articles = np.flatnonzero(self._matched)
        scores = np.zeros(len(articles))
        scored, best = self._by_article(found)
        scores[np.searchsorted(articles, scored)] = best
        return articles, scores

    def _ordered(self, articles: Ints, scores: Floats) -> list[int]:
        """Return which articles come first, up to the last one wanted; only ties cost a look at the ids."""
        keys = [-scores]
        if self._request.sort == "date":
            keys.insert(0, -self._days(articles))
        order = np.lexsort(keys[::-1])
        in_order = np.array([key[order] for key in keys])
        is_new = np.ones(len(order), bool)
        is_new[1:] = (in_order[:, 1:] != in_order[:, :-1]).any(0)
        bounds = [*np.flatnonzero(is_new[: self._wanted]).tolist(), len(order)]
        if len(bounds) > 1 and bounds[-2] + 1 < len(order):
            later = np.flatnonzero(is_new[bounds[-2] + 1 :])
            bounds[-1] = bounds[-2] + 1 + int(later[0]) if len(later) else len(order)
        page: list[int] = []
        for start, end in pairwise(bounds):
            page += self._by_id(articles, order[start:end])
        return page[: self._wanted]

    def _by_id(self, articles: Ints, tied: Ints) -> list[int]:
        """Return those of the articles that come first by their ids, up to as many as are wanted."""
        if len(tied) == 1:
            return [int(tied[0])]
        first: list[tuple[bytes, int]] = []
        segment_of = np.searchsorted(self._snapshot.article_bases, articles[tied], side="right") - 1
        for number, segment in enumerate(self._snapshot.segments):
            own = tied[segment_of == number]
            places = segment.places_by_id[articles[own] - self._snapshot.article_bases[number]]
            for i in own[np.argsort(places)[: self._wanted]].tolist():
                first.append((segment.article_key(int(articles[i]) - self._snapshot.article_bases[number]), i))
        return [i for _, i in sorted(first)]

    def _days(self, articles: Ints) -> Floats:
        days = np.zeros(len(articles))
        passages = self._snapshot.first_passages(articles)
        for _, segment, base, own in self._snapshot.divided(passages):
            column = segment.column("published")
            local = passages[own] - base
            dated = local < len(column)
            days[own] = np.where(dated, column[np.where(dated, local, 0)] if len(column) else 0, 0)
        return days

    # What is given back

    def _ranked_articles(self, page: Sequence[tuple[int, float]]) -> tuple[RankedArticle, ...]:
        """Return the articles of a page, given their numbers and scores, with their best passages."""
        if not page:
            return ()
        articles = np.array(sorted(article for article, _ in page))
        passages, starts = self._snapshot.passages_of(articles)
        mask, scores = self._rank.look(passages)
        looked_at = None if self._looked_at is None else self._looked_at.look(passages)[0]
        if looked_at is not None:
            mask = mask & looked_at
        ends = [*starts[1:].tolist(), len(passages)]
        spans = {article: slice(*span) for article, *span in zip(articles.tolist(), starts.tolist(), ends, strict=True)}
        found = []
        for article, score in page:
            own = spans[article]
            at = own.start + mask[own].nonzero()[0]
            if len(at):
                best = at[np.argsort(-scores[at], kind="stable")[: self._request.per_article]]
            else:  # the article matched by another passage, or by none of its own
                best = own.start + (np.arange(1) if looked_at is None else looked_at[own].nonzero()[0][:1])
            chosen = zip(passages[best].tolist(), scores[best].tolist(), strict=True)
            found.append(self._ranked_article(article, score, list(chosen)))
        return tuple(found)

    def _ranked_article(self, article: int, score: float, chosen: Sequence[tuple[int, float]]) -> RankedArticle:
        segment, number = self._snapshot.place_of_article(article)
        article_id = segment.article_key(number).decode("utf-8", "surrogatepass")
        passages = tuple(ranked(self._snapshot, article_id, passage, own) for passage, own in chosen)
        return RankedArticle(article_id, score, passages, partial(segment.row, number))


def ranked(snapshot: Snapshot, article_id: str, passage: int, score: float) -> Ranked:
    """Return a passage with what is stored of it."""
    segment, number = snapshot.place_of_passage(passage)
    return Ranked(article_id, score, partial(segment.record, number))


def passages_of(snapshot: Snapshot, article_id: str) -> list[Ranked]:
    """Return the passages of an article in order, with score 0; none for an unknown one."""
    article = snapshot.article_number(article_id)
    if article is None:
        return []
    passages, _ = snapshot.passages_of(np.array([article]))
    return [ranked(snapshot, article_id, passage, 0.0) for passage in passages.tolist()]

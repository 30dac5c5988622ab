"""Request -> Ranking, over one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from indexer.engines.base import MOST_COUNTED, PREFERENCE, Ranked, RankedArticle, Ranking, Request
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.facets import facet_counts
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.matching import Matching
from indexer.engines.whoosh.phrases import contains
from indexer.engines.whoosh.scorers import Matches
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot
from indexer.engines.whoosh.top import best_articles

# Postings up to which all are read and added up: below, that costs less than finding out which need not be.
_ALL_SCORED = 4 * MOST_COUNTED
# Matching passages up to which each is scored by itself.
_FEW = 500


def search(snapshot: Snapshot, request: Request) -> Ranking:
    """Answer a request exactly."""
    return _Question(snapshot, request).ranking()


class _Scored(NamedTuple):
    """Articles, rising, and their scores; all matches of theirs, and which of them are whose: `low` to `high`."""

    articles: Ints
    scores: Floats
    matches: Matches
    low: Ints
    high: Ints


class _Question:
    """One request while it is answered."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._request = request
        self._compiler = Compiler(snapshot)
        self._rank = self._compiler.scorer(request.rank)
        self._looked_at = None if request.passages is None else self._compiler.scorer(request.passages)
        self._matching = Matching(snapshot, self._compiler, self._looked_at)
        self._wanted = request.offset + request.limit if request.limit else 0
        self._exactly = request.sort != "relevance" or bool(request.facets)
        # Once all have been looked at: which articles match, and their passages that `rank` does.
        self._matched: Mask | None = None
        self._passages: Ints | None = None
        self._total = self._passages_total = 0
        self._is_exact = True

    def ranking(self) -> Ranking:
        request = self._request
        self._count()
        scored = self._scored()
        if self._wanted:
            scored = scored._replace(scores=scored.scores * self._factors(scored.articles))
        return Ranking(
            articles=self._ranked_articles(scored),
            total=self._total,
            passages_total=self._passages_total,
            total_is_exact=self._is_exact,
            counts=tuple(map(self._matching.count, request.counts)),
            facets=self._facets(),
            cut=tuple(self._compiler.cut),
        )

    def _facets(self) -> dict[str, tuple[tuple[str, int], ...]]:
        if not self._request.facets:
            return {}
        assert self._matched is not None
        looked_at = self._matching.looked(self._snapshot.live(0, self._snapshot.size).nonzero()[0])
        return {name: facet_counts(self._snapshot, name, self._matched, looked_at) for name in self._request.facets}

    # How many there are

    def _count(self) -> None:
        """Count articles and passages, until there are enough."""
        match = self._request.match
        if match is None:
            self._count_ranked()
            return
        found: list[Ints] = []
        masks: list[Mask] = []
        for stretch in self._matching.stretches(0 if self._exactly else self._compiler.scorer(match).cost):
            mask = self._matching.mask(match, stretch)
            passages = self._matching.looked(self._rank.passages(stretch.low, stretch.high))
            found.append(passages[mask[self._snapshot.articles_of(passages) - stretch.first]])
            masks.append(mask)
            self._total += int(np.count_nonzero(mask))
            self._passages_total += len(found[-1])
            if self._total > MOST_COUNTED and stretch.high < self._snapshot.size:
                self._is_exact = False
                return
        self._matched = np.concatenate([*masks, np.zeros(0, bool)])
        self._passages = np.concatenate([*found, _NONE])

    def _count_ranked(self) -> None:
        """Count what `rank` matches if that is much; else `_scored` finds all of it and counts."""
        if self._exactly or self._looked_at is not None or self._rank.cost <= _ALL_SCORED:
            return
        enough = self._matching.has_enough(self._rank.commonest())
        if enough is not None:
            self._total, self._passages_total = enough
            self._is_exact = False

    # Which are best

    def _scored(self) -> _Scored:
        """Return at least all articles that can be on the page."""
        if self._passages is not None and len(self._passages) <= _FEW:
            return self._with_others(Matches(self._passages, self._rank.look(self._passages)[1]))
        work = sum(part.cost for part in self._rank.parts() or ())
        if not self._exactly and self._wanted and work > _ALL_SCORED:
            highest = 1.0 if self._request.prefer is None else 1 + PREFERENCE
            best = best_articles(self._snapshot, self._rank, self._wanted, highest, self._factors, self._accepted)
            if best is not None:
                if self._request.match is None and self._is_exact:
                    self._count_all(self._matching.looked(self._rank.passages(0, self._snapshot.size)))
                return self._scored_articles(best)
        return self._all_scored()

    def _factors(self, articles: Ints) -> Floats:
        """Return what the scores of rising articles are multiplied by."""
        if self._request.prefer is None:
            return np.ones(len(articles))
        factors: Floats = 1 + PREFERENCE * self._matching.look(self._request.prefer, articles).astype(np.float64)
        return factors

    def _scored_articles(self, articles: Ints) -> _Scored:
        """Score all passages of some articles."""
        passages = self._matching.looked(self._snapshot.passages_of(articles)[0])
        mask, scores = self._rank.look(passages)
        found = Matches(passages[mask], scores[mask])
        return self._by_article(found)

    def _all_scored(self) -> _Scored:
        """Score everything that matches."""
        found = self._rank.matches(0, self._snapshot.size)
        if self._looked_at is not None:
            kept = self._looked_at.look(found.passages)[0]
            found = Matches(found.passages[kept], found.scores[kept])
        if self._request.match is None:
            scored = self._by_article(found)
            if self._is_exact:
                self._total, self._passages_total = len(scored.articles), len(found.passages)
            if self._exactly:
                self._matched = self._mask_of(scored.articles)
            return scored
        if self._matched is None:
            self._matched = self._matching.mask(self._request.match, self._matching.whole())
        kept = self._matched[self._snapshot.articles_of(found.passages)]
        return self._with_others(Matches(found.passages[kept], found.scores[kept]))

    def _with_others(self, found: Matches) -> _Scored:
        """Return the articles of all matches, and the others that match, which score 0."""
        scored = self._by_article(found)
        assert self._matched is not None
        every = self._matched.nonzero()[0]
        if len(every) == len(scored.articles):
            return scored
        at = every.searchsorted(scored.articles)
        scores, low, high = np.zeros(len(every)), np.zeros(len(every), np.int64), np.zeros(len(every), np.int64)
        scores[at], low[at], high[at] = scored.scores, scored.low, scored.high
        return _Scored(every, scores, found, low, high)

    def _count_all(self, passages: Ints) -> None:
        self._passages_total = len(passages)
        self._total = int(np.count_nonzero(self._mask_of(self._snapshot.articles_of(passages))))

    def _mask_of(self, articles: Ints) -> Mask:
        mask = np.zeros(self._snapshot.articles, bool)
        mask[articles] = True
        return mask

    def _accepted(self, passages: Ints) -> Mask:
        """Return which passages may be in the answer."""
        if self._passages is not None:
            return contains(self._passages, passages)
        accepted = np.ones(len(passages), bool)
        if self._looked_at is not None:
            accepted &= self._looked_at.look(passages)[0]
        required = self._rank.required()
        if required is not None:
            accepted[accepted] = required.look(passages[accepted])[0]
        if self._request.match is not None:
            articles = self._snapshot.articles_of(passages)
            different, at = np.unique(articles[accepted], return_inverse=True)
            accepted[accepted] = self._matching.look(self._request.match, different)[at]
        return accepted

    def _by_article(self, found: Matches) -> _Scored:
        """Return the articles of matches; each scores as its best passage."""
        articles = self._snapshot.articles_of(found.passages)
        low = firsts_of(articles)
        high = np.empty_like(low)
        high[:-1] = low[1:]
        high[-1:] = len(articles)
        if len(low) == len(articles):
            return _Scored(articles, found.scores, found, low, high)
        return _Scored(articles[low], np.maximum.reduceat(found.scores, low), found, low, high)

    # In which order

    def _page(self, scored: _Scored) -> list[int]:
        """Return the articles' places in `scored`, in order, up to the last one wanted."""
        order = self._order(scored)
        keys = [scored.scores[order]]
        if self._request.sort == "date":
            keys.append(self._days(scored.articles[order]))
        is_last = np.ones(len(order), bool)
        is_last[:-1] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
        page: list[int] = []
        start = 0
        for end in is_last.nonzero()[0][: self._wanted].tolist():
            page += self._by_id(scored.articles, order[start : end + 1])
            start = end + 1
            if len(page) >= self._wanted:
                break
        return page[: self._wanted]

    def _order(self, scored: _Scored) -> Ints:
        """Return places in the order of the scores, or dates, as many as are wanted, and all that tie with the last."""
        scores = scored.scores
        if self._request.sort == "date":
            by_date: Ints = np.lexsort((-scores, -self._days(scored.articles)))
            return by_date
        if len(scores) > 4 * self._wanted:
            kept = (scores >= np.partition(scores, -self._wanted)[-self._wanted]).nonzero()[0]
            by_score: Ints = kept[(-scores[kept]).argsort()]
            return by_score
        return (-scores).argsort()

    def _by_id(self, articles: Ints, tied: Ints) -> list[int]:
        """Return those of the articles that come first by their ids, up to as many as are wanted."""
        if len(tied) == 1:
            return [int(tied[0])]
        first: list[tuple[bytes, int]] = []
        bases = self._snapshot.article_bases
        segment_of = np.searchsorted(bases, articles[tied], side="right") - 1
        for number, segment in enumerate(self._snapshot.segments):
            own = tied[segment_of == number]
            places = segment.places_by_id[articles[own] - bases[number]]
            best = own[np.argsort(places)[: self._wanted]].tolist()
            first += ((segment.article_key(int(articles[i]) - bases[number]), i) for i in best)
        return [i for _, i in sorted(first)]

    def _days(self, articles: Ints) -> Floats:
        days = np.zeros(len(articles))
        number = np.searchsorted(self._snapshot.article_bases, articles, side="right") - 1
        for i, segment in enumerate(self._snapshot.segments):
            own = (number == i).nonzero()[0]
            column = segment.column("published")
            first = segment.first_passages[articles[own] - self._snapshot.article_bases[i]].astype(np.int64)
            dated = first < len(column)
            days[own[dated]] = column[first[dated]]
        return days

    # What is given back

    def _ranked_articles(self, scored: _Scored) -> tuple[RankedArticle, ...]:
        """Return the articles of the page with their best passages."""
        page = self._page(scored)[self._request.offset :] if self._wanted else []
        if not page:
            return ()
        found = []
        low, high = scored.low[page].tolist(), scored.high[page].tolist()
        pairs = zip(scored.articles[page].tolist(), scored.scores[page].tolist(), strict=True)
        for (article, score), *span in zip(pairs, low, high, strict=True):
            chosen = self._best(scored.matches, *span) or [(self._first_looked_at(article), 0.0)]
            found.append(self._ranked_article(article, score, chosen))
        return tuple(found)

    def _best(self, matches: Matches, low: int, high: int) -> list[tuple[int, float]]:
        """Return an article's best passages, those that score alike in their order."""
        if high - low == 1:
            return [(int(matches.passages[low]), float(matches.scores[low]))]
        pairs = zip(matches.passages[low:high].tolist(), matches.scores[low:high].tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])[: self._request.per_article]

    def _first_looked_at(self, article: int) -> int:
        """Return the first passage of an article that is looked at."""
        return int(self._matching.looked(self._snapshot.passages_of(np.array([article]))[0])[0])

    def _ranked_article(self, article: int, score: float, chosen: Sequence[tuple[int, float]]) -> RankedArticle:
        segment, number = self._snapshot.place_of_article(article)
        article_id = decoded(segment.article_key(number))
        passages = tuple(ranked(self._snapshot, article_id, passage, own) for passage, own in chosen)
        return RankedArticle(article_id, score, passages, partial(segment.row, number))


_NONE = np.empty(0, np.int64)


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

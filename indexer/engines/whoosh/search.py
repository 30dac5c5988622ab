"""Request -> Ranking, over one snapshot."""

from __future__ import annotations

import numpy as np

from indexer.engines.base import MOST_COUNTED, PREFERENCE, RankedArticle, Ranking, Request
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.facets import facet_counts
from indexer.engines.whoosh.field import grouped
from indexer.engines.whoosh.matching import Matching, Stretch
from indexer.engines.whoosh.page import Page, Scored, by_article, by_passage
from indexer.engines.whoosh.phrases import contains
from indexer.engines.whoosh.scorers import Matches, Scorer
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot
from indexer.engines.whoosh.sums import added_up
from indexer.engines.whoosh.synonyms import SynonymScorer
from indexer.engines.whoosh.top import best_articles, distinct
from indexer.nodes import Node

# Postings up to which all are read and added up: below, that costs less than finding out which need not be. The second
# is for requests that say which articles match: their passages are known by then. Of 61 queries with 200,000 to
# 1,000,000 postings, 20 of 24 below 600,000 took up to 25 % less with all added up; above, it makes little difference.
_ALL_SCORED = 4 * MOST_COUNTED
_ALL_MATCHING = 60 * MOST_COUNTED
# Matching passages up to which each is scored by itself.
_FEW = 500


def search(snapshot: Snapshot, request: Request) -> Ranking:
    """Answer a request exactly."""
    return _Question(snapshot, request).ranking()


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
        self._exactly = (
            request.sort != "relevance" or bool(request.facets) or request.after is not None or request.by_passage
        )
        # Whether the sum alone does not tell which articles are best.
        self._is_limited = (
            self._looked_at is not None
            or request.prefer is not None
            or self._exactly
            or self._rank.required() is not None
            or not self._wanted
        )
        # Once all have been looked at: which articles match, and their passages that `rank` does.
        self._matched: Mask | None = None
        self._passages: Ints | None = None
        self._total = self._passages_total = 0
        self._is_exact = True

    def ranking(self) -> Ranking:
        request = self._request
        self._count()
        articles: tuple[RankedArticle, ...] = ()
        # What matches is counted by now; what ranks is counted by scoring it.
        if self._wanted or request.match is None:
            scored = self._scored()
        if self._wanted:
            if request.by_passage:
                scored = by_passage(self._snapshot, scored)
            if request.prefer is not None:
                different, counts = grouped(scored.articles)
                scored = scored._replace(scores=scored.scores * self._factors(different).repeat(counts))
            articles = Page(self._snapshot, request, self._first_looked_at, self._details).articles(scored)
        return Ranking(
            articles=articles,
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
        stretches = [self._matching.whole()] if self._exactly else self._matching.stretches(match)
        for stretch in stretches:
            mask, passages = self._found(match, stretch)
            masks.append(mask)
            found.append(passages)
            self._total += int(np.count_nonzero(mask))
            self._passages_total += len(passages)
            if self._total > MOST_COUNTED and stretch.high < self._snapshot.size:
                self._is_exact = False
                return
        self._matched = np.concatenate([*masks, np.zeros(0, bool)])
        self._passages = np.concatenate([*found, _NONE])

    def _found(self, match: Node, stretch: Stretch) -> tuple[Mask, Ints]:
        """Return which articles of a stretch match, and their passages that `rank` does."""
        mask = self._matching.mask(match, stretch)
        passages = self._matching.looked(self._rank.passages(stretch.low, stretch.high))
        matching = mask.take(self._snapshot.articles_of(passages) - stretch.first)
        return mask, passages if matching.all() else passages[matching]

    def _count_ranked(self) -> None:
        """Count what `rank` matches if that is much; else `_scored` finds all of it and counts."""
        if self._exactly or self._looked_at is not None or self._rank.cost <= _ALL_SCORED:
            return
        enough = self._matching.has_enough(self._rank.commonest())
        if enough is not None:
            self._total, self._passages_total = enough
            self._is_exact = False

    # Which are best

    def _scored(self) -> Scored:
        """Return at least all articles that can be on the page."""
        match = self._request.match
        if match is not None and self._passages is not None and len(self._passages) <= _FEW:
            return self._all_matching(match)
        work = sum(part.cost for part in self._rank.parts() or ())
        if not self._exactly and self._wanted and work > (_ALL_SCORED if match is None else _ALL_MATCHING):
            highest = 1.0 if self._request.prefer is None else 1 + PREFERENCE
            best = best_articles(self._snapshot, self._rank, self._wanted, highest, self._factors, self._accepted)
            if best is not None:
                if match is None and self._is_exact:
                    self._count_all(self._matching.looked(self._rank.passages(0, self._snapshot.size)))
                return self._scored_articles(best)
        return self._all_scored() if match is None else self._all_matching(match)

    def _factors(self, articles: Ints) -> Floats:
        """Return what the scores of rising articles are multiplied by."""
        if self._request.prefer is None:
            return np.ones(len(articles))
        factors: Floats = 1 + PREFERENCE * self._matching.of(self._request.prefer, articles).astype(np.float64)
        return factors

    def _scored_articles(self, best: Matches) -> Scored:
        """Score as many passages of the best articles as are asked for."""
        if self._request.per_article == 1:
            return by_article(self._snapshot, best)
        articles = distinct([self._snapshot.articles_of(best.passages)])
        passages = self._matching.looked(self._snapshot.passages_of(articles)[0])
        mask, scores = self._rank.look(passages)
        found = Matches(passages[mask], scores[mask])
        return by_article(self._snapshot, found)

    def _all_scored(self) -> Scored:
        """Score everything that matches."""
        parts = self._rank.parts() or ()
        if self._is_exact and not self._is_limited and len(parts) > 1 and all(part.is_positive for part in parts):
            best, self._total, self._passages_total = added_up(self._snapshot, parts, self._wanted)
            return by_article(self._snapshot, best)
        found = self._rank.matches(0, self._snapshot.size)
        if self._looked_at is not None:
            kept = self._looked_at.holding(found.passages)
            found = Matches(found.passages[kept], found.scores[kept])
        scored = by_article(self._snapshot, found)
        if self._is_exact:
            self._total, self._passages_total = len(scored.articles), len(found.passages)
        if self._exactly:
            self._matched = self._mask_of(scored.articles)
        return scored

    def _all_matching(self, match: Node) -> Scored:
        """Score everything in the articles that match."""
        if self._matched is None or self._passages is None:
            self._matched, self._passages = self._found(match, self._matching.whole())
        return self._with_others(self._matched, self._passages)

    def _with_others(self, matched: Mask, passages: Ints) -> Scored:
        """Return the articles of passages, scored, and the others that match, which score 0."""
        found = Matches(passages, self._rank.scored(passages))
        scored = by_article(self._snapshot, found)
        every = matched.nonzero()[0]
        if len(every) == len(scored.articles):
            return scored
        scores = np.zeros(len(every))
        scores[every.searchsorted(scored.articles)] = scored.scores
        firsts = np.append(scored.firsts, len(found.passages))[scored.articles.searchsorted(every)]
        return Scored(every, scores, found, firsts)

    def _count_all(self, passages: Ints) -> None:
        self._passages_total = len(passages)
        self._total = int(np.count_nonzero(self._mask_of(self._snapshot.articles_of(passages))))

    def _mask_of(self, articles: Ints) -> Mask:
        mask = np.zeros(self._snapshot.articles, bool)
        mask[articles] = True
        return mask

    def _first_looked_at(self, article: int) -> int:
        """Return the first passage of an article that is looked at."""
        return int(self._matching.looked(self._snapshot.passages_of(np.array([article]))[0])[0])

    def _details(self, passages: Ints) -> list[Floats]:
        """Return what rising passages score for each node of `details`."""
        return [_detail(self._compiler.scorer(node), passages) for node in self._request.details]

    def _accepted(self, passages: Ints) -> Mask:
        """Return which passages may be in the answer."""
        if self._passages is not None:
            return contains(self._passages, passages)
        accepted = np.ones(len(passages), bool)
        if self._looked_at is not None:
            accepted &= self._looked_at.holding(passages)
        required = self._rank.required()
        if required is not None:
            accepted[accepted] = required.holding(passages[accepted])
        if self._request.match is not None:
            articles = self._snapshot.articles_of(passages)
            articles = articles[accepted]
            different, counts = grouped(articles)
            accepted[accepted] = self._matching.look(self._request.match, different).repeat(counts)
        return accepted


def _detail(scorer: Scorer, passages: Ints) -> Floats:
    return scorer.second_stage(passages) if isinstance(scorer, SynonymScorer) else scorer.look(passages)[1]


_NONE = np.empty(0, np.int64)

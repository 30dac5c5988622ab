"""Scored articles -> those of a page in order, with their best passages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from indexer.engines.base import After, Ranked, RankedArticle, Request
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.orders import Order, Units
from indexer.engines.whoosh.scorers import Matches
from indexer.engines.whoosh.snapshot import Floats, Ints, Snapshot

Details = Callable[[Ints], Sequence[Floats]]  # the scores of each node of `Request.details` in rising passages


class Scored(NamedTuple):
    """Articles, rising, and their scores; all matches of theirs, and which of them are whose.

    Those of an article are from its place in `firsts` up to the next one's; it may have none.
    """

    articles: Ints
    scores: Floats
    matches: Matches
    firsts: Ints


def by_article(snapshot: Snapshot, found: Matches) -> Scored:
    """Return the articles of matches; each scores as its best passage."""
    articles = snapshot.articles_of(found.passages)
    firsts = firsts_of(articles)
    if len(firsts) == len(articles):
        return Scored(articles, found.scores, found, firsts)
    return Scored(articles.take(firsts), np.maximum.reduceat(found.scores, firsts), found, firsts)


def by_passage(snapshot: Snapshot, scored: Scored) -> Scored:
    """Return the same matches, each as if it were an article of its own."""
    found = scored.matches
    return Scored(snapshot.articles_of(found.passages), found.scores, found, np.arange(len(found.passages)))


class Page:
    """Puts the articles of one request in order."""

    def __init__(
        self, snapshot: Snapshot, request: Request, first_passage: Callable[[int], int], details: Details
    ) -> None:
        """`first_passage` gives the one that is quoted of an article without a match."""
        self._snapshot = snapshot
        self._request = request
        self._first_passage = first_passage
        self._details = details
        self._order = Order(snapshot, request)

    def articles(self, scored: Scored) -> tuple[RankedArticle, ...]:
        """Return the articles of the page, in order, with their best passages."""
        numbers = np.zeros(len(scored.articles), np.int64)
        if self._request.by_passage:
            numbers = scored.matches.passages - self._snapshot.first_passages(scored.articles)
        places = self._order.page(Units(scored.articles, scored.scores, numbers))[self._request.offset :]
        chosen = [self._chosen(scored, place) for place in places]
        details = self._details_of({passage for own in chosen for passage, _ in own})
        return tuple(
            [
                self._article(scored, place, numbers.item(place), own, details)
                for place, own in zip(places, chosen, strict=True)
            ]
        )

    def _details_of(self, passages: set[int]) -> Mapping[int, tuple[float, ...]]:
        """Return the details of each passage, if any are asked for."""
        if not self._request.details or not passages:
            return {}
        rising = sorted(passages)
        found = self._details(np.array(rising))
        return dict(zip(rising, zip(*(scores.tolist() for scores in found), strict=True), strict=True))

    def _article(
        self,
        scored: Scored,
        place: int,
        number: int,
        chosen: Sequence[tuple[int, float]],
        details: Mapping[int, tuple[float, ...]],
    ) -> RankedArticle:
        article, score = scored.articles.item(place), scored.scores.item(place)
        segment, local = self._snapshot.place_of_article(article)
        article_id = decoded(segment.article_key(local))
        passages = tuple(
            [ranked(self._snapshot, article_id, passage, own, details.get(passage, ())) for passage, own in chosen]
        )
        return RankedArticle(
            article_id,
            score,
            passages,
            partial(segment.row, local),
            partial(segment.label, local),
            lambda: After(self._order.key(article, score), article_id, number),
        )

    def _chosen(self, scored: Scored, place: int) -> Sequence[tuple[int, float]]:
        """Return the passages that are told of an article, and their scores."""
        return self._best(scored, place) or [(self._first_passage(scored.articles.item(place)), 0.0)]

    def _best(self, scored: Scored, place: int) -> list[tuple[int, float]]:
        """Return an article's best passages, those that score alike in their order."""
        (passages, scores), firsts = scored.matches, scored.firsts
        low = firsts.item(place)
        high = firsts.item(place + 1) if place + 1 < len(firsts) else len(passages)
        if high - low == 1:
            return [(passages.item(low), scores.item(low))]
        pairs = zip(passages[low:high].tolist(), scores[low:high].tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])[: self._request.per_article]


def ranked(snapshot: Snapshot, article_id: str, passage: int, score: float, details: tuple[float, ...] = ()) -> Ranked:
    """Return a passage with what is stored of it."""
    segment, number = snapshot.place_of_passage(passage)
    return Ranked(article_id, score, partial(segment.record, number), details)


def passages_of(snapshot: Snapshot, article_id: str) -> list[Ranked]:
    """Return the passages of an article in order, with score 0; none for an unknown one."""
    article = snapshot.article_number(article_id)
    if article is None:
        return []
    passages, _ = snapshot.passages_of(np.array([article]))
    return [ranked(snapshot, article_id, passage, 0.0) for passage in passages.tolist()]

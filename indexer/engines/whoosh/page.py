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
from indexer.model import ArticleRow

Chosen = tuple[Sequence[int], Sequence[float]]  # passages, best first, and their scores
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
        details = self._details_of({passage for passages, _ in chosen for passage in passages})
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
        chosen: Chosen,
        details: Mapping[int, tuple[float, ...]],
    ) -> RankedArticle:
        article, score = scored.articles.item(place), scored.scores.item(place)
        passages, scores = chosen
        stored = _Stored(self._snapshot, self._order, article, score, number, passages)
        return RankedArticle(score, scores, stored, [details[one] for one in passages] if details else ())

    def _chosen(self, scored: Scored, place: int) -> Chosen:
        """Return the passages that are told of an article: the best, those that score alike in their order."""
        (passages, scores), firsts = scored.matches, scored.firsts
        low = firsts.item(place)
        high = firsts.item(place + 1) if place + 1 < len(firsts) else len(passages)
        if low == high:
            return [self._first_passage(scored.articles.item(place))], [0.0]
        if high - low == 1:
            return [passages.item(low)], [scores.item(low)]
        own = scores[low:high].tolist()
        best = sorted(range(high - low), key=lambda i: -own[i])[: self._request.per_article]
        return [passages.item(low + i) for i in best], [own[i] for i in best]


class _Stored(NamedTuple):
    """Reads an article of a page; see `engines.base.StoredArticle`."""

    snapshot: Snapshot
    order: Order
    article: int
    score: float
    number: int
    passages: Sequence[int]

    @property
    def article_id(self) -> str:
        segment, local = self.snapshot.place_of_article(self.article)
        return decoded(segment.article_key(local))

    @property
    def row(self) -> ArticleRow:
        segment, local = self.snapshot.place_of_article(self.article)
        return segment.row(local)

    @property
    def after(self) -> After:
        return After(self.order.key(self.article, self.score), self.article_id, self.number)

    def label(self, field: str) -> str:
        segment, local = self.snapshot.place_of_article(self.article)
        return segment.label(local, field)

    def passage(self, number: int) -> tuple[str, bytes]:
        segment, local = self.snapshot.place_of_passage(self.passages[number])
        return segment.record(local)


def passages_of(snapshot: Snapshot, article_id: str) -> list[Ranked]:
    """Return the passages of an article in order, with score 0; none for an unknown one."""
    article = snapshot.article_number(article_id)
    if article is None:
        return []
    passages, _ = snapshot.passages_of(np.array([article]))
    places = map(snapshot.place_of_passage, passages.tolist())
    return [Ranked(article_id, 0.0, partial(segment.record, number)) for segment, number in places]

"""Scored articles -> those of a page in order, with their best passages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from indexer.engines.base import Ranked, RankedArticle, Request
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.scorers import Matches
from indexer.engines.whoosh.snapshot import Floats, Ints, Snapshot


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


class Page:
    """Puts the articles of one request in order."""

    def __init__(self, snapshot: Snapshot, request: Request, first_passage: Callable[[int], int]) -> None:
        """`first_passage` gives the one that is quoted of an article without a match."""
        self._snapshot = snapshot
        self._request = request
        self._first_passage = first_passage
        self._wanted = request.offset + request.limit

    def articles(self, scored: Scored) -> tuple[RankedArticle, ...]:
        """Return the articles of the page, best first, with their best passages."""
        return tuple([self._article(scored, place) for place in self._order(scored)[self._request.offset :]])

    def _article(self, scored: Scored, place: int) -> RankedArticle:
        article, score = scored.articles.item(place), scored.scores.item(place)
        segment, number = self._snapshot.place_of_article(article)
        article_id = decoded(segment.article_key(number))
        chosen = self._best(scored, place) or [(self._first_passage(article), 0.0)]
        passages = tuple([ranked(self._snapshot, article_id, *one) for one in chosen])
        return RankedArticle(article_id, score, passages, partial(segment.row, number), partial(segment.label, number))

    def _best(self, scored: Scored, place: int) -> list[tuple[int, float]]:
        """Return an article's best passages, those that score alike in their order."""
        (passages, scores), firsts = scored.matches, scored.firsts
        low = firsts.item(place)
        high = firsts.item(place + 1) if place + 1 < len(firsts) else len(passages)
        if high - low == 1:
            return [(passages.item(low), scores.item(low))]
        pairs = zip(passages[low:high].tolist(), scores[low:high].tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])[: self._request.per_article]

    # In which order

    def _order(self, scored: Scored) -> list[int]:
        """Return the articles' places in `scored`, in order, up to the last one wanted."""
        order = self._by_score(scored.scores) if self._request.sort == "relevance" else self._by_date(scored)
        scores = scored.scores.take(order)
        ties = scores[1:] == scores[:-1]
        if self._request.sort == "date":
            days = self._days(scored.articles.take(order))
            ties &= days[1:] == days[:-1]
        if not ties[: self._wanted].any():
            first: list[int] = order[: self._wanted].tolist()
            return first
        return self._untied(scored.articles, order, [*(~ties).nonzero()[0].tolist(), len(order) - 1])

    def _untied(self, articles: Ints, order: Ints, last: list[int]) -> list[int]:
        """Return places as they are in `order`, where those up to each of `last` tie, and go by their ids."""
        page: list[int] = []
        start = 0
        for end in last:
            tied = order[start : end + 1]
            page += self._by_id(articles, tied) if len(tied) > 1 else tied.tolist()
            start = end + 1
            if len(page) >= self._wanted:
                break
        return page[: self._wanted]

    def _by_score(self, scores: Floats) -> Ints:
        """Return places in the order of the scores, as many as are wanted, and all that tie with the last."""
        if len(scores) > 4 * self._wanted:
            kept = (scores >= np.partition(scores, -self._wanted)[-self._wanted]).nonzero()[0]
            by_score: Ints = kept.take((-scores.take(kept)).argsort())
            return by_score
        return (-scores).argsort()

    def _by_date(self, scored: Scored) -> Ints:
        by_date: Ints = np.lexsort((-scored.scores, -self._days(scored.articles)))
        return by_date

    def _by_id(self, articles: Ints, tied: Ints) -> list[int]:
        """Return those of the articles that come first by their ids, up to as many as are wanted."""
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

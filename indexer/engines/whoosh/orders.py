"""Scored articles, or passages, -> those of a page, in a request's order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from indexer.engines.base import After, Request, SortKey
from indexer.engines.whoosh.container import decoded, encoded
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class Units(NamedTuple):
    """What is put in order: articles, rising, and their scores; or passages, rising, as parts of their articles.

    `numbers` are those of the passages in their articles; 0 for articles.
    """

    articles: Ints
    scores: Floats
    numbers: Ints

    def take(self, places: Ints) -> Units:
        return Units(self.articles.take(places), self.scores.take(places), self.numbers.take(places))


class Order:
    """The order that a request asks for; what ties goes by article id, then by the passages' order."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._sort = request.sort
        self._after = request.after
        self._wanted = request.offset + request.limit

    def page(self, units: Units) -> list[int]:
        """Return places in `units`, in order, up to the last one wanted."""
        places = np.arange(len(units.articles))
        if self._after is not None:
            places = self._behind(units, self._after).nonzero()[0]
        columns = self._columns(units if len(places) == len(units.articles) else units.take(places))
        first = self._first(columns)
        columns = [column.take(first) for column in columns]
        order = columns[0].argsort() if len(columns) == 1 else np.lexsort(columns[::-1])
        places = places.take(first).take(order)
        ties = np.ones(max(0, len(order) - 1), bool)
        for column in columns:
            column = column.take(order)
            ties &= column[1:] == column[:-1]
        return self._untied(units.articles, places, ties)

    def key(self, article: int, score: float) -> SortKey:
        """Return what `After` tells of an article."""
        if self._sort == "title":
            return (self._title(article),)
        if self._sort == "relevance":
            return (score,)
        return int(self._days(np.array([article]))[0]), score

    # By which numbers, the smaller first; the first that differs decides

    def _columns(self, units: Units) -> list[Floats]:
        if self._sort == "title":
            return [self._title_ranks(units.articles)]
        if self._sort == "relevance":
            return [-units.scores]
        return [self._by_day(self._days(units.articles)), -units.scores]

    def _by_day(self, days: Floats) -> Floats:
        """Return days, where 0 is none, as numbers that rise in the order asked for."""
        return -days if self._sort == "date" else np.where(days == 0, np.inf, days)

    def _first(self, columns: list[Floats]) -> Ints:
        """Return the places of what can be among the wanted, by the first column alone."""
        column = columns[0]
        if len(column) > 4 * self._wanted:
            first: Ints = (column <= np.partition(column, self._wanted - 1)[self._wanted - 1]).nonzero()[0]
            return first
        return np.arange(len(column))

    def _days(self, articles: Ints) -> Floats:
        days = np.zeros(len(articles))
        for i, own, numbers in self._by_segment(articles):
            segment = self._snapshot.segments[i]
            column = segment.column("published")
            first = segment.first_passages[numbers].astype(np.int64)
            dated = first < len(column)
            days[own[dated]] = column[first[dated]]
        return days

    def _by_segment(self, articles: Ints) -> list[tuple[int, Ints, Ints]]:
        """Return for each segment with some of the articles: its number, which they are, and their numbers there."""
        bases = self._snapshot.article_bases
        of = np.searchsorted(bases, articles, side="right") - 1
        parts = ((i, (of == i).nonzero()[0]) for i in range(len(self._snapshot.segments)))
        return [(i, own, articles.take(own) - bases[i]) for i, own in parts if len(own)]

    # Titles

    def _title_ranks(self, articles: Ints) -> Floats:
        """Return the articles' titles as numbers in their order; infinity where there is none.

        Only titles of which fewer than are wanted come first in their segment are compared with others; those behind
        have the same number, which is higher.
        """
        parts = [(i, own, self._title_numbers(i, numbers)) for i, own, numbers in self._by_segment(articles)]
        if len(parts) == 1:
            return parts[0][2]
        firsts = [(i, np.unique(numbers[self._first([numbers])])) for i, _, numbers in parts]
        titles = [[self._term(i, number) for number in first[first < np.inf].tolist()] for i, first in firsts]
        rank = {title: number for number, title in enumerate(sorted(set().union(*titles)))}
        ranks = np.zeros(len(articles))
        for (_, own, numbers), (_, first), known in zip(parts, firsts, titles, strict=True):
            at = first.searchsorted(numbers)
            table = np.array([*(rank[title] for title in known), len(rank)], float)
            ranks[own] = np.where(numbers < np.inf, table[np.minimum(at, len(known))], np.inf)
        return ranks

    def _title_numbers(self, segment: int, articles: Ints) -> Floats:
        """Return the numbers of the articles' titles among those of a segment; infinity where there is none."""
        numbers = self._snapshot.segments[segment].numbers_of("title").take(articles).astype(float)
        return np.where(numbers == 0, np.inf, numbers - 1)

    def _term(self, segment: int, number: float) -> bytes:
        field = self._snapshot.segments[segment].field("title")
        assert field is not None
        return field.term(int(number))

    def _title(self, article: int) -> str:
        ((i, _, numbers),) = self._by_segment(np.array([article]))
        number = self._title_numbers(i, numbers)[0]
        return decoded(self._term(i, number)) if number < np.inf else ""

    # Behind a place

    def _behind(self, units: Units, after: After) -> Mask:
        """Return which come after a place in the order."""
        if self._sort == "title":
            return self._behind_title(units, after)
        score = float(after.key[-1])
        values = [-score]
        if self._sort != "relevance":
            values.insert(0, self._by_day(np.array([float(after.key[0])]))[0])
        behind, tied = np.zeros(len(units.articles), bool), np.ones(len(units.articles), bool)
        for column, value in zip(self._columns(units), values, strict=True):
            behind |= tied & (column > value)
            tied &= column == value
        return self._with_tied(units, after, behind, tied)

    def _behind_title(self, units: Units, after: After) -> Mask:
        title = encoded(str(after.key[0]))
        behind, tied = np.zeros(len(units.articles), bool), np.zeros(len(units.articles), bool)
        for i, own, articles in self._by_segment(units.articles):
            field = self._snapshot.segments[i].field("title")
            numbers = self._title_numbers(i, articles)
            place: float = np.inf
            is_there = not title  # no title comes last
            if title and field is not None:
                place, is_there = field.place_of(title), field.find(title) is not None
            tied[own] = is_there & (numbers == place)
            behind[own] = (numbers >= place) & ~tied[own] if title else False
        return self._with_tied(units, after, behind, tied)

    def _with_tied(self, units: Units, after: After, behind: Mask, tied: Mask) -> Mask:
        """Return which come after a place: those `behind`, and of those that tie with it some, by their ids."""
        places = tied.nonzero()[0]
        key = encoded(after.article_id)
        for i, own, articles in self._by_segment(units.articles.take(places)):
            segment = self._snapshot.segments[i]
            field = segment.field("article")
            assert field is not None
            place, found = field.place_of(key), field.find(key) is not None
            by_id = segment.places_by_id[articles]
            same = (by_id == place) & found
            behind[places[own]] = (by_id >= place) & ~same | same & (units.numbers[places[own]] > after.passage)
        return behind

    # Ties

    def _untied(self, articles: Ints, order: Ints, ties: Mask) -> list[int]:
        """Return places as they are in `order`; those that tie with the next go by their ids."""
        if not ties[: self._wanted].any():
            first: list[int] = order[: self._wanted].tolist()
            return first
        page: list[int] = []
        start = 0
        for end in [*(~ties).nonzero()[0].tolist(), len(order) - 1]:
            tied = order[start : end + 1]
            page += self._by_id(articles, tied) if len(tied) > 1 else tied.tolist()
            start = end + 1
            if len(page) >= self._wanted:
                break
        return page[: self._wanted]

    def _by_id(self, articles: Ints, tied: Ints) -> list[int]:
        """Return those of the places that come first by their articles' ids, up to as many as are wanted."""
        tied = np.sort(tied)  # passages of an article stay in their order
        first: list[tuple[bytes, int]] = []
        for i, own, numbers in self._by_segment(articles.take(tied)):
            segment = self._snapshot.segments[i]
            best = np.argsort(segment.places_by_id[numbers], kind="stable")[: self._wanted]
            pairs = zip(numbers[best].tolist(), tied[own[best]].tolist(), strict=True)
            first += ((segment.article_key(number), place) for number, place in pairs)
        return [place for _, place in sorted(first)]

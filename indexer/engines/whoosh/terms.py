"""A term -> BM25, by the postings of each segment."""

from __future__ import annotations

import numpy as np

from indexer.engines.bm25 import highest_saturation, idf, saturation
from indexer.engines.whoosh.container import Array, encoded
from indexer.engines.whoosh.field import Field, grouped
from indexer.engines.whoosh.postings import MOST_FREQUENT
from indexer.engines.whoosh.scorers import Matches, Scorer, joined
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot, Statistics

# Passages are looked up one by one in lists this many times as long as they are many; else the list is read through,
# into a table of all units, if that is not too many times as long, either.
_SEARCHED, _TABLED = 16, 256


class TermPostings:
    """A term in one segment."""

    def __init__(self, segment: Segment, field: Field, number: int) -> None:
        self._segment = segment
        self.field = field
        self._number = number
        self._postings = field.postings(number)

    def units(self, low: int, high: int) -> tuple[Ints, Array]:
        """Return the units that hold the term in passages `low` to `high`, whole articles, and how often each does."""
        field = self.field
        if low == 0 and high == self._segment.passages:
            return field.units(self._number)
        first, last = field.units_of(np.array([low, high - 1])).tolist()
        if field.has_positions:
            (start,), (end,) = ranges(field, self._postings, np.array([first]), np.array([last]))
            return grouped(field.layout.units_of(self._postings[start:end]).astype(np.int64))
        start, end = self._postings.searchsorted(np.array([first, last + 1], np.uint32) << np.uint32(8))
        found = (self._postings[start:end] >> np.uint32(8)).astype(np.int64)
        return found, field.frequencies_at(self._number, np.arange(start, end))

    def frequencies(self, units: Ints) -> Array:
        """Return how often given units, which rise, hold the term."""
        field, postings = self.field, self._postings
        if len(postings) < _SEARCHED * len(units) and field.unit_count < _TABLED * len(units):
            holding, frequencies = field.units(self._number)
            table = np.zeros(field.unit_count, np.min_scalar_type(int(frequencies.max(initial=0))))
            table[holding] = frequencies
            return table[units]
        if field.has_positions:
            first, last = ranges(field, postings, units, units)
            return last - first
        at = postings.searchsorted((units << 8).astype(np.uint32))
        at[at == len(postings)] = 0
        is_there = postings[at] >> np.uint32(8) == units
        return np.where(is_there, field.frequencies_at(self._number, at), 0)

    def passage_count(self) -> int:
        """Return how many passages hold the term, deleted ones among them."""
        return self.field.passage_count(self._number)

    def deleted_count(self) -> int:
        """Return how many deleted passages hold the term."""
        gone = self._segment.state.deleted
        if not len(gone):
            return 0
        return int(np.count_nonzero(self.frequencies(self.field.units_of(gone.astype(np.int64)))))

    def highest_saturation(self, average: float) -> float:
        """Return the most that the term's frequency can be worth."""
        highest = self.field.highest[self._number]
        if highest >= MOST_FREQUENT:
            return 1.0
        return highest_saturation(highest, self.field.shortest[self._number], average)


def ranges(field: Field, places: Array, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return where the places of units `first` to `last`, each included, begin and end among `places`."""
    layout = field.layout
    start = places.searchsorted(layout.start(first).astype(np.uint32))
    end = places.searchsorted((layout.start(last + 1) - 1).astype(np.uint32), side="right")
    return start, end


class TermScorer(Scorer):
    """BM25."""

    def __init__(self, snapshot: Snapshot, field: str, term: str) -> None:
        key = encoded(term)
        self._snapshot = snapshot
        self._found: dict[int, TermPostings] = {}  # by the segment's first passage
        for segment, base, own in snapshot.fields(field):
            number = own.find(key)
            if number is not None:
                self._found[base] = TermPostings(segment, own, number)
        self._statistics: Statistics = snapshot.statistics(field)
        self._known: tuple[int, int, Matches] | None = None
        self._known_passages: tuple[int, int, Ints] | None = None
        self.cost = sum(one.passage_count() for one in self._found.values())
        containing = self.cost - sum(one.deleted_count() for one in self._found.values())
        self.weight = idf(containing, self._statistics.passages) if containing else 0.0
        average = self._statistics.average
        self.bound = self.weight * max((one.highest_saturation(average) for one in self._found.values()), default=0.0)

    def passages(self, low: int, high: int) -> Ints:
        if self._known is not None and self._known[:2] == (low, high):
            return self._known[2].passages
        if self._known_passages is None or self._known_passages[:2] != (low, high):
            self._known_passages = low, high, self._passages(low, high)
        return self._known_passages[2]

    def _passages(self, low: int, high: int) -> Ints:
        found = []
        for segment, base, start, end in self._snapshot.parts(low, high):
            one = self._found.get(base)
            if one is not None:
                passages = one.field.expanded(one.units(start, end)[0])[0]
                found.append((passages if segment.live is None else passages[segment.live[passages]]) + base)
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def matches(self, low: int, high: int) -> Matches:
        if self._known is None or self._known[:2] != (low, high):
            self._known = low, high, self._matches(low, high)
        return self._known[2]

    def _matches(self, low: int, high: int) -> Matches:
        found: list[Matches] = []
        for segment, base, start, end in self._snapshot.parts(low, high):
            one = self._found.get(base)
            if one is not None:
                units, frequencies = one.units(start, end)
                passages, scores = one.field.expanded(units, self._scores(one.field, units, frequencies))
                if segment.live is not None:
                    alive = segment.live[passages]
                    passages, scores = passages[alive], scores[alive]
                found.append(Matches(passages + base if base else passages, scores))
        return joined(found)

    def _scores(self, field: Field, units: Ints, frequencies: Array) -> Floats:
        scores = saturation(frequencies, self._statistics.norms_of(field.lengths.take(units)))
        scores *= self.weight
        return scores

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = np.zeros(len(passages), bool), np.zeros(len(passages))
        for _, _, base, own in self._snapshot.divided(passages):
            one = self._found.get(base)
            if one is not None:
                units = one.field.units_of(passages[own] - base if base else passages[own])
                frequencies = one.frequencies(units)
                hit = frequencies.nonzero()[0]
                mask[own.start + hit] = True
                scores[own.start + hit] = self._scores(one.field, units[hit], frequencies[hit])
        return mask, scores

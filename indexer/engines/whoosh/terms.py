"""A term -> BM25, by the postings of each segment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from indexer.cached import cached_property
from indexer.engines.bm25 import highest_saturation, idf
from indexer.engines.whoosh.container import Array, encoded
from indexer.engines.whoosh.field import Field, grouped
from indexer.engines.whoosh.postings import MOST_FREQUENT
from indexer.engines.whoosh.scorers import LeafScorer, Matches, joined
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Part, Snapshot

# Passages are looked up one by one in lists this many times as long as they are many; else the list is read through,
# into a table of all units, if that is not too many times as long, either.
_SEARCHED, _TABLED = 16, 256
# The tables of terms that one in so many units holds are kept, and worth making for fewer passages.
_COMMON, _KEPT = 16, 128
# Terms that a snapshot remembers: 1.2 kB each.
_REMEMBERED = 4096


class Units(NamedTuple):
    """The units of a segment that hold a term, rising, and how often each does."""

    units: Ints
    frequencies: Array


class TermPostings:
    """A term in one segment."""

    def __init__(self, segment: Segment, field: Field, number: int) -> None:
        self._segment = segment
        self.field = field
        self._number = number
        self._postings = field.postings(number)
        self.highest = field.highest[number]  # frequency, MOST_FREQUENT for more

    def units(self, low: int, high: int) -> Units:
        """Return the units that hold the term in passages `low` to `high`, which are whole articles."""
        field = self.field
        if low == 0 and high == self._segment.passages:
            return Units(*field.units(self._number))
        first, last = field.units_of(np.array([low, high - 1])).tolist()
        if field.has_positions:
            (start,), (end,) = ranges(field, self._postings, np.array([first]), np.array([last]))
            return Units(*grouped(field.layout.units_of(self._postings[start:end]).astype(np.int64)))
        start, end = self._postings.searchsorted(np.array([first, last + 1], np.uint32) << np.uint32(8))
        found = (self._postings[start:end] >> np.uint32(8)).astype(np.int64)
        return Units(found, field.frequencies_at(self._number, np.arange(start, end)))

    def frequencies(self, units: Ints, read: Units | None = None) -> Array:
        """Return how often given units, which rise, hold the term; `read` are all that do, if they were read."""
        field, postings = self.field, self._postings
        table = self._table(len(units), read)
        if table is not None:
            return table.take(units)
        if field.has_positions:
            if read is not None:
                at = read.units.searchsorted(units)
                is_there = read.units.take(at, mode="clip") == units
                return np.where(is_there, read.frequencies.take(at, mode="clip"), 0)
            first, last = ranges(field, postings, units, units)
            return last - first
        wanted = (units << 8).astype(np.uint32)
        at = postings.searchsorted(wanted)
        found: Array = postings.take(at, mode="clip")
        found ^= wanted
        found[found > MOST_FREQUENT] = 0  # another unit's
        if self.highest == MOST_FREQUENT:
            is_there = found > 0
            found[is_there] = field.frequencies_at(self._number, at[is_there])
        return found

    def _table(self, wanted: int, read: Units | None) -> Array | None:
        """Return the frequency in every unit, if that is known, or worth finding out to look up `wanted` of them."""
        field, count = self.field, len(self._postings)
        kept = field.tables.get(self._number)
        if kept is not None:
            return kept
        is_common = count * _COMMON > field.unit_count
        if count > (_KEPT if is_common else _SEARCHED) * wanted:
            return None
        if not is_common and field.unit_count > _TABLED * wanted:
            return None
        holding, frequencies = read or field.units(self._number)
        highest = self.highest if self.highest < MOST_FREQUENT else int(frequencies.max())
        table = np.zeros(field.unit_count, np.min_scalar_type(highest))
        table[holding] = frequencies
        if is_common:
            field.keep_table(self._number, table)
        return table

    @property
    def postings(self) -> Array:
        """The postings, as they are stored."""
        return self._postings

    def all_frequencies(self) -> Array:
        """Return how often each unit that holds the term does, in a field without positions."""
        return self.field.frequencies(self._number, self._number + 1)

    def passage_count(self) -> int:
        """Return how many passages hold the term, deleted ones among them."""
        return self.field.passage_count(self._number)

    def deleted_count(self) -> int:
        """Return how many deleted passages hold the term."""
        gone, live = self._segment.state.deleted, self._segment.live
        if live is None:
            return 0
        if len(self._postings) <= _SEARCHED * len(gone):
            passages = self.field.passages(self._number)
            return len(passages) - int(np.count_nonzero(live.take(passages)))
        return int(np.count_nonzero(self.frequencies(self.field.units_of(gone.astype(np.int64)))))

    def highest_saturation(self, average: float) -> float:
        """Return the most that the term's frequency can be worth."""
        if self.highest >= MOST_FREQUENT:
            return 1.0
        return highest_saturation(self.highest, self.field.shortest[self._number], average)


def ranges(field: Field, places: Array, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return where the places of units `first` to `last`, each included, begin and end among `places`."""
    layout = field.layout
    start = places.searchsorted(layout.start(first).astype(np.uint32))
    end = places.searchsorted((layout.start(last + 1) - 1).astype(np.uint32), side="right")
    return start, end


class Known:
    """A term in all segments of a snapshot, and what BM25 makes of it."""

    def __init__(self, snapshot: Snapshot, field: str, term: str) -> None:
        key = encoded(term)
        self.held: dict[int, TermPostings] = {}  # by the segment's first passage
        for segment, base, own in snapshot.fields(field):
            number = own.find(key)
            if number is not None:
                self.held[base] = TermPostings(segment, own, number)
        self._statistics = snapshot.statistics(field)
        self.cost = sum(one.passage_count() for one in self.held.values())

    @cached_property
    def containing(self) -> int:
        """How many live passages hold the term."""
        return self.cost - sum(one.deleted_count() for one in self.held.values())

    @cached_property
    def weight(self) -> float:
        return idf(self.containing, self._statistics.passages) if self.containing else 0.0

    @cached_property
    def bound(self) -> float:
        highest = (one.highest_saturation(self._statistics.average) for one in self.held.values())
        return self.weight * max(highest, default=0.0)

    def scores(self, one: TermPostings, units: Ints, frequencies: Array) -> Floats:
        """Return BM25 in units of a segment, of each 0 where the frequency is."""
        scores = self._statistics.saturations(one.field, units, frequencies, one.highest)
        scores *= self.weight
        return scores


def known(snapshot: Snapshot, field: str, term: str) -> Known:
    """Return a term as it was found when it was asked for before, if that was not too long ago."""
    found = snapshot.terms.get((field, term))
    if not isinstance(found, Known):
        if len(snapshot.terms) >= _REMEMBERED:
            snapshot.terms = {}
        found = snapshot.terms[field, term] = Known(snapshot, field, term)
    return found


class TermScorer(LeafScorer):
    """BM25."""

    is_positive = True

    def __init__(self, snapshot: Snapshot, field: str, term: str) -> None:
        self._snapshot = snapshot
        self._term = known(snapshot, field, term)
        self._passages: tuple[int, int, Ints] | None = None
        self._read: dict[int, Units] = {}  # of whole segments, by the first passage
        self.cost = self._term.cost

    @property
    def bound(self) -> float:  # type: ignore[override]
        return self._term.bound

    @property
    def weight(self) -> float:  # type: ignore[override]
        return self._term.weight

    @property
    def key(self) -> object:
        return self._term

    def _parts(self, low: int, high: int) -> Iterator[tuple[Part, TermPostings, Units]]:
        for part in self._snapshot.parts(low, high):
            one = self._term.held.get(part.base)
            if one is not None:
                yield part, one, self._units(part, one)

    def _units(self, part: Part, one: TermPostings) -> Units:
        if part.high - part.low < part.segment.passages:
            return one.units(part.low, part.high)
        if part.base not in self._read:
            self._read[part.base] = one.units(part.low, part.high)
        return self._read[part.base]

    def passages(self, low: int, high: int) -> Ints:
        if self._passages is None or self._passages[:2] != (low, high):
            found = []
            for (segment, base, _, _), one, read in self._parts(low, high):
                passages = one.field.expanded(read.units)[0]
                found.append((passages if segment.live is None else passages[segment.live[passages]]) + base)
            self._passages = low, high, np.concatenate(found) if found else np.empty(0, np.int64)
        return self._passages[2]

    def matches(self, low: int, high: int) -> Matches:
        found: list[Matches] = []
        for (segment, base, _, _), one, read in self._parts(low, high):
            passages, scores = one.field.expanded(read.units, self._term.scores(one, *read))
            if segment.live is not None:
                alive = segment.live[passages].nonzero()[0]
                passages, scores = passages.take(alive), scores.take(alive)
            found.append(Matches(passages + base if base else passages, scores))
        return joined(found)

    def holding(self, passages: Ints) -> Mask:
        mask = np.zeros(len(passages), bool)
        for _, _, base, own in self._snapshot.divided(passages):
            one = self._term.held.get(base)
            if one is not None:
                units = one.field.units_of(passages[own] - base)
                np.greater(one.frequencies(units, self._read.get(base)), 0, out=mask[own])
        return mask

    def _looked(self, passages: Ints) -> tuple[Mask, Floats]:
        found: list[tuple[Mask, Floats]] = []
        for _, _, base, own in self._snapshot.divided(passages):
            one = self._term.held.get(base)
            if one is None:
                found.append((np.zeros(own.stop - own.start, bool), np.zeros(own.stop - own.start)))
            else:
                units = one.field.units_of(passages[own] - base if base else passages[own])
                frequencies = one.frequencies(units, self._read.get(base))
                found.append((frequencies > 0, self._term.scores(one, units, frequencies)))
        return found[0] if len(found) == 1 else _joined(found)


def _joined(found: list[tuple[Mask, Floats]]) -> tuple[Mask, Floats]:
    masks, scores = zip(*found, strict=True) if found else ((), ())
    return np.concatenate([*masks, np.zeros(0, bool)]), np.concatenate([*scores, np.zeros(0)])

"""Phrases and nearness, by sorted places: a term at place p is followed by another that has place p + 1."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from indexer.engines.whoosh.container import Array, encoded
from indexer.engines.whoosh.field import Field, grouped
from indexer.engines.whoosh.scorers import LeafScorer, Matches, Scorer, joined
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot
from indexer.engines.whoosh.terms import ranges
from indexer.nodes import Phrase


class Placed(NamedTuple):
    """Where something stands: the places of its first token, rising, and how many tokens it has."""

    places: Array
    length: int


class Finder(Protocol):
    """Finds where something stands in a segment."""

    def cost(self, field: Field) -> int:
        """Return about how many places are read."""

    def find(self, field: Field, within: Ints | None) -> Placed:
        """Return the places in a field, in the units `within` or in all."""


class TermFinder:
    def __init__(self, term: str) -> None:
        self._key = encoded(term)

    def cost(self, field: Field) -> int:
        number = field.find(self._key)
        return 0 if number is None else field.starts[number + 1] - field.starts[number]

    def find(self, field: Field, within: Ints | None) -> Placed:
        number = field.find(self._key)
        places = np.empty(0, np.uint32) if number is None else field.postings(number)
        return Placed(places if within is None else _inside(field, places, within), 1)


class PrefixFinder:
    def __init__(self, prefix: str) -> None:
        self._key = encoded(prefix)

    def cost(self, field: Field) -> int:
        numbers = field.beginning_with(self._key)
        return field.starts[numbers.stop] - field.starts[numbers.start]

    def find(self, field: Field, within: Ints | None) -> Placed:
        numbers = field.beginning_with(self._key)
        places = np.sort(field.all_postings[field.starts[numbers.start] : field.starts[numbers.stop]])
        return Placed(places if within is None else _inside(field, places, within), 1)


class PhraseFinder:
    """Terms side by side, the last one perhaps only the beginning of a term, and none of others right around them."""

    def __init__(self, phrase: Phrase) -> None:
        terms = phrase.terms
        exact = terms[:-1] if phrase.prefix else terms
        self._around = [
            *((TermFinder(term), -1) for term in phrase.not_after),
            *((TermFinder(term), len(terms)) for term in phrase.not_before),
        ]
        self._finders: list[Finder] = [*map(TermFinder, exact), *([PrefixFinder(terms[-1])] if phrase.prefix else [])]

    def cost(self, field: Field) -> int:
        return min(finder.cost(field) for finder in self._finders)

    def find(self, field: Field, within: Ints | None) -> Placed:
        """Begin with the rarest term and keep the starts that all others confirm."""
        by_cost = sorted(range(len(self._finders)), key=lambda i: self._finders[i].cost(field))
        first, *others = by_cost
        places = self._finders[first].find(field, within).places
        starts = places[places >= first] - np.uint32(first)
        for i in others:
            if not len(starts):
                break
            starts = common(starts, self._finders[i].find(field, None).places, i)
        for finder, distance in self._around if len(starts) else ():
            starts = starts[~contains(finder.find(field, None).places, starts + np.uint32(distance % (1 << 32)))]
        return Placed(starts, len(self._finders))


class WideFinder:
    """What another finds, as one place longer."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def cost(self, field: Field) -> int:
        return self._finder.cost(field)

    def find(self, field: Field, within: Ints | None) -> Placed:
        """A unit has room for one place behind its last one; see `postings.layout_of`."""
        found = self._finder.find(field, within)
        return found._replace(length=found.length + 1)


# Places are searched for one by one in lists this many times as long; else both lists are sorted together.
_SEARCHED = 6


def common(starts: Array, places: Array, distance: int) -> Array:
    """Return those of `starts` that a place follows at a distance; all rise."""
    wanted = starts + np.uint32(distance)
    if len(places) >= _SEARCHED * len(wanted):
        return starts[contains(places, wanted)]
    together = np.concatenate((wanted, places))
    together.sort()
    both: Array = together[:-1][together[1:] == together[:-1]]
    return both - np.uint32(distance)


def contains(places: Array, wanted: Array) -> Mask:
    """Return which of `wanted` are among `places`; both rise."""
    if not len(places):
        return np.zeros(len(wanted), bool)
    at = places.searchsorted(wanted)
    at[at == len(places)] = 0
    found: Mask = places[at] == wanted
    return found


def _inside(field: Field, places: Array, units: Ints) -> Array:
    """Return the places that lie in `units`, which rise."""
    first, last = ranges(field, places, units, units)
    counts = last - first
    return places[np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))]


class _PlacesScorer(LeafScorer):
    """Evaluates by the places in each segment."""

    def __init__(self, snapshot: Snapshot, field: str, finder: Finder) -> None:
        self._snapshot = snapshot
        self._field = field
        self._finder = finder
        self._fields = {base: own for _, base, own in snapshot.fields(field)}
        self.cost = sum(finder.cost(own) for own in self._fields.values())
        self._known: tuple[int, int, Matches] | None = None

    def matches(self, low: int, high: int) -> Matches:
        if self._known is None or self._known[:2] != (low, high):
            self._known = low, high, joined(list(self._found(low, high)))
        return self._known[2]

    def _found(self, low: int, high: int) -> Iterator[Matches]:
        for segment, base, start, end in self._snapshot.parts(low, high):
            field = self._fields.get(base)
            if field is not None:
                is_part = start > 0 or end < segment.passages
                found = self._evaluated(segment, field, np.arange(start, end) if is_part else None)
                yield Matches(found.passages + base, found.scores)

    def _evaluated(self, segment: Segment, field: Field, within: Ints | None) -> Matches:
        """Return the matches in a segment, among the passages `within` or in all."""
        units = None if within is None else grouped(field.units_of(within))[0]
        places = self._finder.find(field, units).places
        units, frequencies = grouped(field.layout.units_of(places).astype(np.int64))
        passages, scores = field.expanded(units, self.scores(field, units, frequencies))
        if field.is_shared and within is not None:
            kept = contains(within, passages)
            passages, scores = passages[kept], scores[kept]
        if segment.live is not None:
            alive = segment.live[passages]
            passages, scores = passages[alive], scores[alive]
        return Matches(passages, scores)

    @abstractmethod
    def scores(self, field: Field, units: Ints, frequencies: Ints) -> Floats:
        """Return the scores of units of a segment in which something stands so often."""

    def _looked(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = np.zeros(len(passages), bool), np.zeros(len(passages))
        if self.cost <= len(passages):
            found = self.matches(0, self._snapshot.size)
            at = np.flatnonzero(contains(found.passages, passages))
            mask[at] = True
            scores[at] = found.scores[np.searchsorted(found.passages, passages[at])]
            return mask, scores
        for _, segment, base, own in self._snapshot.divided(passages):
            field = self._fields.get(base)
            if field is not None:
                local = passages[own] - base
                found = self._evaluated(segment, field, local)
                at = own.start + np.searchsorted(local, found.passages)
                mask[at] = True
                scores[at] = found.scores
        return mask, scores


class PhraseScorer(_PlacesScorer):
    """Sum of the exact terms' idf × the saturated number of places where the phrase stands."""

    def __init__(self, snapshot: Snapshot, field: str, finder: PhraseFinder, weight: float) -> None:
        """`weight` is the sum of idf."""
        super().__init__(snapshot, field, finder)
        self.bound = self.weight = weight
        self._statistics = snapshot.statistics(field)

    def scores(self, field: Field, units: Ints, frequencies: Ints) -> Floats:
        highest = int(frequencies.max(initial=0))
        return self.bound * self._statistics.saturations(field, units, frequencies, highest)


class SumScorer(_PlacesScorer):
    """Scores as other scorers do, together, where something stands."""

    def __init__(self, snapshot: Snapshot, field: str, finder: Finder, parts: Sequence[Scorer]) -> None:
        super().__init__(snapshot, field, finder)
        self._parts = parts
        self.bound = sum(part.bound for part in parts)
        self.weight = sum(part.weight for part in parts)
        self.cost = min((part.cost for part in parts), default=0)

    def scores(self, field: Field, units: Ints, frequencies: Ints) -> Floats:
        base = next(base for base, own in self._fields.items() if own is field)
        passages = (field.first[units].astype(np.int64) if field.is_shared else units) + base
        total = np.zeros(len(units))
        for part in self._parts:
            total += part.look(passages)[1]
        return total


class NearFinder:
    """The ends of stretches that hold everything, with at most `slop` places of others in between."""

    def __init__(self, finders: Sequence[Finder], slop: int) -> None:
        self._finders = finders
        self._slop = slop

    def cost(self, field: Field) -> int:
        return min(finder.cost(field) for finder in self._finders)

    def find(self, field: Field, within: Ints | None) -> Placed:
        """For each place where one thing ends, look how far back the others begin that end before."""
        for finder in sorted(self._finders, key=lambda finder: finder.cost(field)):
            places = finder.find(field, within).places
            within = grouped(field.layout.units_of(places).astype(np.int64))[0]
        found = [finder.find(field, within) for finder in self._finders]
        if not found or any(not len(one.places) for one in found):
            return Placed(np.empty(0, np.uint32), 1)
        ends = np.unique(np.concatenate([one.places.astype(np.int64) + one.length for one in found]))
        begins = ends.copy()
        for one in found:
            own = one.places.astype(np.int64)
            at = np.searchsorted(own, ends - one.length, side="right") - 1
            begins = np.where(at >= 0, np.minimum(begins, own[at]), -1)
            ends, begins = ends[begins >= 0], begins[begins >= 0]
        length = sum(one.length for one in found)
        close = ends - begins - length <= self._slop
        first = field.layout.units_of(begins[close].astype(np.uint32))
        last = (ends[close] - 1).astype(np.uint32)
        return Placed(last[first == field.layout.units_of(last)], 1)

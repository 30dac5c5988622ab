"""Forms of a concept -> what they are worth in passages; the terms of a field are read together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.container import Array
from indexer.engines.whoosh.field import Field, grouped
from indexer.engines.whoosh.postings import MOST_FREQUENT
from indexer.engines.whoosh.scorers import Scorer, distinct_within
from indexer.engines.whoosh.snapshot import Floats, Ints, Part, Snapshot
from indexer.engines.whoosh.terms import TermPostings, known

# Terms are looked up one by one in passages if, on the average, more postings than so many would be read of each, and
# than so many for each passage; else all are read together: 20 to 40 ns a posting against 15 to 30 µs a look-up.
_READ, _EACH = 1000, 16


class Occurrences(NamedTuple):
    """Forms in passages, or units: in which, w × saturation, and w. Of forms in one place the lightest comes first."""

    places: Ints
    values: Floats
    weights: Floats


class Worth(NamedTuple):
    """Passages, or units, that hold a form, rising: of w × saturation the highest and the sum, and the highest w."""

    places: Ints
    highest: Floats
    total: Floats
    weights: Floats


_NONE = np.empty(0)
NOTHING = Worth(np.empty(0, np.int64), _NONE, _NONE, _NONE)


def worth(snapshot: Snapshot, found: Occurrences) -> Worth:
    """Return what all that stands in each place is worth; values are added in order."""
    places, values, weights = found
    different = distinct_within(places, 0, snapshot.size)
    with snapshot.scratch() as scratch:
        np.maximum.at(scratch, places, values)
        highest = scratch.take(different)
        scratch[different] = 0.0
        np.add.at(scratch, places, values)
        total = scratch.take(different)
        scratch[places] = weights  # the last one, which is the heaviest
        heaviest = scratch.take(different)
        scratch[different] = 0.0
    return Worth(different, highest, total, heaviest)


def merged(snapshot: Snapshot, parts: Sequence[Worth]) -> Worth:
    """Return what several groups of forms are worth together; their sums are added in order."""
    parts = [part for part in parts if len(part.places)]
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    places = np.concatenate([part.places for part in parts])
    different = distinct_within(places, 0, snapshot.size)
    with snapshot.scratch() as scratch:
        kept = []
        for add, numbers in ((np.maximum, 1), (np.add, 2), (np.maximum, 3)):
            add.at(scratch, places, np.concatenate([part[numbers] for part in parts]))
            kept.append(scratch.take(different))
            scratch[different] = 0.0
    return Worth(different, *kept)


class Forms(ABC):
    """Some forms of a concept."""

    cost: int

    @abstractmethod
    def passages(self, low: int, high: int) -> Ints:
        """Return the passages from `low` up to `high` that hold one of them, rising."""

    @abstractmethod
    def worth(self) -> Worth:
        """Return what they are worth in every passage that holds one."""

    @abstractmethod
    def occurrences(self, passages: Ints) -> Occurrences:
        """Return them in rising passages, by the places of these: 0 for the first of them."""


class OneForm(Forms):
    """A form that has a scorer of its own."""

    def __init__(self, snapshot: Snapshot, scorer: Scorer, weight: float) -> None:
        """`scorer` gives `weight` × saturation."""
        self._snapshot = snapshot
        self._scorer = scorer
        self._weight = weight
        self.cost = scorer.cost

    def passages(self, low: int, high: int) -> Ints:
        return self._scorer.passages(low, high)

    def worth(self) -> Worth:
        passages, values = self._scorer.matches(0, self._snapshot.size)
        return Worth(passages, values, values, np.full(len(passages), self._weight))

    def occurrences(self, passages: Ints) -> Occurrences:
        mask, values = self._scorer.look(passages)
        places = mask.nonzero()[0]
        return Occurrences(places, values.take(places), np.full(len(places), self._weight))


class TermForms(Forms):
    """Terms of one field."""

    def __init__(self, snapshot: Snapshot, field: str, terms: Sequence[tuple[str, float]]) -> None:
        """`terms` have their weights."""
        self._snapshot = snapshot
        self._statistics = snapshot.statistics(field)
        self._held: dict[int, list[tuple[TermPostings, float]]] = {}  # by the segment's first passage, lightest first
        self._read: dict[int, Occurrences] = {}  # likewise, by units
        self.cost = 0
        for term, weight in sorted(terms, key=lambda pair: pair[1]):
            found = known(snapshot, field, term)
            self.cost += found.cost
            for base, one in found.held.items():
                self._held.setdefault(base, []).append((one, weight))

    def _parts(self, low: int, high: int) -> Iterator[tuple[Part, Field]]:
        for part in self._snapshot.parts(low, high):
            if part.base in self._held:
                yield part, self._held[part.base][0][0].field

    def passages(self, low: int, high: int) -> Ints:
        found = []
        for (segment, base, start, end), field in self._parts(low, high):
            units = distinct_within(self._all(base, field).places, 0, self._snapshot.size)
            (passages,) = field.expanded(units)
            passages = passages[slice(*passages.searchsorted((start, end)))]
            found.append((passages if segment.live is None else passages[segment.live[passages]]) + base)
        return np.concatenate([np.empty(0, np.int64), *found])

    def worth(self) -> Worth:
        found = []
        for (segment, base, _, _), field in self._parts(0, self._snapshot.size):
            passages, *values = field.expanded(*worth(self._snapshot, self._all(base, field)))
            if segment.live is not None:
                alive = segment.live[passages].nonzero()[0]
                passages, values = passages.take(alive), [own.take(alive) for own in values]
            found.append(Worth(passages + base, *values))
        return Worth(*map(np.concatenate, zip(*found, strict=True))) if len(found) > 1 else (found or [NOTHING])[0]

    def _all(self, base: int, field: Field) -> Occurrences:
        """Return all occurrences in the units of a segment."""
        if base not in self._read:
            terms, weights = zip(*self._held[base], strict=True)
            units, frequencies, counts = _read(field, terms)
            values = self._statistics.saturations(field, units, frequencies, max(term.highest for term in terms))
            repeated = np.repeat(weights, counts)
            self._read[base] = Occurrences(units, values * repeated, repeated)
        return self._read[base]

    def occurrences(self, passages: Ints) -> Occurrences:
        found = []
        for _, _, base, own in self._snapshot.divided(passages):
            if base in self._held:
                field = self._held[base][0][0].field
                units = field.units_of(passages[own] - base)
                places, values, weights = self._in_units(base, field, units)
                found.append(Occurrences(places + own.start, values, weights))
        return together(found)

    def _in_units(self, base: int, field: Field, units: Ints) -> Occurrences:
        """Return the occurrences in units, which rise, by their places."""
        terms = self._held[base]
        if base in self._read or self.cost <= _READ * len(terms) + _EACH * len(units):
            return _among(self._all(base, field), units, field.unit_count)
        found = []
        for term, weight in terms:
            frequencies = term.frequencies(units)
            places = frequencies.nonzero()[0]
            held = self._statistics.saturations(field, units.take(places), frequencies.take(places), term.highest)
            found.append(Occurrences(places, held * weight, np.full(len(places), weight)))
        return together(found)


def together(found: Sequence[Occurrences]) -> Occurrences:
    """Return occurrences one behind the other."""
    if len(found) == 1:
        return found[0]
    empty = Occurrences(*NOTHING[:3])
    return Occurrences(*map(np.concatenate, zip(empty, *found, strict=True)))


def _among(found: Occurrences, units: Ints, count: int) -> Occurrences:
    """Return the occurrences in some units, of `count` in all, by the places of these, which rise and may repeat."""
    different, times = grouped(units)
    numbers = np.zeros(count, np.int64)  # from 1
    numbers[different] = np.arange(len(different)) + 1
    kept = numbers.take(found.places).nonzero()[0]
    places = numbers.take(found.places.take(kept)) - 1
    if len(different) < len(units):
        first, repeated = (times.cumsum() - times).take(places), times.take(places)
        places = np.repeat(first - (np.cumsum(repeated) - repeated), repeated) + np.arange(int(repeated.sum()))
        kept = np.repeat(kept, repeated)
    return Occurrences(places, found.values.take(kept), found.weights.take(kept))


def _read(field: Field, terms: Sequence[TermPostings]) -> tuple[Ints, Array, Ints]:
    """Return the units that hold each term, term by term, how often each does, and how many each has."""
    postings = [term.postings for term in terms]
    counts = np.array([len(own) for own in postings])
    every = np.concatenate(postings)
    if field.has_positions:
        units = field.layout.units_of(every).astype(np.int64)
        ends = np.cumsum(counts)
        is_first = np.empty(len(units), bool)
        np.not_equal(units[1:], units[:-1], out=is_first[1:])
        is_first[ends - counts] = True
        firsts = is_first.nonzero()[0]
        return units.take(firsts), np.diff(firsts, append=len(units)), np.diff(firsts.searchsorted(ends), prepend=0)
    units = (every >> np.uint32(8)).astype(np.int64)
    if max(term.highest for term in terms) < MOST_FREQUENT:
        return units, every.view(np.uint8)[::4], counts  # the lowest byte of each
    return units, np.concatenate([term.all_frequencies() for term in terms]), counts

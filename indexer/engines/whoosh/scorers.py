"""Nodes -> scorers: what evaluates a node over a snapshot, to arrays of passages and scores.

A scorer answers in two ways that agree to the last bit: `matches` gives every passage of a stretch that the node
matches, `look` tells of given passages whether it does. `cost` is about how many passages `matches` reads, `bound` the
most that a score can be.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.bm25 import idf, lengths_of, norms, saturation
from indexer.engines.whoosh.container import Array
from indexer.engines.whoosh.postings import MOST_FREQUENT
from indexer.engines.whoosh.segment import Field, Segment, grouped
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class Matches(NamedTuple):
    """Passages, rising, and the score of each."""

    passages: Ints
    scores: Floats


NOTHING = Matches(np.empty(0, np.int64), np.empty(0))


class Scorer(ABC):
    """Evaluates one node; made for one request."""

    cost: int
    bound: float

    @abstractmethod
    def matches(self, low: int, high: int) -> Matches:
        """Return the passages from `low` up to `high` that match."""

    @abstractmethod
    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        """Return which of `passages`, which rise and are not deleted, match, and their scores, else 0."""

    def passages(self, low: int, high: int) -> Ints:
        """Return only the passages of `matches`."""
        return self.matches(low, high).passages

    def parts(self) -> Sequence[Scorer] | None:
        """Return scorers whose scores add up to this one's, where it matches; None if there are none."""
        return None

    def required(self) -> Scorer | None:
        """Return what a passage must match beside one of `parts`."""
        return None


class _Occurrence(NamedTuple):
    """A term in one segment."""

    segment: Segment
    base: int
    field: Field
    number: int


class TermScorer(Scorer):
    """BM25."""

    def __init__(self, snapshot: Snapshot, field: str, term: str) -> None:
        key = term.encode("utf-8", "surrogatepass")
        self._snapshot = snapshot
        self._found: dict[int, _Occurrence] = {}  # by the segment's first passage
        for segment, base, own in snapshot.fields(field):
            number = own.find(key)
            if number is not None:
                self._found[base] = _Occurrence(segment, base, own, number)
        self.cost = sum(one.field.passage_count(one.number) for one in self._found.values())
        self._field = field
        self._known: tuple[int, int, Matches] | None = None
        containing = self.cost - sum(map(_deleted, self._found.values()))
        self.weight = idf(containing, snapshot.statistics(field).passages) if containing else 0.0
        self.bound = self.weight * max(map(self._saturated, self._found.values()), default=0.0)

    def _saturated(self, one: _Occurrence) -> float:
        """Return the most that the frequency can be worth in a segment."""
        highest = one.field.highest[one.number]
        if highest >= MOST_FREQUENT:
            return 1.0
        shortest = lengths_of(np.array([one.field.shortest[one.number]]))
        norm = norms(shortest, self._snapshot.statistics(self._field).average)
        return float(saturation(np.array([highest]), norm)[0])

    def matches(self, low: int, high: int) -> Matches:
        if self._known is None or self._known[:2] != (low, high):
            self._known = low, high, self._matches(low, high)
        return self._known[2]

    def _matches(self, low: int, high: int) -> Matches:
        statistics = self._snapshot.statistics(self._field)
        found: list[Matches] = []
        for segment, base, start, end in self._snapshot.parts(low, high):
            one = self._found.get(base)
            if one is not None:
                units, frequencies = _postings(one, start, end)
                own_norms = statistics.norms_of(one.field.lengths[units])
                passages, scores = one.field.expanded(units, self.weight * saturation(frequencies, own_norms))
                if segment.live is not None:
                    alive = segment.live[passages]
                    passages, scores = passages[alive], scores[alive]
                found.append(Matches(passages + base if base else passages, scores))
        return joined(found)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        statistics = self._snapshot.statistics(self._field)
        mask, scores = np.zeros(len(passages), bool), np.zeros(len(passages))
        for _, _, base, own in self._snapshot.divided(passages):
            one = self._found.get(base)
            if one is not None:
                units = one.field.units_of(passages[own] - base)
                frequencies = _frequencies(one, units)
                mask[own] = frequencies > 0
                own_norms = statistics.norms_of(one.field.lengths[units])
                scores[own] = self.weight * saturation(frequencies, own_norms)
        return mask, scores


def _deleted(one: _Occurrence) -> int:
    """Return how many deleted passages hold a term."""
    gone = one.segment.state.deleted
    return int(np.count_nonzero(_frequencies(one, one.field.units_of(gone.astype(np.int64))))) if len(gone) else 0


def _postings(one: _Occurrence, low: int, high: int) -> tuple[Ints, Array]:
    """Return the units that hold a term in passages `low` to `high` of a segment, which are whole articles."""
    field, postings = one.field, one.field.postings(one.number)
    if low == 0 and high == one.segment.passages:
        return field.units(one.number)
    first, last = field.units_of(np.array([low, high - 1])).tolist()
    if field.has_positions:
        return grouped(field.layout.units_of(_between(postings, field, first, last + 1)).astype(np.int64))
    start, end = np.searchsorted(postings, np.array([first, last + 1], np.uint32) << np.uint32(8))
    at = np.arange(start, end)
    return (postings[start:end] >> np.uint32(8)).astype(np.int64), field.frequencies_at(one.number, at)


def _between(places: Array, field: Field, low: int, high: int) -> Array:
    """Return the places that lie in units `low` to `high`."""
    start, end = field.layout.start(np.array([low, high])).tolist()
    first = np.searchsorted(places, np.uint32(start))
    last = np.searchsorted(places, np.uint32(end - 1), side="right")
    return places[first:last]


def _frequencies(one: _Occurrence, units: Ints) -> Array:
    """Return how often given units of a segment, which rise, hold a term."""
    field, postings = one.field, one.field.postings(one.number)
    if field.has_positions:
        first, last = ranges(field, postings, units)
        return last - first
    at = np.searchsorted(postings, (units << 8).astype(np.uint32))
    at[at == len(postings)] = 0
    is_there = postings[at] >> np.uint32(8) == units
    return np.where(is_there, field.frequencies_at(one.number, at), 0)


def ranges(field: Field, places: Array, units: Ints) -> tuple[Ints, Ints]:
    """Return where the places of each of `units` begin and end among `places`."""
    layout = field.layout
    first = np.searchsorted(places, layout.start(units).astype(np.uint32))
    last = np.searchsorted(places, (layout.start(units + 1) - 1).astype(np.uint32), side="right")
    return first, last


def joined(found: Sequence[Matches]) -> Matches:
    """Return the matches of segments, one behind the other."""
    if len(found) == 1:
        return found[0]
    if not found:
        return NOTHING
    return Matches(np.concatenate([one.passages for one in found]), np.concatenate([one.scores for one in found]))


class ConstantScorer(Scorer):
    """Scores 1 for each passage of a set; `mask` gives those of a segment, deleted ones perhaps among them."""

    bound = 1.0

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._masks: dict[int, Mask] = {}

    @abstractmethod
    def mask(self, segment: Segment) -> Mask:
        """Return which passages of a segment are in the set."""

    def _mask(self, segment: Segment) -> Mask:
        if id(segment) not in self._masks:
            mask = self.mask(segment)
            self._masks[id(segment)] = mask if segment.live is None else mask & segment.live
        return self._masks[id(segment)]

    def passages(self, low: int, high: int) -> Ints:
        found = [
            np.flatnonzero(self._mask(segment)[start:end]) + (base + start)
            for segment, base, start, end in self._snapshot.parts(low, high)
        ]
        return np.concatenate(found) if found else NOTHING.passages

    def matches(self, low: int, high: int) -> Matches:
        passages = self.passages(low, high)
        return Matches(passages, np.ones(len(passages)))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask = np.zeros(len(passages), bool)
        for _, segment, base, own in self._snapshot.divided(passages):
            mask[own] = self._mask(segment)[passages[own] - base]
        return mask, mask.astype(np.float64)


class EveryScorer(ConstantScorer):
    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.cost = snapshot.size

    def mask(self, segment: Segment) -> Mask:
        return np.ones(segment.passages, bool)


class RangeScorer(ConstantScorer):
    def __init__(self, snapshot: Snapshot, field: str, low: int | None, high: int | None) -> None:
        super().__init__(snapshot)
        self.cost = snapshot.size
        self._field = field
        self._low = 1 if low is None else max(low, 1)  # 0 stands for none
        self._high = high

    def mask(self, segment: Segment) -> Mask:
        values = segment.column(self._field)
        mask = np.zeros(segment.passages, bool)
        inside = mask[: len(values)]
        np.greater_equal(values, self._low, out=inside)
        if self._high is not None:
            inside &= values <= self._high
        return mask


class KeywordScorer(ConstantScorer):
    def __init__(self, snapshot: Snapshot, field: str, values: Sequence[str]) -> None:
        super().__init__(snapshot)
        self._field = field
        self._values = [value.encode("utf-8", "surrogatepass") for value in values]
        self.cost = sum(len(one) for segment in snapshot.segments for one in self._passages(segment))

    def _passages(self, segment: Segment) -> list[Array]:
        field = segment.field(self._field)
        numbers = [field.find(value) for value in self._values] if field else []
        return [field.passages(number) for number in numbers if field and number is not None]

    def mask(self, segment: Segment) -> Mask:
        mask = np.zeros(segment.passages, bool)
        for passages in self._passages(segment):
            mask[passages] = True
        return mask


class ExpandedScorer(ConstantScorer):
    """Passages that hold one of many terms."""

    def __init__(self, snapshot: Snapshot, field: str, terms: Mapping[int, Iterable[int]]) -> None:
        """`terms` are the terms' numbers, by the first passage of a segment."""
        super().__init__(snapshot)
        self._terms: dict[int, list[Array]] = {}
        self.cost = 0
        for segment, base, own in snapshot.fields(field):
            stretches = _stretches(terms.get(base, ()))
            found = [own.all_postings[own.starts[low] : own.starts[high]] for low, high in stretches]
            self._terms[id(segment)] = found
            self.cost += sum(map(len, found))
        self._field = field

    def mask(self, segment: Segment) -> Mask:
        mask = np.zeros(segment.passages, bool)
        field = segment.field(self._field)
        for postings in self._terms.get(id(segment), ()):
            assert field is not None
            units = field.layout.units_of(postings) if field.has_positions else postings >> np.uint32(8)
            if field.is_shared:
                inside = np.zeros(len(field.first) - 1, bool)
                inside[units] = True
                mask |= inside[field.units_of(np.arange(segment.passages))]
            else:
                mask[units] = True
        return mask


def _stretches(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as stretches, half open, of neighbours."""
    if isinstance(numbers, range):
        return [(numbers.start, numbers.stop)] if len(numbers) else []
    stretches: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if stretches and stretches[-1][1] == number:
            stretches[-1] = stretches[-1][0], number + 1
        else:
            stretches.append((number, number + 1))
    return stretches


class NotScorer(Scorer):
    bound = 0.0

    def __init__(self, snapshot: Snapshot, inner: Scorer) -> None:
        self._snapshot = snapshot
        self._inner = inner
        self.cost = snapshot.size

    def matches(self, low: int, high: int) -> Matches:
        rest = self._snapshot.live(low, high)
        rest[self._inner.passages(low, high) - low] = False
        passages = np.flatnonzero(rest) + low
        return Matches(passages, np.zeros(len(passages)))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        return ~self._inner.look(passages)[0], np.zeros(len(passages))


class BoostScorer(Scorer):
    def __init__(self, inner: Scorer, weight: float) -> None:
        self._inner = inner
        self._weight = weight
        self.cost = inner.cost
        self.bound = inner.bound * weight

    def passages(self, low: int, high: int) -> Ints:
        return self._inner.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        if not self._weight:
            passages = self._inner.passages(low, high)
            return Matches(passages, np.zeros(len(passages)))
        found = self._inner.matches(low, high)
        return Matches(found.passages, found.scores * self._weight)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = self._inner.look(passages)
        return mask, scores * self._weight


class AllOfScorer(Scorer):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self._by_cost = sorted(range(len(parts)), key=lambda i: parts[i].cost)
        self.cost = min((part.cost for part in parts), default=0)
        self.bound = sum(part.bound for part in parts)

    def matches(self, low: int, high: int) -> Matches:
        if not self._parts:
            return NOTHING
        first, *others = self._by_cost
        passages, own = self._parts[first].matches(low, high)
        scores = {first: own}
        for i in others:
            mask, own = self._parts[i].look(passages)
            passages = passages[mask]
            scores = {number: values[mask] for number, values in scores.items()} | {i: own[mask]}
        return Matches(passages, _sum(scores[i] for i in range(len(self._parts))))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        looked = [part.look(passages) for part in self._parts]
        mask = np.full(len(passages), bool(looked))
        for own, _ in looked:
            mask &= own
        return mask, np.where(mask, _sum(scores for _, scores in looked) if looked else 0.0, 0.0)


def _sum(scores: Iterable[Floats]) -> Floats:
    """Add in order, so that sums are the same however they come about."""
    total: Floats | None = None
    for one in scores:
        total = one if total is None else total + one
    assert total is not None
    return total


class AnyOfScorer(Scorer):
    def __init__(self, snapshot: Snapshot, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self._snapshot = snapshot
        self.cost = sum(part.cost for part in parts)
        self.bound = sum(part.bound for part in parts)

    def parts(self) -> Sequence[Scorer]:
        return self._parts

    def passages(self, low: int, high: int) -> Ints:
        if len(self._parts) == 1:
            return self._parts[0].passages(low, high)
        found = np.zeros(high - low, bool)
        for part in self._parts:
            found[part.passages(low, high) - low] = True
        return np.flatnonzero(found) + low

    def matches(self, low: int, high: int) -> Matches:
        passages = self.passages(low, high)
        scores = np.zeros(high - low)
        for part in self._parts:
            own = part.matches(low, high)
            scores[own.passages - low] += own.scores
        return Matches(passages, scores[passages - low])

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = np.zeros(len(passages), bool), np.zeros(len(passages))
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            total += scores
        return mask, total


class BestScorer(Scorer):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self.cost = sum(part.cost for part in parts)
        self.bound = max((part.bound for part in parts), default=0.0)

    def matches(self, low: int, high: int) -> Matches:
        found = np.zeros(high - low, bool)
        best = np.full(high - low, -np.inf)
        for part in self._parts:
            passages, scores = part.matches(low, high)
            found[passages - low] = True
            best[passages - low] = np.maximum(best[passages - low], scores)
        passages = np.flatnonzero(found)
        return Matches(passages + low, best[passages])

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, best = np.zeros(len(passages), bool), np.full(len(passages), -np.inf)
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            best = np.where(own, np.maximum(best, scores), best)
        return mask, np.where(mask, best, 0.0)


class AlsoScorer(Scorer):
    def __init__(self, node: Scorer, extras: Sequence[Scorer]) -> None:
        self._node = node
        self._extras = extras
        self.cost = node.cost
        self.bound = node.bound + sum(extra.bound for extra in extras)

    def parts(self) -> Sequence[Scorer]:
        return [self._node, *self._extras]

    def required(self) -> Scorer:
        return self._node

    def passages(self, low: int, high: int) -> Ints:
        return self._node.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        passages, scores = self._node.matches(low, high)
        total = np.zeros(high - low)
        total[passages - low] = scores
        for extra in self._extras:
            own = extra.matches(low, high)
            total[own.passages - low] += own.scores
        return Matches(passages, total[passages - low])

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = self._node.look(passages)
        total = total.copy()
        for extra in self._extras:
            total += extra.look(passages)[1]
        return mask, np.where(mask, total, 0.0)

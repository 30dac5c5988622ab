"""Scorers of sets: a passage is in or out, and scores 1."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indexer.cached import cached_property
from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.scorers import Matches, Scorer
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class ConstantScorer(Scorer):
    """Scores 1 for each passage of a set; `mask` gives those of a segment, deleted ones perhaps among them."""

    bound = weight = 1.0
    _key: object = None  # by which a snapshot remembers the set, if it is asked for again and again

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @abstractmethod
    def mask(self, segment: Segment) -> Mask:
        """Return which passages of a segment are in the set."""

    @cached_property
    def _row(self) -> Mask:
        """Which of all passages are in the set."""
        return self._snapshot.remembered(self._key, self._made) if self._key else self._made()

    def _made(self) -> Mask:
        row = self._snapshot.live(0, self._snapshot.size)
        for segment, base, _, end in self._snapshot.parts(0, self._snapshot.size):
            row[base : base + end] &= self.mask(segment)
        return row

    def passages(self, low: int, high: int) -> Ints:
        return self._row[low:high].nonzero()[0] + low

    def matches(self, low: int, high: int) -> Matches:
        passages = self.passages(low, high)
        return Matches(passages, np.ones(len(passages)))

    def holding(self, passages: Ints) -> Mask:
        return self._row.take(passages)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask = self.holding(passages)
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
        self._values = [encoded(value) for value in values]
        self._key = KeywordScorer, field, tuple(values)
        fields = [own for _, _, own in snapshot.fields(field)]
        self.cost = sum(own.passage_count(number) for own in fields for number in self._terms(own))

    def _terms(self, field: Field) -> list[int]:
        numbers = map(field.find, self._values)
        return [number for number in numbers if number is not None]

    def mask(self, segment: Segment) -> Mask:
        mask = np.zeros(segment.passages, bool)
        field = segment.field(self._field)
        if field is not None:
            for number in self._terms(field):
                mask[field.passages(number)] = True
        return mask


class _Expansion(NamedTuple):
    """Some terms of a segment: their numbers, how many postings each has, and these, one term's after another's."""

    numbers: Ints
    counts: Ints
    postings: Array

    @classmethod
    def of(cls, field: Field, terms: range | Ints) -> _Expansion:
        numbers = np.asarray(terms, np.int64)
        starts = np.asarray(field.starts)
        first = starts[numbers].astype(np.int64)
        counts = starts[numbers + 1].astype(np.int64) - first
        if isinstance(terms, range):
            return cls(numbers, counts, field.all_postings[starts[terms.start] : starts[terms.stop]])
        offsets = first - (np.cumsum(counts) - counts)
        return cls(numbers, counts, field.all_postings[np.repeat(offsets, counts) + np.arange(int(counts.sum()))])


class ExpandedScorer(ConstantScorer):
    """Passages that hold one of many terms."""

    def __init__(self, snapshot: Snapshot, field: str, terms: Mapping[int, range | Ints]) -> None:
        """`terms` are the terms' numbers, by the first passage of a segment."""
        super().__init__(snapshot)
        self._terms = {
            id(segment): _Expansion.of(own, terms[base])
            for segment, base, own in snapshot.fields(field)
            if base in terms
        }
        self.cost = sum(len(own.postings) for own in self._terms.values())
        self._field = field

    def mask(self, segment: Segment) -> Mask:
        field = segment.field(self._field)
        if field is None or id(segment) not in self._terms:
            return np.zeros(segment.passages, bool)
        inside = np.zeros(len(field.first) - 1 if field.is_shared else segment.passages, bool)
        inside[_units(field, self._terms[id(segment)].postings)] = True
        return np.repeat(inside, np.diff(field.first)) if field.is_shared else inside

    def terms_of(self, segment: Segment, passage: int) -> tuple[str, ...]:
        """Return which of the terms a passage of a segment holds, in order."""
        field = segment.field(self._field)
        assert field is not None
        unit = field.units_of(np.array([passage]))[0]
        numbers, counts, postings = self._terms[id(segment)]
        held = np.unique(np.repeat(numbers, counts)[_units(field, postings) == unit])
        return tuple(decoded(field.term(number)) for number in held.tolist())


def _units(field: Field, postings: Array) -> Array:
    units: Array = field.layout.units_of(postings) if field.has_positions else postings >> np.uint32(8)
    return units

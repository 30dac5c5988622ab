"""Scorers of sets: a passage is in or out, and scores 1."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.scorers import NOTHING, Matches, Scorer
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class ConstantScorer(Scorer):
    """Scores 1 for each passage of a set; `mask` gives those of a segment, deleted ones perhaps among them."""

    bound = weight = 1.0

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
        self._values = [encoded(value) for value in values]
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
        self._stretches: dict[int, list[tuple[int, int]]] = {}
        self.cost = 0
        for segment, base, own in snapshot.fields(field):
            stretches = _stretches(terms.get(base, ()))
            found = [own.all_postings[own.starts[low] : own.starts[high]] for low, high in stretches]
            self._terms[id(segment)], self._stretches[id(segment)] = found, stretches
            self.cost += sum(map(len, found))
        self._field = field

    def mask(self, segment: Segment) -> Mask:
        mask = np.zeros(segment.passages, bool)
        field = segment.field(self._field)
        for postings in self._terms.get(id(segment), ()):
            assert field is not None
            units = _units(field, postings)
            if field.is_shared:
                inside = np.zeros(len(field.first) - 1, bool)
                inside[units] = True
                mask |= inside[field.units_of(np.arange(segment.passages))]
            else:
                mask[units] = True
        return mask

    def terms_of(self, segment: Segment, passage: int) -> tuple[str, ...]:
        """Return which of the terms a passage of a segment holds, in order."""
        field = segment.field(self._field)
        assert field is not None
        unit = field.units_of(np.array([passage]))[0]
        starts = np.asarray(field.starts)
        held: list[int] = []
        for (low, _), postings in zip(self._stretches[id(segment)], self._terms[id(segment)], strict=True):
            at = (_units(field, postings) == unit).nonzero()[0] + int(starts[low])
            held += np.unique(starts.searchsorted(at, side="right") - 1).tolist()
        return tuple(decoded(field.term(number)) for number in held)


def _units(field: Field, postings: Array) -> Array:
    units: Array = field.layout.units_of(postings) if field.has_positions else postings >> np.uint32(8)
    return units


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

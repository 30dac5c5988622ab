"""A field of a segment -> everything in it that does not agree, as sentences.

What is computed here from the postings is what `FieldWriter` computed when it wrote them. Takes memory for some numbers
of each passage and for one stretch of postings, whatever the size of the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from indexer.display import counted
from indexer.engines.base import TERM_FIELDS
from indexer.engines.bm25 import length_codes
from indexer.engines.whoosh.container import Array, Container
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.postings import MOST_FREQUENT, SEPARATOR, Ints, runs, stretches, totals_of


class FieldCheck:
    """One field: its terms, units, lengths and layout, and whether they are what the postings give."""

    def __init__(self, container: Container, field: Field, passages: int) -> None:
        self._container = container
        self._field = field
        self._passages = passages
        self._starts = np.asarray(field.starts).astype(np.int64)
        self._sizes = np.ones(passages, np.int64)  # passages of each unit

    def faults(self) -> Iterator[str]:
        found = list(self._units())
        if not found:
            found = [*self._terms(), *self._lengths(), *self._layout(), *self._overflow()]
        yield from found or self._postings()

    def _units(self) -> Iterator[str]:
        if not self._field.is_shared:
            return
        first = self._field.first
        if not divides(first, self._passages):
            yield f"first does not divide the {self._passages:,} passages among units"
            return
        self._sizes = first[1:].astype(np.int64) - first[:-1]
        if not np.array_equal(self._array("units"), np.repeat(np.arange(len(self._sizes)), self._sizes)):
            yield "units does not agree with first"

    def _array(self, section: str) -> Array:
        return self._container.array(f"{self._field.name}/{section}")

    def _terms(self) -> Iterator[str]:
        field = self._field
        blob, ends = np.frombuffer(field.blob, "u1"), field.ends
        if not divides(ends, len(blob)):
            yield "ends does not divide the terms"
        elif (blob[ends[1:].astype(np.int64) - 1] != SEPARATOR[0]).any():
            yield "terms has no separator where a term ends"
        elif (
            at := next((i for i, (one, other) in enumerate(pairwise(field.terms())) if one >= other), None)
        ) is not None:
            yield f"terms do not rise at number {at + 1:,}"
        if len(self._starts) != len(ends) or not divides(self._starts, len(field.all_postings)):
            yield "starts does not divide the postings among the terms"

    def _lengths(self) -> Iterator[str]:
        for section in self._statistics_kept():
            if len(self._array(section)) != len(self._field):
                yield f"{section} is not one number for each of the {len(self._field):,} terms"
        if not self._field.is_ranked:
            return
        lengths = self._field.lengths
        if len(lengths) != len(self._sizes):
            yield f"lengths has {len(lengths):,} entries for {len(self._sizes):,} units"
            return
        totals = tuple(totals_of(lengths, self._sizes).tolist())
        if self._field.totals != totals:
            yield f"totals are {self._field.totals}, the lengths give {totals}"

    def _statistics_kept(self) -> list[str]:
        kept = ["highest", "shortest"] if self._field.is_ranked else []
        return [*kept, "passages"] if self._field.has_positions or self._field.is_shared else kept

    def _layout(self) -> Iterator[str]:
        """Check that each unit has room for its positions, and one place more."""
        if not self._field.has_positions:
            return
        layout, extents = self._field.layout, self._field.extents.astype(np.int64)
        if len(extents) != len(self._sizes):
            yield f"extents has {len(extents):,} entries for {len(self._sizes):,} units"
            return
        slots: Any = 1
        if not layout.is_even:
            if not divides(layout.firsts, len(layout.units)) or len(layout.firsts) != len(self._sizes) + 1:
                yield "firsts does not divide the slots among the units"
                return
            slots = np.diff(layout.firsts.astype(np.int64))
            if not np.array_equal(layout.units, np.repeat(np.arange(len(self._sizes)), slots)):
                yield "slots does not agree with firsts"
        yield from differ(slots << layout.shift <= extents, "unit", "too few places for its length")

    def _overflow(self) -> Iterator[str]:
        if f"{self._field.name}/overflow" not in self._container:
            return
        at, values = np.array_split(self._array("overflow").astype(np.int64), 2)
        postings = self._field.all_postings
        if not len(at) or len(at) != len(values) or not rises(at) or at[0] < 0 or at[-1] >= len(postings):
            yield "overflow does not name postings in order"
        elif ((postings[at] & np.uint32(0xFF)) != MOST_FREQUENT).any() or (values < MOST_FREQUENT).any():
            yield "overflow gives a frequency to a posting that has its own"

    def _postings(self) -> Iterator[str]:
        """Check that the postings rise, and that statistics and lengths are what they give."""
        field, starts, count = self._field, self._starts, len(self._sizes)
        tokens, positions, many = np.zeros(count, np.int64), np.zeros(count, np.int64), 0
        for low, high in stretches(np.diff(starts)):
            postings = field.all_postings[starts[low] : starts[high]]
            own = starts[low : high + 1] - starts[low]
            faults = list(self._order(postings, own, low))
            if faults:
                yield from faults
                return
            units, frequencies, counts = self._runs(postings, low, high)
            tokens += np.bincount(units, frequencies, count).astype(np.int64)
            if field.has_positions:
                of_place = field.layout.units_of(postings)
                position = postings.astype(np.int64) - field.layout.start(of_place)
                positions += np.bincount(of_place, position, count).astype(np.int64)
            else:
                many += int(np.count_nonzero((postings & np.uint32(0xFF)) == MOST_FREQUENT))
            yield from self._statistics(units, frequencies, counts, low)
        if many != len(self._container.get(f"{field.name}/overflow", "<u8")) // 2:
            yield f"overflow does not have the {many:,} frequencies that are too high for their postings"
        if field.is_ranked and f"{field.name}/extents" not in self._container:
            yield from differ(tokens != field.lengths, "unit", "a length that is not that of its postings")
            if field.name in TERM_FIELDS and field.has_positions:  # each position is taken once, up to the length
                yield from differ(positions != tokens * (tokens - 1) // 2, "unit", "a position taken twice")

    def _order(self, postings: Array, starts: Ints, first: int) -> Iterator[str]:
        """Check postings of terms from `first` on, which begin at `starts`: they rise, and lie in units."""
        field = self._field
        keys = postings if field.has_positions else postings >> np.uint32(8)
        rises = np.append(True, keys[1:] > keys[:-1])
        rises[starts[:-1]] = True
        if not rises.all():
            term = first + int(np.searchsorted(starts, np.argmin(rises), side="right")) - 1
            yield f"postings do not rise in term number {term:,}"
        if not field.has_positions:
            yield from differ(keys >= len(self._sizes), "posting", "a unit behind the last one")
            yield from differ((postings & np.uint32(0xFF)) == 0, "posting", "no frequency")
        elif ((keys >> field.layout.shift) >= len(field.layout.units)).any():
            yield "postings has places behind the last unit"
        else:
            units = field.layout.units_of(keys)
            positions = keys.astype(np.int64) - field.layout.start(units)
            yield from differ(positions >= field.extents[units], "place", "a position behind the end of its unit")

    def _runs(self, postings: Array, low: int, high: int) -> tuple[Array, Array, Ints]:
        """Return the units of each term with their frequencies, and how many units each term has."""
        counts = np.diff(self._starts[low : high + 1])
        if self._field.has_positions:
            return runs(self._field.layout.units_of(postings), counts)
        return postings >> np.uint32(8), self._field.frequencies(low, high), counts

    def _statistics(self, units: Array, frequencies: Array, counts: Ints, low: int) -> Iterator[str]:
        starts, terms = np.cumsum(counts) - counts, slice(low, low + len(counts))
        found: dict[str, Array] = {"passages": np.add.reduceat(self._sizes[units], starts)}
        if self._field.is_ranked:
            found["highest"] = np.minimum(np.maximum.reduceat(frequencies, starts), MOST_FREQUENT)
            found["shortest"] = np.minimum.reduceat(length_codes(self._field.lengths[units]), starts)
        for section in self._statistics_kept():
            if not np.array_equal(self._array(section)[terms], found[section]):
                yield f"{section} is not what the postings give"


def rises(numbers: Array) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def divides(ends: Array, total: int) -> bool:
    """Tell whether numbers rise from 0 to `total`."""
    return len(ends) > 0 and ends[0] == 0 and ends[-1] == total and rises(ends)


def differ(wrong: Array, noun: str, what: str) -> Iterator[str]:
    """Yield a sentence if anything is wrong: how many of the noun with what, and which is the first."""
    count = int(np.count_nonzero(wrong))
    if count:
        yield f"{counted(count, noun)} with {what}, the first is number {int(np.argmax(wrong)):,}"

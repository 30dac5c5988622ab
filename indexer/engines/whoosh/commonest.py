"""Some terms of the segments of a field -> the commonest of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.snapshot import Ints, Mask


def commonest(found: Sequence[tuple[Field, Ints]], lives: Sequence[Mask | None], most: int) -> list[Ints] | None:
    """Return of some terms, given by segment, the `most` that most passages hold; None if there are no more.

    Of those that as many hold, the first in order. `lives` says for each segment which passages are not deleted, None
    for all.
    """
    if sum(len(numbers) for _, numbers in found) <= most:
        return None
    counts = [_live_counts(field, numbers, live) for (field, numbers), live in zip(found, lives, strict=True)]
    found = [(field, numbers[own > 0]) for (field, numbers), own in zip(found, counts, strict=True)]
    counts = [own[own > 0] for own in counts]
    least = max((_nth_highest(own, most) for own in counts if len(own) > most), default=0)
    # What is among the commonest of all has its share of that in one segment.
    shares = [own * len(found) >= least for own in counts]
    numbered = [
        {field.term(number): number for number in numbers[share].tolist()}
        for (field, numbers), share in zip(found, shares, strict=True)
    ]
    terms: set[bytes] = set().union(*numbered)
    if not least and len(terms) <= most:
        return None
    totals = Counter[bytes]()
    for (field, numbers), own, known in zip(found, counts, numbered, strict=True):
        known |= {term: number for term in terms - known.keys() if (number := field.find(term)) is not None}
        places = numbers.searchsorted(np.fromiter(known.values(), np.int64, len(known)))
        is_there = numbers.take(places, mode="clip") == [*known.values()]
        totals.update(dict(zip(known, np.where(is_there, own.take(places, mode="clip"), 0).tolist(), strict=True)))
    kept = sorted(terms, key=lambda term: (-totals[term], term))[:most]
    return [np.sort(np.array([known[term] for term in kept if term in known], np.int64)) for known in numbered]


def _live_counts(field: Field, numbers: Ints, live: Mask | None) -> Ints:
    """Return how many passages hold each of some terms."""
    counts = field.passage_counts(numbers)
    if live is None:
        return counts
    starts = np.asarray(field.starts)[numbers].astype(np.int64)
    ends = np.cumsum(np.asarray(field.starts)[numbers + 1] - starts)
    before = np.concatenate(([0], ends))[:-1]
    at = np.repeat(starts - before, np.diff(ends, prepend=0))
    at += np.arange(len(at))
    postings = field.all_postings.take(at)
    units = field.layout.units_of(postings) if field.has_positions else postings >> np.uint32(8)
    dead = field.over_units((~live).astype(np.int32))
    lost = dead.take(units).nonzero()[0]
    terms, units = ends.searchsorted(lost, "right"), units.take(lost)
    is_first = np.ones(len(terms), bool)  # of a term in a unit
    is_first[1:] = (terms[1:] != terms[:-1]) | (units[1:] != units[:-1])
    return counts - np.bincount(terms[is_first], dead.take(units[is_first]), len(numbers)).astype(np.int64)


def _nth_highest(counts: Ints, place: int) -> int:
    return int(np.partition(counts, len(counts) - place)[len(counts) - place])

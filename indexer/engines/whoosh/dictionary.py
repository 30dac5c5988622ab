"""The terms of a field by their beginning, by what stands at each place, or near a spelling: most frequent first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.expansion import near_to
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.terms import TermPostings

# One more than the last code point.
_CODE_POINTS = 0x110000

Counted = list[tuple[str, int]]


class _Found(NamedTuple):
    """Numbers of terms in a segment, those of most passages first, deleted ones among them, and how many passages."""

    field: Field
    numbers: Array
    counts: Array


def terms(snapshot: Snapshot, name: str, prefix: str, limit: int) -> Counted:
    """Return the terms that begin so, with how many passages hold each."""
    fields = [field for _, _, field in snapshot.fields(name)]
    return _best(snapshot, name, [_found(field, _range(field, encoded(prefix))) for field in fields], limit)


def terms_like(
    snapshot: Snapshot, name: str, places: Sequence[str], limit: int, free: int = 0, is_open: bool = False
) -> Counted:
    """Return the terms with one of `places[i]` as their i-th character, all but `free` of them, likewise."""
    tables = [_table(allowed) for allowed in places]
    fields = [field for _, _, field in snapshot.fields(name)]
    return _best(snapshot, name, [_found(field, _like(field, tables, free, is_open)) for field in fields], limit)


def terms_near(snapshot: Snapshot, name: str, term: str, distance: int, kept: int, limit: int) -> Counted:
    """Return the terms that a Fuzzy stands for, likewise."""
    fields = [field for _, _, field in snapshot.fields(name)]
    return _best(snapshot, name, [_found(field, near_to(field, term, distance, kept)) for field in fields], limit)


def passages_with(snapshot: Snapshot, name: str, term: str) -> int:
    """Return how many passages hold a term."""
    return sum(
        _live_count(segment, field, number)
        for segment, _, field in snapshot.fields(name)
        if (number := field.find(encoded(term))) is not None
    )


def holds(snapshot: Snapshot, name: str, term: str) -> bool:
    """Tell whether a passage holds a term; those are counted only if as many were deleted."""
    found = ((segment, field, field.find(encoded(term))) for segment, _, field in snapshot.fields(name))
    return any(
        field.passage_count(number) > len(segment.state.deleted) or _live_count(segment, field, number)
        for segment, field, number in found
        if number is not None
    )


def _range(field: Field, prefix: bytes) -> Array:
    numbers = field.beginning_with(prefix)
    return np.arange(numbers.start, numbers.stop)


def _table(allowed: str) -> Array:
    """Return for each code point whether it is allowed."""
    table = np.zeros(_CODE_POINTS, bool)
    table[[ord(character) for character in allowed]] = True
    return table


def _like(field: Field, tables: Sequence[Array], free: int, is_open: bool) -> Array:
    codes, ends = field.letters
    starts = np.concatenate(([0], ends + 1))[:-1]
    lengths = ends - starts
    numbers = np.flatnonzero(lengths >= len(tables) if is_open else lengths == len(tables))
    misses = np.zeros(len(numbers), np.int64)
    for place, table in enumerate(tables):
        misses += ~table[codes[starts[numbers] + place]]
        kept = misses <= free
        numbers, misses = numbers[kept], misses[kept]
    return numbers


def _found(field: Field, numbers: Array) -> _Found:
    counts = field.passage_counts(numbers)
    # One number of both, since sorting numbers is several times faster than argsort.
    order = np.sort((int(counts.max(initial=0)) - counts) << 32 | np.arange(len(counts))) & 0xFFFFFFFF
    return _Found(field, numbers[order], counts[order])


def _best(snapshot: Snapshot, name: str, found: Sequence[_Found], limit: int) -> Counted:
    """Return the best of all segments: as many of each as it takes until no other can have more passages."""
    if limit <= 0:
        return []
    counted: dict[str, int] = {}
    width = limit
    while True:
        for one in found:
            for term in (decoded(one.field.term(number)) for number in one.numbers[:width].tolist()):
                if term not in counted:
                    counted[term] = passages_with(snapshot, name, term)
        best = sorted(((term, count) for term, count in counted.items() if count), key=_rank)[:limit]
        unseen = sum(int(one.counts[width]) for one in found if width < len(one.counts))
        if not unseen or (len(best) == limit and best[-1][1] >= unseen):
            return best
        width *= 4


def _rank(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _live_count(segment: Segment, field: Field, number: int) -> int:
    if not len(segment.state.deleted):
        return field.passage_count(number)
    if not field.is_ranked:
        assert segment.live is not None
        return int(np.count_nonzero(segment.live[field.passages(number)]))
    postings = TermPostings(segment, field, number)
    return postings.passage_count() - postings.deleted_count()

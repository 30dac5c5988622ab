"""Values of keyword fields -> the articles that have them, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot


def articles_with(snapshot: Snapshot, field: str, value: str) -> list[str]:
    """Return the ids, in order, of the articles with a passage that has a value."""
    keys: set[bytes] = set()
    for segment in snapshot.segments:
        passages = _live(segment, field, value)
        if len(passages):
            keys.update(map(segment.article_key, np.unique(segment.article_of[passages]).tolist()))
    return [decoded(key) for key in sorted(keys)]


def _live(segment: Segment, name: str, value: str) -> Array:
    field = segment.field(name)
    number = field.find(encoded(value)) if field else None
    if field is None or number is None:
        return np.empty(0, np.int64)
    passages = field.passages(number)
    return passages if segment.live is None else passages[segment.live[passages]]


def frequent_terms(
    snapshot: Snapshot, name: str, prefixes: Sequence[str], at_least: int, among: Collection[str] | None = None
) -> dict[str, int]:
    """Return the terms of a field that begin in one of some ways and are in `at_least` passages of `among`, counted."""
    counts: Counter[bytes] = Counter()
    for segment, base in zip(snapshot.segments, snapshot.article_bases, strict=False):
        field = segment.field(name)
        if field is None:
            continue
        counted = segment.live if among is None else _passages_of(snapshot, segment, base, among)
        numbers = [field.beginning_with(encoded(prefix)) for prefix in prefixes]
        for number, count in zip(*_counts(segment, field, numbers, counted), strict=True):
            counts[field.term(number)] += count
    return {decoded(term): count for term, count in sorted(counts.items()) if count >= at_least}


def _passages_of(snapshot: Snapshot, segment: Segment, base: int, article_ids: Collection[str]) -> Array:
    """Return which passages of a segment are those of some articles, as booleans."""
    numbers = [number - base for name in article_ids if (number := snapshot.article_number(name)) is not None]
    of_those = np.isin(segment.article_of, [number for number in numbers if number >= 0])
    return of_those if segment.live is None else of_those & segment.live


def _counts(
    segment: Segment, field: Field, ranges: Sequence[range], counted: Array | None
) -> tuple[list[int], list[int]]:
    """Return the terms of some ranges that are in passages that are `counted`, and in how many each is."""
    numbers = np.concatenate([np.empty(0, np.int64), *(np.arange(own.start, own.stop) for own in ranges)])
    starts = np.asarray(field.starts).astype(np.int64)
    if counted is None and not field.is_shared:
        counts = starts[numbers + 1] - starts[numbers]
    else:
        live = np.ones(segment.passages, np.int64) if counted is None else counted.astype(np.int64)
        parts = [field.all_postings[starts[own.start] : starts[own.stop]] for own in ranges]
        units = np.concatenate([np.empty(0, np.uint32), *parts]) >> np.uint32(8)
        before = np.concatenate(([0], np.cumsum(field.over_units(live)[units])))
        ends = np.cumsum(starts[numbers + 1] - starts[numbers])
        counts = np.diff(before[np.concatenate(([0], ends))])
    found = counts > 0
    return numbers[found].tolist(), counts[found].tolist()


def labels_of(snapshot: Snapshot, name: str, article_ids: Sequence[str]) -> list[str]:
    """Return the value that the first passage of each article has, empty where there is none."""
    return [_label(snapshot, name, article_id) for article_id in article_ids]


def _label(snapshot: Snapshot, name: str, article_id: str) -> str:
    number = snapshot.article_number(article_id)
    if number is None:
        return ""
    segment, article = snapshot.place_of_article(number)
    return segment.label(article, name)

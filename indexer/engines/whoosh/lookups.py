"""Values of keyword fields -> the articles that have them, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.container import Array, decoded, encoded
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


def frequent_terms(snapshot: Snapshot, name: str, prefix: str, at_least: int) -> dict[str, int]:
    """Return the terms of a field that begin so and are in `at_least` passages, with the number of those."""
    found: set[bytes] = set()
    for segment in snapshot.segments:
        field = segment.field(name)
        if field is not None:
            numbers = field.beginning_with(encoded(prefix))
            counts = np.diff(np.asarray(field.starts[numbers.start : numbers.stop + 1]).astype(np.int64))
            # One that is frequent has its share in one segment at least.
            many = np.flatnonzero(counts * len(snapshot.segments) >= at_least)
            found.update(field.term(numbers[i]) for i in many.tolist())
    terms = {
        term: sum(len(_live(segment, name, term)) for segment in snapshot.segments) for term in map(decoded, found)
    }
    return {term: count for term, count in sorted(terms.items()) if count >= at_least}


def labels_of(snapshot: Snapshot, name: str, article_ids: Sequence[str]) -> list[str]:
    """Return the value that the first passage of each article has, empty where there is none."""
    return [_label(snapshot, name, article_id) for article_id in article_ids]


def _label(snapshot: Snapshot, name: str, article_id: str) -> str:
    number = snapshot.article_number(article_id)
    if number is None:
        return ""
    segment, article = snapshot.place_of_article(number)
    return segment.label(article, name)

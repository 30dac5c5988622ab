"""Articles that match -> how many there are of each value."""

from __future__ import annotations

from datetime import date

import numpy as np

from indexer.engines.base import FACETS
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Ints, Mask, Snapshot

# Characters of YYYY-MM-DD.
_DATES = {"year": 4, "month": 7, "day": 10}

Counts = tuple[tuple[str, int], ...]


def facet_counts(snapshot: Snapshot, name: str, matched: Mask, looked_at: Ints) -> Counts:
    """Return the values that passages looked at of matching articles have, and in how many articles.

    Most articles first, then by value. Raises ValueError for a name that is no facet.
    """
    if name not in FACETS:
        raise ValueError(f"{name} is no facet.")
    if name in _DATES:
        counts = _by_date(snapshot, matched, _DATES[name])
    else:
        counts = _by_keyword(snapshot, name, matched, looked_at)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_keyword(snapshot: Snapshot, name: str, matched: Mask, looked_at: Ints) -> dict[str, int]:
    counts: dict[str, int] = {}
    inside = np.zeros(snapshot.size, bool)
    inside[looked_at] = True
    for segment, base, first in zip(snapshot.segments, snapshot.bases, snapshot.article_bases, strict=False):
        field = segment.field(name)
        if field is not None:
            own = inside[base : base + segment.passages]
            numbers = _articles_by_term(segment, field, matched[first : first + segment.articles], own)
            terms = field.terms()
            for number in numbers.nonzero()[0].tolist():
                value = decoded(terms[number])
                if not value:  # as another Whoosh program writes a field without one
                    continue
                counts[value] = counts.get(value, 0) + numbers.item(number)
    return counts


def _articles_by_term(segment: Segment, field: Field, matched: Mask, inside: Mask) -> Ints:
    """Return for each term how many of the articles that are `matched` have a passage `inside` with it."""
    article_of = segment.article_of[field.first[:-1]] if field.is_shared else segment.article_of
    counted = (field.over_units(inside.astype(np.int64)) > 0) & matched[article_of]
    units, terms = field.unit_pairs()
    kept = counted[units]
    terms, articles = terms[kept], article_of[units[kept]]
    is_first = np.ones(len(terms), bool)  # of its article, among the units of a term, which rise
    is_first[1:] = (terms[1:] != terms[:-1]) | (articles[1:] != articles[:-1])
    numbers: Ints = np.bincount(terms[is_first], minlength=len(field))
    return numbers


def _by_date(snapshot: Snapshot, matched: Mask, characters: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for segment, base in zip(snapshot.segments, snapshot.article_bases, strict=False):
        column = segment.column("published")
        articles = np.flatnonzero(matched[base : base + segment.articles])
        first = segment.first_passages[articles]
        days, number = np.unique(column[first[first < len(column)]], return_counts=True)
        for day, count in zip(days.tolist(), number.tolist(), strict=True):
            if day:
                value = date.fromordinal(day).isoformat()[:characters]
                counts[value] = counts.get(value, 0) + count
    return counts

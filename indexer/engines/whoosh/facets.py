"""Articles that match -> how many there are of each value."""

from __future__ import annotations

from datetime import date

import numpy as np

from indexer.engines.base import KEYWORD_FIELDS
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.snapshot import Ints, Mask, Snapshot

# Characters of YYYY-MM-DD.
_DATES = {"year": 4, "month": 7, "day": 10}

Counts = tuple[tuple[str, int], ...]


def facet_counts(snapshot: Snapshot, name: str, matched: Mask, looked_at: Ints) -> Counts:
    """Return the values that passages looked at of matching articles have, and in how many articles.

    Most articles first, then by value. Raises ValueError for a name that is no facet.
    """
    if name in KEYWORD_FIELDS:
        counts = _by_keyword(snapshot, name, matched, looked_at)
    elif name in _DATES:
        counts = _by_date(snapshot, matched, _DATES[name])
    else:
        raise ValueError(f"{name} is no facet.")
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_keyword(snapshot: Snapshot, name: str, matched: Mask, looked_at: Ints) -> dict[str, int]:
    counts: dict[str, int] = {}
    inside = np.zeros(snapshot.size, bool)
    inside[looked_at] = True
    for _, base, field in snapshot.fields(name):
        for number, term in enumerate(field.terms()):
            passages = field.passages(number) + base
            articles = snapshot.articles_of(passages[inside[passages]])
            count = len(firsts_of(articles[matched[articles]]))
            if count:
                value = decoded(term)
                counts[value] = counts.get(value, 0) + count
    return counts


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

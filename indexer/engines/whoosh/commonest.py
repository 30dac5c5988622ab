"""Some terms of the segments of a field -> the commonest of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.snapshot import Ints


def commonest(found: Sequence[tuple[Field, Ints]], most: int) -> list[Ints] | None:
    """Return of some terms, given by segment, the `most` that most passages hold; None if there are no more.

    Of those that as many hold, the first in order. Deleted passages count.
    """
    counts = [field.passage_counts(numbers) for field, numbers in found]
    least = max((_nth_highest(own, most) for own in counts if len(own) > most), default=0)
    if least and len(found) == 1:
        return [np.sort(found[0][1][np.argsort(-counts[0], kind="stable")[:most]])]
    # What is among the commonest of all has its share of that in one segment.
    shares = [numbers[own * len(found) >= least] for (_, numbers), own in zip(found, counts, strict=True)]
    numbered = [
        {field.term(number): number for number in share.tolist()}
        for (field, _), share in zip(found, shares, strict=True)
    ]
    terms: set[bytes] = set().union(*numbered)
    if not least and len(terms) <= most:
        return None
    totals = Counter[bytes]()
    for (field, _), own in zip(found, numbered, strict=True):
        own |= {term: number for term in terms - own.keys() if (number := field.find(term)) is not None}
        numbers = np.fromiter(own.values(), np.int64, len(own))
        totals.update(dict(zip(own, field.passage_counts(numbers).tolist(), strict=True)))
    kept = sorted(terms, key=lambda term: (-totals[term], term))[:most]
    return [np.sort(np.array([own[term] for term in kept if term in own], np.int64)) for own in numbered]


def _nth_highest(counts: Ints, place: int) -> int:
    return int(np.partition(counts, len(counts) - place)[len(counts) - place])

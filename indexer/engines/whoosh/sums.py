"""The best articles of a sum of scores, all of it added up: what costs least where little is read.

Sums stand in a row of all passages. No list of what matches is made: a passage that scores matches, and the best are
found in the lists of the parts, above what as many articles as are wanted reach in one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.scorers import Matches, Scorer
from indexer.engines.whoosh.snapshot import Floats, Ints, Snapshot
from indexer.engines.whoosh.top import distinct, highest, reached_by


class Sum(NamedTuple):
    """The passages of the best articles that match, rising, with their scores, and how many match in all."""

    best: Matches
    articles: int
    passages: int


def added_up(snapshot: Snapshot, parts: Sequence[Scorer], wanted: int) -> Sum:
    """Return at least the `wanted` best articles, and all that tie with the last.

    Each part scores above 0 where it matches.
    """
    found = [part.matches(0, snapshot.size) for part in parts]
    count = 0
    with snapshot.scratch() as sums:
        for passages, scores in found:
            total = sums.take(passages)
            count += len(passages) - int(np.count_nonzero(total))
            total += scores
            sums[passages] = total
        lists = [passages for passages, _ in found]
        best = _best(snapshot, lists, sums, wanted)
        scores = sums.take(best)
        for passages in lists:
            sums[passages] = 0.0
    if snapshot.is_flat:
        return Sum(Matches(best, scores), count, count)
    kept = scores.nonzero()[0]
    return Sum(Matches(best.take(kept), scores.take(kept)), _count_articles(snapshot, lists), count)


def _best(snapshot: Snapshot, lists: Sequence[Ints], sums: Floats, wanted: int) -> Ints:
    """Return all passages of the best articles of rising lists, each once, rising."""
    threshold = 0.0
    for passages in sorted(lists, key=len):
        if not threshold:
            threshold = reached_by(snapshot, highest(Matches(passages, sums.take(passages)), wanted), wanted)
    best = distinct([passages.compress(sums.take(passages) >= threshold) for passages in lists])
    return best if snapshot.is_flat else snapshot.passages_of(distinct([snapshot.articles_of(best)]))[0]


def _count_articles(snapshot: Snapshot, lists: Sequence[Ints]) -> int:
    matching = np.zeros(snapshot.articles, bool)
    for passages in lists:
        matching[snapshot.articles_of(passages)] = True
    return int(np.count_nonzero(matching))

"""The best articles of a sum of scores, exactly, without adding up what cannot matter: MaxScore.

Turtle & Flood 1995, "Query evaluation: strategies and optimizations", over arrays: the parts of the sum are added from
the heaviest to the lightest. As soon as the articles found are better than all remaining parts together could make
another, the rest is only looked up, for passages that can still be among the best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from indexer.engines.whoosh.field import firsts_of, grouped
from indexer.engines.whoosh.scorers import Matches, Scorer
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot

# Sums of the same numbers in another order differ by less than this part of them.
_ROUNDING = 1e-9

Accepted = Callable[[Ints], Mask]  # which of rising passages may be in the answer
Factors = Callable[[Ints], Floats]  # what the scores of rising articles are multiplied by


def best_articles(
    snapshot: Snapshot, root: Scorer, wanted: int, highest_factor: float, factors: Factors, accepted: Accepted
) -> Matches | None:
    """Return the best passages of the `wanted` best articles, and of those that nearly tie with the last.

    An article scores as its best accepted passage, times its factor, at most `highest_factor`. None if fewer articles
    than wanted score at all, or the root is no sum: then nothing can be left out.
    """
    parts = root.parts()
    if parts is None or not wanted:
        return None
    search = _Search(snapshot, wanted, highest_factor, accepted)
    found = search.candidates(parts)
    if found is None:
        return None
    passages, scores = found
    kept = accepted(passages).nonzero()[0]
    articles = snapshot.articles_of(passages.take(kept))
    articles, counts = grouped(articles)
    best = np.maximum.reduceat(scores.take(kept), counts.cumsum() - counts) * factors(articles)
    kept = kept.compress((best >= np.partition(best, -wanted)[-wanted] * (1 - _ROUNDING)).repeat(counts))
    return Matches(passages.take(kept), scores.take(kept))


class _Search:
    def __init__(self, snapshot: Snapshot, wanted: int, factor: float, accepted: Accepted) -> None:
        self._snapshot = snapshot
        self._wanted = wanted
        self._factor = factor * (1 + _ROUNDING)
        self._accepted = accepted
        self._threshold = 0.0  # what the last of the wanted articles scores at least

    def candidates(self, parts: Sequence[Scorer]) -> Matches | None:
        """Return the passages that can be among the best, and their sums; None if no threshold was reached."""
        remaining = [*accumulate((part.bound for part in reversed(parts)), initial=0.0)][::-1]
        touched: list[Ints] = []
        with self._snapshot.scratch() as scores:
            added = self._add(parts, remaining, scores, touched)
            least = self._least(remaining[added])
            passages = distinct([own.compress(scores.take(own) >= least) for own in touched])
            partial = scores.take(passages)
            for own in touched:
                scores[own] = 0.0
        if not self._threshold:
            return None
        for number in range(added, len(parts)):
            if parts[number].bound:
                partial += parts[number].look(passages)[1]
                kept = (partial >= self._least(remaining[number + 1])).nonzero()[0]
                passages, partial = passages.take(kept), partial.take(kept)
        return Matches(passages, partial)

    def _add(self, parts: Sequence[Scorer], remaining: list[float], scores: Floats, touched: list[Ints]) -> int:
        """Add parts up until the rest cannot bring in another article; return how many."""
        pool = np.empty(0, np.int64)
        for number, part in enumerate(parts):
            if self._threshold and self._least(remaining[number]) > 0:
                return number
            passages, own = part.matches(0, self._snapshot.size)
            touched.append(passages)
            np.add.at(scores, passages, own)
            best = highest(Matches(passages, scores.take(passages)), self._wanted).passages
            pool = distinct([pool, best])
            if remaining[0] > 2 * remaining[number + 1]:  # else what was added is less than what may come
                pool = pool.compress(self._accepted(pool))
                reached = reached_by(self._snapshot, Matches(pool, scores.take(pool)), self._wanted)
                self._threshold = max(self._threshold, reached)
        return len(parts)

    def _least(self, remaining: float) -> float:
        """Return the sum that a passage has at least that can be among the best, if that much may be added to it."""
        return self._threshold / self._factor - remaining


def highest(found: Matches, wanted: int) -> Matches:
    """Return those that score highest: more than are wanted, as some are not accepted, and several of one article."""
    compared = 4 * wanted + 32
    if len(found.passages) <= compared:
        return found
    at = found.scores.argpartition(-compared)[-compared:]
    at.sort()
    return Matches(found.passages.take(at), found.scores.take(at))


def reached_by(snapshot: Snapshot, found: Matches, wanted: int) -> float:
    """Return the score of the last of the `wanted` best articles; 0 if they are fewer."""
    firsts = firsts_of(snapshot.articles_of(found.passages))
    if len(firsts) < wanted:
        return 0.0
    best = np.maximum.reduceat(found.scores, firsts)
    best.partition(-wanted)
    return float(best[-wanted])


def distinct(lists: Sequence[Ints]) -> Ints:
    """Return the numbers of all lists in order, each once."""
    numbers = np.concatenate(lists)
    numbers.sort()
    return numbers.take(firsts_of(numbers))

"""The best articles of a sum of scores, exactly, without adding up what cannot matter: MaxScore.

Turtle & Flood 1995, "Query evaluation: strategies and optimizations", over arrays: the parts of the sum are added from
the strongest to the weakest. As soon as the articles found are better than all remaining parts together could make
another, the rest is only looked up, for passages that can still be among the best.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import numpy as np

from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.scorers import Scorer
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot

# Sums of the same numbers in another order differ by less than this part of them.
_ROUNDING = 1e-9

Accepted = Callable[[Ints], Mask]  # which of rising passages may be in the answer
Factors = Callable[[Ints], Floats]  # what the scores of rising articles are multiplied by


def best_articles(
    snapshot: Snapshot, root: Scorer, wanted: int, highest_factor: float, factors: Factors, accepted: Accepted
) -> Ints | None:
    """Return the `wanted` best articles, rising, and those that cannot be told from the last by rounded sums.

    An article scores as its best accepted passage, times its factor, at most `highest_factor`. None if fewer articles
    than wanted score at all, or the root is no sum: then nothing can be left out.
    """
    parts = root.parts()
    if parts is None or not wanted:
        return None
    search = _Search(snapshot, wanted, highest_factor, accepted)
    found = search.candidates(sorted(parts, key=lambda part: -part.bound))
    if found is None:
        return None
    passages, scores = found
    kept = accepted(passages)
    articles = snapshot.articles_of(passages[kept])
    firsts = firsts_of(articles)
    articles = articles[firsts]
    best = np.maximum.reduceat(scores[kept], firsts) * factors(articles)
    kept_articles: Ints = articles[best >= np.partition(best, -wanted)[-wanted] * (1 - _ROUNDING)]
    return kept_articles


class _Search:
    def __init__(self, snapshot: Snapshot, wanted: int, factor: float, accepted: Accepted) -> None:
        self._snapshot = snapshot
        self._wanted = wanted
        self._factor = factor * (1 + _ROUNDING)
        self._accepted = accepted
        # Passages compared for the threshold: some are not accepted, several may be of one article.
        self._compared = 4 * wanted + 32
        self._threshold = 0.0  # what the last of the wanted articles scores at least

    def candidates(self, parts: list[Scorer]) -> tuple[Ints, Floats] | None:
        """Return the passages that can be among the best, and their sums; None if no threshold was reached."""
        remaining = [*accumulate((part.bound for part in reversed(parts)), initial=0.0)][::-1]
        touched: list[Ints] = []
        with self._snapshot.scratch() as scores:
            added = self._add(parts, remaining, scores, touched)
            passages = _distinct(
                np.concatenate([self._possible(own, scores[own], remaining[added]) for own in touched])
            )
            partial = scores[passages]
            for own in touched:
                scores[own] = 0.0
        if not self._threshold:
            return None
        for number in range(added, len(parts)):
            if parts[number].bound:
                partial += parts[number].look(passages)[1]
                kept = self._factor * (partial + remaining[number + 1]) >= self._threshold
                passages, partial = passages[kept], partial[kept]
        return passages, partial

    def _add(self, parts: list[Scorer], remaining: list[float], scores: Floats, touched: list[Ints]) -> int:
        """Add parts up until the rest cannot bring in another article; return how many."""
        pool = np.empty(0, np.int64)
        for number, part in enumerate(parts):
            if self._threshold and self._factor * remaining[number] < self._threshold:
                return number
            passages, own = part.matches(0, self._snapshot.size)
            touched.append(passages)
            scores[passages] += own
            pool = self._highest(np.concatenate((pool, passages)), scores)
            if remaining[0] > 2 * remaining[number + 1]:  # else what was added is less than what may come
                self._raise_threshold(pool, scores[pool])
        return len(parts)

    def _highest(self, passages: Ints, scores: Floats) -> Ints:
        """Return those passages that score highest, rising, each once."""
        values = scores[passages]
        # A passage may stand twice: in the pool, and among those of the last part.
        kept = 2 * self._compared
        if len(passages) > kept:
            passages = passages[np.argpartition(values, len(values) - kept)[-kept:]]
        return _distinct(passages)

    def _raise_threshold(self, passages: Ints, scores: Floats) -> None:
        accepted = self._accepted(passages)
        passages, scores = passages[accepted], scores[accepted]
        articles = self._snapshot.articles_of(passages)
        firsts = firsts_of(articles)
        if len(firsts) >= self._wanted:
            best = np.maximum.reduceat(scores, firsts)
            self._threshold = max(self._threshold, float(np.partition(best, -self._wanted)[-self._wanted]))

    def _possible(self, passages: Ints, scores: Floats, remaining: float) -> Ints:
        return passages[self._factor * (scores + remaining) >= self._threshold]


def _distinct(numbers: Ints) -> Ints:
    """Return numbers in order, each once."""
    in_order = np.sort(numbers)
    return in_order[firsts_of(in_order)]

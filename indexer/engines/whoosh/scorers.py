"""Nodes -> scorers: what evaluates a node over a snapshot, to arrays of passages and scores.

A scorer answers in two ways that agree to the last bit: `matches` gives every passage of a stretch that the node
matches, `look` tells of given passages whether it does. `cost` is about how many passages `matches` reads, `bound` the
most that a score can be.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class Matches(NamedTuple):
    """Passages, rising, and the score of each."""

    passages: Ints
    scores: Floats


NOTHING = Matches(np.empty(0, np.int64), np.empty(0))


class Scorer(ABC):
    """Evaluates one node; made for one request."""

    cost: int
    bound: float

    @abstractmethod
    def matches(self, low: int, high: int) -> Matches:
        """Return the passages from `low` up to `high` that match."""

    @abstractmethod
    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        """Return which of `passages`, which rise and are not deleted, match, and their scores, else 0."""

    def passages(self, low: int, high: int) -> Ints:
        """Return only the passages of `matches`."""
        return self.matches(low, high).passages

    def parts(self) -> Sequence[Scorer] | None:
        """Return scorers whose scores add up to this one's, where it matches; None if there are none."""
        return None

    def required(self) -> Scorer | None:
        """Return what a passage must match beside one of `parts`."""
        return None

    def commonest(self) -> Scorer:
        """Return a scorer that matches only what this one does, and as much of it as one part of it can."""
        return self


def joined(found: Sequence[Matches]) -> Matches:
    """Return the matches of segments, one behind the other."""
    if len(found) == 1:
        return found[0]
    if not found:
        return NOTHING
    return Matches(np.concatenate([one.passages for one in found]), np.concatenate([one.scores for one in found]))


class NotScorer(Scorer):
    bound = 0.0

    def __init__(self, snapshot: Snapshot, inner: Scorer) -> None:
        self._snapshot = snapshot
        self._inner = inner
        self.cost = snapshot.size

    def matches(self, low: int, high: int) -> Matches:
        rest = self._snapshot.live(low, high)
        rest[self._inner.passages(low, high) - low] = False
        passages = np.flatnonzero(rest) + low
        return Matches(passages, np.zeros(len(passages)))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        return ~self._inner.look(passages)[0], np.zeros(len(passages))


class BoostScorer(Scorer):
    def __init__(self, inner: Scorer, weight: float) -> None:
        self._inner = inner
        self._weight = weight
        self.cost = inner.cost
        self.bound = inner.bound * weight

    def passages(self, low: int, high: int) -> Ints:
        return self._inner.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        if not self._weight:
            passages = self._inner.passages(low, high)
            return Matches(passages, np.zeros(len(passages)))
        found = self._inner.matches(low, high)
        return Matches(found.passages, found.scores * self._weight)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = self._inner.look(passages)
        return mask, scores * self._weight


class AllOfScorer(Scorer):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self._by_cost = sorted(range(len(parts)), key=lambda i: parts[i].cost)
        self.cost = min((part.cost for part in parts), default=0)
        self.bound = sum(part.bound for part in parts)

    def matches(self, low: int, high: int) -> Matches:
        if not self._parts:
            return NOTHING
        first, *others = self._by_cost
        passages, own = self._parts[first].matches(low, high)
        scores = {first: own}
        for i in others:
            mask, own = self._parts[i].look(passages)
            passages = passages[mask]
            scores = {number: values[mask] for number, values in scores.items()} | {i: own[mask]}
        return Matches(passages, _sum(scores[i] for i in range(len(self._parts))))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        looked = [part.look(passages) for part in self._parts]
        mask = np.full(len(passages), bool(looked))
        for own, _ in looked:
            mask &= own
        return mask, np.where(mask, _sum(scores for _, scores in looked) if looked else 0.0, 0.0)


def _sum(scores: Iterable[Floats]) -> Floats:
    """Add in order, so that sums are the same however they come about."""
    total: Floats | None = None
    for one in scores:
        total = one if total is None else total + one
    assert total is not None
    return total


def added(snapshot: Snapshot, found: Sequence[Matches], passages: Ints) -> Matches:
    """Return the sums of scores for some of the passages; scores are added in order."""
    with snapshot.scratch() as scores:
        for one in found:
            scores[one.passages] += one.scores
        total = scores[passages]
        for one in found:
            scores[one.passages] = 0.0
    return Matches(passages, total)


class AnyOfScorer(Scorer):
    def __init__(self, snapshot: Snapshot, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self._snapshot = snapshot
        self.cost = sum(part.cost for part in parts)
        self.bound = sum(part.bound for part in parts)

    def parts(self) -> Sequence[Scorer]:
        return self._parts

    def commonest(self) -> Scorer:
        return max((part.commonest() for part in self._parts), key=lambda part: part.cost, default=self)

    def passages(self, low: int, high: int) -> Ints:
        if len(self._parts) == 1:
            return self._parts[0].passages(low, high)
        found = np.zeros(high - low, bool)
        for part in self._parts:
            found[part.passages(low, high) - low] = True
        return np.flatnonzero(found) + low

    def matches(self, low: int, high: int) -> Matches:
        found = [part.matches(low, high) for part in self._parts]
        return found[0] if len(found) == 1 else added(self._snapshot, found, self.passages(low, high))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = np.zeros(len(passages), bool), np.zeros(len(passages))
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            total += scores
        return mask, total


class BestScorer(Scorer):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self.cost = sum(part.cost for part in parts)
        self.bound = max((part.bound for part in parts), default=0.0)

    def matches(self, low: int, high: int) -> Matches:
        found = np.zeros(high - low, bool)
        best = np.full(high - low, -np.inf)
        for part in self._parts:
            passages, scores = part.matches(low, high)
            found[passages - low] = True
            best[passages - low] = np.maximum(best[passages - low], scores)
        passages = np.flatnonzero(found)
        return Matches(passages + low, best[passages])

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, best = np.zeros(len(passages), bool), np.full(len(passages), -np.inf)
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            best = np.where(own, np.maximum(best, scores), best)
        return mask, np.where(mask, best, 0.0)


class AlsoScorer(Scorer):
    def __init__(self, snapshot: Snapshot, node: Scorer, extras: Sequence[Scorer]) -> None:
        self._snapshot = snapshot
        self._node = node
        self._extras = extras
        self.cost = node.cost
        self.bound = node.bound + sum(extra.bound for extra in extras)

    def parts(self) -> Sequence[Scorer]:
        return [self._node, *self._extras]

    def required(self) -> Scorer:
        return self._node

    def commonest(self) -> Scorer:
        return self._node.commonest()

    def passages(self, low: int, high: int) -> Ints:
        return self._node.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        found = [part.matches(low, high) for part in self.parts()]
        return added(self._snapshot, found, found[0].passages)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = self._node.look(passages)
        total = total.copy()
        for extra in self._extras:
            total += extra.look(passages)[1]
        return mask, np.where(mask, total, 0.0)

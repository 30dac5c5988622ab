"""Nodes -> scorers: what evaluates a node over a snapshot, to arrays of passages and scores.

A scorer answers in two ways that agree to the last bit: `matches` gives every passage of a stretch that the node
matches, `look` tells of given passages whether it does. `cost` is about how many passages `matches` reads, `bound` the
most that a score can be, `weight` about the same, but whatever segments the passages are in: sums are added from the
heaviest part to the lightest, so that they come out the same, to the last bit, of all evaluations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class Matches(NamedTuple):
    """Passages, rising, and the score of each."""

    passages: Ints
    scores: Floats


NOTHING = Matches(np.empty(0, np.int64), np.empty(0))
# Passages are sorted if they are fewer than one in so many; else they are marked in a row of all.
_SORTED = 8
# Passages are looked up in all parts of a sum if these are more than so many times as long; else all is added up.
_READ = 16


class Scorer(ABC):
    """Evaluates one node; made for one request.

    `bound` and `weight` may take reading all of it, so they are found out when they are asked for: to count takes none.
    """

    cost: int
    bound: float
    weight: float
    is_positive = False  # whether each match scores above 0

    @property
    def key(self) -> object:
        """What scorers of the same node have in common over all requests, if anything."""
        return self

    @abstractmethod
    def matches(self, low: int, high: int) -> Matches:
        """Return the passages from `low` up to `high` that match."""

    @abstractmethod
    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        """Return which of `passages`, which rise and are not deleted, match, and their scores, else 0."""

    def passages(self, low: int, high: int) -> Ints:
        """Return only the passages of `matches`."""
        return self.matches(low, high).passages

    def scored(self, passages: Ints) -> Floats:
        """Return the scores of many passages, which rise, are not deleted, and match."""
        return self.look(passages)[1]

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
    bound = weight = 0.0

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
        self._boost = weight
        self.cost = inner.cost
        self.is_positive = inner.is_positive and weight > 0

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return self._inner.bound * self._boost if self._boost else 0.0

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return self._inner.weight * self._boost if self._boost else 0.0

    def passages(self, low: int, high: int) -> Ints:
        return self._inner.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        if not self._boost:
            passages = self._inner.passages(low, high)
            return Matches(passages, np.zeros(len(passages)))
        found = self._inner.matches(low, high)
        return Matches(found.passages, found.scores * self._boost)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = self._inner.look(passages)
        return mask, scores * self._boost


class ScaledScorer(Scorer):
    """Multiplies scores by a factor for each passage, at most 1."""

    def __init__(self, inner: Scorer, factors: Floats) -> None:
        self._inner = inner
        self._factors = factors
        self.cost = inner.cost

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return self._inner.bound

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return self._inner.weight

    def passages(self, low: int, high: int) -> Ints:
        return self._inner.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        passages, scores = self._inner.matches(low, high)
        return Matches(passages, scores * self._factors.take(passages))

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, scores = self._inner.look(passages)
        return mask, scores * self._factors.take(passages)

    def scored(self, passages: Ints) -> Floats:
        return self._inner.scored(passages) * self._factors.take(passages)

    def commonest(self) -> Scorer:
        return self._inner.commonest()


class AllOfScorer(Scorer):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._parts = parts
        self._by_cost = sorted(range(len(parts)), key=lambda i: parts[i].cost)
        self.cost = min((part.cost for part in parts), default=0)

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return sum(part.bound for part in self._parts)

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return sum(part.weight for part in self._parts)

    def matches(self, low: int, high: int) -> Matches:
        if not self._parts:
            return NOTHING
        first, *others = self._by_cost
        passages, own = self._parts[first].matches(low, high)
        scores = {first: own}
        for i in others:
            mask, scores[i] = self._parts[i].look(passages)
            kept = mask.nonzero()[0]
            passages = passages.take(kept)
            scores = {number: values.take(kept) for number, values in scores.items()}
        return Matches(passages, _sum(scores[i] for i in range(len(self._parts))))

    def passages(self, low: int, high: int) -> Ints:
        if not self._parts:
            return NOTHING.passages
        first, *others = (self._parts[i] for i in self._by_cost)
        passages = first.passages(low, high)
        for part in others:
            if part.cost > _READ * len(passages):
                passages = passages[part.look(passages)[0]]
            else:
                mask = np.zeros(high - low, bool)
                mask[part.passages(low, high) - low] = True
                passages = passages[mask.take(passages - low)]
        return passages

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        looked = [part.look(passages) for part in self._parts]
        mask = np.full(len(passages), bool(looked))
        for own, _ in looked:
            mask &= own
        return mask, np.where(mask, _sum(scores for _, scores in looked) if looked else 0.0, 0.0)


def heaviest_first(parts: Sequence[Scorer]) -> Sequence[Scorer]:
    """Return the parts of a sum in the order in which they are added."""
    return sorted(parts, key=lambda part: -part.weight)


def _sum(scores: Iterable[Floats]) -> Floats:
    """Add in order, so that sums are the same however they come about."""
    total: Floats | None = None
    for one in scores:
        total = one if total is None else total + one
    assert total is not None
    return total


def added(snapshot: Snapshot, found: Iterable[Matches], passages: Ints) -> Floats:
    """Return the sums of scores for some of the passages; scores are added in order."""
    touched = []
    with snapshot.scratch() as scores:
        for one in found:
            np.add.at(scores, one.passages, one.scores)
            touched.append(one.passages)
        total = scores.take(passages)
        for own in touched:
            scores[own] = 0.0
    return total


def scored(snapshot: Snapshot, whole: Scorer, parts: Sequence[Scorer], passages: Ints) -> Floats:
    """Return the sums of scores for passages that match."""
    if sum(part.cost for part in parts) > _READ * len(passages):
        return whole.look(passages)[1]
    return added(snapshot, (part.matches(0, snapshot.size) for part in parts if part.bound), passages)


def united(found: Sequence[Ints], low: int, high: int) -> Ints:
    """Return all of several lists of rising passages, which lie from `low` up to `high`: rising, each once."""
    if len(found) == 1:
        return found[0]
    return distinct_within(np.concatenate([*found, NOTHING.passages]), low, high)


def distinct_within(passages: Ints, low: int, high: int) -> Ints:
    """Return passages, in any order, which lie from `low` up to `high`: rising, each once."""
    if len(passages) * _SORTED < high - low:
        rising = np.sort(passages)
        return rising[firsts_of(rising)]
    mask = np.zeros(high - low, bool)
    mask[passages - low] = True
    return mask.nonzero()[0] + low


class AnyOfScorer(Scorer):
    def __init__(self, snapshot: Snapshot, parts: Sequence[Scorer]) -> None:
        self._given = parts
        self._leaves: list[Scorer] = []  # that match together what this does
        for part in parts:
            self._leaves += part._leaves if isinstance(part, AnyOfScorer) else [part]
        self._snapshot = snapshot
        self.cost = sum(part.cost for part in parts)

    @cached_property
    def _parts(self) -> Sequence[Scorer]:
        return heaviest_first(self._given)

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return sum(part.bound for part in self._given)

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return sum(part.weight for part in self._given)

    def parts(self) -> Sequence[Scorer]:
        return self._parts

    def commonest(self) -> Scorer:
        return max((part.commonest() for part in self._given), key=lambda part: part.cost, default=self)

    def passages(self, low: int, high: int) -> Ints:
        return united([part.passages(low, high) for part in self._leaves], low, high)

    def matches(self, low: int, high: int) -> Matches:
        found = [part.matches(low, high) for part in self._parts]
        if len(found) == 1:
            return found[0]
        passages = united([one.passages for one in found], low, high)
        return Matches(passages, added(self._snapshot, found, passages))

    def scored(self, passages: Ints) -> Floats:
        return scored(self._snapshot, self, self._parts, passages)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = np.zeros(len(passages), bool), np.zeros(len(passages))
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            total += scores
        return mask, total


class BestScorer(Scorer):
    def __init__(self, snapshot: Snapshot, parts: Sequence[Scorer]) -> None:
        self._snapshot = snapshot
        self._parts = parts
        self.cost = sum(part.cost for part in parts)

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return max((part.bound for part in self._parts), default=0.0)

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return max((part.weight for part in self._parts), default=0.0)

    def passages(self, low: int, high: int) -> Ints:
        return united([part.passages(low, high) for part in self._parts], low, high)

    def scored(self, passages: Ints) -> Floats:
        if self.cost > _READ * len(passages):
            return self.look(passages)[1]
        every = self.matches(0, self._snapshot.size)
        return every.scores.take(every.passages.searchsorted(passages))

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

    @cached_property
    def _parts(self) -> Sequence[Scorer]:
        return heaviest_first([self._node, *self._extras])

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return sum(part.bound for part in self._parts)

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return sum(part.weight for part in self._parts)

    def parts(self) -> Sequence[Scorer]:
        return self._parts

    def required(self) -> Scorer:
        return self._node

    def commonest(self) -> Scorer:
        return self._node.commonest()

    def passages(self, low: int, high: int) -> Ints:
        return self._node.passages(low, high)

    def matches(self, low: int, high: int) -> Matches:
        passages = self._node.passages(low, high)
        found = (part.matches(low, high) for part in self._parts if part.bound)
        return Matches(passages, added(self._snapshot, found, passages))

    def scored(self, passages: Ints) -> Floats:
        return scored(self._snapshot, self, self._parts, passages)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = np.zeros(0, bool), np.zeros(len(passages))
        for part in self._parts:
            own, scores = part.look(passages)
            total += scores
            if part is self._node:
                mask = own
        return mask, np.where(mask, total, 0.0)

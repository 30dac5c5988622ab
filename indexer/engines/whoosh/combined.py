"""Scorers of nodes that combine others: sums, of all or of any that match, and the best of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from indexer.cached import cached_property
from indexer.engines.whoosh.scorers import NOTHING, Matches, Scorer, united
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot

# Passages are looked up in all parts of a sum if these are more than so many times as long; else all is added up.
_READ = 16


class _Sum(Scorer):
    """Adds up the scores of parts."""

    def __init__(self, parts: Sequence[Scorer]) -> None:
        self._given = parts

    @cached_property
    def _parts(self) -> Sequence[Scorer]:
        return heaviest_first(self._given)

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        return sum(part.bound for part in self._given)

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return sum(part.weight for part in self._given)


class AllOfScorer(_Sum):
    def __init__(self, parts: Sequence[Scorer]) -> None:
        super().__init__(parts)
        self._by_cost = sorted(range(len(parts)), key=lambda i: parts[i].cost)
        self.cost = min((part.cost for part in parts), default=0)

    def matches(self, low: int, high: int) -> Matches:
        if not self._given:
            return NOTHING
        first, *others = self._by_cost
        passages, own = self._given[first].matches(low, high)
        scores = {first: own}
        for i in others:
            mask, scores[i] = self._given[i].look(passages)
            kept = mask.nonzero()[0]
            passages = passages.take(kept)
            scores = {number: values.take(kept) for number, values in scores.items()}
        return Matches(passages, _sum(scores[i] for i in range(len(self._given))))

    def passages(self, low: int, high: int) -> Ints:
        if not self._given:
            return NOTHING.passages
        first, *others = (self._given[i] for i in self._by_cost)
        passages = first.passages(low, high)
        for part in others:
            if part.cost > _READ * len(passages):
                passages = passages[part.holding(passages)]
            else:
                mask = np.zeros(high - low, bool)
                mask[part.passages(low, high) - low] = True
                passages = passages[mask.take(passages - low)]
        return passages

    def holding(self, passages: Ints) -> Mask:
        mask = np.full(len(passages), bool(self._given))
        for part in self._given:
            mask &= part.holding(passages)
        return mask

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        looked = [part.look(passages) for part in self._given]
        mask = np.full(len(passages), bool(looked))
        for own, _ in looked:
            mask &= own
        return mask, np.where(mask, _sum(scores for _, scores in looked) if looked else 0.0, 0.0)


class AnyOfScorer(_Sum):
    def __init__(self, snapshot: Snapshot, parts: Sequence[Scorer]) -> None:
        super().__init__(parts)
        self._leaves: list[Scorer] = []  # that match together what this does
        for part in parts:
            self._leaves += part._leaves if isinstance(part, AnyOfScorer) else [part]
        self._snapshot = snapshot
        self.cost = sum(part.cost for part in parts)

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

    def holding(self, passages: Ints) -> Mask:
        mask = np.zeros(len(passages), bool)
        for part in self._leaves:
            mask |= part.holding(passages)
        return mask

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
        found = [part.matches(low, high) for part in self._parts]
        passages = united([one.passages for one in found], low, high)
        with self._snapshot.scratch() as scores:
            for one in found:
                np.maximum.at(scores, one.passages, one.scores)  # none is below 0
            best = scores.take(passages)
            scores[passages] = 0.0
        return Matches(passages, best)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, best = np.zeros(len(passages), bool), np.full(len(passages), -np.inf)
        for part in self._parts:
            own, scores = part.look(passages)
            mask |= own
            best = np.where(own, np.maximum(best, scores), best)
        return mask, np.where(mask, best, 0.0)


class AlsoScorer(_Sum):
    def __init__(self, snapshot: Snapshot, node: Scorer, extras: Sequence[Scorer]) -> None:
        self._snapshot = snapshot
        self._node = node
        super().__init__([node, *extras])
        self.cost = node.cost

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

    def holding(self, passages: Ints) -> Mask:
        return self._node.holding(passages)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        mask, total = self._node.holding(passages), np.zeros(len(passages))
        for part in self._parts:
            if part.bound:
                total += part.look(passages)[1]
        return mask, np.where(mask, total, 0.0)


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

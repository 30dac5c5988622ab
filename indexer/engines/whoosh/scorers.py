"""Nodes -> scorers: what evaluates a node over a snapshot, to arrays of passages and scores.

A scorer answers in two ways that agree to the last bit: `matches` gives every passage of a stretch that the node
matches, `look` tells of given passages whether it does. `cost` is about how many passages `matches` reads, `bound` the
most that a score can be, `weight` about the same, but whatever segments the passages are in: sums are added from the
heaviest part to the lightest, so that they come out the same, to the last bit, of all evaluations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.cached import cached_property
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.snapshot import Floats, Ints, Mask, Snapshot


class Matches(NamedTuple):
    """Passages, rising, and the score of each."""

    passages: Ints
    scores: Floats


NOTHING = Matches(np.empty(0, np.int64), np.empty(0))
# Passages are sorted if they are fewer than one in so many; else they are marked in a row of all.
_SORTED = 8


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
        """Return which of `passages`, which rise and are not deleted, match, and their scores, else 0.

        No caller changes the arrays.
        """

    def passages(self, low: int, high: int) -> Ints:
        """Return only the passages of `matches`."""
        return self.matches(low, high).passages

    def holding(self, passages: Ints) -> Mask:
        """Return only the mask of `look`."""
        return self.look(passages)[0]

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


class LeafScorer(Scorer):
    """Remembers what it looked at last: several nodes of a request may hold the same leaf."""

    _last: tuple[Ints, tuple[Mask, Floats]] | None = None

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        if self._last is None or self._last[0] is not passages:
            self._last = passages, self._looked(passages)
        return self._last[1]

    @abstractmethod
    def _looked(self, passages: Ints) -> tuple[Mask, Floats]:
        """Return what `look` does."""


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
        return self.holding(passages), np.zeros(len(passages))

    def holding(self, passages: Ints) -> Mask:
        return ~self._inner.holding(passages)


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
        if not self._boost:
            return self._inner.holding(passages), np.zeros(len(passages))
        mask, scores = self._inner.look(passages)
        return mask, scores * self._boost

    def holding(self, passages: Ints) -> Mask:
        return self._inner.holding(passages)


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

    def holding(self, passages: Ints) -> Mask:
        return self._inner.holding(passages)

    def scored(self, passages: Ints) -> Floats:
        return self._inner.scored(passages) * self._factors.take(passages)

    def commonest(self) -> Scorer:
        return self._inner.commonest()


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

"""Which articles match: operators combine articles, a leaf is matched by some passage that is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.base import MOST_COUNTED
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.scorers import Scorer
from indexer.engines.whoosh.snapshot import Ints, Mask, Snapshot
from indexer.nodes import AllOf, AnyOf, Node, Not

# Passages counted at once, at least; all are, unless there would be far more articles than are counted.
_COUNTED_AT_ONCE = 1 << 18
# Articles up to which conditions are looked up, instead of evaluated for all.
_LOOKED_UP = 2000


class Stretch(NamedTuple):
    """Passages `low` to `high`, which are the articles `first` to `last`; all half open."""

    low: int
    high: int
    first: int
    last: int


class Matching:
    """Evaluates conditions on articles for one request; `looked_at` limits the passages."""

    def __init__(self, snapshot: Snapshot, compiler: Compiler, looked_at: Scorer | None) -> None:
        self._snapshot = snapshot
        self._compiler = compiler
        self._looked_at = looked_at
        self._known: dict[Scorer, Mask] = {}  # of leaves, for everything as one stretch

    def looked(self, passages: Ints) -> Ints:
        """Return those of rising passages that are looked at."""
        return passages if self._looked_at is None else passages.compress(self._looked_at.holding(passages))

    def whole(self) -> Stretch:
        """Return everything as one stretch."""
        return Stretch(0, self._snapshot.size, 0, self._snapshot.articles)

    def stretches(self, node: Node) -> Iterator[Stretch]:
        """Yield everything in stretches: one, or the first of such a size that it should hold enough to count."""
        snapshot = self._snapshot
        cost = self._cost(node) if snapshot.size > 2 * _COUNTED_AT_ONCE else 0
        if cost <= 4 * MOST_COUNTED:
            yield self.whole()
            return
        size = max(_COUNTED_AT_ONCE, 2 * MOST_COUNTED * snapshot.size // cost)
        if 2 * size >= snapshot.size:
            yield self.whole()
            return
        low = first = 0
        while first < snapshot.articles:
            last = snapshot.articles
            if low + size < snapshot.size:
                last = int(snapshot.articles_of(np.array([low + size]))[0])
            last = max(last, first + 1)
            high = int(snapshot.first_passages(np.array([last]))[0])
            yield Stretch(low, high, first, last)
            low, first, size = high, last, 2 * size

    def _cost(self, node: Node) -> int:
        """Return about how many passages are read to find what matches."""
        match node:
            case AllOf(nodes):
                return min(map(self._cost, nodes), default=0)
            case AnyOf(nodes):
                return sum(map(self._cost, nodes))
            case Not():
                return self._snapshot.size
            case leaf:
                return self._compiler.scorer(leaf).cost

    def mask(self, node: Node, stretch: Stretch) -> Mask:
        """Return which articles of a stretch match."""
        match node:
            case AllOf(nodes):
                return self._all(nodes, stretch)
            case AnyOf(nodes) if not all(map(_is_leaf, nodes)):
                mask = np.zeros(stretch.last - stretch.first, bool)
                for part in nodes:
                    mask |= self.mask(part, stretch)
                return mask
            case Not(inner):
                return self._everything(stretch) & ~self.mask(inner, stretch)
            case leaf:
                return self._leaf(leaf, stretch)

    def _leaf(self, leaf: Node, stretch: Stretch) -> Mask:
        scorer = self._compiler.scorer(leaf)
        if scorer in self._known:
            return self._known[scorer][stretch.first : stretch.last]
        mask = self._holding(scorer.passages(stretch.low, stretch.high), stretch)
        if stretch == self.whole():
            self._known[scorer] = mask
        return mask

    def _all(self, nodes: Sequence[Node], stretch: Stretch) -> Mask:
        """Begin with the rarest; once few articles are left, look the others up, if they are not rarer still."""
        mask: Mask | None = None
        for part in sorted(nodes, key=self._cost):
            if mask is not None and self._is_looked_up(part, int(np.count_nonzero(mask))):
                articles = mask.nonzero()[0]
                mask = np.zeros_like(mask)
                mask[articles] = self.look(part, articles + stretch.first)
            elif mask is not None and isinstance(part, Not):
                mask = mask & ~self.mask(part.node, stretch)
            else:
                own = self.mask(part, stretch)
                mask = own if mask is None else mask & own
        return self._everything(stretch) if mask is None else mask

    def _is_looked_up(self, node: Node, articles: int) -> bool:
        """Whether to look at so many articles takes less than to read all that matches."""
        return articles <= _LOOKED_UP and articles < self._cost(node.node if isinstance(node, Not) else node)

    def _everything(self, stretch: Stretch) -> Mask:
        return self._holding(self._snapshot.live(stretch.low, stretch.high).nonzero()[0] + stretch.low, stretch)

    def _holding(self, passages: Ints, stretch: Stretch) -> Mask:
        mask = np.zeros(stretch.last - stretch.first, bool)
        mask[self._snapshot.articles_of(self.looked(passages)) - stretch.first] = True
        return mask

    def of(self, node: Node, articles: Ints) -> Mask:
        """Return which of articles, which rise, match."""
        if len(articles) > _LOOKED_UP:
            return self.mask(node, self.whole()).take(articles)
        return self.look(node, articles)

    def look(self, node: Node, articles: Ints) -> Mask:
        """Return which of some articles, which rise, match, by looking at each."""
        match node:
            case AllOf(nodes):
                mask = np.ones(len(articles), bool) if nodes else self._look_for(None, articles)
                for part in nodes:
                    mask[mask] = self.look(part, articles[mask])
                return mask
            case AnyOf(nodes) if not all(map(_is_leaf, nodes)):
                mask = np.zeros(len(articles), bool)
                for part in nodes:
                    mask[~mask] = self.look(part, articles[~mask])
                return mask
            case Not(inner):
                return self._look_for(None, articles) & ~self.look(inner, articles)
            case leaf:
                scorer = self._compiler.scorer(leaf)
                if scorer in self._known:
                    return self._known[scorer].take(articles)
                return self._look_for(scorer, articles)

    def _look_for(self, scorer: Scorer | None, articles: Ints) -> Mask:
        """Return which articles have a passage looked at that matches."""
        if not len(articles):
            return np.zeros(0, bool)
        if scorer is None and self._looked_at is None:
            return np.ones(len(articles), bool)
        passages, starts = self._snapshot.passages_of(articles)
        mask = np.ones(len(passages), bool) if scorer is None else scorer.holding(passages)
        if self._looked_at is not None:
            mask = mask & self._looked_at.holding(passages)
        found: Mask = np.logical_or.reduceat(mask, starts)
        return found

    def count(self, node: Node) -> int:
        """Count articles, up to MOST_COUNTED."""
        count = 0
        for stretch in self.stretches(node):
            count += int(np.count_nonzero(self.mask(node, stretch)))
            if count >= MOST_COUNTED:
                return MOST_COUNTED
        return count

    def has_enough(self, scorer: Scorer) -> tuple[int, int] | None:
        """Return more than MOST_COUNTED articles that a scorer matches, and of how many passages; None if it has fewer.

        Reads only as much as that takes.
        """
        if scorer.cost <= MOST_COUNTED:
            return None
        known = self._snapshot.enough
        if scorer.key not in known:
            known[scorer.key] = self._enough(scorer)
        return known[scorer.key]

    def _enough(self, scorer: Scorer) -> tuple[int, int] | None:
        size = self._snapshot.size
        high = min(size, 2 * MOST_COUNTED * size // scorer.cost)
        while True:
            high = int(self._snapshot.first_passages(self._snapshot.articles_of(np.array([high - 1])) + 1)[0])
            passages = scorer.passages(0, high)
            articles = self._snapshot.articles_of(passages)
            count = len(firsts_of(articles))
            if count > MOST_COUNTED or high == size:
                return (count, len(passages)) if count > MOST_COUNTED and high < size else None
            high = min(size, 4 * high)


def _is_leaf(node: Node) -> bool:
    return not isinstance(node, AllOf | AnyOf | Not)

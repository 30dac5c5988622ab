"""A concept in several forms -> its score, by what its forms are worth in the passages that hold them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.cached import cached_property
from indexer.engines.bm25 import TIE, concept_idf
from indexer.engines.whoosh.forms import Forms, Worth, merged, together, worth
from indexer.engines.whoosh.phrases import contains
from indexer.engines.whoosh.scorers import LeafScorer, Matches, united
from indexer.engines.whoosh.snapshot import Concept, Floats, Ints, Mask, Snapshot
from indexer.nodes import Synonym

# Concepts that a snapshot remembers.
_REMEMBERED = 1024


class SynonymScorer(LeafScorer):
    """idf(n*) × (maximum + TIE × what others add) of its forms' w × saturation."""

    is_positive = True

    def __init__(self, snapshot: Snapshot, node: Synonym, forms: Sequence[Forms]) -> None:
        self._snapshot = snapshot
        self._node = node
        self._forms = forms
        self.cost = sum(form.cost for form in forms)

    @cached_property
    def bound(self) -> float:  # type: ignore[override]
        """The most that it scores, exactly: n* takes reading every occurrence anyway."""
        return self.concept.bound

    @cached_property
    def weight(self) -> float:  # type: ignore[override]
        return self.concept.idf

    @cached_property
    def concept(self) -> Concept:
        """What is known of it in this snapshot."""
        known = self._snapshot.concepts
        found = known.get(self._node)
        if found is None:
            if len(known) >= _REMEMBERED:
                known = self._snapshot.concepts = {}
            found = known[self._node] = self._counted()
        return found

    def _counted(self) -> Concept:
        """Weigh each passage by the heaviest form in it."""
        containing = float(np.square(self._worth.weights).sum())
        fields = {form.node.field for form in self._node.forms}
        having = max((self._snapshot.statistics(field).passages for field in fields), default=0)
        idf = concept_idf(containing, having)
        return Concept(containing, having, idf, idf * float(_combined(self._worth).max(initial=0.0)))

    @cached_property
    def _worth(self) -> Worth:
        return merged(self._snapshot, [form.worth() for form in self._forms])

    def passages(self, low: int, high: int) -> Ints:
        if "_worth" not in self.__dict__:
            return united([form.passages(low, high) for form in self._forms], low, high)
        passages = self._worth.places
        return passages[slice(*passages.searchsorted((low, high)))]

    @cached_property
    def _every(self) -> Matches:
        return Matches(self._worth.places, _combined(self._worth) * self.concept.idf)

    def matches(self, low: int, high: int) -> Matches:
        passages, scores = self._every
        own = slice(*passages.searchsorted((low, high)))
        return Matches(passages[own], scores[own])

    def _looked(self, passages: Ints) -> tuple[Mask, Floats]:
        idf = self.concept.idf
        scores = np.zeros(len(passages))
        if "_worth" in self.__dict__:
            mask = contains(self._every.passages, passages)
            scores[mask] = self._every.scores.take(self._every.passages.searchsorted(passages[mask]))
            return mask, scores
        found = merged(self._snapshot, [worth(self._snapshot, form.occurrences(passages)) for form in self._forms])
        scores[found.places] = _combined(found) * idf
        return scores > 0, scores

    def second_stage(self, passages: Ints) -> Floats:
        """Return what passages, which rise, score with the frequencies of all forms added up; see `nodes.Synonym`."""
        found = together([form.occurrences(passages) for form in self._forms])
        odds = found.values / (1 - found.values / found.weights)
        added = np.bincount(found.places, odds, len(passages))
        scores: Floats = self.concept.idf * added / (1 + added)
        return scores


def _combined(found: Worth) -> Floats:
    """Return the maximum + TIE × what others add."""
    return found.highest + TIE * (found.total - found.highest)

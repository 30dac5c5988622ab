"""A concept in several forms -> its score, by what each form is worth in each passage that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.bm25 import TIE, concept_idf
from indexer.engines.whoosh.scorers import Matches, Scorer, distinct_within, united
from indexer.engines.whoosh.snapshot import Concept, Floats, Ints, Mask, Snapshot
from indexer.nodes import Synonym

# Concepts that a snapshot remembers.
_REMEMBERED = 1024
# Forms are looked up in passages if all that hold them are more than so many times as many; else they are read.
_READ = 16


class _Occurrences(NamedTuple):
    """Forms in passages, form by form: in which, w × saturation, and w."""

    passages: Ints
    values: Floats
    weights: Floats

    def among(self, passages: Ints, size: int) -> _Occurrences:
        """Return those in some passages, of `size` in all."""
        wanted = np.zeros(size, bool)
        wanted[passages] = True
        at = wanted.take(self.passages).nonzero()[0]
        return _Occurrences(self.passages.take(at), self.values.take(at), self.weights.take(at))


class SynonymScorer(Scorer):
    """idf(n*) × (maximum + TIE × what others add) of its forms' w × saturation."""

    is_positive = True

    def __init__(self, snapshot: Snapshot, node: Synonym, forms: Sequence[Scorer]) -> None:
        """`forms` score w × saturation."""
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
        if self._node not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[self._node] = self._counted()
        return known[self._node]

    def _counted(self) -> Concept:
        """Weigh each passage by the heaviest form in it."""
        found = self._every
        heaviest = _highest(self._snapshot, found.passages, found.weights, self._combined.passages)
        containing = float((heaviest * heaviest).sum())
        fields = {form.node.field for form in self._node.forms}
        having = max((self._snapshot.statistics(field).passages for field in fields), default=0)
        weight = concept_idf(containing, having)
        return Concept(containing, having, weight, weight * float(self._combined.scores.max(initial=0.0)))

    @cached_property
    def _every(self) -> _Occurrences:
        return self._occurrences([form.matches(0, self._snapshot.size) for form in self._forms])

    @cached_property
    def _combined(self) -> Matches:
        return _combined(self._snapshot, self._every)

    def _occurrences(self, found: Sequence[Matches]) -> _Occurrences:
        counts = [len(one.passages) for one in found]
        passages = np.concatenate([np.empty(0, np.int64), *(one.passages for one in found)])
        values = np.concatenate([np.empty(0), *(one.scores for one in found)])
        return _Occurrences(passages, values, np.repeat(self._node.weights, counts))

    def _within(self, passages: Ints) -> _Occurrences:
        if "_every" in self.__dict__ or self.cost <= _READ * len(passages):
            return self._every.among(passages, self._snapshot.size)
        looked = [(form.look(passages)) for form in self._forms]
        return self._occurrences([Matches(passages[mask], values[mask]) for mask, values in looked])

    def passages(self, low: int, high: int) -> Ints:
        if "_combined" not in self.__dict__:
            return united([form.passages(low, high) for form in self._forms], low, high)
        passages = self._combined.passages
        return passages[slice(*passages.searchsorted((low, high)))]

    def matches(self, low: int, high: int) -> Matches:
        passages, scores = self._combined
        own = slice(*passages.searchsorted((low, high)))
        return Matches(passages[own], scores[own] * self.concept.idf)

    def look(self, passages: Ints) -> tuple[Mask, Floats]:
        found = _combined(self._snapshot, self._within(passages))
        mask, scores = np.zeros(len(passages), bool), np.zeros(len(passages))
        at = passages.searchsorted(found.passages)
        mask[at] = True
        scores[at] = found.scores * self.concept.idf
        return mask, scores

    def second_stage(self, passages: Ints) -> Floats:
        """Return what passages, which rise, score with the frequencies of all forms added up; see `nodes.Synonym`."""
        found = self._within(passages)
        odds = found.values / (1 - found.values / found.weights)
        added = np.bincount(passages.searchsorted(found.passages), odds, len(passages))
        scores: Floats = self.concept.idf * added / (1 + added)
        return scores


def _combined(snapshot: Snapshot, found: _Occurrences) -> Matches:
    """Return the passages, rising, and the maximum + TIE × what others add."""
    passages = distinct_within(found.passages, 0, snapshot.size)
    highest = _highest(snapshot, found.passages, found.values, passages)
    with snapshot.scratch() as sums:
        np.add.at(sums, found.passages, found.values)
        total = sums.take(passages)
        sums[passages] = 0.0
    return Matches(passages, highest + TIE * (total - highest))


def _highest(snapshot: Snapshot, passages: Ints, values: Floats, wanted: Ints) -> Floats:
    """Return for each of the wanted passages the highest value that stands with it; `wanted` are all of them."""
    with snapshot.scratch() as highest:
        np.maximum.at(highest, passages, values)
        found = highest.take(wanted)
        highest[wanted] = 0.0
    return found

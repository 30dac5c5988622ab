"""Nodes -> the passages that match, rising, and their scores, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

import numpy as np

from indexer.engines.bm25 import idf, saturation
from indexer.engines.whoosh.snapshot import Floats, Ints, Snapshot
from indexer.nodes import AllOf, AnyOf, Best, Boost, Every, Keyword, Node, Not, Phrase, Prefix, Range, Term


class Matches(NamedTuple):
    """Passages, rising, and the score of each."""

    passages: Ints
    scores: Floats


_NOTHING = Matches(np.empty(0, np.int64), np.empty(0))


class Evaluator:
    """Evaluates the nodes of one request; a node that stands in it twice is evaluated once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._known: dict[Node, Matches] = {}

    def evaluate(self, node: Node) -> Matches:
        """Return every passage that a node matches; scores as `indexer.nodes` defines them."""
        if node not in self._known:
            self._known[node] = self._evaluate(node)
        return self._known[node]

    def _evaluate(self, node: Node) -> Matches:
        snapshot = self.snapshot
        match node:
            case Term(field, term):
                return _term(snapshot, field, term)
            case Phrase(field, terms, prefix):
                return _phrase(snapshot, field, terms, prefix)
            case Prefix(field, prefix):
                return _constant(_union(snapshot, field, snapshot.terms(field, prefix)))
            case Keyword(field, values):
                return _constant(_union(snapshot, field, values))
            case Range(field, low, high):
                return _constant(_in_range(snapshot, field, low, high))
            case Every():
                return _constant(np.flatnonzero(snapshot.live))
            case Not(inner):
                everything = np.flatnonzero(snapshot.live)
                rest = np.setdiff1d(everything, self.evaluate(inner).passages, assume_unique=True)
                return Matches(rest, np.zeros(len(rest)))
            case Boost(inner, weight):
                found = self.evaluate(inner)
                return Matches(found.passages, found.scores * weight)
            case AllOf(nodes):
                return reduce(_both, map(self.evaluate, nodes)) if nodes else _NOTHING
            case AnyOf(nodes):
                return self._any(nodes, np.add)
            case Best(nodes):
                return self._any(nodes, np.maximum)

    def _any(self, nodes: tuple[Node, ...], combine: np.ufunc) -> Matches:
        """Join by adding scores or taking the larger; the nodes are taken in order, so sums are repeatable."""
        scores = np.zeros(self.snapshot.size)
        found = np.zeros(self.snapshot.size, bool)
        for part in map(self.evaluate, nodes):
            scores[part.passages] = combine(scores[part.passages], part.scores)
            found[part.passages] = True
        passages = np.flatnonzero(found)
        return Matches(passages, scores[passages])


def _term(snapshot: Snapshot, field: str, term: str) -> Matches:
    passages, frequencies = snapshot.postings(field, term)
    return _scored(snapshot, field, passages, frequencies, weight=_idf(snapshot, field, len(passages)))


def _phrase(snapshot: Snapshot, field: str, terms: tuple[str, ...], prefix: bool) -> Matches:
    """Sum of the exact terms' idf × the saturated number of places where the phrase stands."""
    exact = terms[:-1] if prefix else terms
    holding = [snapshot.postings(field, term)[0] for term in exact]
    weight = sum(_idf(snapshot, field, len(passages)) for passages in holding)
    candidates = reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), holding)
    starts: dict[int, set[int]] = {}
    for place, term in enumerate(exact):
        starts = _narrowed(starts, snapshot, field, term, candidates, place)
        candidates = np.array(sorted(starts), np.int64)
    if prefix and starts:
        beginning: dict[int, set[int]] = {}
        for term in snapshot.terms(field, terms[-1]):
            for passage, found in _narrowed(starts, snapshot, field, term, candidates, len(exact)).items():
                beginning.setdefault(passage, set()).update(found)
        starts = beginning
    passages = np.array(sorted(starts), np.int64)
    frequencies = np.array([len(starts[passage]) for passage in passages.tolist()], np.float64)
    return _scored(snapshot, field, passages, frequencies, weight)


def _narrowed(
    starts: dict[int, set[int]], snapshot: Snapshot, field: str, term: str, candidates: Ints, place: int
) -> dict[int, set[int]]:
    """Return the starts of a phrase that has `term` at `place`; for the first place all that could be."""
    narrowed: dict[int, set[int]] = {}
    for passage, positions in snapshot.positions(field, term, candidates):
        shifted = {position - place for position in positions}
        kept = shifted if place == 0 else shifted & starts.get(passage, set())
        if kept:
            narrowed[passage] = kept
    return narrowed


def _scored(snapshot: Snapshot, field: str, passages: Ints, frequencies: Floats, weight: float) -> Matches:
    lengths = snapshot.lengths(field)
    return Matches(passages, weight * saturation(frequencies, lengths.quantised[passages], lengths.average))


def _idf(snapshot: Snapshot, field: str, containing: int) -> float:
    return idf(containing, snapshot.lengths(field).passages) if containing else 0.0


def _constant(passages: Ints) -> Matches:
    return Matches(passages, np.ones(len(passages)))


def _union(snapshot: Snapshot, field: str, terms: Iterable[str]) -> Ints:
    found = np.zeros(snapshot.size, bool)
    for term in terms:
        found[snapshot.postings(field, term)[0]] = True
    return np.flatnonzero(found)


def _in_range(snapshot: Snapshot, field: str, low: int | None, high: int | None) -> Ints:
    values = snapshot.column(field)
    inside = snapshot.live & (values > 0)  # 0 stands for none
    if low is not None:
        inside &= values >= low
    if high is not None:
        inside &= values <= high
    return np.flatnonzero(inside)


def _both(one: Matches, other: Matches) -> Matches:
    passages, in_one, in_other = np.intersect1d(one.passages, other.passages, assume_unique=True, return_indices=True)
    return Matches(passages, one.scores[in_one] + other.scores[in_other])

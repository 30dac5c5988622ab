"""Node or request -> every passage's or article's score, by exhaustive evaluation over NumPy arrays.

It knows no index, no shortcut and nothing of the engine but the formula: each term is looked up among all occurrences
of its field, each score is worked out for every passage that matches.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.corpus import Streams
from indexer.engines.base import KEYWORD_FIELDS, MOST_EXPANDED, PREFERENCE, Request
from indexer.engines.bm25 import idf, norms, quantised, saturation
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Every,
    Fuzzy,
    Keyword,
    Lead,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Term,
)
from search.edits import within

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Engines may add up the parts of a score in another order.
RELATIVE_TOLERANCE = 1e-6


class Field:
    """All occurrences of a field's terms, by term."""

    def __init__(self, streams: Streams) -> None:
        self._number_of = {term: number for number, term in enumerate(streams.terms)}
        self._numbers = streams.numbers
        lengths = np.diff(streams.starts)
        self._passages = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)  # of each occurrence
        self._by_term = np.argsort(streams.numbers, kind="stable").astype(np.int32)
        self._ends = np.cumsum(np.bincount(streams.numbers, minlength=len(streams.terms)))
        having = lengths[lengths > 0]
        self._having = len(having)
        self._average = float(having.mean()) if len(having) else 1.0
        self._norms = norms(quantised(lengths), self._average)

    def occurrences(self, term: str) -> Ints:
        """Return where a term stands, as indices into all occurrences, rising."""
        number = self._number_of.get(term)
        if number is None:
            return np.empty(0, np.int64)
        return self._by_term[self._ends[number - 1] if number else 0 : self._ends[number]].astype(np.int64)

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self._number_of)

    def _beginning(self, prefix: str) -> list[str]:
        """Return the terms that begin so."""
        low = bisect_left(self._in_order, prefix)
        high = bisect_right(self._in_order, prefix, low, key=lambda term: term[: len(prefix)])
        return self._in_order[low:high]

    def beginning(self, prefix: str) -> Ints:
        """Return where terms that begin so stand, rising."""
        return self.occurrences_of(self._beginning(prefix))

    def occurrences_of(self, terms: Iterable[str]) -> Ints:
        """Return where any of some terms stands, rising."""
        found = [self.occurrences(term) for term in terms]
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)

    def those(self, is_wanted: Callable[[str], object], most: int | None) -> list[str]:
        """Return the terms that pass a test, the `most` of most passages; what ties goes by its characters."""
        found = [term for term in self._in_order if is_wanted(term)]
        if most is None or len(found) <= most:
            return found
        counts = {term: len(self.passages_of(self.occurrences(term))[0]) for term in found}
        return sorted(found, key=lambda term: -counts[term])[:most]

    def passages_of(self, occurrences: Ints) -> tuple[Ints, Ints]:
        """Return the passages of some rising occurrences, rising, and how many each has."""
        passages = self._passages[occurrences]
        firsts = np.flatnonzero(np.diff(passages, prepend=-1))
        return passages[firsts], np.diff(firsts, append=len(passages))

    def passages_at(self, occurrences: Ints) -> Ints:
        """Return the passage of each of some occurrences."""
        return self._passages[occurrences].astype(np.int64)

    def idf(self, term: str) -> float:
        containing = len(self.passages_of(self.occurrences(term))[0])
        return idf(containing, self._having) if containing else 0.0

    def saturation(self, passages: Ints, frequencies: Ints) -> Floats:
        return saturation(frequencies, self._norms[passages])

    def phrases(self, phrase: Phrase) -> Ints:
        """Return where a phrase begins that none of some terms stands right before or behind."""
        terms, prefix = phrase.terms, phrase.prefix
        last = len(terms) - 1
        starts = self.beginning(terms[0]) if prefix and last == 0 else self.occurrences(terms[0])
        for place, term in enumerate(terms[1:], 1):
            starts = starts[starts + place < len(self._numbers)]
            starts = starts[self._passages[starts] == self._passages[starts + place]]
            wanted = self._beginning(term) if prefix and place == last else [term]
            is_wanted = np.zeros(len(self._number_of), bool)
            is_wanted[[self._number_of[term] for term in wanted if term in self._number_of]] = True
            starts = starts[is_wanted[self._numbers[starts + place]]]
        for excluded, distance in ((phrase.not_after, -1), (phrase.not_before, len(terms))):
            around = self.occurrences_of(excluded)
            begins = around - distance
            is_inside = (begins >= 0) & (begins < len(self._numbers))
            around, begins = around[is_inside], begins[is_inside]
            starts = np.setdiff1d(starts, begins[self._passages[begins] == self._passages[around]])
        return starts


class Judge:
    """Scores passages, and articles by the passages that stand together from each of `first_passages` on."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        first_passages: Ints,
        size: int,
        numbers: Mapping[str, Ints] | None = None,
    ) -> None:
        """`fields` has keywords too, as terms; `numbers` has those of every passage, 0 for none."""
        self._fields = fields
        self._numbers = numbers or {}
        self._looked_at = np.ones(size, bool)
        self._firsts = first_passages
        self._size = size

        # What the request in hand holds several times is scored once.
        self._known: dict[Node, tuple[Mask, Floats]] = {}

    @cached_property
    def _articles(self) -> Ints:
        starts = np.zeros(self._size, np.int64)
        starts[self._firsts] = 1
        return np.cumsum(starts) - 1

    def score(self, node: Node) -> tuple[Mask, Floats]:
        """Return which passages a node matches, and every passage's score, 0 where it does not match."""
        if not isinstance(node, Term | Phrase | Prefix | Pattern | Fuzzy | Near):
            return self._scored(node)
        if node not in self._known:
            self._known[node] = self._scored(node)
        return self._known[node]

    def _scored(self, node: Node) -> tuple[Mask, Floats]:
        match node:
            case Term(name, term):
                field = self._fields[name]
                passages, frequencies = field.passages_of(field.occurrences(term))
                return self._spread(passages, field.idf(term) * field.saturation(passages, frequencies))
            case Phrase(name, terms, True):
                mask = self._held(name, self._fields[name].phrases(node))[0]
                scores = self.score(node.exact)[1] if len(terms) > 1 else np.zeros(self._size)
                return mask, np.where(mask, scores, 0.0)
            case Phrase(name, terms):
                field = self._fields[name]
                passages, frequencies = field.passages_of(field.phrases(node))
                return self._spread(passages, sum(map(field.idf, terms)) * field.saturation(passages, frequencies))
            case Near(nodes, slop):
                return self._near(tuple(dict.fromkeys(nodes)), slop)
            case Prefix(name, prefix):
                return self._held(name, self._fields[name].beginning(prefix))
            case Pattern(name, pattern):
                most = None if name in KEYWORD_FIELDS else MOST_EXPANDED
                like = re.compile("".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern), re.DOTALL)
                return self._those(name, like.fullmatch, most)
            case Fuzzy(name, wanted, distance, kept):
                letters = set(wanted)

                def is_near(term: str) -> bool:
                    if not term.startswith(wanted[:kept]) or sum(one not in term for one in letters) > distance:
                        return False
                    return within(wanted, term, distance)

                return self._those(name, is_near, MOST_EXPANDED)
            case Every():
                return np.ones(self._size, bool), np.ones(self._size)
            case Keyword(name, values):
                return self._held(name, self._fields[name].occurrences_of(values))
            case Range(name, low, high):
                own = self._numbers[name]
                mask = (own >= max(low or 1, 1)) & (True if high is None else own <= high)
                return mask, mask.astype(np.float64)
            case Scaled(inner, name, factors):
                mask, scores = self.score(inner)
                scores = scores.copy()
                for value, factor in factors:
                    scores[self._held(name, self._fields[name].occurrences(value))[0]] *= factor
                return mask, scores
            case Lead(inner, without, rest):
                mask, scores = self.score(inner)
                return mask, np.where(self._leads(without), scores, rest * scores)
            case Decayed(inner, name, origin, half_life, absent):
                mask, scores = self.score(inner)
                own = self._numbers[name]
                return mask, scores * np.where(own > 0, np.exp2(np.minimum(own - origin, 0) / half_life), absent)
            case Boost(inner, weight):
                mask, scores = self.score(inner)
                return mask, scores * weight
            case AllOf(nodes):
                mask, scores = self._combined(nodes, np.logical_and, np.add)
                return mask, np.where(mask, scores, 0.0)
            case AnyOf(nodes):
                return self._combined(nodes, np.logical_or, np.add)
            case Best(nodes):
                return self._combined(nodes, np.logical_or, np.maximum)
            case Also(inner, extras):
                mask, scores = self.score(inner)
                more = self._combined(extras, np.logical_or, np.add)[1]
                return mask, np.where(mask, scores + more, 0.0)
            case Not(inner):
                return ~self.score(inner)[0], np.zeros(self._size)
            case _:
                raise NotImplementedError(f"the judge does not know {node}")

    def _combined(self, nodes: Sequence[Node], masks: np.ufunc, scores: np.ufunc) -> tuple[Mask, Floats]:
        if not nodes:
            return np.zeros(self._size, bool), np.zeros(self._size)
        parts = [self.score(node) for node in nodes]
        return reduce(masks, [mask for mask, _ in parts]), reduce(scores, [values for _, values in parts])

    def _those(self, name: str, is_wanted: Callable[[str], object], most: int | None) -> tuple[Mask, Floats]:
        field = self._fields[name]
        return self._held(name, field.occurrences_of(field.those(is_wanted, most)))

    def _leads(self, without: Sequence[str]) -> Mask:
        """Return the first passage of each article that is not of some kinds."""
        kept = (~self._held("kind", self._fields["kind"].occurrences_of(without))[0]).nonzero()[0]
        leads = np.zeros(self._size, bool)
        leads[kept[np.diff(self._articles[kept], prepend=-1) > 0]] = True
        return leads

    def _held(self, name: str, occurrences: Ints) -> tuple[Mask, Floats]:
        """Score 1 where one of some occurrences stands."""
        passages, _ = self._fields[name].passages_of(occurrences)
        return self._spread(passages, np.ones(len(passages)))

    def _near(self, nodes: Sequence[Term | Phrase | Prefix], slop: int) -> tuple[Mask, Floats]:
        mask, scores = self._combined(nodes, np.logical_and, np.add)
        stretches = [self._stretches(node) for node in nodes]
        for passage in mask.nonzero()[0].tolist():
            chosen = product(*(own.get(passage, ()) for own in stretches))
            mask[passage] = any(_others_among(own) <= slop for own in chosen)
        return mask, np.where(mask, scores, 0.0)

    def _stretches(self, node: Term | Phrase | Prefix) -> dict[int, list[range]]:
        """Return by passage where a node stands."""
        field = self._fields[node.field]
        match node:
            case Term(_, term):
                starts, length = field.occurrences(term), 1
            case Prefix(_, prefix):
                starts, length = field.beginning(prefix), 1
            case Phrase(_, terms):
                starts, length = field.phrases(node), len(terms)
        found: dict[int, list[range]] = {}
        for passage, start in zip(field.passages_at(starts).tolist(), starts.tolist(), strict=True):
            found.setdefault(passage, []).append(range(start, start + length))
        return found

    def _spread(self, passages: Ints, values: Floats) -> tuple[Mask, Floats]:
        mask, scores = np.zeros(self._size, bool), np.zeros(self._size)
        mask[passages] = True
        scores[passages] = values
        return mask, scores

    def articles(self, request: Request) -> Verdict:
        """Answer a request for articles, without its order and page."""
        self._known.clear()
        self._looked_at = np.ones(self._size, bool) if request.passages is None else self.score(request.passages)[0]
        ranked, scores = self.score(request.rank)
        ranked = ranked & self._looked_at
        matched = self._holding(ranked) if request.match is None else self._matching(request.match)
        best = np.maximum.reduceat(np.where(ranked, scores, 0.0), self._firsts)
        if request.prefer is not None:
            best[self._matching(request.prefer)] *= 1 + PREFERENCE
        days = self._numbers.get("published", np.zeros(self._size, np.int64))[self._firsts].astype(np.float64)
        orders = {"date": -days, "date-asc": np.where(days == 0, np.inf, days)}
        return Verdict(matched, np.where(matched, best, 0.0), orders.get(request.sort))

    def _holding(self, passages: Mask) -> Mask:
        return np.bincount(self._articles[passages & self._looked_at], minlength=len(self._firsts)) > 0

    def _matching(self, node: Node) -> Mask:
        """Return which articles match: operators combine articles, a leaf is matched by some passage."""
        match node:
            case AllOf(nodes):
                return reduce(np.logical_and, map(self._matching, nodes), np.ones(len(self._firsts), bool))
            case AnyOf(nodes):
                return reduce(np.logical_or, map(self._matching, nodes), np.zeros(len(self._firsts), bool))
            case Not(inner):
                return ~self._matching(inner) & self._holding(self._looked_at)
            case leaf:
                return self._holding(self.score(leaf)[0])


def _others_among(stretches: Sequence[range]) -> int:
    """Return how many other places lie between the ends of some stretches."""
    whole = max(own.stop for own in stretches) - min(own.start for own in stretches)
    return whole - sum(map(len, stretches))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine said: numbers of passages or articles with their scores, best first, and how many match."""

    found: tuple[tuple[int, float], ...]
    total: int | None = None  # None: not counted, or not exactly


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which match, the score of each, and what comes before it in the order, the smaller first."""

    matched: Mask
    scores: Floats
    order: Floats | None = None

    def fault(self, answer: Answer, limit: int) -> str:
        """Return what is wrong with an answer, or nothing. Equal scores may come in any order."""
        total = int(self.matched.sum())
        if answer.total is not None and answer.total != total:
            return f"{answer.total} match, not {total}"
        if len(answer.found) != min(limit, total):
            return f"{len(answer.found)} found of {total}"
        if len({number for number, _ in answer.found}) != len(answer.found):
            return "one found twice"
        matched = self.matched.nonzero()[0]
        order = np.zeros(len(self.matched)) if self.order is None else self.order
        best = matched[np.lexsort((-self.scores[matched], order[matched]))[: len(answer.found)]].tolist()
        for (number, score), place in zip(answer.found, best, strict=True):
            if not self.matched[number]:
                return f"{number} does not match"
            if order[number] != order[place]:
                return f"{number} is not next in the order"
            right = float(self.scores[place])
            own = float(self.scores[number])
            if not (_are_close(score, own) and _are_close(score, right)):
                return f"{number} has {score}, its score is {own}, the best left has {right}"
        return ""

    def is_plausible(self, answer: Answer, limit: int) -> bool:
        """Tell whether all that was found matches and as many as there are: for peers, whose scores are their own."""
        found = [number for number, score in answer.found if score > 0]  # bm25s fills its answers up
        return all(self.matched[number] for number in found) and len(found) == min(limit, int(self.matched.sum()))


def _are_close(one: float, other: float) -> bool:
    return abs(one - other) <= RELATIVE_TOLERANCE * max(abs(one), abs(other))


class Verdicts:
    """Compares answers with verdicts and collects what is wrong."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.checked = 0
        self.deviations: list[str] = []

    def check(self, name: str, verdict: Verdict, answers: Sequence[Answer]) -> None:
        """Compare all answers to one question."""
        for answer in answers:
            self.checked += 1
            fault = verdict.fault(answer, self._limit)
            if fault:
                self.deviations.append(f"{name}: {fault}")

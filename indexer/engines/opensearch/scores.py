"""Nodes -> what scores one passage by its terms, as the cluster scores all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from indexer.engines.base import KEYWORD_FIELDS
from indexer.engines.bm25 import K1, ONCE, TIE, B
from indexer.engines.opensearch.context import Concept
from indexer.engines.opensearch.passage import Passage, frequency, is_near, starts
from indexer.engines.patterns import segments
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Every,
    Form,
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
    Synonym,
    Term,
)

T = TypeVar("T")
Score: TypeAlias = "float | None"  # None: the passage does not match
Scorer: TypeAlias = Callable[[Passage], Score]


class Known(Protocol):
    """What scores depend on besides the passage."""

    def terms_of(self, node: Pattern | Fuzzy) -> Sequence[str]:
        """Return the terms of a field of terms that a node stands for."""

    def idf(self, term: Term) -> float: ...

    def average_length(self, field: str) -> float: ...

    def concept(self, node: Synonym) -> Concept: ...


class _Unweighed:
    """Takes all for equal: of nodes that nothing is known of, since only whether they match is asked."""

    def __init__(self, known: Known) -> None:
        self.terms_of = known.terms_of

    def idf(self, term: Term) -> float:
        return 1.0

    def average_length(self, field: str) -> float:
        return 1.0

    def concept(self, node: Synonym) -> Concept:
        return Concept(1.0, 1, 1.0)


class Scores:
    """Makes scorers of the nodes of one request."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._scorers: dict[Node, Scorer] = {}
        self._found: dict[Node, Any] = {}  # what is remembered of each passage

    def of(self, node: Node) -> Scorer:
        """Return what scores a node, as `indexer/nodes.py` says."""
        scorer = self._scorers.get(node)
        if scorer is None:
            scorer = self._scorers[node] = self._made(node)
        return scorer

    def unweighed(self) -> Scores:
        """Return what makes scorers that only tell what matches, for which nothing but terms has to be known."""
        return Scores(_Unweighed(self.known))

    def second_stage(self, node: Synonym) -> Callable[[Passage], float]:
        """Return what scores a concept as one word with the frequencies of all its forms; 0 if it has none."""
        idf, forms_of = self.known.concept(node).idf, self.forms(node)

        def score(passage: Passage) -> float:
            odds = sum(w * s / (1 - s) for _, w, s in forms_of(passage))
            return idf * odds / (1 + odds)

        return score

    def forms(self, node: Synonym) -> Callable[[Passage], list[tuple[Form, float, float]]]:
        """Return what finds the forms that a passage has, each with its weight and its saturation."""
        own = [(form, w, self.saturation(form.node)) for form, w in zip(node.forms, node.weights, strict=True)]

        def find(passage: Passage) -> list[tuple[Form, float, float]]:
            return [(form, w, s) for form, w, saturation in own if (s := saturation(passage)) is not None]

        return self._remembering(node, find)

    def saturation(self, node: Term | Phrase | Prefix) -> Scorer:
        """Return what tells the saturation of a node, None if it does not stand there."""
        if isinstance(node, Prefix):
            holds = self.of(node)
            return lambda passage: None if holds(passage) is None else ONCE
        if isinstance(node, Phrase) and node.prefix:
            exact = self._of_exact(node.exact) if node.exact.terms else lambda passage: ONCE
            return _where(lambda passage: bool(starts(node, passage)), exact)
        return self._of_exact(node)

    def _of_exact(self, node: Term | Phrase) -> Scorer:
        field, count, average = node.field, frequency(node), self.known.average_length(node.field)

        def saturation(passage: Passage) -> Score:
            tf = count(passage)
            return tf / (tf + K1 * (1 - B + B * passage.length(field) / average)) if tf else None

        return self._remembering(node, saturation)

    def _remembering(self, node: Node, find: Callable[[Passage], T]) -> Callable[[Passage], T]:
        """Return what finds something of a node, once in each passage."""

        def remember(passage: Passage) -> T:
            if find not in passage.remembered:
                passage.remembered[find] = find(passage)
            found: T = passage.remembered[find]
            return found

        known: Callable[[Passage], T] = self._found.setdefault(node, remember)
        return known

    def _made(self, node: Node) -> Scorer:
        match node:
            case Term():
                return _times(self.known.idf(node), self._of_exact(node))
            case Phrase(field):
                idf = sum(self.known.idf(Term(field, term)) for term in node.exact.terms)
                return _times(idf, self.saturation(node))
            case Near(nodes):
                return _where(lambda passage: is_near(node, passage), self._sum(tuple(dict.fromkeys(nodes)), all))
            case Synonym():
                return self._concept(node)
            case AllOf(nodes):
                return self._sum(nodes, all)
            case AnyOf(nodes):
                return self._sum(nodes, any)
            case Best(nodes):
                return self._best(nodes)
            case Not(inner):
                found = self.unweighed().of(inner)
                return lambda passage: 0.0 if found(passage) is None else None
            case Also(inner, extras):
                return self._also(inner, extras)
            case Boost(inner, weight):
                return _times(weight, self.of(inner))
            case Scaled(inner) | Lead(inner) | Decayed(inner):
                return _multiplied(self.of(inner), factor(node))
        return _constant(self.matcher(node))

    def matcher(self, node: Node) -> Callable[[Passage], bool]:
        """Return what tells whether a node matches that scores 1 wherever it does."""
        match node:
            case Prefix(field, prefix) if field not in KEYWORD_FIELDS:
                return lambda passage: f" {prefix}" in passage.text(field)
            case Prefix(field) | Pattern(field) | Fuzzy(field):
                fits = self.fits(node)
                return lambda passage: any(map(fits, passage.terms(field)))
            case Keyword(field, values):
                wanted = frozenset(values)
                return lambda passage: not wanted.isdisjoint(passage.entry.keywords.get(field, ()))
            case Range(field, low, high):
                return lambda passage: _is_between(passage.entry.numbers.get(field), low, high)
            case Every():
                return lambda passage: True
        raise TypeError(f"No such node: {node}")

    def fits(self, node: Prefix | Pattern | Fuzzy) -> Callable[[str], bool]:
        """Return what tells whether a node stands for a term, or a keyword."""
        if isinstance(node, Prefix):
            prefix = node.prefix
            return lambda term: term.startswith(prefix)
        if isinstance(node, Pattern) and node.field in KEYWORD_FIELDS:
            return _like(node.pattern)
        return frozenset(self.known.terms_of(node)).__contains__

    def _concept(self, node: Synonym) -> Scorer:
        idf, forms_of = self.known.concept(node).idf, self.forms(node)

        def score(passage: Passage) -> Score:
            worths = [w * s for _, w, s in forms_of(passage)]
            return idf * ((1 - TIE) * max(worths) + TIE * sum(worths)) if worths else None

        return score

    def _sum(self, nodes: Sequence[Node], needed: Callable[[list[bool]], bool]) -> Scorer:
        """Return what adds up scores where as many of some nodes match as are needed."""
        scorers = [*map(self.of, nodes)]

        def score(passage: Passage) -> Score:
            scores = [scorer(passage) for scorer in scorers]
            return sum(filter(None, scores), 0.0) if scores and needed([one is not None for one in scores]) else None

        return score

    def _best(self, nodes: Sequence[Node]) -> Scorer:
        scorers = [*map(self.of, nodes)]

        def score(passage: Passage) -> Score:
            return max((own for scorer in scorers if (own := scorer(passage)) is not None), default=None)

        return score

    def _also(self, inner: Node, extras: Sequence[Node]) -> Scorer:
        first, others = self.of(inner), [*map(self.of, extras)]

        def score(passage: Passage) -> Score:
            own = first(passage)
            return None if own is None else own + sum(other(passage) or 0.0 for other in others)

        return score


def factor(node: Scaled | Lead | Decayed) -> Callable[[Passage], float]:
    """Return what tells the number that a node multiplies scores by."""
    match node:
        case Scaled(_, field, numbers):
            known = dict(numbers)
            return lambda passage: known.get(passage.last(field), 1.0)
        case Lead(_, without, rest):
            return lambda passage: 1.0 if passage.is_lead(without) else rest
        case Decayed():
            return lambda passage: _faded(node, passage.entry.numbers.get(node.field))


def _faded(node: Decayed, value: int | None) -> float:
    if value is None:
        return node.absent
    faded: float = 0.5 ** (max(0, node.origin - value) / node.half_life)
    return faded


def _is_between(value: int | None, low: int | None, high: int | None) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _like(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a pattern fits a text: all but its ends stand where they do first."""
    first, *others = ["".join("." if one == "?" else re.escape(one) for one in own) for own in segments(pattern)]
    between = "".join(f"(?>.*?{own})" for own in others[:-1])
    fits = re.compile(first + between + "".join(f".*{own}" for own in others[-1:]), re.DOTALL).fullmatch
    return lambda text: fits(text) is not None


def _constant(matches: Callable[[Passage], bool]) -> Scorer:
    return lambda passage: 1.0 if matches(passage) else None


def _times(weight: float, scorer: Scorer) -> Scorer:
    return _multiplied(scorer, lambda passage: weight)


def _multiplied(scorer: Scorer, number: Callable[[Passage], float]) -> Scorer:
    def score(passage: Passage) -> Score:
        own = scorer(passage)
        return None if own is None else own * number(passage)

    return score


def _where(matches: Callable[[Passage], bool], scorer: Scorer) -> Scorer:
    return lambda passage: scorer(passage) if matches(passage) else None

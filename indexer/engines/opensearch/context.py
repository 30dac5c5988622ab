"""What the nodes of a request need to know of an index before they are queries, asked for all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from indexer.engines.base import KEYWORD_FIELDS, MOST_EXPANDED
from indexer.engines.bm25 import concept_idf, idf
from indexer.engines.opensearch.dictionary import Dictionary
from indexer.engines.opensearch.leaves import Leaf
from indexer.engines.opensearch.statistics import Held, Statistics
from indexer.engines.patterns import segments
from indexer.errors import UsageError
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Fuzzy,
    Lead,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Scaled,
    Synonym,
    Term,
)

# Question marks behind an asterisk: Lucene makes an automaton with two ways for each, of 10,000 steps at most. With 10
# behind a letter it refuses.
_MOST_UNKNOWN = 9


class Concept(NamedTuple):
    """What is known of a Synonym: n*, N and idf(n*); or of a term."""

    containing: float
    passages: int
    idf: float


class Context:
    """What is known for a request.

    `ranked` are the nodes that the cluster scores, `told` those that we do, `chosen` those that only match. `cut` are
    the nodes that stand for more than MOST_EXPANDED terms, `scale` is that of the statistics.
    """

    def __init__(
        self,
        statistics: Statistics,
        ranked: Sequence[Node] = (),
        chosen: Sequence[Node] = (),
        told: Sequence[Node] = (),
    ) -> None:
        self.scale = statistics.scale
        self.cut: dict[Node, None] = {}
        self._terms = {
            node: self._expanded(node, Dictionary(statistics.snapshot))
            for node in _all(*ranked, *chosen, *told)
            if isinstance(node, Fuzzy) or (isinstance(node, Pattern) and not _is_of_keywords(node))
        }
        terms: list[Term] = []
        concepts: list[Synonym] = []
        for node in _all(*ranked, *told, scoring=True):
            if isinstance(node, Synonym):
                concepts.append(node)
            elif isinstance(node, Phrase) and _is_short_of(node):
                terms += scoring_terms(node)
        for node in _all(*told, scoring=True):
            terms += scoring_terms(node)
        self._facts = statistics.facts(
            [term.field for term in terms] + [form.node.field for node in concepts for form in node.forms],
            [Held((term,)) for term in terms] + [held for node in concepts for held in _wanted(node)],
        )

    def terms_of(self, node: Pattern | Fuzzy) -> Sequence[str]:
        """Return the terms that a node stands for, those of most passages first."""
        return self._terms[node]

    def idf(self, term: Term) -> float:
        """Return the idf of a term that scores."""
        return self.counts(term).idf

    def counts(self, term: Term) -> Concept:
        """Return what is known of a term that scores."""
        containing, passages = self._facts.counts[Held((term,))], self._facts.fields[term.field].passages
        return Concept(containing, passages, idf(containing, passages))

    def average_length(self, field: str) -> float:
        """Return how many terms passages have in a field, those that have any."""
        return self._facts.fields[field].average_length

    def concept(self, node: Synonym) -> Concept:
        """Return what is known of a Synonym."""
        containing = sum(w * w * self._facts.counts[held] for w, held in _by_weight(node))
        passages = max((self._facts.fields[form.node.field].passages for form in node.forms), default=0)
        return Concept(containing, passages, concept_idf(containing, passages))

    def repetition(self, node: Phrase) -> float:
        """Return what to multiply the score of a phrase by so that a term that it has twice counts twice."""
        if not _is_short_of(node):
            return 1.0
        terms = scoring_terms(node)
        return sum(map(self.idf, terms)) / sum(map(self.idf, dict.fromkeys(terms)))

    def _expanded(self, node: Pattern | Fuzzy, dictionary: Dictionary) -> Sequence[str]:
        most = MOST_EXPANDED + 1
        if isinstance(node, Fuzzy):
            found = dictionary.terms_near(node.field, node.term, most, distance=node.distance, kept=node.kept)
        else:
            found = dictionary.terms_fitting(node.field, node.pattern, most)
        if len(found) == most:
            self.cut[node] = None
        return [term for term, _ in found[:MOST_EXPANDED]]


def _is_of_keywords(node: Pattern) -> bool:
    """Tell whether a pattern is one of keywords. Raises UsageError for one that the cluster cannot work out."""
    if sum(segment.count("?") for segment in segments(node.pattern)[1:]) > _MOST_UNKNOWN:
        raise UsageError(
            f"{node.pattern}: an index on a cluster is not searched for more than {_MOST_UNKNOWN} question marks "
            "behind an asterisk. Put an asterisk in their place."
        )
    return node.field in KEYWORD_FIELDS


def scoring_terms(node: Node) -> tuple[Term, ...]:
    """Return the terms of which the idf make up the score of a Term or Phrase; of other nodes none."""
    match node:
        case Term():
            return (node,)
        case Phrase(field):
            return tuple(Term(field, term) for term in node.exact.terms)
    return ()


def _is_short_of(node: Phrase) -> bool:
    """Tell whether a phrase is a span query, which scores a term that it has twice but once."""
    exact = node.exact
    return bool(exact.not_after or exact.not_before) and len(set(exact.terms)) < len(exact.terms)


def _wanted(node: Synonym) -> Iterator[Held]:
    yield from (held for _, held in _by_weight(node))
    yield from (Held((term,)) for form in node.forms for term in scoring_terms(form.node))


def _by_weight(node: Synonym) -> Iterator[tuple[float, Held]]:
    """Yield each weight of a concept's forms, the heaviest first, and what passages hold for which it counts."""
    heavier: tuple[Leaf, ...] = ()
    pairs = sorted(zip(node.weights, node.forms, strict=True), key=lambda pair: -pair[0])
    for weight, group in groupby(pairs, key=lambda pair: pair[0]):
        own = tuple(form.node for _, form in group)
        yield weight, Held(own, heavier)
        heavier += own


def _all(*nodes: Node, scoring: bool = False) -> Iterator[Node]:
    """Yield nodes and all that is within them, or all of it that is `scoring`."""
    for node in nodes:
        if not (scoring and isinstance(node, Not)):
            yield node
            yield from _all(*_parts(node), scoring=scoring)


def _parts(node: Node) -> Sequence[Node]:
    match node:
        case AllOf(nodes) | AnyOf(nodes) | Best(nodes) | Near(nodes):
            return nodes
        case Not(inner) | Boost(inner) | Scaled(inner) | Lead(inner) | Decayed(inner):
            return (inner,)
        case Also(inner, extras):
            return (inner, *extras)
        case Synonym(forms):
            return [form.node for form in forms]
    return ()

"""Nodes -> scorers. A term or phrase that stands in a request twice has one scorer."""

from __future__ import annotations

from collections.abc import Callable

from indexer.engines.base import KEYWORD_FIELDS, MOST_EXPANDED
from indexer.engines.bm25 import ONCE
from indexer.engines.whoosh.combined import AllOfScorer, AlsoScorer, AnyOfScorer, BestScorer
from indexer.engines.whoosh.commonest import commonest
from indexer.engines.whoosh.container import encoded
from indexer.engines.whoosh.expansion import like, near_to
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.forms import Forms, OneForm, TermForms
from indexer.engines.whoosh.phrases import (
    Finder,
    NearFinder,
    PhraseFinder,
    PhraseScorer,
    PrefixFinder,
    SumScorer,
    TermFinder,
    WideFinder,
)
from indexer.engines.whoosh.scaling import Scaling, factors_of, scaled_within, scalings_of
from indexer.engines.whoosh.scorers import BoostScorer, NotScorer, ScaledScorer, Scorer
from indexer.engines.whoosh.sets import EveryScorer, ExpandedScorer, KeywordScorer, RangeScorer
from indexer.engines.whoosh.snapshot import Ints, Snapshot
from indexer.engines.whoosh.synonyms import SynonymScorer
from indexer.engines.whoosh.terms import TermScorer
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
    Synonym,
    Term,
)

_OPERATORS = (AllOf, AnyOf, Not, Best, Also, Boost, Scaled, Lead, Decayed)


class Compiler:
    """Makes the scorers of one request."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[Node | int, tuple[Node, Scorer]] = {}  # the node too: no other may get its identity
        self.cut: dict[Node, None] = {}  # what stands for more terms than are looked at

    def scorer(self, node: Node) -> Scorer:
        """Return the scorer of a node."""
        # Operators go by identity: to compare them would be to walk through them, again and again.
        key = id(node) if isinstance(node, _OPERATORS) else node
        if key not in self._known:
            self._known[key] = node, self._made(node)
        return self._known[key][1]

    def _made(self, node: Node) -> Scorer:
        snapshot = self._snapshot
        match node:
            case Term(field, term):
                return TermScorer(snapshot, field, term)
            case Phrase(field):
                return self._phrase(node, sum(self._weight(field, term) for term in node.exact.terms))
            case Near():
                return self._near(node)
            case Prefix(field, prefix):
                return self._expanded(field, lambda own: own.beginning_with(encoded(prefix)))
            case Pattern(field, pattern):
                if field in KEYWORD_FIELDS:
                    return self._expanded(field, lambda own: like(own, pattern))
                return self._bounded(node, field, lambda own: like(own, pattern))
            case Fuzzy(field, term, distance, kept):
                return self._bounded(node, field, lambda own: near_to(own, term, distance, kept))
            case Keyword(field, values):
                return KeywordScorer(snapshot, field, values)
            case Range(field, low, high):
                return RangeScorer(snapshot, field, low, high)
            case Every():
                return EveryScorer(snapshot)
            case Not(inner):
                return NotScorer(snapshot, self.scorer(inner))
            case Boost(inner, weight):
                return BoostScorer(self.scorer(inner), weight)
            case Scaled() | Lead() | Decayed():
                within = scaled_within(node)
                return self._scaled(node) if within is None else self.scorer(within)
            case Synonym():
                return SynonymScorer(snapshot, node, self._forms(node))
            case AllOf(nodes):
                return AllOfScorer([self.scorer(part) for part in nodes])
            case AnyOf(nodes):
                return AnyOfScorer(snapshot, [self.scorer(part) for part in nodes])
            case Best(nodes):
                return BestScorer(snapshot, [self.scorer(part) for part in nodes])
            case Also(inner, extras):
                return AlsoScorer(snapshot, self.scorer(inner), [self.scorer(extra) for extra in extras])

    def _scaled(self, node: Scaling) -> Scorer:
        scalings, inner = scalings_of(node)
        factors = factors_of(self._snapshot, scalings)
        scorer = self.scorer(inner)
        return scorer if factors is None else ScaledScorer(scorer, factors)

    def _weight(self, field: str, term: str) -> float:
        scorer = self.scorer(Term(field, term))
        assert isinstance(scorer, TermScorer)
        return scorer.weight

    def _forms(self, node: Synonym) -> list[Forms]:
        """Return the terms of each field, and the other forms one by one."""
        terms: dict[str, list[tuple[str, float]]] = {}
        others: list[Forms] = []
        for form, weight in zip(node.forms, node.weights, strict=True):
            match form.node:
                case Term(field, term):
                    terms.setdefault(field, []).append((term, weight))
                case Phrase():
                    others.append(OneForm(self._snapshot, self._phrase(form.node, weight, weight * ONCE), weight))
                case Prefix():
                    scorer = BoostScorer(self.scorer(form.node), weight * ONCE)
                    others.append(OneForm(self._snapshot, scorer, weight))
        return [*(TermForms(self._snapshot, field, own) for field, own in terms.items()), *others]

    def _phrase(self, node: Phrase, weight: float, alone: float = 0.0) -> Scorer:
        """Return what scores `weight` times the saturation of a phrase, and `alone` if it has only a beginning."""
        exact, snapshot = node.exact, self._snapshot
        scorer = PhraseScorer(snapshot, node.field, PhraseFinder(exact), weight) if exact.terms else None
        if scorer and not node.prefix:
            return scorer
        return SumScorer(
            snapshot, node.field, PhraseFinder(node), [scorer or BoostScorer(EveryScorer(snapshot), alone)]
        )

    def _near(self, near: Near) -> Scorer:
        fields = {node.field for node in near.nodes}
        if len(fields) != 1:
            raise ValueError("Near needs nodes of one field.")
        different = tuple(dict.fromkeys(near.nodes))
        parts = [self.scorer(node) for node in different]
        finders = [WideFinder(_finder(node)) if node in near.wide else _finder(node) for node in different]
        return SumScorer(self._snapshot, fields.pop(), NearFinder(finders, near.slop), parts)

    def _expanded(self, field: str, terms_of: Callable[[Field], range | Ints]) -> Scorer:
        terms = {base: terms_of(own) for _, base, own in self._snapshot.fields(field)}
        return ExpandedScorer(self._snapshot, field, terms)

    def _bounded(self, node: Node, field: str, terms_of: Callable[[Field], Ints]) -> Scorer:
        """Expand to the commonest terms of all segments together."""
        found = [(own, terms_of(own)) for _, _, own in self._snapshot.fields(field)]
        lives = [segment.live for segment, _, _ in self._snapshot.fields(field)]
        kept = commonest(found, lives, MOST_EXPANDED)
        if kept is not None:
            self.cut[node] = None
        chosen = kept or [numbers for _, numbers in found]
        bases = (base for _, base, _ in self._snapshot.fields(field))
        return ExpandedScorer(self._snapshot, field, dict(zip(bases, chosen, strict=True)))


def _finder(node: Term | Phrase | Prefix) -> Finder:
    match node:
        case Term(_, term):
            return TermFinder(term)
        case Prefix(_, prefix):
            return PrefixFinder(prefix)
        case Phrase():
            return PhraseFinder(node)

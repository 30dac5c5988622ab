"""A request and an article -> why it has its score, in the numbers that the scorers work with."""

from __future__ import annotations

import numpy as np

from indexer.engines.base import PREFERENCE, Request
from indexer.engines.bm25 import K1, ONCE, TIE, B, lengths_of
from indexer.engines.explanation import Contribution, Explanation, Operation
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import TABLED, Field
from indexer.engines.whoosh.matching import Matching
from indexer.engines.whoosh.phrases import PhraseFinder
from indexer.engines.whoosh.scaling import Scaling, factors, numbers_of
from indexer.engines.whoosh.sets import ExpandedScorer
from indexer.engines.whoosh.snapshot import Ints, Mask, Snapshot
from indexer.engines.whoosh.synonyms import SynonymScorer
from indexer.engines.whoosh.terms import known
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
    Pattern,
    Phrase,
    Prefix,
    Scaled,
    Synonym,
    Term,
)


def explain(snapshot: Snapshot, request: Request, article_id: str) -> Explanation:
    """Explain the score of an article. Raises UsageError for one that the index does not have."""
    article = snapshot.article_number(article_id)
    if article is None:
        raise UsageError(f"No article {article_id!r} in the index. --json shows the ids of articles: article_id.")
    return _Explained(snapshot, request, article, article_id).explanation()


class _Explained:
    """One article under one request."""

    def __init__(self, snapshot: Snapshot, request: Request, article: int, article_id: str) -> None:
        self._snapshot = snapshot
        self._request = request
        self._article_id = article_id
        self._compiler = Compiler(snapshot)
        looked_at = None if request.passages is None else self._compiler.scorer(request.passages)
        self._matching = Matching(snapshot, self._compiler, looked_at)
        self._everywhere = Matching(snapshot, self._compiler, None)
        self._articles = np.array([article])
        self._own = snapshot.passages_of(self._articles)[0]
        self._passages = self._matching.looked(self._own)

    def explanation(self) -> Explanation:
        request = self._request
        if not len(self._passages):
            assert request.passages is not None
            return Explanation(self._article_id, "", _absent(request.rank), (request.passages,))
        matched, scores = self._compiler.scorer(request.rank).look(self._passages)
        best = int(np.where(matched, scores, -np.inf).argmax())
        passage = int(self._passages[best])
        score = _Passage(self._snapshot, self._compiler, passage).contribution(request.rank)
        lacking = self._unranked(matched) if request.match is None else self._lacking(request.match)
        segment, number = self._snapshot.place_of_passage(passage)
        return Explanation(
            self._article_id, segment.record(number)[0], self._preferred(score), tuple(dict.fromkeys(lacking))
        )

    def _preferred(self, score: Contribution) -> Contribution:
        prefer = self._request.prefer
        if prefer is None:
            return score
        preference = 1 + PREFERENCE * self._matches(prefer)
        parts = (Contribution(preference, "leaf", "preference", prefer), score)
        return Contribution(score.value * preference, "product", "article", parts=parts)

    def _matches(self, node: Node) -> bool:
        return bool(self._matching.look(node, self._articles)[0])

    def _lacking(self, node: Node) -> tuple[Node, ...]:
        """Return the parts of a condition that keep the article from matching it."""
        if isinstance(node, AllOf):
            return tuple(lacking for part in node.nodes for lacking in self._lacking(part))
        if self._matches(node):
            return ()
        return (self._reason(node, is_elsewhere=bool(self._everywhere.look(node, self._articles)[0])),)

    def _unranked(self, matched: Mask) -> tuple[Node, ...]:
        """Return what keeps the article out if none of its passages is `matched` by what ranks them."""
        if matched.any():
            return ()
        node = _condition(self._request.rank)
        return (self._reason(node, is_elsewhere=bool(self._compiler.scorer(node).look(self._own)[0].any())),)

    def _reason(self, node: Node, *, is_elsewhere: bool) -> Node:
        """Return what does not match; the limits of passages if those that are left out match it."""
        return self._request.passages if is_elsewhere and self._request.passages is not None else node


def _condition(rank: Node) -> Node:
    """Return what decides whether a node of ranking matches."""
    match rank:
        case Also(inner, _) | Boost(inner, _) | Scaled(inner) | Lead(inner) | Decayed(inner):
            return _condition(inner)
    return rank


def _absent(node: Node) -> Contribution:
    return Contribution(0.0, "leaf", _name(node), node, is_match=False)


def _name(node: Node) -> str:
    return type(node).__name__.lower()


class _Passage:
    """One passage under the scorers of a request: each value is a scorer's."""

    def __init__(self, snapshot: Snapshot, compiler: Compiler, passage: int) -> None:
        self._snapshot = snapshot
        self._compiler = compiler
        self._passages = np.array([passage])
        self._segment, self._number = snapshot.place_of_passage(passage)

    def contribution(self, node: Node) -> Contribution:
        """Return what a node gives to the passage's score."""
        matched, scores = self._compiler.scorer(node).look(self._passages)
        if not matched[0]:
            return _absent(node)
        operation, parts = self._parts(node)
        return Contribution(float(scores[0]), operation, _name(node), node, found=self._found(node), parts=parts)

    def _parts(self, node: Node) -> tuple[Operation, tuple[Contribution, ...]]:
        match node:
            case Term() | Phrase():
                return "product", self._numbers(node)
            case Synonym():
                return "sum", self._forms(node)
            case Near(nodes):
                return "sum", self._all(tuple(dict.fromkeys(nodes)))
            case AllOf(nodes) | AnyOf(nodes):
                return "sum", self._all(nodes)
            case Also(inner, extras):
                return "sum", self._all((inner, *extras))
            case Best(nodes):
                return "maximum", tuple(part for part in self._all(nodes) if part.is_match)
            case Boost(inner, weight):
                return "product", (Contribution(weight, "leaf", "weight"), self.contribution(inner))
            case Scaled(inner) | Lead(inner) | Decayed(inner):
                return "product", (self._scaling(node), self.contribution(inner))
        return "leaf", ()

    def _all(self, nodes: tuple[Node, ...]) -> tuple[Contribution, ...]:
        return tuple(map(self.contribution, nodes))

    def _found(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, Prefix | Pattern | Fuzzy):
            return ()
        scorer = self._compiler.scorer(node)
        assert isinstance(scorer, ExpandedScorer)
        return scorer.terms_of(self._segment, self._number)

    def _scaling(self, node: Scaling) -> Contribution:
        value = float(factors(self._snapshot, node)[self._passages[0]])
        if isinstance(node, Lead):
            return Contribution(value, "leaf", "place")
        if isinstance(node, Decayed):
            number = numbers_of(self._snapshot, node.field)[self._passages[0]]
            return Contribution(value, "leaf", "freshness", numbers={"value": float(number)})
        field = self._segment.field(node.field)
        number = int(self._segment.label_numbers(node.field)[self._number]) if field else 0
        found = (decoded(field.term(number - 1)),) if field and number else ()
        return Contribution(value, "leaf", "factor", found=found)

    def _forms(self, node: Synonym) -> tuple[Contribution, ...]:
        """Return what each form that the passage holds adds, the best one first."""
        idf = self._concept_idf(node)
        found = [
            (weight * saturation.value, weight, form.node, saturation)
            for form, weight in zip(node.forms, node.weights, strict=True)
            if (saturation := self._saturation_of(form.node)) is not None
        ]
        parts = []
        for place, (value, weight, form, saturation) in enumerate(sorted(found, key=lambda one: -one[0])):
            tie = TIE if place else 1.0
            share = Contribution(weight * tie, "leaf", "share", numbers={"weight": weight})
            found_terms = self._found(form)
            parts.append(
                Contribution(
                    idf.value * value * tie, "product", "form", form, found=found_terms, parts=(idf, share, saturation)
                )
            )
        return tuple(parts)

    def _concept_idf(self, node: Synonym) -> Contribution:
        scorer = self._compiler.scorer(node)
        assert isinstance(scorer, SynonymScorer)
        known = scorer.concept
        numbers = {"containing": known.containing, "passages": known.passages}
        return Contribution(known.idf, "leaf", "idf", node, numbers)

    def _saturation_of(self, form: Term | Phrase | Prefix) -> Contribution | None:
        """Return the saturation of a form, None if the passage does not hold it."""
        if not self._compiler.scorer(form).look(self._passages)[0][0]:
            return None
        return Contribution(ONCE, "leaf", "saturation") if isinstance(form, Prefix) else self._numbers(form)[1]

    # What BM25 is made of

    def _numbers(self, node: Term | Phrase) -> tuple[Contribution, Contribution]:
        field = self._segment.field(node.field)
        assert field is not None
        unit = field.units_of(np.array([self._number]))
        if isinstance(node, Term):
            held = known(self._snapshot, node.field, node.term).held[self._passages[0] - self._number]
            return self._idf(node), self._saturation(field, unit, int(held.frequencies(unit)[0]))
        exact = node.exact
        idfs = tuple(self._idf(Term(node.field, term)) for term in exact.terms)
        idf = Contribution(float(sum(one.value for one in idfs)), "sum", "idf", parts=idfs)
        if not exact.terms:
            return idf, Contribution(ONCE, "leaf", "saturation")
        finder = PhraseFinder(exact)
        return idf, self._saturation(field, unit, len(finder.find(field, unit).places))

    def _idf(self, node: Term) -> Contribution:
        term = known(self._snapshot, node.field, node.term)
        numbers = {"containing": term.containing, "passages": self._snapshot.statistics(node.field).passages}
        return Contribution(term.weight, "leaf", "idf", node, numbers)

    def _saturation(self, field: Field, unit: Ints, frequency: int) -> Contribution:
        statistics = self._snapshot.statistics(field.name)
        value = statistics.saturations(field, unit, np.array([frequency]), frequency)
        numbers = {
            "frequency": frequency,
            "length": int(lengths_of(field.rows.take(unit) // TABLED)[0]),
            "average_length": statistics.average,
            "k1": K1,
            "b": B,
        }
        return Contribution(float(value[0]), "leaf", "saturation", numbers=numbers)

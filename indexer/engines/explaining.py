"""A request and an article, as an engine knows it -> why the article has its score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from indexer.engines.base import PREFERENCE, Request
from indexer.engines.bm25 import K1, ONCE, TIE, B
from indexer.engines.explanation import Contribution, Explanation, Operation
from indexer.errors import ArticleUnknown
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
    Prefix,
    Scaled,
    Synonym,
    Term,
)

Scaling: TypeAlias = Scaled | Lead | Decayed


class Counts(NamedTuple):
    """Of a term or concept how many passages hold it, of how many that have the field; its idf."""

    containing: float
    passages: int
    idf: float


class KnownPassage(Protocol):
    """A passage, with what scores in it depends on."""

    @property
    def id(self) -> str: ...

    def score(self, node: Node) -> float | None:
        """Return the score of a node, None if the passage does not match it."""

    def found(self, node: Prefix | Pattern | Fuzzy) -> tuple[str, ...]:
        """Return the terms of the passage that a node stands for, in the order of their bytes."""

    def factor(self, node: Scaling) -> float:
        """Return what a node multiplies the passage's score by."""

    def keyword(self, field: str) -> str:
        """Return the last of the passage's keywords in their order; empty if it has none."""

    def number(self, field: str) -> int:
        """Return a number of the passage, 0 for none."""

    def frequency(self, node: Term | Phrase) -> int:
        """Return how often a node stands there."""

    def length(self, field: str) -> int:
        """Return the length of a field as it is ranked."""

    def average_length(self, field: str) -> float: ...

    def counts(self, node: Term | Synonym) -> Counts: ...


class KnownArticle(Protocol):
    """The passages of an article."""

    def scores(self, node: Node) -> Sequence[float | None]:
        """Return the score of a node in each passage in order, None of those that do not match it."""

    def passage(self, number: int) -> KnownPassage: ...


def unknown(article_id: str) -> ArticleUnknown:
    """Return the error that there is no such article."""
    return ArticleUnknown(f"No article {article_id!r} in the index. --json shows the ids of articles: article_id.")


def explained(request: Request, article_id: str, article: KnownArticle) -> Explanation:
    """Explain the score that a request gives to an article."""
    return _Explained(request, article_id, article).explanation()


class _Explained:
    """One article under one request."""

    def __init__(self, request: Request, article_id: str, article: KnownArticle) -> None:
        self._request = request
        self._article_id = article_id
        self._article = article

    def explanation(self) -> Explanation:
        request = self._request
        scores = self._article.scores(request.rank)
        looked_at = self._looked_at(len(scores))
        if not looked_at:
            assert request.passages is not None
            return Explanation(self._article_id, "", _absent(request.rank), (request.passages,))
        best = max(looked_at, key=lambda one: -1.0 if (own := scores[one]) is None else own)
        passage = self._article.passage(best)
        lacking = self._unranked(looked_at) if request.match is None else self._lacking(request.match, looked_at)
        score = self._preferred(contribution(passage, request.rank), looked_at)
        return Explanation(self._article_id, passage.id, score, tuple(dict.fromkeys(lacking)))

    def _looked_at(self, passages: int) -> list[int]:
        condition = self._request.passages
        if condition is None:
            return [*range(passages)]
        return [number for number, score in enumerate(self._article.scores(condition)) if score is not None]

    def _preferred(self, score: Contribution, looked_at: Sequence[int]) -> Contribution:
        prefer = self._request.prefer
        if prefer is None:
            return score
        preference = 1 + PREFERENCE * self._matches(prefer, looked_at)
        parts = (Contribution(preference, "leaf", "preference", prefer), score)
        return Contribution(score.value * preference, "product", "article", parts=parts)

    def _matches(self, node: Node, passages: Sequence[int]) -> bool:
        """Tell whether an article of some passages matches, as `Request.match` has it."""
        match node:
            case AllOf(nodes):
                return all(self._matches(part, passages) for part in nodes)
            case AnyOf(nodes):
                return any(self._matches(part, passages) for part in nodes)
            case Not(inner):
                return not self._matches(inner, passages)
        scores = self._article.scores(node)
        return any(scores[number] is not None for number in passages)

    def _lacking(self, node: Node, looked_at: Sequence[int]) -> tuple[Node, ...]:
        """Return the parts of a condition that keep the article from matching it."""
        if isinstance(node, AllOf):
            return tuple(lacking for part in node.nodes for lacking in self._lacking(part, looked_at))
        if self._matches(node, looked_at):
            return ()
        return (self._reason(node),)

    def _unranked(self, looked_at: Sequence[int]) -> tuple[Node, ...]:
        """Return what keeps the article out if none of its passages is matched by what ranks them."""
        scores = self._article.scores(self._request.rank)
        if any(scores[number] is not None for number in looked_at):
            return ()
        node = _condition(self._request.rank)
        is_elsewhere = any(score is not None for score in self._article.scores(node))
        return (self._instead(node, is_elsewhere),)

    def _reason(self, node: Node) -> Node:
        every = range(len(self._article.scores(self._request.rank)))
        return self._instead(node, self._matches(node, every))

    def _instead(self, node: Node, is_elsewhere: bool) -> Node:
        """Return what does not match; the limits of passages if those that are left out match it."""
        return self._request.passages if is_elsewhere and self._request.passages is not None else node


def _condition(rank: Node) -> Node:
    """Return what decides whether a node of ranking matches."""
    match rank:
        case Also(inner, _) | Boost(inner, _) | Scaled(inner) | Lead(inner) | Decayed(inner):
            return _condition(inner)
    return rank


def contribution(passage: KnownPassage, node: Node) -> Contribution:
    """Return what a node gives to a passage's score."""
    score = passage.score(node)
    if score is None:
        return _absent(node)
    operation, parts = _parts(passage, node)
    found = passage.found(node) if isinstance(node, Prefix | Pattern | Fuzzy) else ()
    return Contribution(score, operation, _name(node), node, found=found, parts=parts)


def _absent(node: Node) -> Contribution:
    return Contribution(0.0, "leaf", _name(node), node, is_match=False)


def _name(node: Node) -> str:
    return type(node).__name__.lower()


def _parts(passage: KnownPassage, node: Node) -> tuple[Operation, tuple[Contribution, ...]]:
    def each(nodes: Sequence[Node]) -> tuple[Contribution, ...]:
        return tuple(contribution(passage, one) for one in nodes)

    match node:
        case Term() | Phrase():
            return "product", (_idf(passage, node), _saturation(passage, node))
        case Synonym():
            return "sum", _forms(passage, node)
        case Near(nodes):
            return "sum", each(tuple(dict.fromkeys(nodes)))
        case AllOf(nodes) | AnyOf(nodes):
            return "sum", each(nodes)
        case Also(inner, extras):
            return "sum", each((inner, *extras))
        case Best(nodes):
            return "maximum", tuple(part for part in each(nodes) if part.is_match)
        case Boost(inner, weight):
            return "product", (Contribution(weight, "leaf", "weight"), contribution(passage, inner))
        case Scaled(inner) | Lead(inner) | Decayed(inner):
            return "product", (_scaling(passage, node), contribution(passage, inner))
    return "leaf", ()


def _scaling(passage: KnownPassage, node: Scaling) -> Contribution:
    value = passage.factor(node)
    match node:
        case Lead():
            return Contribution(value, "leaf", "place")
        case Decayed(_, field):
            return Contribution(value, "leaf", "freshness", numbers={"value": float(passage.number(field))})
        case Scaled(_, field):
            keyword = passage.keyword(field)
            return Contribution(value, "leaf", "factor", found=(keyword,) if keyword else ())


def _forms(passage: KnownPassage, node: Synonym) -> tuple[Contribution, ...]:
    """Return what each form that the passage holds adds, the best one first."""
    weight_of_all = _leaf_idf(passage, node)
    found = [
        (weight, form.node, _saturation(passage, form.node))
        for form, weight in zip(node.forms, node.weights, strict=True)
        if passage.score(form.node) is not None
    ]
    parts = []
    for place, (weight, form, saturation) in enumerate(sorted(found, key=lambda one: -one[0] * one[2].value)):
        tie = TIE if place else 1.0
        share = Contribution(weight * tie, "leaf", "share", numbers={"weight": weight})
        value = weight_of_all.value * share.value * saturation.value
        terms = passage.found(form) if isinstance(form, Prefix) else ()
        own = (weight_of_all, share, saturation)
        parts.append(Contribution(value, "product", "form", form, found=terms, parts=own))
    return tuple(parts)


# What BM25 is made of


def _idf(passage: KnownPassage, node: Term | Phrase) -> Contribution:
    if isinstance(node, Term):
        return _leaf_idf(passage, node)
    idfs = tuple(_leaf_idf(passage, Term(node.field, term)) for term in node.exact.terms)
    return Contribution(float(sum(one.value for one in idfs)), "sum", "idf", parts=idfs)


def _leaf_idf(passage: KnownPassage, node: Term | Synonym) -> Contribution:
    counts = passage.counts(node)
    numbers = {"containing": counts.containing, "passages": counts.passages}
    return Contribution(counts.idf, "leaf", "idf", node, numbers)


def _saturation(passage: KnownPassage, node: Term | Phrase | Prefix) -> Contribution:
    """Return the saturation of what stands in a passage; once, in one of average length, without a term to score by."""
    exact = node.exact if isinstance(node, Phrase) else node
    if isinstance(exact, Prefix) or (isinstance(exact, Phrase) and not exact.terms):
        return Contribution(ONCE, "leaf", "saturation")
    frequency, length = passage.frequency(exact), passage.length(exact.field)
    average = passage.average_length(exact.field)
    numbers = {"frequency": frequency, "length": length, "average_length": average, "k1": K1, "b": B}
    value = frequency / (frequency + K1 * (1 - B + B * length / average))
    return Contribution(value, "leaf", "saturation", numbers=numbers)

"""Nodes -> the query DSL of nested passages: what matches them, and what scores them as `indexer/nodes.py` says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from indexer.engines.base import KEYWORD_FIELDS
from indexer.engines.bm25 import ONCE, TIE
from indexer.engines.opensearch import factors
from indexer.engines.opensearch.context import Context, scoring_terms
from indexer.engines.opensearch.leaves import NOTHING, Leaf, Query, either, holding, holding_one, indexed
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


class Queries:
    """Makes the queries of one request."""

    def __init__(self, context: Context) -> None:
        """`context` knows all nodes that are asked for."""
        self._context = context

    def scored(self, node: Node) -> Query:
        """Return a query of passages that matches and scores as a node does, in 32-bit floats."""
        match node:
            case Term():
                return _boosted(self.filtering(node), self._context.scale)
            case Phrase():
                return self._phrase(node)
            case Near(nodes):
                parts = [self.scored(part) for part in dict.fromkeys(nodes)]
                return {"bool": {"must": parts, "filter": [self.filtering(node)]}} if parts else NOTHING
            case Synonym():
                return self._synonym(node)
            case AllOf(nodes):
                return {"bool": {"must": [self.scored(part) for part in nodes]}} if nodes else NOTHING
            case AnyOf(nodes):
                return either([self.scored(part) for part in nodes])
            case Best(nodes):
                return _best([self.scored(part) for part in nodes], 0.0)
            case Not() | Boost(_, 0):
                return {"bool": {"filter": [self.filtering(node)]}}
            case Also(inner, extras):
                others = [self.scored(extra) for extra in extras]
                return {"bool": {"must": [self.scored(inner)], "should": others}}
            case Boost(inner, weight):
                return _boosted(self.scored(inner), weight)
            case Scaled(inner) | Lead(inner) | Decayed(inner):
                return factors.multiplied(self.scored(inner), factors.of(node))
            case _:
                return _constant(self.filtering(node))

    def filtering(self, node: Node) -> Query:
        """Return a query of passages that matches as a node does; what it scores means nothing."""
        match node:
            case Term() | Phrase() | Near() | Prefix():
                return holding(node)
            case Pattern(field, pattern) if field in KEYWORD_FIELDS:
                return {"wildcard": {indexed(field): {"value": pattern.replace("\\", "\\\\")}}}
            case Pattern(field) | Fuzzy(field):
                return {"terms": {indexed(field): self._context.terms_of(node)}}
            case Keyword(field, values):
                return {"terms": {indexed(field): values}}
            case Range(field, low, high):
                return _between(indexed(field), low, high)
            case Every():
                return {"match_all": {}}
            case AllOf(nodes):
                return {"bool": {"filter": [self.filtering(part) for part in nodes]}} if nodes else NOTHING
            case AnyOf() | Best() | Synonym():
                return self._one_of(dict.fromkeys(_alternatives(node)))
            case Not(inner):
                return {"bool": {"must_not": [self.filtering(inner)]}}
            case Also(inner) | Boost(inner) | Scaled(inner) | Lead(inner) | Decayed(inner):
                return self.filtering(inner)

    def _one_of(self, nodes: Collection[Node]) -> Query:
        """Return what matches at least one node; a cluster takes 1,024 conditions, any number of Terms are few."""
        leaves = [node for node in nodes if isinstance(node, Leaf)]
        others = [self.filtering(node) for node in nodes if not isinstance(node, Leaf)]
        if not others:
            return holding_one(leaves)
        return either([*([holding_one(leaves)] if leaves else []), *others])

    def _phrase(self, node: Phrase) -> Query:
        """Return what scores as the terms of a phrase without one that is only a beginning, where the whole matches."""
        exact = node.exact
        if not exact.terms:
            return _constant(self.filtering(node), 0.0)
        query = _boosted(
            _counted(exact.field, self.filtering(exact)), self._context.scale * self._context.repetition(exact)
        )
        return {"bool": {"must": [query], "filter": [self.filtering(node)]}} if node.prefix else query

    def _synonym(self, node: Synonym) -> Query:
        """Return the best form with a part of what others add, each with the idf of all in place of its own."""
        idf = self._context.concept(node).idf
        forms = [self._form(form, w * idf) for form, w in zip(node.forms, node.weights, strict=True)]
        return _best(forms, TIE)

    def _form(self, form: Form, weight: float) -> Query:
        """Return what scores `weight` times the saturation of a form."""
        own = sum(map(self._context.idf, scoring_terms(form.node)))
        if not own:
            return _constant(self.filtering(form.node), weight * ONCE)
        return _boosted(self.scored(form.node), weight / own)


def _alternatives(node: Node) -> Iterator[Node]:
    """Yield nodes, at least one of which matches where a node does."""
    match node:
        case AnyOf(nodes) | Best(nodes):
            for part in nodes:
                yield from _alternatives(part)
        case Synonym(forms):
            yield from (form.node for form in forms)
        case Also(inner) | Boost(inner) | Scaled(inner) | Lead(inner) | Decayed(inner):
            yield from _alternatives(inner)
        case _:
            yield node


def _constant(condition: Query, score: float = 1.0) -> Query:
    """Return a query that scores the same wherever a condition matches."""
    return {"constant_score": {"filter": condition, "boost": score}}


def _boosted(query: Query, weight: float) -> Query:
    """Return a query that scores `weight` times as much."""
    return query if weight == 1 else {"bool": {"must": [query], "boost": weight}}


def _counted(field: str, query: Query) -> Query:
    """Return a query with a term that no passage holds.

    A phrase lets Lucene count the passages of those shards only that hold one of its terms; a term, those of all.
    """
    return {"bool": {"must": [query], "should": [{"term": {indexed(field): {"value": " "}}}]}}


def _best(queries: Sequence[Query], others: float) -> Query:
    return {"dis_max": {"queries": queries, "tie_breaker": others}} if queries else NOTHING


def _between(name: str, low: int | None, high: int | None) -> Query:
    """Return what matches numbers, within a score that nothing makes of it.

    A shard without any such number would else leave the whole query, and its passages out of what scores depend on.
    """
    ends = {"gte": low, "lte": high}
    known = {end: value for end, value in ends.items() if value is not None}
    condition = {"range": {name: known}} if known else {"exists": {"field": name}}
    return {"function_score": {"query": condition}}

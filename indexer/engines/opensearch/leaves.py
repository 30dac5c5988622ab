"""Terms, phrases and what is near each other -> conditions of passages in the query DSL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from indexer.engines.opensearch import spans
from indexer.engines.opensearch.mapping import PASSAGES, token_of
from indexer.nodes import Near, Phrase, Prefix, Term

Query = dict[str, Any]
Leaf: TypeAlias = Term | Phrase | Prefix

NOTHING: Query = {"match_none": {}}


def indexed(field: str) -> str:
    """Return the name of what finds passages by a field."""
    return f"{PASSAGES}.{field}"


def holding(node: Leaf | Near) -> Query:
    """Return what matches as a node does; Terms and Phrases of exact terms score, too."""
    match node:
        case Term(field, term):
            return {"term": {indexed(field): {"value": token_of(term)}}}
        case Prefix(field, prefix):
            return {"prefix": {indexed(field): {"value": prefix}}}
        case Phrase(field, terms):
            is_plain = not (node.prefix or node.not_after or node.not_before)
            return _side_by_side(field, terms) if is_plain else spans.phrase(node)
        case Near(nodes):
            return spans.near(node) if nodes else NOTHING


def holding_one(nodes: Iterable[Leaf]) -> Query:
    """Return what matches passages that one of some nodes matches; any number of Terms are few conditions."""
    terms: dict[str, list[str]] = {}
    others: list[Query] = []
    for node in dict.fromkeys(nodes):
        if isinstance(node, Term):
            terms.setdefault(node.field, []).append(token_of(node.term))
        else:
            others.append(holding(node))
    return either([*({"terms": {indexed(field): own}} for field, own in terms.items()), *others])


def either(queries: Sequence[Query]) -> Query:
    """Return what matches where one of some queries does, and scores as all that do together."""
    return {"bool": {"should": queries, "minimum_should_match": 1}} if queries else NOTHING


def _side_by_side(field: str, terms: Sequence[str]) -> Query:
    return {"match_phrase": {indexed(field): {"query": " ".join(map(token_of, terms))}}}

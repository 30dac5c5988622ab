"""Phrases and what is near each other -> span queries: terms at places, in the query DSL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.engines.opensearch.mapping import PASSAGES, PREFIX_CHARS, token_of
from indexer.nodes import Near, Phrase, Prefix, Term

Query = dict[str, Any]

# Terms that a beginning stands for where it is longer than those that are indexed; a cluster takes 1,024 conditions.
_EXPANDED = 900


def phrase(node: Phrase) -> Query:
    """Return the places of a phrase, each as often as it stands there."""
    field = f"{PASSAGES}.{node.field}"
    spans = [_term(field, term) for term in node.terms]
    if node.prefix:
        spans[-1] = _beginning(field, node.terms[-1])
    first = _not_after(field, spans[0], node.not_after)
    spans[-1] = _not_before(field, spans[-1], node.not_before)
    return _row([*first, *spans])


def near(node: Near) -> Query:
    """Return the stretches that hold all parts.

    An unordered span takes the lengths of its parts from that of the stretch, and lets them overlap.
    """
    parts = [_wide(part) if part in node.wide else _part(part) for part in dict.fromkeys(node.nodes)]
    return _near(parts, node.slop, in_order=False)


def _part(node: Term | Phrase | Prefix) -> Query:
    field = f"{PASSAGES}.{node.field}"
    match node:
        case Term(_, term):
            return _term(field, term)
        case Prefix(_, prefix):
            return _beginning(field, prefix)
        case Phrase():
            return phrase(node)


def _wide(node: Term | Phrase | Prefix) -> Query:
    return _row([_part(node), _gap(f"{PASSAGES}.{node.field}", 1)])


def _not_after(field: str, first: Query, others: Sequence[str]) -> list[Query]:
    """Return what holds places without length, right before a span that no other stands before; nothing without others.

    Lucene tells whether spans meet by where they begin and end; so one without length meets only what is beside it.
    """
    if not others:
        return []
    return [_without(_point(field, first), _either([_term(field, term) for term in others]), "pre")]


def _not_before(field: str, last: Query, others: Sequence[str]) -> Query:
    """Return a span that no other stands behind."""
    if not others:
        return last
    return _without(last, _either([_point(field, _term(field, term)) for term in others]), "post")


def _without(spans: Query, excluded: Query, beside: str) -> Query:
    return {"span_not": {"include": spans, "exclude": excluded, beside: 1}}


def _term(field: str, term: str) -> Query:
    return {"span_term": {field: {"value": token_of(term)}}}


def _beginning(field: str, prefix: str) -> Query:
    asked: dict[str, Any] = {"value": prefix}
    if len(prefix) > PREFIX_CHARS:
        asked["rewrite"] = f"top_terms_{_EXPANDED}"
    return {"span_multi": {"match": {"prefix": {field: asked}}}}


def _point(field: str, span: Query) -> Query:
    """Return spans of one place without their length."""
    return _row([span, _gap(field, -1)])


def _gap(field: str, width: int) -> Query:
    return {"span_gap": {field: width}}


def _either(spans: Sequence[Query]) -> Query:
    return {"span_or": {"clauses": spans}} if len(spans) > 1 else spans[0]


def _row(spans: Sequence[Query]) -> Query:
    """Return spans one right behind the other."""
    return _near(spans, 0, in_order=True)


def _near(spans: Sequence[Query], slop: int, *, in_order: bool) -> Query:
    if len(spans) == 1:
        return spans[0]
    return {"span_near": {"clauses": spans, "slop": slop, "in_order": in_order}}

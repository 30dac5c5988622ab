"""Nodes that multiply scores -> function scores: filters with a weight each, of which the first that fits counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from indexer.engines.opensearch.mapping import PASSAGES
from indexer.nodes import Decayed, Lead, Scaled

Query = dict[str, Any]
Factor = dict[str, Any]


def multiplied(query: Query, factors: Sequence[Factor]) -> Query:
    """Return a query whose scores are multiplied by the first factor that fits a passage, or by 1."""
    if not factors:
        return query
    first = {"functions": factors, "score_mode": "first", "boost_mode": "multiply"}
    return {"function_score": {"query": query, **first}}


def of(node: Scaled | Lead | Decayed) -> list[Factor]:
    """Return what a node multiplies by."""
    match node:
        case Scaled(_, field, numbers):
            return [_weight(_last_is(field, value), number) for value, number in dict(numbers).items()]
        case Lead(_, without, rest):
            return [_weight(_is_behind(tuple(filter(None, without))), rest)]
        case Decayed():
            return list(_fading(node))


def _weight(condition: Query, weight: float) -> Factor:
    return {"filter": condition, "weight": weight}


def _last_is(field: str, value: str) -> Query:
    """Return a query of passages whose last value, in order, is this one."""
    name = f"{PASSAGES}.{field}"
    own = {"term": {name: {"value": value}}}
    return {"bool": {"filter": [own], "must_not": [{"range": {name: {"gt": value}}}]}}


def _is_behind(without: Sequence[str]) -> Query:
    """Return a query of passages that are none of those or stand behind one: `before` holds the kinds before."""
    count = f"{PASSAGES}.before_count"
    ways: list[Query] = [{"term": {count: {"value": 0}}}]
    if without:
        all_of_them = {"terms": list(without), "minimum_should_match_field": count}
        ways.append({"terms_set": {f"{PASSAGES}.before": all_of_them}})
    no_lead = [_last_is("kind", value) for value in without]
    first = {"bool": {"should": ways, "minimum_should_match": 1, "must_not": no_lead}}
    return {"bool": {"must_not": [first]}}


def _fading(node: Decayed) -> Iterator[Factor]:
    name = f"{PASSAGES}.{node.field}"
    yield _weight({"range": {name: {"gte": node.origin}}}, 1.0)
    decay = {"origin": node.origin, "scale": node.half_life, "decay": 0.5}
    yield {"filter": {"exists": {"field": name}}, "exp": {name: decay}}
    yield _weight({"match_all": {}}, node.absent)

"""Nodes that multiply scores -> what they multiply those of each passage by, at most 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from indexer.engines.whoosh.container import decoded, encoded
from indexer.engines.whoosh.field import firsts_of
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Floats, Mask, Snapshot
from indexer.nodes import AllOf, Also, AnyOf, Decayed, Every, Lead, Node, Scaled

_NONE = np.zeros(0)
Scaling: TypeAlias = Scaled | Lead | Decayed


def scaled_within(node: Scaling) -> Node | None:
    """Return a sum whose parts are scaled, None if no sum is: what adds up parts finds the best without scoring all."""
    inner = node.node
    match scaled_within(inner) if isinstance(inner, Scaling) else inner:
        case AllOf(nodes):
            return AllOf(tuple(replace(node, node=part) for part in nodes))
        case AnyOf(nodes):
            return AnyOf(tuple(replace(node, node=part) for part in nodes))
        case Also(first, extras):
            return Also(replace(node, node=first), tuple(replace(node, node=extra) for extra in extras))
    return None


def scalings_of(node: Node) -> tuple[tuple[Scaling, ...], Node]:
    """Return the scalings around a node, the outermost first, and the node."""
    found: list[Scaling] = []
    while isinstance(node, Scaling):
        found.append(node)
        node = node.node
    return tuple(found), node


def factors_of(snapshot: Snapshot, scalings: Sequence[Scaling]) -> Floats | None:
    """Return for each passage the product of what scalings say of it; None if all are 1."""
    key = tuple(replace(scaling, node=Every()) for scaling in scalings)
    return snapshot.remembered(key, lambda: _product([factors(snapshot, scaling) for scaling in scalings]))


def _product(found: Sequence[Floats]) -> Floats | None:
    product: Floats = np.multiply.reduce(found)
    return None if (product == 1).all() else product


def factors(snapshot: Snapshot, scaling: Scaling) -> Floats:
    """Return for each passage what a scaling says of it."""
    match scaling:
        case Scaled(_, field, numbers):
            return np.concatenate(
                [_of_values(segment, field, dict(numbers)) for segment in snapshot.segments] or [_NONE]
            )
        case Lead(_, without, rest):
            return np.where(_leads(snapshot, without), 1.0, rest)
        case Decayed(_, field, origin, half_life, absent):
            values = numbers_of(snapshot, field)
            faded = np.exp2(np.minimum(values - origin, 0) / half_life)
            return np.where(values > 0, faded, absent)


def numbers_of(snapshot: Snapshot, field: str) -> Floats:
    """Return the number that each passage has in a field, 0 for none."""
    values = np.zeros(snapshot.size)
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=False):
        column = segment.column(field)[: segment.passages]
        values[base : base + len(column)] = column
    return values


def _of_values(segment: Segment, name: str, numbers: Mapping[str, float]) -> Floats:
    field = segment.field(name)
    terms = field.terms() if field else []
    table = np.array([1.0, *(numbers.get(decoded(term), 1.0) for term in terms)])
    return table[segment.label_numbers(name)]


def _leads(snapshot: Snapshot, without: tuple[str, ...]) -> Mask:
    return np.concatenate([_leads_in(segment, without) for segment in snapshot.segments] or [_NONE > 0])


def _leads_in(segment: Segment, without: tuple[str, ...]) -> Mask:
    own = segment.field("kind")
    places = [own.find(encoded(value)) for value in without] if own else []
    values = [place + 1 for place in places if place is not None]
    kept = np.isin(segment.label_numbers("kind"), values, invert=True).nonzero()[0]
    leads = np.zeros(segment.passages, bool)
    leads[kept.take(firsts_of(segment.article_of[kept]))] = True
    return leads

"""What scores need of all passages of an index at one commit: how many hold what, and how long fields are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from indexer.engines.bm25 import K1
from indexer.engines.opensearch.dictionary import Searching
from indexer.engines.opensearch.leaves import NOTHING, Leaf, Query, holding_one
from indexer.engines.opensearch.mapping import PASSAGES, having, length_of
from indexer.nodes import Phrase, Prefix, Term

# Conditions of which a commit remembers how many passages they match.
_REMEMBERED = 20_000


class FieldFacts(NamedTuple):
    """How many passages have a field, and how many terms they have in it on the average; 0 if none has it."""

    passages: int
    average_length: float


class Held(NamedTuple):
    """What passages may hold: one of some leaves, and none of others."""

    own: tuple[Leaf, ...]
    without: tuple[Leaf, ...] = ()


class Facts(NamedTuple):
    """What is known of fields, and in how many passages something is held."""

    fields: Mapping[str, FieldFacts]
    counts: Mapping[Held, int]


class Statistics:
    """What was asked of an index is remembered; deleted passages do not count.

    `scale` is what scores of the cluster's BM25 are multiplied by to be those of `engines/bm25.py`.
    """

    def __init__(self, snapshot: Searching, scale: float = 1.0) -> None:
        self.snapshot = snapshot
        self.scale = scale
        self._fields: dict[str, FieldFacts] = {}
        self._counts: dict[Held, int] = {}

    def facts(self, fields: Collection[str], wanted: Collection[Held]) -> Facts:
        """Return what is wanted; all that is not known yet is asked for in one request."""
        counts = self._counts
        if len(counts) > _REMEMBERED:
            counts = self._counts = {}
        new_fields = [name for name in dict.fromkeys(fields) if name not in self._fields]
        new = [held for held in dict.fromkeys(wanted) if held not in counts]
        if new_fields or new:
            found = self.snapshot.search(_request(new_fields, new))["aggregations"]
            self._fields |= {name: _field_facts(found["all"], name) for name in new_fields}
            if new:
                buckets = found["passages"]["held"]["each"]["buckets"]
                counts |= {held: bucket["doc_count"] for held, bucket in zip(new, buckets, strict=True)}
        return Facts({name: self._fields[name] for name in fields}, {held: counts[held] for held in wanted})


def scale_of(version: tuple[int, ...]) -> float:
    """Return the `scale` of a version of OpenSearch: before 3, BM25 has a factor k1 + 1, which Lucene left out in 8."""
    return 1.0 if version >= (3,) else 1 / (K1 + 1)


def _field_facts(found: Mapping[str, Any], field: str) -> FieldFacts:
    passages, length = (int(found[name]["value"]) for name in (having(field), length_of(field)))
    return FieldFacts(passages, length / passages if passages else 0.0)


def _request(fields: Collection[str], wanted: Collection[Held]) -> dict[str, Any]:
    """Return a request that looks at all articles for fields, and for what is held at passages that hold some of it."""
    condition = holding_one(leaf for held in wanted for leaf in map(_cover, held.own))
    names = [name for field in fields for name in (having(field), length_of(field))]
    each = {"filters": {"filters": [_holding(held) for held in wanted]}}
    aggregations: dict[str, Any] = {}
    if fields:
        aggregations["all"] = {"global": {}, "aggs": {name: {"sum": {"field": name}} for name in names}}
    if wanted:
        held = {"filter": condition, "aggs": {"each": each}}
        aggregations["passages"] = {"nested": {"path": PASSAGES}, "aggs": {"held": held}}
    query = {"nested": {"path": PASSAGES, "query": condition}} if wanted else NOTHING
    return {"size": 0, "track_total_hits": False, "query": query, "aggs": aggregations}


def _cover(leaf: Leaf) -> Leaf:
    """Return a leaf that matches at least the same, and of which many can be asked for at once."""
    if not isinstance(leaf, Phrase):
        return leaf
    is_beginning = leaf.prefix and len(leaf.terms) == 1
    return (Prefix if is_beginning else Term)(leaf.field, leaf.terms[0])


def _holding(held: Held) -> Query:
    own = holding_one(held.own)
    return {"bool": {"filter": [own], "must_not": [holding_one(held.without)]}} if held.without else own

"""Conditions -> queries on articles: operators combine these, a leaf is matched by some passage that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.engines.opensearch.leaves import Query, either
from indexer.engines.opensearch.mapping import PASSAGES
from indexer.engines.opensearch.queries import Queries
from indexer.nodes import AllOf, AnyOf, Node, Not

# What an article that has passages matches; documents that are none have no passages.
_EVERY_ARTICLE: Query = {"range": {"passages": {"gte": 1}}}


class Matching:
    """Makes queries on articles for one request; `looked_at` limits the passages."""

    def __init__(self, queries: Queries, looked_at: Node | None) -> None:
        self._queries = queries
        self._looked_at = [] if looked_at is None else [queries.filtering(looked_at)]

    def articles(self, node: Node) -> Query:
        """Return what matches the articles that a node does, each with a passage that is looked at; it scores 0."""
        match node:
            case AllOf(nodes):
                return _all([self.articles(part) for part in nodes] or [self.every()])
            case AnyOf():
                return self._any(node)
            case Not(inner):
                return {"bool": {"filter": [self.every()], "must_not": [self.articles(inner)]}}
            case leaf:
                return self.holding(leaf)

    def _any(self, node: AnyOf) -> Query:
        """Return what matches at least one node. Leaves are asked for together: some passage matches one of them."""
        parts = [*_alternatives(node)]
        leaves = tuple(part for part in parts if not isinstance(part, AllOf | Not))
        found = [self.holding(leaves[0] if len(leaves) == 1 else AnyOf(leaves))] if leaves else []
        return either([*found, *(self.articles(part) for part in parts if isinstance(part, AllOf | Not))])

    def holding(self, node: Node) -> Query:
        """Return what matches the articles with a passage looked at that a node, as one of passages, matches."""
        return nested(self.found(node), score_mode="none")

    def every(self) -> Query:
        """Return what matches all articles with a passage that is looked at."""
        return nested(_all(self._looked_at), score_mode="none") if self._looked_at else _EVERY_ARTICLE

    def looked(self) -> Query:
        """Return what matches the passages that are looked at."""
        return _all(self._looked_at) if self._looked_at else {"match_all": {}}

    def found(self, node: Node) -> Query:
        """Return what matches the passages looked at that a node does, without scores."""
        return _all([self._queries.filtering(node), *self._looked_at])

    def scored(self, node: Node) -> Query:
        """Return what matches the passages looked at that a node does, with its scores."""
        query = self._queries.scored(node)
        return {"bool": {"must": [query], "filter": self._looked_at}} if self._looked_at else query


def nested(query: Query, **options: Any) -> Query:
    """Return a query on articles, of one on their passages."""
    return {"nested": {"path": PASSAGES, "query": query, **options}}


def _alternatives(node: Node) -> Iterator[Node]:
    """Yield what alternatives within alternatives come to."""
    if isinstance(node, AnyOf):
        for part in node.nodes:
            yield from _alternatives(part)
    else:
        yield node


def _all(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}

"""Articles of an index, whole, for a writer that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from indexer.engines.opensearch.documents import Article, row_of, stored_entry
from indexer.engines.opensearch.mapping import PASSAGES, document_id

if TYPE_CHECKING:
    from indexer.engines.opensearch.connection import Connection

# Articles that are looked up together, and passages that are read together: some megabytes of an answer.
_LOOKED_UP, _READ = 1000, 500


def versions_of(connection: Connection, index: str, article_ids: Iterable[str]) -> dict[str, int]:
    """Return the versions of those articles that are in the last commit."""
    return {name: hit["_version"] for names in _parts(article_ids) for name, hit in _found(connection, index, names)}


def read_articles(connection: Connection, index: str, article_ids: Iterable[str]) -> Iterator[Article]:
    """Yield those articles that are in what was last made visible, with all that they were put with, in any order."""
    for names in _parts(article_ids):
        sizes = {name: hit["fields"]["passages"][0] for name, hit in _found(connection, index, names)}
        for together in _groups(sizes):
            most = max(sizes[name] for name in together)
            for _, hit in _found(connection, index, together, max(1, most)):
                passages = hit["inner_hits"][PASSAGES]["hits"]["hits"]
                entries = [stored_entry(passage["fields"]) for passage in passages]
                yield Article(row_of(hit["_source"]), entries, hit["_version"])


def _parts(article_ids: Iterable[str]) -> Iterator[list[str]]:
    names = iter(article_ids)
    while part := [*islice(names, _LOOKED_UP)]:
        yield part


def _groups(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Put together articles of about as many passages, those that have many alone."""
    group: list[str] = []
    passages = 0
    for name in sorted(sizes, key=sizes.__getitem__):
        if group and passages + sizes[name] > _READ:
            yield group
            group, passages = [], 0
        group.append(name)
        passages += sizes[name]
    if group:
        yield group


def _found(
    connection: Connection, index: str, names: Iterable[str], passages: int = 0
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what is there of some articles, with their rows and at most so many passages of each."""
    by_document = {document_id(name): name for name in names}
    query: dict[str, Any] = {"filter": {"ids": {"values": [*by_document]}}}
    if passages:
        query["should"] = _whole_passages(passages)
    body = {
        "size": len(by_document),
        "version": True,
        "_source": ["row"] if passages else False,
        "docvalue_fields": ["passages"],
        "query": {"bool": query},
    }
    answer = connection.ask("POST", f"/{index}/_search", body, allow_partial_search_results=False)
    for hit in answer["hits"]["hits"]:
        yield by_document[hit["_id"]], hit


def _whole_passages(most: int) -> Mapping[str, Any]:
    stored = [f"{PASSAGES}.{name}" for name in ("id", "entry", "payload")]
    in_order = [{f"{PASSAGES}.number": "asc"}]
    inner = {"size": most, "_source": False, "stored_fields": stored, "sort": in_order}
    return {"nested": {"path": PASSAGES, "query": {"match_all": {}}, "inner_hits": inner}}

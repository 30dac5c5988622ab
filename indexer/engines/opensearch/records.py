"""What the index knows of articles, read from an open commit: rows, files, labels, passages."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from indexer.engines.base import KnownFile, Ranked
from indexer.engines.opensearch.dictionary import Searching
from indexer.engines.opensearch.documents import label_of, row_of, stored_entry
from indexer.engines.opensearch.mapping import PASSAGES, document_id, is_text, searchable
from indexer.model import ArticleRow

# Rows of one answer: about a megabyte.
_ROWS = 1000
# Passages of one answer: less than a megabyte, since a passage is short enough to be quoted.
_PASSAGES = 500
# Articles whose passages are asked for together: some ten each.
_ARTICLES_WITH_PASSAGES = 50
_NO_PASSAGES: Mapping[str, Any] = {"hits": (), "total": {"value": 0}}
# Values that articles are asked for in one request, each of them a condition; a cluster takes 1,024.
_VALUES = 500

# Whatever is an article: what the cluster keeps for itself has no passages.
_ARTICLES: Mapping[str, Any] = {"exists": {"field": "passages"}}


def rows(snapshot: Searching, ids: Iterable[str] | None = None) -> Iterator[ArticleRow]:
    """Yield the articles in the order of `ids`, unknown ones left out; without `ids` all, in the order of theirs."""
    if ids is None:
        yield from (row_of(hit["_source"]) for hit in _hits(snapshot, _ARTICLES))
        return
    for batch in _batches(ids, _ROWS):
        sources = _sources(snapshot, batch)
        yield from (row_of(sources[article_id]) for article_id in batch if article_id in sources)


def rows_of(snapshot: Searching, paths: Collection[str]) -> Iterator[ArticleRow]:
    """Yield the articles that came from some files."""
    for batch in _batches(paths, _ROWS):
        for hit in _hits(snapshot, {"terms": {"path": [*map(searchable, batch)]}}):
            row = row_of(hit["_source"])
            if row.path in batch:
                yield row


def files(snapshot: Searching) -> list[KnownFile]:
    """Return every file that articles came from; one whose articles were put at several times, several times."""
    found = Counter((row.path, row.root, row.state) for row in rows(snapshot))
    return [KnownFile(*file, articles) for file, articles in found.items()]


def labels(snapshot: Searching, field: str, article_ids: Sequence[str]) -> list[str]:
    """Return the value that the first passage of each article has, empty where there is none."""
    return [
        label_of(sources[article_id], field) if article_id in sources else ""
        for batch in _batches(article_ids, _ROWS)
        for sources in [_sources(snapshot, batch)]
        for article_id in batch
    ]


def articles_with(snapshot: Searching, field: str, values: Iterable[str]) -> dict[str, list[str]]:
    """Return for each value the ids, in order, of the articles with a passage that has it."""
    found: dict[str, list[str]] = {value: [] for value in values}
    for batch in _batches(found, _VALUES):
        conditions = [_having(field, value, str(i)) for i, value in enumerate(batch)]
        for hit in _hits(snapshot, {"bool": {"should": conditions}}):
            for name in hit["matched_queries"]:
                found[batch[int(name)]].append(row_of(hit["_source"]).id)
    return {value: sorted(ids) for value, ids in found.items()}


def passages(snapshot: Searching, article_id: str) -> list[Ranked]:
    """Return an article's passages in order, with score 0; an unknown one has none."""
    return [one for page in _pages_of(snapshot, article_id) for one in _ranked(article_id, page)]


def passages_of(snapshot: Searching, article_ids: Iterable[str]) -> Iterator[list[Ranked]]:
    """Yield the passages of each article as `passages` returns them."""
    for batch in _batches(article_ids, _ARTICLES_WITH_PASSAGES):
        names = {document_id(article_id): article_id for article_id in batch}
        asked = _with_passages(list(names), stored=("id", "payload", "entry"))
        pages = {names[hit["_id"]]: _inner(hit) for hit in snapshot.search(asked)["hits"]["hits"]}
        for article_id in batch:
            page = pages.get(article_id, _NO_PASSAGES)
            is_whole = len(page["hits"]) == page["total"]["value"]
            yield _ranked(article_id, page) if is_whole else passages(snapshot, article_id)


def passage_count(snapshot: Searching) -> int:
    """Return how many passages there are."""
    asked = {"size": 0, "aggs": {"passages": {"sum": {"field": "passages"}}}}
    return int(snapshot.search(asked)["aggregations"]["passages"]["value"])


def _hits(snapshot: Searching, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the articles that a query matches, with their rows, in the order of their ids."""
    asked = {
        "size": _ROWS,
        "query": {"bool": {"filter": [query]}},
        "sort": [{"id": "asc"}],
        "track_total_hits": False,
        "_source": ["row"],
    }
    while True:
        hits = snapshot.search(asked)["hits"]["hits"]
        yield from hits
        if len(hits) < _ROWS:
            return
        asked["search_after"] = hits[-1]["sort"]


def _sources(snapshot: Searching, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return by their ids what is kept of articles that are there."""
    names = {document_id(article_id): article_id for article_id in ids}
    found = _hits(snapshot, {"ids": {"values": list(names)}}) if names else ()
    return {names[hit["_id"]]: hit["_source"] for hit in found}


def _having(field: str, value: str, name: str) -> dict[str, Any]:
    """Return a condition of articles by a value, that is named."""
    return {"nested": {"path": PASSAGES, "query": {"term": {f"{PASSAGES}.{field}": searchable(value)}}, "_name": name}}


def _pages_of(snapshot: Searching, article_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the passages of an article, in order, some at a time."""
    stored = ("id", "payload") if is_text(article_id) else ("id", "payload", "entry")
    start = 0
    while True:
        asked = _with_passages([document_id(article_id)], stored, start)
        for hit in (hits := snapshot.search(asked)["hits"]["hits"]):
            page = _inner(hit)
            yield page
            start += len(page["hits"])
        if not hits or start >= page["total"]["value"]:
            return


def _with_passages(document_ids: Sequence[str], stored: Sequence[str], start: int = 0) -> dict[str, Any]:
    """Return a request for passages of articles, in order, from one on, with what is stored of them."""
    inner = {
        "from": start,
        "size": _PASSAGES,
        "sort": [{f"{PASSAGES}.number": "asc"}],
        "_source": False,
        "stored_fields": [f"{PASSAGES}.{name}" for name in stored],
    }
    every = {"nested": {"path": PASSAGES, "query": {"match_all": {}}, "inner_hits": inner}}
    return {
        "size": len(document_ids),
        "query": {"bool": {"filter": [{"ids": {"values": document_ids}}, every]}},
        "_source": False,
        "track_total_hits": False,
    }


def _inner(hit: Mapping[str, Any]) -> Mapping[str, Any]:
    page: Mapping[str, Any] = hit["inner_hits"][PASSAGES]["hits"]
    return page


def _ranked(article_id: str, page: Mapping[str, Any]) -> list[Ranked]:
    return [Ranked(article_id, 0.0, _reader(hit["fields"])) for hit in page["hits"]]


def _reader(fields: Mapping[str, Sequence[Any]]) -> Callable[[], tuple[str, bytes]]:
    """Return what reads a passage's id and payload from its stored fields."""

    def read() -> tuple[str, bytes]:
        if f"{PASSAGES}.entry" in fields:
            entry = stored_entry(fields)
            return entry.id, entry.payload
        return fields[f"{PASSAGES}.id"][0], b64decode(fields[f"{PASSAGES}.payload"][0])

    return read


def _batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield some values in order, so many at a time."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch

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
    return [
        Ranked(article_id, 0.0, _reader(hit["fields"]))
        for page in _pages_of(snapshot, article_id)
        for hit in page["hits"]
    ]


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
    stored = ["id", "payload"] if is_text(article_id) else ["id", "payload", "entry"]
    inner: dict[str, Any] = {
        "size": _PASSAGES,
        "sort": [{f"{PASSAGES}.number": "asc"}],
        "_source": False,
        "stored_fields": [f"{PASSAGES}.{name}" for name in stored],
    }
    every = {"nested": {"path": PASSAGES, "query": {"match_all": {}}, "inner_hits": inner}}
    asked = {
        "size": 1,
        "query": {"bool": {"filter": [{"ids": {"values": [document_id(article_id)]}}, every]}},
        "_source": False,
        "track_total_hits": False,
    }
    start = 0
    while True:
        inner["from"] = start
        for hit in (hits := snapshot.search(asked)["hits"]["hits"]):
            page = hit["inner_hits"][PASSAGES]["hits"]
            yield page
            start += len(page["hits"])
        if not hits or start >= page["total"]["value"]:
            return


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

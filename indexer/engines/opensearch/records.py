"""What the index knows of articles, read from an open commit: rows, files, labels, passages."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from indexer.engines.base import KnownFile, Ranked
from indexer.engines.opensearch.dictionary import Searching
from indexer.engines.opensearch.documents import file_of, label_of, row_of, stored_entry
from indexer.engines.opensearch.mapping import PASSAGES, document_id, is_text, searchable
from indexer.model import ArticleRow, IndexEntry

# Rows of one answer: about a megabyte.
_ROWS = 1000
# Files of one answer: some three megabytes.
_FILES = 10_000
# Passages of one answer: less than a megabyte, since a passage is short enough to be quoted.
_PASSAGES = 500
# Articles whose passages are asked for together: some ten each.
_ARTICLES_WITH_PASSAGES = 50
_NO_PASSAGES: Mapping[str, Any] = {"hits": (), "total": {"value": 0}}
# Articles that have a value, at most, in the attempts to list those of several values together; a cluster gives 65,535
# buckets at most, unless it is set otherwise. For a value of more articles than in the last attempt, they are paged.
_MANY = (20, 500, 20_000)
_BUCKETS = 50_000
# What stands in an id in place of what UTF-8 cannot hold: the name of the document tells it then.
_UNTOLD = "?"

# What is stored of a passage that is read as it was put.
_WHOLE = ("id", "entry", "payload")
# What the cluster gives back of a passage, by field.
Fields: TypeAlias = Mapping[str, Sequence[Any]]

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
    found: list[KnownFile] = []
    after: Mapping[str, Any] = {}
    while True:
        asked = {"size": _FILES, "sources": [{"file": {"terms": {"field": "file"}}}], **after}
        body = {"size": 0, "track_total_hits": False, "aggs": {"files": {"composite": asked}}}
        page = snapshot.search(body)["aggregations"]["files"]
        found += (file_of(bucket["key"]["file"], bucket["doc_count"]) for bucket in page["buckets"])
        if len(page["buckets"]) < _FILES:
            return found
        after = {"after": page["after_key"]}


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
    rest = [*found]
    for most in _MANY:
        more: list[str] = []
        for batch in _batches(rest, _BUCKETS // most):
            few = _articles_of_few(snapshot, field, batch, most)
            found.update(few)
            more += (value for value in batch if value not in few)
        rest = more
    for value in rest:
        names = [hit["_id"] for hit in _hits(snapshot, _having(field, value), source=False)]
        found[value] = sorted(_ids_of(snapshot, names))
    return found


def _articles_of_few(snapshot: Searching, field: str, values: Sequence[str], most: int) -> dict[str, list[str]]:
    """Return the articles of those of some values that `most` have, without tables of all values."""
    name, kept = f"{PASSAGES}.{field}", [*map(searchable, values)]
    ids = {"terms": {"field": "id", "size": most, "execution_hint": "map"}}
    asked = {
        "terms": {"field": name, "size": len(kept), "include": kept, "execution_hint": "map"},
        "aggs": {"articles": {"reverse_nested": {}, "aggs": {"ids": ids}}},
    }
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": {"nested": {"path": PASSAGES, "query": {"terms": {name: kept}}}},
        "aggs": {"passages": {"nested": {"path": PASSAGES}, "aggs": {"values": asked}}},
    }
    listed = {
        bucket["key"]: bucket["articles"]["ids"]
        for bucket in snapshot.search(body)["aggregations"]["passages"]["values"]["buckets"]
    }
    found: dict[str, list[str]] = {}
    for value, key in zip(values, kept, strict=True):
        page = listed.get(key, {"buckets": (), "sum_other_doc_count": 0})
        own = sorted(bucket["key"] for bucket in page["buckets"])
        if not page["sum_other_doc_count"] and not any(_UNTOLD in one for one in own):
            found[value] = own
    return found


def _ids_of(snapshot: Searching, names: Sequence[str]) -> list[str]:
    """Return the ids of the articles of some documents, which most are named by."""
    digests = [name for name in names if name.startswith("~")]
    hits = _hits(snapshot, {"ids": {"values": digests}}) if digests else ()
    ids = {hit["_id"]: row_of(hit["_source"]).id for hit in hits}
    return [ids.get(name, name) for name in names]


def passages(snapshot: Searching, article_id: str) -> list[Ranked]:
    """Return an article's passages in order, with score 0; an unknown one has none."""
    stored = ("id", "payload") if is_text(article_id) else _WHOLE
    return _ranked(article_id, _fields_of(snapshot, article_id, stored))


def passages_of(snapshot: Searching, article_ids: Iterable[str]) -> Iterator[list[Ranked]]:
    """Yield the passages of each article as `passages` returns them."""
    for batch in _batches(article_ids, _ARTICLES_WITH_PASSAGES):
        names = {document_id(article_id): article_id for article_id in batch}
        pages = {names[hit["_id"]]: _inner(hit) for hit in _page(snapshot, list(names), _WHOLE)}
        for article_id in batch:
            page = pages.get(article_id, _NO_PASSAGES)
            is_whole = len(page["hits"]) == page["total"]["value"]
            yield _ranked(article_id, _fields_in(page)) if is_whole else passages(snapshot, article_id)


def entries(snapshot: Searching, article_id: str) -> Iterator[tuple[IndexEntry, Sequence[str]]]:
    """Yield an article's passages as they were put, in order, each with the kinds of those before it."""
    for fields in _fields_of(snapshot, article_id, _WHOLE):
        yield stored_entry(fields), fields.get(f"{PASSAGES}.before", ())


def passage_count(snapshot: Searching) -> int:
    """Return how many passages there are."""
    asked = {"size": 0, "aggs": {"passages": {"sum": {"field": "passages"}}}}
    return int(snapshot.search(asked)["aggregations"]["passages"]["value"])


def _hits(snapshot: Searching, query: Mapping[str, Any], *, source: bool = True) -> Iterator[Mapping[str, Any]]:
    """Yield the articles that a query matches, with their rows if `source`, in the order of their ids."""
    asked: dict[str, Any] = {
        "size": _ROWS,
        "query": {"bool": {"filter": [query]}},
        "sort": [{"id": "asc"}],
        "track_total_hits": False,
        "_source": ["row"] if source else False,
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


def _having(field: str, value: str) -> dict[str, Any]:
    """Return a condition of articles by a value."""
    return {"nested": {"path": PASSAGES, "query": {"term": {f"{PASSAGES}.{field}": searchable(value)}}}}


def _fields_of(snapshot: Searching, article_id: str, stored: Sequence[str]) -> Iterator[Fields]:
    """Yield what is stored of the passages of an article, in order, and what they are found by."""
    start = 0
    while hits := _page(snapshot, [document_id(article_id)], stored, start):
        page = _inner(hits[0])
        yield from _fields_in(page)
        start += len(page["hits"])
        if start >= page["total"]["value"]:
            return


def _page(
    snapshot: Searching, document_ids: Sequence[str], stored: Sequence[str], start: int = 0
) -> Sequence[Mapping[str, Any]]:
    """Return articles with their passages, in order, from one on."""
    inner: dict[str, Any] = {
        "from": start,
        "size": _PASSAGES,
        "sort": [{f"{PASSAGES}.number": "asc"}],
        "_source": False,
        "stored_fields": [f"{PASSAGES}.{name}" for name in stored],
        "docvalue_fields": [f"{PASSAGES}.before"],
    }
    every = {"nested": {"path": PASSAGES, "query": {"match_all": {}}, "inner_hits": inner}}
    asked = {
        "size": len(document_ids),
        "query": {"bool": {"filter": [{"ids": {"values": document_ids}}, every]}},
        "_source": False,
        "track_total_hits": False,
    }
    hits: Sequence[Mapping[str, Any]] = snapshot.search(asked)["hits"]["hits"]
    return hits


def _inner(hit: Mapping[str, Any]) -> Mapping[str, Any]:
    page: Mapping[str, Any] = hit["inner_hits"][PASSAGES]["hits"]
    return page


def _fields_in(page: Mapping[str, Any]) -> Iterator[Fields]:
    return (passage["fields"] for passage in page["hits"])


def _ranked(article_id: str, found: Iterable[Fields]) -> list[Ranked]:
    return [Ranked(article_id, 0.0, _reader(fields)) for fields in found]


def _reader(fields: Fields) -> Callable[[], tuple[str, bytes]]:
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
